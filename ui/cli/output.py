"""What commands print: results on stdout, notes for people on stderr; and what they read."""

import json
import sys
from pathlib import Path
from typing import Any

from knowledge.errors import InputError, StoreError


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(document, ensure_ascii=False, allow_nan=False), flush=True)


def note(text: str) -> None:
    """A sentence for people, on stderr."""
    print(text, file=sys.stderr)


def parse_json(text: str, what: str) -> Any:
    """The JSON document of a text; raises InputError that says what is wrong with it and where."""
    if not text.strip():
        raise InputError(f"{what} is empty; a JSON document is expected.")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_without_repeats)
    except ValueError as error:
        raise InputError(f"{what} is not valid JSON: {error}.") from error
    except RecursionError as error:
        raise InputError(f"{what} is nested too deeply.") from error


def read_text(path: str) -> str:
    """The text of a file, or of stdin for `-`; raises InputError."""
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; check the path and its rights.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


def write_file(path: Path, content: bytes, what: str) -> None:
    """Writes a file; raises StoreError that names it and what it would have held."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{what} could not be written to {path}: {error.strerror}. Choose another place.") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON allows")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of its pairs; a name given twice is refused, as either value could be the one that was meant."""
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is given more than once")
    return document


def print_markdown(text: str) -> None:
    """Markdown for a person: laid out on a terminal, as it is in a pipe."""
    if not sys.stdout.isatty():
        print(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(highlight=False).print(Markdown(printable(text), hyperlinks=False))


def printable(text: str) -> str:
    """The text without control characters, so that nothing in it can steer the terminal."""
    return "".join(one for one in text if one in "\n\t" or one.isprintable())
