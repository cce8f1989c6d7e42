"""Where files lie that were handed over for a session and are not read yet."""

import shutil
from hashlib import sha256
from pathlib import Path

FOLDER = "inbox"


def inbox_of(home: Path, session: str) -> Path:
    """The folder for one session's files, named by a digest, as a session's id opens it."""
    return home / FOLDER / folder_name(session)


def folder_name(session: str) -> str:
    """The name of a session's folder."""
    return sha256(session.encode("utf-8", errors="replace")).hexdigest()[:32]


def empty_inbox(home: Path, session: str) -> None:
    """Removes all files of a session that are not read yet."""
    shutil.rmtree(inbox_of(home, session), ignore_errors=True)
