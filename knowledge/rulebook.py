"""The rules of the decision: typed conditions on facts, what they do to each option, and the claims they rest on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.claims import ClaimId, load_claims
from knowledge.errors import KnowledgeError
from knowledge.facts import Scalar, fact_specs
from knowledge.files import DATA, read_yaml, read_yaml_list
from knowledge.options import OPTIONS, Option

Limit = Literal["monthly_budget", "upfront_budget", "latency_budget", "context_window"]
"""What is computed rather than said: an option's cost, wait or size against the ceiling for it."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FactIs(_Entry):
    """A condition on one fact: `is` or `in` for flags and choices, `from`/`to` for ordered ones, bounds for numbers."""

    fact: str
    is_: Scalar | None = Field(default=None, alias="is")
    in_: tuple[str, ...] = Field(default=(), alias="in")
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    at_least: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _fits_the_fact(self) -> Self:
        spec = fact_specs().get(self.fact)
        if spec is None:
            raise ValueError(f"there is no fact named '{self.fact}'")
        if spec.numeric != (self.at_least is not None or self.below is not None):
            raise ValueError(f"'{self.fact}' is a {spec.kind}; numbers take at_least and below, others do not")
        if spec.kind == "flag" and not isinstance(self.is_, bool):
            raise ValueError(f"'{self.fact}' is a flag; say `is: true` or `is: false`")
        for value in (*self.in_, self.from_, self.to, self.is_ if spec.categorical else None):
            if value is not None and value not in spec.values:
                raise ValueError(f"'{value}' is no value of '{self.fact}'; it takes {', '.join(map(str, spec.values))}")
        return self


class Exceeds(_Entry):
    """An option's computed cost, wait or size is beyond what was said to be the limit, even seen optimistically."""

    exceeds: Limit


class AllOf(_Entry):
    """Every one of these holds."""

    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(_Entry):
    """At least one of these holds."""

    any: tuple["Condition", ...] = Field(min_length=1)


class Not(_Entry):
    """This does not hold."""

    not_: "Condition" = Field(alias="not")


Condition = Annotated[FactIs | Exceeds | AllOf | AnyOf | Not, Field(union_mode="left_to_right")]
Severity = Literal["adequacy", "permission", "window", "citations", "latency", "examples", "deadline", "budget"]


class _Grounded(_Entry):
    """Something that holds under a condition, with its reason in one sentence and what it rests on."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    when: Condition
    reason: str
    claims: tuple[ClaimId, ...] = Field(min_length=1)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Every claim it cites."""
        return self.claims

    def claims_for(self, effect: float) -> tuple[str, ...]:
        """The claims behind the sentence that goes with an effect of this sign."""
        return self.claims


class Evidence(_Grounded):
    """Moves options up or down on the log-odds scale; above 0 supports, below 0 weakens.

    `against_claims` are the claims behind `against` where it rests on others than `reason` does.
    """

    effects: dict[Option, float] = Field(min_length=1)
    against: str | None = None
    against_claims: tuple[ClaimId, ...] = ()

    @model_validator(mode="after")
    def _both_ways(self) -> Self:
        signs = {effect > 0 for effect in self.effects.values()}
        if len(signs) == 2 and self.against is None:
            raise ValueError(f"'{self.id}' supports and weakens; say in `against` why it weakens")
        if self.against_claims and self.against is None:
            raise ValueError(f"'{self.id}' has `against_claims` and no `against` that rests on them")
        return self

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Every claim it cites, each once."""
        return tuple(dict.fromkeys((*self.claims, *self.against_claims)))

    def claims_for(self, effect: float) -> tuple[str, ...]:
        """The claims behind the sentence that goes with an effect of this sign."""
        return self.against_claims if effect < 0 and self.against_claims else self.claims

    def reason_for(self, effect: float) -> str:
        """The sentence that goes with an effect of this sign."""
        return self.against if effect < 0 and self.against is not None else self.reason


class Gate(_Grounded):
    """Shuts options out; its severity says which limit gives way first when none is left."""

    blocks: tuple[Option, ...] = Field(min_length=1)
    severity: Severity

    def reason_for(self, effect: float) -> str:
        """The sentence that goes with what it takes away."""
        return self.reason


class Variant(_Grounded):
    """The form an option takes; the first of an option's variants whose condition holds is named.

    One that needs a service is passed over on a day on which no training service takes new jobs for the base model.
    """

    option: Option
    variant: str
    needs_service: bool = False


class AddOn(_Grounded):
    """Something worth adding to a recommended option."""

    add_on: str
    options: tuple[Option, ...] = OPTIONS


class PlannedPhase(_Entry):
    """One step of the plan for an option.

    It is shown unless `unless` certainly holds and, where there is a `when`, only if that certainly holds. What comes
    `after_launch` does not count against a deadline.
    """

    option: Option
    title: str
    weeks: tuple[float, float]
    entry: str
    exit: str
    claims: tuple[ClaimId, ...] = Field(min_length=1)
    when: Condition | None = None
    unless: Condition | None = None
    after_launch: bool = False

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What it depends on whether the phase is shown; nothing for a phase that always is."""
        return tuple(condition for condition in (self.when, self.unless) if condition is not None)

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if not 0 < self.weeks[0] <= self.weeks[1]:
            raise ValueError(
                f"'{self.title}' takes {self.weeks[0]:g} to {self.weeks[1]:g} weeks; say the shorter first"
            )
        return self


