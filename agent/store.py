"""The store of sessions: what was said, what was read in it, what was replied. The relational store is the truth."""

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from agent import sql
from agent.database import Database
from agent.faults import saving_a_message
from agent.ledger import Entry, Ledger, parse_entry
from agent.schema import entries, messages, schema_version, sessions
from knowledge.errors import InputError

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_TITLE = 80


@dataclass(frozen=True)
class SessionCard:
    """A session as lists show it."""

    id: str
    title: str
    owner: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True)
class StoredMessage:
    """A message as it was received; `reading` and `reply` are None until that step is done."""

    number: int
    id: str
    body: dict[str, Any]
    reading: dict[str, Any] | None
    reply: dict[str, Any] | None


class Store:
    """Sessions in a relational database. What a method writes is one transaction; it is saved or nothing is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, title: str, owner: str | None = None) -> str:
        """A new session's id, which cannot be guessed."""
        with self._database.write() as connection:
            return self._insert_session(connection, title, owner)

    def check(self, session: str) -> None:
        """Raises InputError where there is no such session."""
        self.card(session)

    def card(self, session: str) -> SessionCard:
        """The session's card; raises InputError, with the same words for a missing and a malformed id."""
        row = None
        if isinstance(session, str) and _SESSION_ID.fullmatch(session):
            with self._database.read() as connection:
                row = connection.execute(sql.CARD, {"of_session": session}).first()
        if row is None:
            raise InputError("There is no such session; `consult sessions` lists those that exist.")
        return SessionCard(**row._mapping)

    def cards(self, owner: str | None = None) -> list[SessionCard]:
        """All sessions, or those of one owner, the latest first."""
        query = select(sessions).order_by(sessions.c.updated_at.desc(), sessions.c.id)
        if owner is not None:
            query = query.where(sessions.c.owner == owner)
        with self._database.read() as connection:
            return [SessionCard(**row._mapping) for row in connection.execute(query)]

    def idle_since(self, moment: dt.datetime) -> list[str]:
        """The sessions in which nothing was said since that moment, in UTC."""
        before = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
        with self._database.read() as connection:
            return list(connection.execute(select(sessions.c.id).where(sessions.c.updated_at < before)).scalars())

    def check_ready(self) -> None:
        """Raises StoreError where nothing could be read or written now."""
        with self._database.write() as connection:
            connection.execute(select(func.count()).select_from(schema_version)).scalar_one()

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        """The exclusive right to work on a session, across threads and processes; raises StoreError when held long."""
        self.check(session)
        with self._database.lease(session):
            yield

    def accept(self, session: str, message_id: str, body: dict[str, Any]) -> StoredMessage:
        """The message as received; the one received before where the id is known already."""
        with saving_a_message(), self._database.write() as connection:
            known = self._message(connection, sql.MESSAGE_OF_ID, of_session=session, of_id=message_id)
            if known is None:
                known = self._insert_message(connection, session, message_id, body)
        return known

    def message(self, session: str, number: int) -> StoredMessage:
        """One message of a session, by its number."""
        with self._database.read() as connection:
            found = self._message(connection, sql.MESSAGE_OF_NUMBER, of_session=session, of_number=number)
        if found is None:
            raise InputError(f"The session has no message number {number}.")
        return found

    def last_message(self, session: str) -> StoredMessage | None:
        """The latest message of a session."""
        latest = select(func.max(messages.c.number)).where(messages.c.session == session).scalar_subquery()
        query = select(messages).where(messages.c.session == session, messages.c.number == latest)
        with self._database.read() as connection:
            return self._message(connection, query)

    def has_begun(self, session: str) -> bool:
        """Whether a session has any message; its greeting is the first."""
        with self._database.read() as connection:
            return connection.execute(sql.FIRST_NUMBER, {"of_session": session}).first() is not None

    def unanswered(self, session: str) -> list[int]:
        """The numbers of the messages that were received and have no reply yet, in order."""
        with self._database.read() as connection:
            return list(connection.execute(sql.UNANSWERED, {"of_session": session}).scalars())

    def transcript(self, session: str) -> list[StoredMessage]:
        """All messages of a session in order."""
        query = select(messages).where(messages.c.session == session).order_by(messages.c.number)
        with self._database.read() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def ledger(self, session: str) -> Ledger:
        """Everything that was said and asked in a session."""
        with self._database.read() as connection:
            rows = connection.execute(sql.LEDGER, {"of_session": session}).scalars().all()
        return Ledger(tuple(parse_entry(json.loads(row)) for row in rows))

    def record(self, session: str, number: int, reading: dict[str, Any], said: Sequence[Entry]) -> None:
        """Adds what was read in a message to the ledger; does nothing where it was recorded before."""
        self._finish_step(session, number, "reading", reading, said)

    def answer(self, session: str, number: int, reply: dict[str, Any], asked: Sequence[Entry]) -> None:
        """Keeps the reply to a message and what it asks; does nothing where it was answered before."""
        self._finish_step(session, number, "reply", reply, asked)

    def rename(self, session: str, title: str) -> None:
        """Gives a session another title; raises InputError for an empty one."""
        if not title.strip():
            raise InputError("A title needs at least one character.")
        self.check(session)
        with self._database.write() as connection:
            shortened = short_title(title)
            connection.execute(update(sessions).where(sessions.c.id == session).values(title=shortened))

    def duplicate(self, session: str) -> str:
        """A copy of a session that goes its own way from here; its id."""
        card = self.card(session)
        with self._database.write() as connection:
            copy = self._insert_session(connection, short_title(f"{card.title} (copy)"), card.owner)
            for table in (messages, entries):
                rows = connection.execute(select(table).where(table.c.session == session)).mappings().all()
                if rows:
                    connection.execute(insert(table), [{**row, "session": copy} for row in rows])
        return copy

    def scrub(self) -> None:
        """Clears the text of removed sessions out of the files; raises StoreError where that has to be done again."""
        self._database.scrub()

    def remove(self, session: str) -> None:
        """Removes a session; its text is in the files until they are scrubbed, which is dear and best done once."""
        self.check(session)
        with self._database.write() as connection:
            for table in (entries, messages):
                connection.execute(delete(table).where(table.c.session == session))
            connection.execute(delete(sessions).where(sessions.c.id == session))
        self._database.forget(session)

    def _message(self, connection: Connection, query: Select[Any], **given: str | int) -> StoredMessage | None:
        row = connection.execute(query, given).first()
        return None if row is None else _stored(row)

    def _insert_session(self, connection: Connection, title: str, owner: str | None) -> str:
        session, now = secrets.token_urlsafe(16), _now()
        row = {"id": session, "title": title, "owner": owner, "created_at": now, "updated_at": now}
        connection.execute(insert(sessions).values(row))
        return session

    def _insert_message(self, connection: Connection, session: str, message_id: str, body: Any) -> StoredMessage:
        number, now = connection.execute(sql.MESSAGES, {"of_session": session}).scalar_one(), _now()
        row = {"session": session, "number": number, "id": message_id, "body": dumped(body), "received_at": now}
        connection.execute(sql.ADD_MESSAGE, row)
        connection.execute(sql.TOUCH_SESSION, {"of_session": session, "now": now})
        return StoredMessage(number, message_id, body, None, None)

    def _finish_step(self, session: str, number: int, step: str, value: Any, added: Sequence[Entry]) -> None:
        kept = {"of_session": session, "of_number": number, "value": dumped(value)}
        with self._database.write() as connection:
            if connection.execute(sql.FINISH_STEP[step], kept).rowcount == 0:
                return
            place = connection.execute(sql.ENTRIES, {"of_session": session}).scalar_one()
            rows = [
                {"session": session, "place": place + offset, "turn": entry.turn, "entry": dumped(entry.document())}
                for offset, entry in enumerate(added)
            ]
            if rows:
                connection.execute(sql.ADD_ENTRY, rows)


def short_title(text: str) -> str:
    """The first words of a text, short enough for a list."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _stored(row: Row[Any]) -> StoredMessage:
    reading, reply = (None if text is None else json.loads(text) for text in (row.reading, row.reply))
    return StoredMessage(row.number, row.id, json.loads(row.body), reading, reply)


def dumped(value: Any) -> str:
    """A value as the tables keep it."""
    return json.dumps(value, allow_nan=False)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
