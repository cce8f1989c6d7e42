"""The consultation: the one way in for every door."""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from agent.answering import Answering
from agent.bureau import Bureau
from agent.contributions import said_by, sessions_with, withdraw, withdrawal
from agent.database import open_database
from agent.desk import Desk
from agent.erasing import Erasure
from agent.faults import answering_a_saved_message
from agent.graph import Checkpointed
from agent.hearing import Hear, Hearing, heard_by
from agent.language.model.book import StoredBook
from agent.language.model.opening import open_language
from agent.language.model.usage import Spent
from agent.language.port import Attends, Language
from agent.ledger import Ledger
from agent.lookup import Lookup
from agent.operation.admission import Admission, OneByOne, Quota, at_once
from agent.operation.metrics import METRICS
from agent.operation.retention import Retention
from agent.protocol import Adopted, Answered, Message, Said, Turn, check_message_id, cleaned, message_body, parse_body
from agent.recap import answer_erased, recap
from agent.settings import Settings
from agent.sqlite import make_private_folder
from agent.store import SessionCard, Store, StoredMessage
from knowledge.embedding import Embedder
from knowledge.search import Searcher
from tools.decide.decision import Decision, Flip
from tools.profile import Profile, parse_profile

UNTITLED = "New consultation"
ADOPTED = "Reopened memo"
OWNERS_KEPT = 4_096


