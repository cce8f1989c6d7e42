"""The ledger: the append-only list of what was said and asked. Everything else is a fold over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Open, Profile, parse_fact

Kind = Literal["stated", "parked", "withdrawn", "asked", "clarify", "restarted"]
Origin = Literal["user", "derived"]


@dataclass(frozen=True)
class Entry:
    """One thing that was said or asked.

    `stated` sets a fact; `parked` keeps a statement that was contradicted and not applied; `withdrawn` takes a fact
    back; `asked` and `clarify` are the consultant's questions (`readings` to choose from); `restarted` begins anew
    without forgetting what was said before.
    """

    kind: Kind
    turn: int
    fact: str = ""
    value: FactValue | None = None
    quote: str = ""
    by: str | None = None
    origin: Origin = "user"
    correction: bool = False
    readings: tuple[FactValue, ...] = ()

    def document(self) -> dict[str, Any]:
        """The entry as plain JSON values, for the store and for exports."""
        return {
            "kind": self.kind,
            "turn": self.turn,
            "fact": self.fact,
            "value": None if self.value is None else _value_document(self.fact, self.value),
            "quote": self.quote,
            "by": self.by,
            "origin": self.origin,
            "correction": self.correction,
            "readings": [_value_document(self.fact, reading) for reading in self.readings],
        }


def parse_entry(document: dict[str, Any]) -> Entry:
    """The entry that `Entry.document` wrote."""
    fact, value = document["fact"], document["value"]
    readings = tuple(parse_fact(fact, reading) for reading in document["readings"])
    return Entry(**{**document, "value": None if value is None else parse_fact(fact, value), "readings": readings})


def _value_document(fact: str, value: FactValue) -> Any:
    return Profile({fact: value}).document()[fact]


@dataclass(frozen=True)
class Ledger:
    """All entries in the order in which they were made."""

    entries: tuple[Entry, ...] = ()

    def appended(self, entries: Iterable[Entry]) -> "Ledger":
        """The ledger with more entries at its end."""
        return Ledger((*self.entries, *entries))

    def until(self, turn: int) -> "Ledger":
        """The ledger as it stood before that turn."""
        return Ledger(tuple(entry for entry in self.entries if entry.turn < turn))

    @cached_property
    def current(self) -> tuple[Entry, ...]:
        """The entries since the last fresh start."""
        starts = [place for place, entry in enumerate(self.entries) if entry.kind == "restarted"]
        return self.entries[starts[-1] + 1 :] if starts else self.entries

    @cached_property
    def heard(self) -> dict[str, Entry]:
        """The statement that holds for each fact, in the order of the facts' file."""
        holds: dict[str, Entry] = {}
        for entry in self.current:
            if entry.kind == "stated":
                holds[entry.fact] = entry
            elif entry.kind == "withdrawn":
                holds.pop(entry.fact, None)
        return {name: holds[name] for name in fact_specs() if name in holds}

    @cached_property
    def profile(self) -> Profile:
        """The profile that all statements together make."""
        values = {name: entry.value for name, entry in self.heard.items() if entry.value is not None}
        return Profile(MappingProxyType(values))

    @cached_property
    def guessed(self) -> Mapping[str, Entry]:
        """The statements that were only inferred from what was said: they hold, but may be asked for once."""
        return {
            name: entry
            for name, entry in self.heard.items()
            if entry.origin == "derived" and isinstance(entry.value, Known) and entry.value.unsure
        }

    @cached_property
    def pending(self) -> Entry | None:
        """The question that was asked last and has no answer yet."""
        last = None
        for entry in self.current:
            if entry.kind in ("asked", "clarify"):
                last = entry
            elif last is not None and entry.kind == "stated" and entry.fact == last.fact:
                last = None
        return last

    @cached_property
    def answered_questions(self) -> tuple[str, ...]:
        """The facts that were asked for and given, in the order in which they were first asked."""
        asked = dict.fromkeys(entry.fact for entry in self.current if entry.kind in ("asked", "clarify"))
        return tuple(fact for fact in asked if fact in self.heard)

    @cached_property
    def unknown_in_a_row(self) -> int:
        """How many questions were left open since something was last known."""
        row = 0
        for entry in self.current:
            if entry.kind == "stated":
                left_open = isinstance(entry.value, Open) and entry.value.state != "not_applicable"
                row = row + 1 if left_open else 0
        return row

    def times_asked(self, fact: str) -> int:
        """How often a fact was asked for since it was last taken back."""
        times = 0
        for entry in self.current:
            if entry.fact == fact and entry.kind in ("asked", "clarify"):
                times += 1
            elif entry.fact == fact and entry.kind == "withdrawn":
                times = 0
        return times

    def stated_in(self, turn: int) -> tuple[Entry, ...]:
        """What was stated in one turn."""
        return tuple(entry for entry in self.entries if entry.turn == turn and entry.kind == "stated")

    def facts_document(self) -> dict[str, Any]:
        """The facts as every door shows them: value, the user's words, origin, who said it."""
        return {name: _heard_document(entry) for name, entry in self.heard.items()}


def _heard_document(entry: Entry) -> dict[str, Any]:
    assert entry.value is not None  # noqa: S101  (a statement always has a value)
    value = _value_document(entry.fact, entry.value)
    document: dict[str, Any] = {"value": value, "quote": entry.quote, "origin": entry.origin}
    if isinstance(value, dict) and "state" in value:
        document |= {"value": None, "state": value["state"]}
    elif isinstance(value, dict) and "unsure" in value:
        document |= {"value": value["value"], "unsure": True}
    if entry.by:
        document["by"] = entry.by
    return document
