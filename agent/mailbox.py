"""Letters of a messenger: taken in once, answered once, delivered once, whatever is stopped in between.

A letter is kept before it is acknowledged, its answers are kept in the same transaction that marks it done, and an
answer is marked before it is sent, so that whoever comes next knows that it may have been.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from agent.database import Database
from agent.schema import letters, threads

KEPT_FOR = dt.timedelta(days=7)
"""How long the id of a finished letter is remembered: far longer than any messenger delivers again."""


@dataclass(frozen=True)
class Letter:
    """One message that came in, or one that goes out. `begun` says that someone may have dealt with it already."""

    id: str
    address: str
    body: dict[str, Any]
    begun: bool


@dataclass(frozen=True)
class Thread:
    """A conversation of a messenger: its session, once there is one, and what the door remembers of it."""

    address: str
    session: str | None
    state: dict[str, Any]


class Mailbox:
    """The letters of all threads. Every method is one transaction; it is saved or nothing is. Raises StoreError."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        """`now` gives the time in seconds since 1970."""
        self._database = database
        self._now = now

    def take_in(self, letter_id: str, address: str, place: str, body: dict[str, Any]) -> bool:
        """Keeps a letter that came in; False where it came in before. `place` orders the letters of a thread."""
        with self._database.write() as connection:
            if connection.execute(select(letters.c.id).where(letters.c.id == letter_id)).first():
                return False
            if not connection.execute(select(threads.c.address).where(threads.c.address == address)).first():
                connection.execute(insert(threads).values(address=address, session=None, state="{}"))
            self._insert(connection, letter_id, address, "in", place, body)
        return True

    def thread(self, address: str) -> Thread | None:
        """The thread at an address; None where nothing came from there."""
        with self._database.read() as connection:
            row = connection.execute(select(threads).where(threads.c.address == address)).first()
        return None if row is None else Thread(row.address, row.session, json.loads(row.state))

    def keep(self, address: str, session: str | None = None, **state: Any) -> None:
        """Remembers the session of a thread, or something of its state."""
        with self._database.write() as connection:
            row = connection.execute(select(threads).where(threads.c.address == address)).first()
            if row is not None:
                values = {"session": session or row.session, "state": json.dumps({**json.loads(row.state), **state})}
                connection.execute(update(threads).where(threads.c.address == address).values(values))

    def move(self, address: str, to: str) -> None:
        """Gives a thread another address, with all its letters."""
        with self._database.write() as connection:
            connection.execute(update(threads).where(threads.c.address == address).values(address=to))

    def busy(self) -> list[str]:
        """The addresses where something is still to be answered or delivered."""
        query = select(letters.c.address).where(letters.c.stage != "done").distinct()
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def next_in(self, address: str) -> Letter | None:
        """The earliest letter of a thread that is not answered."""
        return self._next(address, "in")

    def next_out(self, address: str) -> Letter | None:
        """The earliest answer of a thread that is not delivered."""
        return self._next(address, "out")

    def begin(self, letter_id: str) -> None:
        """Marks a letter as being dealt with."""
        with self._database.write() as connection:
            connection.execute(update(letters).where(letters.c.id == letter_id).values(stage="begun"))

    def answer(self, letter: Letter, answers: Sequence[dict[str, Any]]) -> None:
        """Marks a letter as answered and keeps its answers to be delivered; does nothing where it was done before."""
        with self._database.write() as connection:
            if _finish(connection, letter.id):
                count = _count(connection, letter.address)
                for offset, body in enumerate(answers):
                    answer_id = _answer_id(letter.id, str(offset))
                    self._insert(connection, answer_id, letter.address, "out", f"{count + offset:08d}", body)

    def send_ahead(self, letter: Letter, body: dict[str, Any]) -> Letter | None:
        """Keeps a word to be delivered before the answers of a letter; None where there was one, or they are there."""
        ahead = Letter(_answer_id(letter.id, "ahead"), letter.address, body, False)
        open_letter = select(letters.c.id).where(letters.c.id == letter.id, letters.c.stage != "done")
        with self._database.write() as connection:
            said = connection.execute(select(letters.c.id).where(letters.c.id == ahead.id)).first()
            if said or not connection.execute(open_letter).first():
                return None
            self._insert(connection, ahead.id, ahead.address, "out", f"{_count(connection, ahead.address):08d}", body)
        return ahead

    def delivered(self, letter: Letter) -> None:
        """Marks an answer as delivered and forgets its text."""
        with self._database.write() as connection:
            _finish(connection, letter.id)

    def tidy(self) -> None:
        """Forgets the ids of letters that were finished long ago."""
        before = self._time(KEPT_FOR)
        with self._database.write() as connection:
            connection.execute(delete(letters).where(letters.c.stage == "done", letters.c.at < before))

    @contextmanager
    def lease(self, address: str) -> Iterator[None]:
        """The exclusive right to work on a thread, across threads and processes."""
        name = hashlib.sha256(address.encode()).hexdigest()[:32]
        with self._database.lease(f"thread-{name}"):
            yield

    def _insert(
        self, connection: Connection, letter_id: str, address: str, way: str, place: str, body: dict[str, Any]
    ) -> None:
        row = {"id": letter_id, "address": address, "way": way, "place": place, "stage": "new", "at": self._time()}
        connection.execute(insert(letters).values(**row, body=json.dumps(body, allow_nan=False)))

    def _time(self, ago: dt.timedelta = dt.timedelta()) -> str:
        return (dt.datetime.fromtimestamp(self._now(), dt.UTC) - ago).isoformat(timespec="milliseconds")

    def _next(self, address: str, way: str) -> Letter | None:
        query = (
            select(letters)
            .where(letters.c.address == address, letters.c.way == way, letters.c.stage != "done")
            .order_by(letters.c.place, letters.c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Letter(row.id, row.address, json.loads(row.body), row.stage == "begun")


def _count(connection: Connection, address: str) -> int:
    """How many letters a thread has had."""
    return len(connection.execute(select(letters.c.id).where(letters.c.address == address)).all())


def _finish(connection: Connection, letter_id: str) -> bool:
    """Whether the letter was open until now."""
    still_open = (letters.c.id == letter_id, letters.c.stage != "done")
    return connection.execute(update(letters).where(*still_open).values(stage="done", body=None)).rowcount > 0


def _answer_id(letter_id: str, which: str) -> str:
    return f"re-{hashlib.sha256(letter_id.encode()).hexdigest()[:24]}-{which}"