class Consultant:
    """Holds consultations: starts them, answers messages one after the other, and forgets them when told to.

    Safe to share between threads; several processes may use the same data folder. Raises InputError where a message
    cannot be used (the session is then unchanged) and StoreError where it could not be saved.
    """

    def __init__(self, settings: Settings, language: Language | None = None, searcher: Searcher | None = None) -> None:
        self._settings = settings
        self._lookup = Lookup(settings, searcher)
        make_private_folder(settings.home)
        self._database = open_database(settings)
        self._store = Store(self._database)
        self._book = StoredBook(self._database)
        self._language = language or open_language(settings, self._book)
        self._graph = Checkpointed(settings.home / "checkpoints.db")
        self._bureau = Bureau(self._store, self._language, self._lookup.search, settings)
        self._answering = Answering(self._store, self._bureau, self._graph)
        self._admission = Admission(at_once(settings))
        self._one_by_one = OneByOne()
        self._quota = Quota(settings.messages_per_hour)
        self._erasure = Erasure(self._store, self._graph, settings.home)
        self._retention = Retention(self._store, settings.retention_days, self._erasure.remove_all)
        self._retention.apply_daily()
        # Whose a session is never changes; asking for it each time would let refusals wait for the database.
        self._owner_of = lru_cache(maxsize=OWNERS_KEPT)(lambda session: self._store.card(session).owner)

    def start(self, owner: str | None = None) -> Turn:
        """A new session's greeting and first question."""
        self._quota.take(owner)
        self._retention.apply_daily()
        with self._admission.place():
            session = self._store.create(UNTITLED, owner)
            with self._store.lease(session):
                return self._answering.begin(session)

    def adopt(
        self,
        profile: Profile,
        heard: Mapping[str, Mapping[str, Any]],
        title: str | None = None,
        owner: str | None = None,
    ) -> Turn:
        """A new session that begins with what a memo was written from."""
        self._bureau.check(profile)
        turn = self.start(owner)
        self._store.rename(turn.session, title or ADOPTED)
        message = Adopted(profile.document(), heard)
        with self._store.lease(turn.session):
            stored = self._store.accept(turn.session, "adopted", message_body(message))
            return self._answering.answer(turn.session, stored)

    def resume(self, session: str) -> Turn:
        """Where a session stands: a recap, and the question that is open. Nothing is recorded."""
        with self._store.lease(session):
            self._answering.catch_up(session)
            last = self._store.last_message(session)
            if last is None:
                return self._answering.begin(session)
            return recap(Desk(self._bureau, session, last.number), self._store.card(session).title)

    def send(self, session: str, message: Message, message_id: str | None = None, hear: Hear | None = None) -> Turn:
        """The answer to a message; the same answer again where the message's id was answered before.

        `hear` is given the reply in pieces while it is made, in the calling thread: a paragraph when it is final, an
        explanation sentence by sentence as each is verified. A door appends them as they come: put together they are
        `Turn.reply`, letter by letter, also where the answer was there already. What `hear` raises is raised when the
        answer is stored.
        """
        message = cleaned(message)
        check_message_id(message_id)
        with METRICS.timed(), self._admission.queue() as until_s:
            self._quota.take(self._owner_of(session) or message.by)
            hearing = Hearing(hear or (lambda piece: None))
            turn = self._send(session, message, message_id, hearing, until_s)
            hearing.finish(turn.reply)
            return turn

    def _send(self, session: str, message: Message, message_id: str | None, hearing: Hearing, until_s: float) -> Turn:
        with (
            self._one_by_one.of(session) as waits_until_s,
            self._admission.place(waits_until_s or until_s),
            self._store.lease(session),
        ):
            self._answering.catch_up(session)
            if not self._store.has_begun(session):
                self._answering.begin(session)
            self._check_usable(session, message)
            stored = self._store.accept(session, message_id or secrets.token_hex(8), message_body(message))
            with answering_a_saved_message(), heard_by(hearing):
                turn = self._answering.answer(session, stored)
                if isinstance(message, Said) and self._store.card(session).title == UNTITLED:
                    self._store.rename(session, message.text)
            return turn

    def sessions(self, owner: str | None = None) -> list[SessionCard]:
        """All sessions, or those of one owner, the latest first."""
        return self._store.cards(owner)

    def transcript(self, session: str) -> list[tuple[Message | None, Turn | None]]:
        """Each message of a session with its answer, in order; the first has no message."""
        self._store.check(session)
        return [_exchange(stored) for stored in self._store.transcript(session)]

    def ledger(self, session: str) -> Ledger:
        """Everything that was said and asked in a session."""
        self._store.check(session)
        return self._store.ledger(session)

    def export(self, session: str) -> dict[str, Any]:
        """Everything that is stored of a session, as one JSON document."""
        card = self._store.card(session)
        return {
            "session": card.id,
            "title": card.title,
            "owner": card.owner,
            "created_at": card.created_at,
            "profile": self._store.ledger(session).profile.document(),
            "ledger": [entry.document() for entry in self._store.ledger(session).entries],
            "language_model": self._book.spent(session).document(),
            "messages": [
                {"number": one.number, "id": one.id, "message": one.body, "reply": one.reply}
                for one in self._store.transcript(session)
            ],
        }

    def decision(self, profile: Profile) -> Decision:
        """The decision on a profile, which the replies rest on too; kept in memory. Raises InputError."""
        return self._bureau.decide(profile)

    def flips(self, profile: Profile) -> tuple[Flip, ...]:
        """The smallest changes that move the advice for a profile; kept in memory. Raises InputError."""
        return self._bureau.flips(profile)

    def usage(self, session: str) -> Spent:
        """What a session has used of the language model; nothing where none is set."""
        self._store.check(session)
        return self._book.spent(session)

    def rename(self, session: str, title: str) -> None:
        """Gives a session another title."""
        self._store.rename(session, title)

    def duplicate(self, session: str) -> str:
        """A copy of a session that goes its own way from here; its id."""
        with self._store.lease(session):
            return self._store.duplicate(session)

    def erase(self, session: str) -> None:
        """Removes everything that is stored of a session, files that wait to be read too."""
        self._erasure.remove(session)
        self._store.scrub()

    def export_person(self, person: str) -> dict[str, Any]:
        """Everything that a person said in sessions of others, and their own sessions, as one JSON document."""
        own = [card.id for card in self._store.cards(person)]
        others = [one for one in sessions_with(self._database, person) if one not in own]
        return {
            "person": person,
            "sessions": [self.export(session) for session in own],
            "contributions": [self._contribution(session, person) for session in others],
        }

    def erase_person(self, person: str) -> int:
        """Erases a person's own sessions, and what they said in those of others; how many sessions that changed."""
        own = self._erasure.remove_all(card.id for card in self._store.cards(person))
        others = [one for one in sessions_with(self._database, person) if self._withdraw(one, person)]
        self._store.scrub()
        return own + len(others)

    def check_ready(self) -> None:
        """Raises ConsultError where a message could not be answered now."""
        self._store.check_ready()
        _ = self.searcher
        self._bureau.prepare()

    def close(self) -> None:
        """Gives files and connections back."""
        if isinstance(self._language, Attends):
            self._language.close()
        self._graph.close()
        self._database.close()

    @property
    def embedder(self) -> Embedder:
        """The embedding that was chosen."""
        return self._lookup.embedder

    @property
    def searcher(self) -> Searcher:
        """The search over the knowledge base and own documents, opened when it is first needed."""
        return self._lookup.searcher

    def reopen_search(self) -> None:
        """Lets the next search see documents that were added or removed meanwhile."""
        self._lookup.reopen()

    def _contribution(self, session: str, person: str) -> dict[str, Any]:
        entries = [entry.document() for entry in self._store.ledger(session).entries if entry.by == person]
        said = said_by(person, self._store.transcript(session))
        return {"session": session, "messages": [one.body for one in said], "ledger": entries}

    def _withdraw(self, session: str, person: str) -> bool:
        """Takes back what a person said in a session; False where that was nothing."""
        with self._store.lease(session):
            self._answering.catch_up(session)
            change = withdrawal(session, person, self._store.transcript(session), self._store.ledger(session))
            if change is None:
                return False
            decision = self._bureau.decide(change.ledger.profile)
            answer = answer_erased(session, change.ledger, decision)
            withdraw(self._database, change, person, answer.document(), UNTITLED)
            self._graph.forget(session)
            return True

    def _check_usable(self, session: str, message: Message) -> None:
        """Typed answers are refused as a whole where nothing could be decided on them."""
        if isinstance(message, Answered):
            given = {fact: value for fact, value in message.answers.items() if value is not None}
            profile = self._store.ledger(session).profile
            self._bureau.check(profile.replace(**parse_profile(given).facts))


def _exchange(stored: StoredMessage) -> tuple[Message | None, Turn | None]:
    return parse_body(stored.body), None if stored.reply is None else Turn(**stored.reply)
