"""What one turn works with: everything derived from the ledger, computed once when it is first needed."""

from functools import cached_property

from agent.bureau import Bureau
from agent.guidance import guidance
from agent.interview import NextQuestion, next_question
from agent.language.model.counsel import Counsel
from agent.language.port import Attending, Attends, Evidence, Language
from agent.ledger import Entry, Ledger
from agent.protocol import Message, parse_body
from agent.reading import Reading, parse_reading, read
from agent.store import StoredMessage
from knowledge.errors import InputError
from knowledge.options import Option
from tools.decide.decision import Decision, Flip


class Desk:
    """One message of one session and all that follows from it. Nothing here is kept; the ledger is."""

    def __init__(self, bureau: Bureau, session: str, number: int, stored: StoredMessage | None = None) -> None:
        self.bureau = bureau
        self.session = session
        self.number = number
        self._given = stored

    @cached_property
    def stored(self) -> StoredMessage:
        """The message as it was received."""
        return self._given or self.bureau.store.message(self.session, self.number)

    @cached_property
    def message(self) -> Message | None:
        """What was said; None for the opening of a session."""
        return parse_body(self.stored.body)

    @cached_property
    def attending(self) -> Attending | None:
        """The language model at work for this session; None where there is none."""
        shared = self.bureau.language
        counsel = Counsel(self.bureau, lambda: self.ledger.profile)
        return shared.at(self.session, counsel) if isinstance(shared, Attends) else None

    @property
    def language(self) -> Language:
        """The language of this session."""
        return self.attending or self.bureau.language

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
            reading = read(message, self.number, self.before, self.language)
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
        return self.bureau.decide(self.before.profile, passing=True)

    @cached_property
    def decision(self) -> Decision:
        """The decision on everything said so far."""
        return self.bureau.decide(self.ledger.profile)

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """What would change the advice."""
        return self.bureau.flips(self.ledger.profile)

    @cached_property
    def cost_change(self) -> tuple[Option, float | None, float | None] | None:
        """The option advised with its median running cost before and now, USD a month; only after a correction."""
        replaced = [one for one in self.reading.entries if one.kind == "stated" and one.fact in self.before.heard]
        if not replaced or self.before.profile == self.ledger.profile:
            return None
        option = self.decision.recommendation.option
        before, now = (self.bureau.monthly_usd(ledger.profile, option) for ledger in (self.before, self.ledger))
        return option, before, now

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
