"""The sessions in PostgreSQL, which several workers share: the same tables, with leases as advisory locks."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from agent.faults import STILL_IN_FILES, DatabaseFault
from agent.schema import entries, letters, messages, migrate, sessions, threads
from knowledge.errors import ConsultError, InputError, UnavailableError

logger = logging.getLogger(__name__)

BUSY_SECONDS = 60
CONNECTIONS = 20
CONNECTION_SECONDS = 5
"""How long one of the connections is waited for; each is needed for a moment, but for those that hold leases."""
MIGRATION = "migration"
HOLD_TEXT = (entries, messages, letters, threads, sessions)
NOT_ALLOWED = "42501"

_FAULTS = {
    "53100": ("The disk of the database is full", "free some space and try again"),
    "25006": ("The database is read-only", "point CONSULT_DATABASE_URL to the primary"),
    "28P01": ("The database refuses the password of CONSULT_DATABASE_URL", "correct it"),
    "3D000": ("The database named in CONSULT_DATABASE_URL does not exist", "create it first"),
    "55P03": ("The session or its tables are still in use by another", "send it again in a moment"),
    "XX001": ("The database is damaged", "restore it from a backup"),
}
"""What PostgreSQL's error codes mean to the person who sent a message, and what to do."""

_EARLIER = """
SELECT count(*) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database() AND age(backend_xmin) > age(CAST(:now AS xid))
"""


class PostgresDatabase:
    """Sessions in a PostgreSQL database; each lease holds one connection for as long as it lasts."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            _driver_url(url),
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            pool_timeout=CONNECTION_SECONDS,
            pool_pre_ping=True,
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
        """The exclusive right to a session across all workers; it ends with the connection that holds it.

        No transaction stays open for it, as that would keep the server from clearing what others delete meanwhile.
        """
        with _explained():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with _explained():
                connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), {"name": session})
            yield
        finally:
            _give_back(connection)

    def scrub(self) -> None:
        """Writes the tables anew and begins a new log, as deleted rows stay in the files until then; raises StoreError.

        Old files of the log go with the checkpoint where the server has `wal_recycle` off, else when it reuses them.
        """
        try:
            with _explained(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                _wait_for_earlier_readers(connection)
                for table in HOLD_TEXT:
                    connection.execute(text(f"VACUUM FULL {table.name}"))
                _begin_new_log(connection)
        except DatabaseFault as fault:
            raise fault.where(STILL_IN_FILES) from fault

    def forget(self, session: str) -> None:
        """A session leaves nothing outside the tables."""

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()


def _wait_for_earlier_readers(connection: Connection) -> None:
    """Waits for transactions that may still see what was deleted, as the server keeps it for them."""
    now = connection.execute(text("SELECT CAST(pg_current_xact_id() AS text)")).scalar_one()
    end = time.monotonic() + BUSY_SECONDS
    while connection.execute(text(_EARLIER), {"now": str(int(now) % 2**32)}).scalar_one():
        if time.monotonic() > end:
            raise DatabaseFault(
                "A long transaction, such as a backup, still sees what was erased",
                "do that when it is over",
                STILL_IN_FILES,
            )
        time.sleep(0.02)


def _begin_new_log(connection: Connection) -> None:
    """Ends the present file of the write-ahead log, so that the checkpoint can do without it."""
    try:
        connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        logger.warning(
            "Erased text may stand in PostgreSQL's write-ahead log until that is recycled: the worker's role may not "
            "begin a new one. docs/security.md says which rights it needs."
        )


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
        if not connection.invalidated:
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
    except DBAPIError as error:
        connection.invalidate(error)
    finally:
        connection.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Database errors in words; never with the address, which may hold a password."""
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseFault("All connections to the database are in use", "send it again in a few seconds") from error
    except DBAPIError as error:
        state, kind = getattr(error.orig, "sqlstate", None), type(error.orig).__name__
        silent = (f"The database of CONSULT_DATABASE_URL does not answer ({kind})", "try again when it runs")
        raise DatabaseFault(*_FAULTS.get(str(state), silent), cut=error.connection_invalidated) from error
