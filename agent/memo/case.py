"""What the sections of a memo are composed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.memo.grounds import settled
from agent.memo.outline import Citation, Sentence, Traced
from agent.memo.verify import bears_on
from agent.memo.writer import Writer
from knowledge.blueprints import Practice, Risk, Step
from knowledge.claims import Claims
from knowledge.options import OPTIONS, Option
from tools.decide.fitting import fits

WORTH_NOTHING = 0.005
"""Value of information below which a fact is not worth a reader's time."""


@dataclass(frozen=True)
class Case:
    """One advice to be written up: a writer, and the stored grounds by name."""

    writer: Writer
    claims: Claims
    profile: Mapping[str, Any]
    heard: Mapping[str, Any]
    decision: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def option(self) -> Option:
        """The option advised."""
        chosen: Option = self.decision["recommendation"]["option"]
        return chosen

    @property
    def variant(self) -> str | None:
        """Its variant, where one is named."""
        named: str | None = self.decision["recommendation"]["variant"]
        return named

    @property
    def others(self) -> tuple[Option, ...]:
        """The other options, in the order of the ladder."""
        return tuple(option for option in OPTIONS if option != self.option)

    @property
    def settled(self) -> dict[str, Any]:
        """The facts with one value each."""
        return settled(self.profile)

    @property
    def worth_finding_out(self) -> list[int]:
        """The places of the open facts that are worth a reader's time, the most valuable first."""
        unknown = self.decision["unknown"]
        return [place for place, fact in enumerate(unknown) if fact["value_of_information"] >= WORTH_NOTHING]

    def fits(self, entry: Practice | Risk | Step) -> bool:
        """Whether an entry of the blueprints is meant for this advice and the facts that were given without doubt."""
        certain = {name: value for name, value in self.profile.items() if not isinstance(value, Mapping)}
        return fits(entry, self.option, self.variant, certain)

    def rank(self, option: Option) -> int:
        """The place of an option in the ranking, the best being 0."""
        ranking = self.decision["recommendation"]["ranking"]
        return next(place for place, row in enumerate(ranking) if row["option"] == option)

    def reasons(self, option: Option, favourable: bool) -> list[int]:
        """The places of the reasons for or against an option among all reasons, strongest first."""
        found = [
            place
            for place, reason in enumerate(self.decision["reasons"])
            if reason["option"] == option and (reason["effect"] > 0) == favourable and reason["effect"] != 0
        ]
        return sorted(found, key=lambda place: -abs(self.decision["reasons"][place]["effect"]))

    def reason(self, place: int, template: str = "option.reason") -> Sentence:
        """One reason as a sentence with its citations."""
        text = self.writer.show(f"decision/reasons/{place}/text", "sentence")
        return self.writer.say(template, self.grounds_of(self.decision["reasons"][place]), reason=text)

    def grounds_of(self, reason: Mapping[str, Any]) -> tuple[Citation, ...]:
        """The claims that a rule cites about an option, or about the option that it prefers instead."""
        said = reason["option"]
        same = [row for row in self.decision["reasons"] if row["rule"] == reason["rule"] and row["effect"] > 0]
        preferred = [row["option"] for row in same]
        return tuple(
            citation
            for claim in reason["citations"]
            for about in [next((o for o in (said, *preferred) if bears_on(self.claims[claim], o)), None)]
            if about is not None
            for citation in self.writer.cite([claim], about)
        )

    def label(self, option: Option, inside: bool = False) -> Traced:
        """An option's name, at the start of a sentence or inside one."""
        return self.writer.show(f"options/{option}", "option_inside" if inside else "option")

    def money(self, path: str, exact: bool = False) -> Traced:
        """An amount under `record/`, to two digits in sentences and to the cent in tables."""
        return self.writer.show(f"record/{path}", "exact_money" if exact else "money")
