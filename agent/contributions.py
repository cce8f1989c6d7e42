"""What one person said, in all sessions: handing it out and taking it back.

A person is known by the name in `by`. Taking back removes their messages, what was read in them and the answers
from then on, as each answer shows the facts of all. What others said stays, and the advice follows from that alone.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from agent.database import Database
from agent.ledger import Entry, Ledger
from agent.schema import entries, messages, sessions
from agent.store import StoredMessage, dumped, short_title

NO_READING: dict[str, Any] = {"intents": [], "suppositions": {}, "notes": []}


@dataclass(frozen=True)
class Withdrawal:
    """A session without what one person said: the messages that go, and the ledger that is left."""

    session: str
    gone: tuple[StoredMessage, ...]
    ledger: Ledger

    @property
    def since(self) -> int:
        """The number of the first message that goes."""
        return self.gone[0].number


def sessions_with(database: Database, person: str) -> list[str]:
    """The sessions in which a person said something."""
    query = select(messages.c.session).where(_names(person)).distinct().order_by(messages.c.session)
    with database.read() as connection:
        return list(connection.execute(query).scalars())


def said_by(person: str, transcript: list[StoredMessage]) -> tuple[StoredMessage, ...]:
    """The messages of a person; one that adopted a memo counts where the memo quotes them."""
    return tuple(one for one in transcript if _speaks(one.body, person))


def withdrawal(session: str, person: str, transcript: list[StoredMessage], ledger: Ledger) -> Withdrawal | None:
    """What a session becomes without a person; None where they said nothing in it."""
    gone = said_by(person, transcript)
    if not gone:
        return None
    left = [kept for kept in (_without(entry, person, gone[0].number) for entry in ledger.entries) if kept]
    return Withdrawal(session, gone, Ledger(tuple(left)))


def withdraw(database: Database, change: Withdrawal, person: str, answer: dict[str, Any], untitled: str) -> None:
    """Makes the change in one transaction; `answer` takes the place of every answer from there on."""
    with database.write() as connection:
        for message in change.gone:
            this = (messages.c.session == change.session, messages.c.number == message.number)
            body = _stripped(message.body, person)
            connection.execute(update(messages).where(*this).values(body=dumped(body)))
        later = (messages.c.session == change.session, messages.c.number >= change.since)
        stub = {"reading": dumped(NO_READING), "reply": dumped(answer)}
        connection.execute(update(messages).where(*later).values(stub))
        _replace_entries(connection, change)
        titles = {short_title(str(one.body["message"])) for one in change.gone if "message" in one.body}
        mine = (sessions.c.id == change.session, sessions.c.title.in_(titles))
        connection.execute(update(sessions).where(*mine).values(title=untitled))


def _replace_entries(connection: Connection, change: Withdrawal) -> None:
    connection.execute(delete(entries).where(entries.c.session == change.session))
    rows = [
        {"session": change.session, "place": place, "turn": entry.turn, "entry": dumped(entry.document())}
        for place, entry in enumerate(change.ledger.entries)
    ]
    if rows:
        connection.execute(insert(entries), rows)


def _without(entry: Entry, person: str, since: int) -> Entry | None:
    """The entry as it may stay: a fresh start stays without its name; a question that quotes people goes."""
    if entry.by == person:
        return replace(entry, by=None, quote="") if entry.kind == "restarted" else None
    return None if entry.kind == "clarify" and entry.turn >= since else entry


def _speaks(body: dict[str, Any], person: str) -> bool:
    heard = body.get("heard")
    quoted = heard.values() if isinstance(heard, dict) else ()
    return body.get("by") == person or any(words.get("by") == person for words in quoted)


def _stripped(body: dict[str, Any], person: str) -> dict[str, Any]:
    """The body without the person: nothing of their own message, and an adopted memo without their facts."""
    if "heard" not in body or body.get("by") == person:
        return {}
    theirs = {fact for fact, words in body["heard"].items() if words.get("by") == person}
    kept = {part: {k: v for k, v in body[part].items() if k not in theirs} for part in ("adopted", "heard")}
    return {**body, **kept}


def _names(person: str) -> ColumnElement[bool]:
    """Rows that may name the person: the text that JSON makes of the name stands in them."""
    fragments = {json.dumps(person), json.dumps(person, ensure_ascii=False)}
    return or_(*(messages.c.body.contains(f'"by": {one}', autoescape=True) for one in fragments))
