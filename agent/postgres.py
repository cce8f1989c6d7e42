"""The sessions in PostgreSQL, which several workers share: the same tables, with leases as advisory locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from agent.faults import DatabaseFault
from agent.schema import entries, messages, migrate, sessions
from knowledge.errors import ConsultError, InputError, UnavailableError

BUSY_SECONDS = 60
CONNECTIONS = 20
MIGRATION = "migration"

_FAULTS = {
    "53100": ("The disk of the database is full", "free some space and try again"),
    "25006": ("The database is read-only", "point CONSULT_DATABASE_URL to the primary"),
    "28P01": ("The database refuses the password of CONSULT_DATABASE_URL", "correct it"),
    "3D000": ("The database named in CONSULT_DATABASE_URL does not exist", "create it first"),
    "55P03": ("The session or its tables are still in use by another", "send it again in a moment"),
    "XX001": ("The database is damaged", "restore it from a backup"),
}
"""What PostgreSQL's error codes mean to the person who sent a message, and what to do."""


class PostgresDatabase:
    """Sessions in a PostgreSQL database; each lease holds one connection for as long as it lasts."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            _driver_url(url), pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=True
        )
        event.listen(self._engine, "connect", _wait_no_longer)
        try:
            with self.lease(MIGRATION), self.write() as connection:
                migrate(connection)
        except ConsultError:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or undone; raises StoreError."""
        with _explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read from; raises StoreError."""
        with _explained(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        """The exclusive right to a session across all workers; it ends with the connection that holds it."""
        with _explained():
            connection = self._engine.connect()
        try:
            with _explained():
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": session})
            yield
        finally:
            _give_back(connection)

    def scrub(self) -> None:
        """Writes the tables anew, as deleted rows stay in their files until then; raises StoreError."""
        with _explained(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (entries, messages, sessions):
                connection.execute(text(f"VACUUM FULL {table.name}"))

    def forget(self, session: str) -> None:
        """Clears what a deleted session leaves in the files of the tables."""
        self.scrub()

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()


def _wait_no_longer(connection: Any, _: Any) -> None:
    """A lock, of a session or of a table, is waited for so long and then told."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1_000)}")
    connection.commit()


def _driver_url(url: str) -> str:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise InputError("CONSULT_DATABASE_URL must begin with postgresql://; leave it unset to use a file.")
        chosen = parsed.set(drivername="postgresql+psycopg")
        chosen.get_dialect().import_dbapi()
    except ArgumentError as error:
        raise InputError("CONSULT_DATABASE_URL is no database address such as postgresql://user@host/name.") from error
    except (ImportError, NoSuchModuleError) as error:
        raise UnavailableError(
            'PostgreSQL needs an optional part: pip install "llm-architecture-consultant[postgres]".'
        ) from error
    return chosen.render_as_string(hide_password=False)


def _give_back(connection: Connection) -> None:
    """Ends a lease. Where its connection was lost the lease had ended with it, which undoes nothing that was saved."""
    try:
        connection.rollback()
    except DBAPIError as error:
        connection.invalidate(error)
    finally:
        connection.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Database errors in words; never with the address, which may hold a password."""
    try:
        yield
    except DBAPIError as error:
        state, kind = getattr(error.orig, "sqlstate", None), type(error.orig).__name__
        silent = (f"The database of CONSULT_DATABASE_URL does not answer ({kind})", "try again when it runs")
        raise DatabaseFault(*_FAULTS.get(str(state), silent), cut=error.connection_invalidated) from error
