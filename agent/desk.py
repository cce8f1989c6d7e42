"""What one turn works with: everything derived from the ledger, computed once when it is first needed."""

from dataclasses import dataclass
from functools import cached_property

from agent.guidance import Search, guidance
from agent.interview import NextQuestion, next_question
from agent.language.port import Evidence, Language
from agent.ledger import Entry, Ledger
from agent.protocol import Answered, Commanded, Message, Said
from agent.reading import Reading, parse_reading, read
from agent.settings import Settings
from agent.store import Store, StoredMessage
from knowledge.errors import InputError
from tools.advice import Advice, advise
from tools.decide.decide import decide
from tools.decide.decision import Decision, Flip
from tools.profile import Profile


@dataclass(frozen=True)
class Bureau:
    """What all consultations share: the store, the language, the search, and the settings."""

    store: Store
    language: Language
    search: Search
    settings: Settings

    def decide(self, profile: Profile) -> Decision:
        """The decision for a profile at the day and the prices that count."""
        return decide(profile, self.settings.date(), self.settings.price_table())

    def advise(self, profile: Profile) -> Advice:
        """The whole advice for a profile, costs included."""
        return advise(profile, self.settings.date(), self.settings.price_table())

    def check(self, profile: Profile) -> None:
        """Raises InputError for a profile on which nothing can be decided, such as one with an unknown model."""
        if "model" in profile.facts:
            self.decide(profile)

    def flips(self, profile: Profile) -> tuple[Flip, ...]:
        """The smallest changes that move the advice for a profile."""
        return decide(profile, self.settings.date(), self.settings.price_table(), with_flips=True).flips


class Desk:
    """One message of one session and all that follows from it. Nothing here is kept; the ledger is."""

    def __init__(self, bureau: Bureau, session: str, number: int) -> None:
        self.bureau = bureau
        self.session = session
        self.number = number

    @cached_property
    def stored(self) -> StoredMessage:
        """The message as it was received."""
        return self.bureau.store.message(self.session, self.number)

    @cached_property
    def message(self) -> Message | None:
        """What was said; None for the opening of a session."""
        return parse_body(self.stored.body)

    @cached_property
    def before(self) -> Ledger:
        """The ledger as it stood before this message."""
        return self.bureau.store.ledger(self.session).until(self.number)

    @cached_property
    def reading(self) -> Reading:
        """What the message means: as recorded, or read now."""
        if self.stored.reading is not None:
            entries = self.bureau.store.ledger(self.session).entries
            asked = ("asked",)
            mine = tuple(one for one in entries if one.turn == self.number and one.kind not in asked)
            return parse_reading(self.stored.reading, mine)
        return Reading() if self.message is None else self._read(self.message)

    def _read(self, message: Message) -> Reading:
        """Reads the message; what cannot be used is told and left out."""
        try:
            reading = read(message, self.number, self.before, self.bureau.language)
            self.bureau.check(self.before.appended(reading.entries).profile)
        except InputError as error:
            return Reading(notes=(str(error),))
        return reading

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger with this message in it."""
        return self.before.appended(self.reading.entries)

    @cached_property
    def decision_before(self) -> Decision:
        """The decision as it stood before this message."""
        return self.bureau.decide(self.before.profile)

    @cached_property
    def decision(self) -> Decision:
        """The decision on everything said so far."""
        same = self.before.profile == self.ledger.profile
        return self.decision_before if same else self.bureau.decide(self.ledger.profile)

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """What would change the advice."""
        return self.bureau.flips(self.ledger.profile)

    @cached_property
    def question(self) -> NextQuestion | None:
        """The question to put next; None when it is enough."""
        return next_question(self.ledger, self.decision, self.number, self.reading.interlude)

    def newly_asked(self) -> list[Entry]:
        """The question as an entry for the ledger; none where an open one stays open, or is in the ledger already."""
        if self.question is None or self.question.clarify or (self.reading.interlude and self.before.pending):
            return []
        return [self.question.entry(self.number)]

    @cached_property
    def guidance(self) -> Evidence | None:
        """The claim that says most about the question at hand."""
        if self.question is None or self.question.clarify or not self.before.entries:
            return None
        return guidance(self.question.fact, self.bureau.search)


def message_body(message: Message) -> dict[str, object]:
    """A message as the store keeps it."""
    match message:
        case Said(text, by):
            return {"message": text, "by": by}
        case Answered(answers, by):
            return {"answers": dict(answers), "by": by}
        case Commanded(command, by):
            return {"command": command, "by": by}


def parse_body(body: dict[str, object]) -> Message | None:
    """The message that `message_body` wrote; None for the opening of a session."""
    match body:
        case {"message": str(text), "by": by}:
            return Said(text, by)  # type: ignore[arg-type]
        case {"answers": dict(answers), "by": by}:
            return Answered(answers, by)  # type: ignore[arg-type]
        case {"command": command, "by": by}:
            return Commanded(command, by)  # type: ignore[arg-type]
    return None
