"""The settings file of a model endpoint in the data folder: readable by its owner alone, as it may hold a key."""

import json
import os
from pathlib import Path
from typing import Any, Final

from knowledge.errors import InputError, StoreError

FILE: Final = "model.json"
NAMES: Final = (
    "language_model",
    "openai_base_url",
    "openai_api_key",
    "model_temperature",
    "model_timeout_s",
    "model_retries",
    "model_tokens_per_session",
    "model_usd_per_session",
)
"""What the file may hold: settings by their names."""


def read_configured(home: Path) -> dict[str, Any]:
    """What `consult configure` has written; nothing where it was never used. Raises InputError, without any value."""
    path = home / FILE
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}); write it anew with `consult configure`."
        ) from error
    if mode & 0o077 and os.name == "posix":
        raise InputError(f"{path} may hold a key and others can read it; run `chmod 600 {path}`.")
    return _checked(path, text)


def _checked(path: Path, text: str) -> dict[str, Any]:
    try:
        stored = json.loads(text)
    except ValueError as error:
        raise InputError(f"{path} is not valid JSON; write it anew with `consult configure`.") from error
    unknown = sorted(set(stored) - set(NAMES)) if isinstance(stored, dict) else ["something else than an object"]
    if unknown:
        raise InputError(f"{path} holds {unknown[0]!r}, which is no setting; it takes {', '.join(NAMES)}.")
    return {name: value for name, value in stored.items() if value is not None}


def write_configured(home: Path, values: dict[str, Any]) -> Path:
    """Writes the file in one step, readable by its owner alone from the start; raises StoreError."""
    path, draft = home / FILE, home / f".{FILE}.{os.getpid()}"
    kept = {name: values[name] for name in NAMES if values.get(name) is not None}
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(kept, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
    return path


def forget_configured(home: Path) -> bool:
    """Removes the file; whether there was one."""
    try:
        (home / FILE).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{home / FILE} cannot be removed: {error.strerror}.") from error
    return True
