"""Which question comes next, and when it is enough: from the ledger and the decision alone."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import Field

from agent.ledger import Entry, Ledger
from agent.wording import value_in_words
from knowledge.facts import fact_specs
from knowledge.files import DATA, Part, read_yaml
from knowledge.rulebook import load_rulebook
from tools.decide.decision import Decision, OpenFact
from tools.profile import FactValue, Known, Profile

FIRST_QUESTION = "use_case"


class Patience(Part):
    """How often a question is put, and how fast hope fades that the user knows the next answer."""

    most_showings: int = Field(ge=1)
    known_after_unknown: float = Field(gt=0, lt=1)
    sure_from: float = Field(gt=0, lt=1)


@cache
def patience() -> Patience:
    """The parameters of the interview."""
    return read_yaml(DATA / "parameters" / "interview.yaml", Patience)


@dataclass(frozen=True)
class NextQuestion:
    """The question to put: the fact, and where a statement is unclear, the question and readings that settle it."""

    fact: str
    clarify: Entry | None = None

    def entry(self, turn: int) -> Entry:
        """The question as the ledger keeps it."""
        if self.clarify:
            return replace(self.clarify, turn=turn)
        return Entry("asked", turn, self.fact)

    @property
    def choices(self) -> list[Any] | None:
        """What can be chosen from, as values that can be sent back; None for an open question."""
        if self.clarify and self.clarify.readings:
            return [_plain(self.fact, reading) for reading in self.clarify.readings]
        spec = fact_specs()[self.fact]
        if spec.kind == "flag":
            return [True, False]
        return list(spec.codes) if spec.categorical else None


def next_question(ledger: Ledger, decision: Decision, turn: int, interlude: bool = False) -> NextQuestion | None:
    """The question to put now, or None when nothing open is worth asking.

    What is unclear or contradicted comes first, then what the decision gains most from. What was said, declared
    unknown or left for later is never asked for; what was only inferred may be.
    """
    unclear = [entry for entry in ledger.current if entry.kind == "clarify" and entry.turn == turn]
    if unclear:
        return NextQuestion(unclear[0].fact, unclear[0])
    pending = ledger.pending
    settled = (
        decision.certificate.certainty != "open" or chance_of_use(ledger, decision) < load_rulebook().scale.stop_below
    )
    if interlude and pending and not (settled and pending.kind == "asked"):
        return _again(pending)
    if not ledger.heard and ledger.times_asked(FIRST_QUESTION) < patience().most_showings:
        return NextQuestion(FIRST_QUESTION)
    taken_back = [entry for entry in ledger.current if entry.kind == "withdrawn" and entry.turn == turn]
    if taken_back:
        return NextQuestion(taken_back[0].fact)
    if pending and pending.kind == "clarify" and ledger.times_asked(pending.fact) < patience().most_showings:
        return _again(pending)
    if settled:
        return None
    return next((NextQuestion(fact.fact) for fact in askable(ledger, decision)), None)


def chance_of_use(ledger: Ledger, decision: Decision) -> float:
    """The chance that asking on changes the advice: that something open can, and that the user knows the answer."""
    return decision.certificate.chance_of_change * float(patience().known_after_unknown ** ledger.unknown_in_a_row)


def askable(ledger: Ledger, decision: Decision) -> list[OpenFact]:
    """The open facts that may still be asked for, the most valuable first."""
    return [
        fact
        for fact in decision.unknown
        if (fact.fact not in ledger.heard or fact.fact in ledger.guessed)
        and ledger.times_asked(fact.fact) < patience().most_showings
    ]


def set_aside(ledger: Ledger, decision: Decision) -> list[OpenFact]:
    """The facts that were declared open, or asked for in vain, while the advice is not settled."""
    return [
        fact
        for fact in decision.unknown
        if fact.fact in ledger.heard or ledger.times_asked(fact.fact) >= patience().most_showings
    ]


def _again(pending: Entry) -> NextQuestion:
    return NextQuestion(pending.fact, pending if pending.kind == "clarify" else None)


def _plain(fact: str, reading: FactValue) -> Any:
    return Profile({fact: reading}).document()[fact] if isinstance(reading, Known) else value_in_words(fact, reading)
