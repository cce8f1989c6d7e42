"""The database below the store: what it must offer, and which one the settings choose."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from agent.settings import Settings
from agent.sqlite import SqliteDatabase


class Database(Protocol):
    """Transactions, and leases across threads and processes. Every fault is raised as StoreError in one sentence."""

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that is committed at the end, or undone."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """A connection to read from."""
        ...

    def lease(self, session: str) -> AbstractContextManager[None]:
        """The exclusive right to a session; it ends with the process that holds it."""
        ...

    def scrub(self) -> None:
        """Clears what deleted rows leave in the files; raises StoreError where that has to be done again."""
        ...

    def forget(self, session: str) -> None:
        """Clears what an erased session leaves beside the tables; `scrub` clears the rest."""
        ...

    def close(self) -> None:
        """Gives all connections back."""
        ...


def open_database(settings: Settings) -> Database:
    """The database of the settings: PostgreSQL where a URL is set, else a file in the data folder."""
    if settings.database_url is None:
        return SqliteDatabase(settings.home)
    from agent.postgres import PostgresDatabase

    return PostgresDatabase(settings.database_url.get_secret_value())
