"""The sessions' SQLite file: connections, durability, leases, and faults put into words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from agent.faults import NOTHING_CHANGED, NOTHING_SAVED, STILL_IN_FILES, DatabaseFault
from agent.schema import migrate
from knowledge.errors import ConsultError, StoreError

BUSY_SECONDS = 60.0
"""How long a message waits for the session, or the file, that another one is using."""

_FAULTS = {
    sqlite3.SQLITE_FULL: ("The disk is full", "free some space and try again"),
    sqlite3.SQLITE_READONLY: ("The data folder {folder} is read-only", "make it writable and try again"),
    sqlite3.SQLITE_CANTOPEN: (
        "The session file in {folder} cannot be opened",
        "check its permissions and the free space",
    ),
    sqlite3.SQLITE_PERM: ("The session file in {folder} may not be used by this user", "check its permissions"),
    sqlite3.SQLITE_BUSY: ("Another program is using the session file in {folder}", "try again when it is done"),
    sqlite3.SQLITE_IOERR: ("The disk reported an error", "check the disk of {folder} and try again"),
    sqlite3.SQLITE_CORRUPT: (
        "The session file {folder}/consult.db is damaged",
        "restore it from a backup, or move it away to begin anew",
    ),
    sqlite3.SQLITE_NOTADB: ("The file {folder}/consult.db is no session file", "move it away"),
}
"""What SQLite's error codes mean to the person who sent a message, and what to do."""
_UNTOUCHED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteDatabase:
    """The sessions' SQLite file in the data folder, readable by its owner alone."""

    def __init__(self, home: Path) -> None:
        self._home = home
        make_private_folder(home)
        make_private_folder(home / "locks")
        with self._explained():
            _make_private_file(home / "consult.db")
            self._engine = _engine(home / "consult.db")
        try:
            with self._lock("migration"), self.write() as connection:
                migrate(connection)
        except ConsultError:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or undone; raises StoreError."""
        with self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read from; raises StoreError."""
        with self._explained(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        """The exclusive right to a session across threads and processes; it ends with the process that holds it."""
        with self._lock(session):
            yield

    def scrub(self) -> None:
        """Clears deleted text out of the write-ahead log, waiting for those who are reading or writing."""
        path = self._home / "consult.db"
        try:
            with self._explained(), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except DatabaseFault as fault:
            raise fault.where(STILL_IN_FILES) from fault
        if busy:
            raise DatabaseFault(
                "The log of the session file is in use", "stopping all that use it clears it as well", STILL_IN_FILES
            )

    def forget(self, session: str) -> None:
        """Removes the session's lock file."""
        (self._home / "locks" / f"{session}.lock").unlink(missing_ok=True)

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        path = self._home / "locks" / f"{name}.lock"
        lock = FileLock(path, timeout=BUSY_SECONDS, mode=0o600, thread_local=False, poll_interval=0.01)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"The session is still busy with another message after {BUSY_SECONDS:g} seconds. "
                "Nothing of this message was saved; send it again in a moment."
            ) from error
        except OSError as error:
            cause = f"The data folder {self._home} cannot be written ({error.strerror})"
            raise DatabaseFault(cause, "make it writable and try again") from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._fault(error.orig) from error
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: BaseException | None) -> DatabaseFault:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in _FAULTS:
            return DatabaseFault(f"The session could not be saved or read ({error})", "try again")
        cause, cure = (part.format(folder=self._home) for part in _FAULTS[code])
        return DatabaseFault(cause, cure, NOTHING_CHANGED if code in _UNTOUCHED else NOTHING_SAVED)


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, so that writers queue up from the start
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":  # what SQLite says is the same
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_private_folder(folder: Path) -> None:
    """Makes a folder that its owner alone may enter; raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be made: {error.strerror}. Set CONSULT_HOME to a folder you may write to."
        ) from error


def _make_private_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The session file {path} cannot be opened: {error.strerror}. Nothing was saved; check its permissions."
        ) from error