class Scale(_Entry):
    """How the rules are weighed against each other."""

    ladder: dict[Option, float]
    severities: dict[Severity, float]
    gaps: dict[str, str]
    gaps_if: dict[str, str]
    stop_below: float = Field(gt=0, lt=1)
    completions: int = Field(ge=256)
    uniform_share: float = Field(ge=0, lt=1)
    uniform_share_least: float = Field(ge=0, lt=1)
    uniform_share_most: float = Field(ge=0, lt=1)
    stray_share: float = Field(gt=0, lt=1)
    unsure_share: float = Field(ge=0, lt=1)
    alike_shares: float = Field(gt=0, lt=1)
    alike_factor: float = Field(gt=1)
    telling: float = Field(ge=0, lt=1)
    tie_break: float = Field(ge=0, lt=1)
    answer_groups: int = Field(ge=2)
    score_spread: float = Field(gt=0)
    regret_spread: float = Field(gt=0)


class Plans(_Entry):
    """The phases of the plan for each option."""

    plans: dict[Option, tuple[PlannedPhase, ...]]


@dataclass(frozen=True)
class Rulebook:
    """Everything the decision follows."""

    scale: Scale
    gates: tuple[Gate, ...]
    evidence: tuple[Evidence, ...]
    variants: tuple[Variant, ...]
    add_ons: tuple[AddOn, ...]
    plans: dict[Option, tuple[PlannedPhase, ...]]

    def grounded(self) -> Iterator[_Grounded]:
        """All rules, in the order of the files."""
        yield from (*self.gates, *self.evidence, *self.variants, *self.add_ons)


@cache
def load_rulebook(folder: Path = DATA / "rules") -> Rulebook:
    """The rules in `folder`, checked against facts and claims; raises KnowledgeError with file, line and reason."""
    book = Rulebook(
        scale=read_yaml(folder / "scale.yaml", Scale),
        gates=tuple(read_yaml_list(folder / "gates.yaml", Gate)),
        evidence=tuple(read_yaml_list(folder / "evidence.yaml", Evidence)),
        variants=tuple(read_yaml_list(folder / "variants.yaml", Variant)),
        add_ons=tuple(read_yaml_list(folder / "add_ons.yaml", AddOn)),
        plans=read_yaml(folder / "plans.yaml", Plans).plans,
    )
    _check(book)
    return book


def _check(book: Rulebook) -> None:
    """Ids are unique and every claim exists and is sound."""
    claims, seen = load_claims(), set[str]()
    phases = (phase for plan in book.plans.values() for phase in plan)
    for rule in book.grounded():
        if rule.id in seen:
            raise KnowledgeError(f"Two rules are named '{rule.id}'; rename one of them.")
        seen.add(rule.id)
    for name, cited in [*((r.id, r.rests_on) for r in book.grounded()), *((p.title, p.claims) for p in phases)]:
        for claim in cited:
            if claims[claim].verdict != "sound":
                raise KnowledgeError(f"Rule '{name}' rests on {claim}, which is called {claims[claim].verdict}.")
