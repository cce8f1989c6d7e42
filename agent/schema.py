"""The tables of the relational store, the same on SQLite and PostgreSQL, and the way from one version to the next."""

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
    update,
)

from knowledge.errors import StoreError

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("owner", String(200)),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("id", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("reading", Text),
    Column("reply", Text),
    Column("received_at", String(40), nullable=False),
    UniqueConstraint("session", "id"),
)
"""Each message with what was read in it and what was replied; both are null until that step is done."""

entries = Table(
    "entries",
    metadata,
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("entry", Text, nullable=False),
)
"""The ledger: rows are only ever added, and removed only when a session is erased."""


threads = Table(
    "threads",
    metadata,
    Column("address", String(200), primary_key=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("state", Text, nullable=False),
)
"""Conversations of a messenger, each with its session; `state` is what the door has to remember of it."""

letters = Table(
    "letters",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("address", ForeignKey("threads.address", ondelete="CASCADE", onupdate="CASCADE"), nullable=False),
    Column("way", String(3), nullable=False),
    Column("place", String(40), nullable=False),
    Column("body", Text),
    Column("stage", String(10), nullable=False),
    Column("at", String(40), nullable=False),
)
"""What came in from a messenger and what goes out to it; the body goes when it is done, the id stays for a while."""

model_calls = Table(
    "model_calls",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("session", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("usd", Float),
    Column("at", String(40), nullable=False),
)
"""Every call to a language model: what for, how it ended, what it took. No words of it are kept."""


def _first(connection: Connection) -> None:
    metadata.create_all(connection, tables=[schema_version, sessions, messages, entries])


def _second(connection: Connection) -> None:
    metadata.create_all(connection, tables=[threads, letters])


def _third(connection: Connection) -> None:
    metadata.create_all(connection, tables=[model_calls])


def _fourth(connection: Connection) -> None:
    """PostgreSQL samples the values of columns for its planner, in a table of its own that no erasing reaches."""
    if connection.dialect.name != "postgresql":
        return
    for column in _SAID:
        named = f"ALTER TABLE {column.table.name} ALTER COLUMN {column.name}"
        connection.execute(text(f"{named} TYPE {column.type.compile(connection.dialect)}"))  # drops the sample
        connection.execute(text(f"{named} SET STATISTICS 0"))


_SAID = (
    sessions.c.title, sessions.c.owner, messages.c.body, messages.c.reading, messages.c.reply, entries.c.entry,
    threads.c.state, letters.c.body,
)  # fmt: skip
"""What holds words or names of people."""

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first, _second, _third, _fourth)
"""Each leads from the version of its place to the next one."""


def version_of(connection: Connection) -> int:
    """The schema version of a database; 0 for an empty one."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return connection.execute(select(schema_version.c.version)).scalar() or 0


def migrate(connection: Connection) -> None:
    """Brings a database to the present version in one transaction; raises StoreError for a newer one."""
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The sessions were written by a newer release (schema {version}, this one knows {len(MIGRATIONS)}). "
            "Nothing was changed; update the program or point CONSULT_HOME to another folder."
        )
    for step in MIGRATIONS[version:]:
        step(connection)
    if version == 0:
        connection.execute(schema_version.insert().values(version=len(MIGRATIONS)))
    elif version < len(MIGRATIONS):
        connection.execute(update(schema_version).values(version=len(MIGRATIONS)))
