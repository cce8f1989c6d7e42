"""Files that were dropped and not yet read: kept in the data folder, read once, then removed.

One folder for each session, named by a digest of its id; in it one folder for each file, which holds the file under a
name that any file system takes, and beside it the name that it was given.
"""

import secrets
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from agent.inbox import FOLDER, folder_name, inbox_of
from knowledge.errors import StoreError
from ui.browser import outbox
from ui.browser.consultancy import consultant, settings

NAME = ".name"
LONGEST_NAME = 120


@dataclass
class Outcome:
    """What a file led to: sentences to show, and answers for the consultation with who says them."""

    title: str
    lines: list[str]
    answers: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    failed: bool = False
    place: int | None = None
    """The number of exchanges that came before it."""


@dataclass(eq=False)
class Kept:
    """A file on its way: where it lies, the session it is for, how far it is read, and what comes of it."""

    path: Path
    name: str
    session: str
    done: float = 0.0
    work: "Future[Outcome]" = field(default_factory=Future)

    @property
    def id(self) -> str:
        """What tells this file from all others."""
        return self.path.parent.name


_under_way: dict[Path, Kept] = {}
_lock = Lock()


def keep(session: str, name: str, content: bytes) -> None:
    """Stores a file until it is read; raises StoreError where that is not possible."""
    folder = _folder(session) / secrets.token_hex(8)
    half = folder.with_suffix(".part")  # so that no half-written file is read
    try:
        half.mkdir(parents=True, mode=0o700)
        (half / NAME).write_text(name, encoding="utf-8", errors="replace")
        (half / file_name(name)).write_bytes(content)
        half.rename(folder)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise StoreError(
            f"The file {name} could not be kept: {error.strerror}. Free some space and drop it again."
        ) from error


def unread(session: str, read: Callable[[Kept], Outcome]) -> list[Kept]:
    """The files of a session that are not read yet, each being read by `read` from now on: once, whoever asks."""
    folder = _folder(session)
    if not folder.is_dir():
        return []
    with _lock:
        found = sorted(
            (one for one in folder.iterdir() if one.suffix != ".part"), key=lambda one: one.stat().st_mtime_ns
        )
        return [_begun(one, session, read) for one in found]


def _begun(folder: Path, session: str, read: Callable[[Kept], Outcome]) -> Kept:
    if folder not in _under_way:
        name = (folder / NAME).read_text(encoding="utf-8")
        kept = _under_way[folder] = Kept(folder / file_name(name), name, session)
        kept.work = outbox.in_background(_read_once, (kept, read))
    return _under_way[folder]


def _read_once(job: tuple[Kept, Callable[[Kept], Outcome]]) -> Outcome:
    kept, read = job
    try:
        return read(kept)
    finally:
        with _lock:
            shutil.rmtree(kept.path.parent, ignore_errors=True)
            _under_way.pop(kept.path.parent, None)


def sweep() -> None:
    """Removes what was kept for sessions that have been erased since, and what was not written to its end."""
    root = settings().home / FOLDER
    if root.is_dir():
        known = {folder_name(card.id) for card in consultant().sessions()}
        _remove(one for one in root.iterdir() if one.name not in known)
        _remove(root.glob("*/*.part"))


def _remove(folders: Iterable[Path]) -> None:
    for folder in list(folders):
        shutil.rmtree(folder, ignore_errors=True)


def file_name(name: str) -> str:
    """A name that any file system takes, with the ending that tells the kind."""
    stem, _, ending = name.rpartition(".")
    kept = "".join(letter for letter in stem if letter.isprintable() and letter not in '/\\:*?"<>|')[:LONGEST_NAME]
    return f"{kept.strip(' .') or 'file'}.{ending.lower()}"


def _folder(session: str) -> Path:
    return inbox_of(settings().home, session)
