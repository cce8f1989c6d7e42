"""What to build, test, watch and undo for each option, as data: the practical part of a memo."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from knowledge.claims import ClaimId, load_claims
from knowledge.errors import KnowledgeError
from knowledge.facts import fact_specs
from knowledge.files import DATA, Part, read_yaml
from knowledge.options import OPTIONS, Option
from knowledge.rulebook import FactIs, load_rulebook


class _Entry(Part):
    model_config = ConfigDict(str_min_length=1)


class _Fitted(_Entry):
    """What is meant for some options, for some of their variants if there are any, as `when` and `unless` facts say."""

    options: tuple[Option, ...] = OPTIONS
    variants: tuple[str, ...] = ()
    when: FactIs | None = None
    unless: FactIs | None = None

    @model_validator(mode="after")
    def _names_variants(self) -> Self:
        known = {rule.variant for rule in load_rulebook().variants if rule.option in self.options}
        for variant in self.variants:
            if variant not in known:
                raise ValueError(f"'{variant}' is no variant of {', '.join(self.options)}; there are {sorted(known)}")
        return self


class Practice(_Fitted):
    """One sentence of advice and the claims it rests on; without a text it is the first claim's own sentence."""

    claims: tuple[ClaimId, ...] = Field(min_length=1)
    text: str | None = None


class Risk(_Fitted):
    """What can go wrong with an option and what answers it."""

    options: tuple[Option, ...]
    risk: Practice
    answer: Practice


class Traits(_Entry):
    """What speaks for and against an option in general."""

    model_config = ConfigDict(populate_by_name=True)

    for_: Practice = Field(alias="for")
    against: Practice


class Step(_Entry):
    """One part of a blueprint, such as chunking, with its entries."""

    options: tuple[Option, ...]
    title: str
    entries: tuple[Practice, ...]


class SourcedNumber(_Entry):
    """A number and where it is from."""

    value: float
    source: str


class Blueprints(_Entry):
    """Everything practical that a memo can say."""

    risks: tuple[Risk, ...]
    traits: dict[Option, Traits]
    metrics: dict[str, Practice]
    evaluation: dict[str, SourcedNumber]
    testing: tuple[Practice, ...]
    monitoring: tuple[Practice, ...]
    rollback: tuple[Practice, ...]
    abstain: tuple[Practice, ...]
    steps: tuple[Step, ...]
    add_ons: dict[str, Practice]

    @model_validator(mode="after")
    def _names_tasks_and_add_ons(self) -> Self:
        named = {"task": set(fact_specs()["task"].codes), "add-on": {rule.add_on for rule in load_rulebook().add_ons}}
        for kind, entries in (("task", self.metrics), ("add-on", self.add_ons)):
            for name in entries:
                if name not in named[kind]:
                    raise ValueError(f"there is no {kind} named '{name}'; there are {sorted(named[kind])}")
        return self

    def practices(self) -> tuple[Practice, ...]:
        """Every single sentence of advice."""
        return (
            *(part for risk in self.risks for part in (risk.risk, risk.answer)),
            *(part for traits in self.traits.values() for part in (traits.for_, traits.against)),
            *self.metrics.values(),
            *self.testing,
            *self.monitoring,
            *self.rollback,
            *self.abstain,
            *(entry for step in self.steps for entry in step.entries),
            *self.add_ons.values(),
        )


@cache
def load_blueprints(folder: Path = DATA) -> Blueprints:
    """The blueprints, every claim, fact, variant, task and add-on of which exists; raises KnowledgeError."""
    blueprints = read_yaml(folder / "blueprints.yaml", Blueprints)
    claims = load_claims(folder)
    unknown = {claim for practice in blueprints.practices() for claim in practice.claims if claim not in claims}
    if unknown:
        raise KnowledgeError(f"blueprints.yaml: no source makes the claims {', '.join(sorted(unknown))}.")
    return blueprints
