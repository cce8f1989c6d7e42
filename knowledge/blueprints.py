"""What to build, test, watch and undo for each option, as data: the practical part of a memo."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from knowledge.claims import ClaimId, load_claims
from knowledge.errors import KnowledgeError
from knowledge.facts import Scalar
from knowledge.files import DATA, Part, read_yaml
from knowledge.options import OPTIONS, Option

Bound = dict[str, float]
Condition = Scalar | list[Scalar] | Bound


class _Entry(Part):
    model_config = ConfigDict(str_min_length=1)


class Practice(_Entry):
    """One sentence of advice and the claims it rests on; without a text it is the first claim's own sentence."""

    claims: tuple[ClaimId, ...] = Field(min_length=1)
    text: str | None = None
    options: tuple[Option, ...] = OPTIONS
    variants: tuple[str, ...] = ()
    when: dict[str, Condition] = Field(default_factory=dict)


class Risk(_Entry):
    """What can go wrong with an option and what answers it."""

    options: tuple[Option, ...]
    variants: tuple[str, ...] = ()
    when: dict[str, Condition] = Field(default_factory=dict)
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


class Figure(_Entry):
    """A number and where it is from."""

    value: float
    source: str


class Blueprints(_Entry):
    """Everything practical that a memo can say."""

    risks: tuple[Risk, ...]
    traits: dict[Option, Traits]
    metrics: dict[str, Practice]
    evaluation: dict[str, Figure]
    figures: dict[str, Figure]
    testing: tuple[Practice, ...]
    monitoring: tuple[Practice, ...]
    rollback: tuple[Practice, ...]
    abstain: tuple[Practice, ...]
    steps: tuple[Step, ...]
    add_ons: dict[str, Practice]

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
    """The blueprints, every claim of which exists; raises KnowledgeError."""
    blueprints = read_yaml(folder / "blueprints.yaml", Blueprints)
    claims = load_claims(folder)
    unknown = {claim for practice in blueprints.practices() for claim in practice.claims if claim not in claims}
    if unknown:
        raise KnowledgeError(f"blueprints.yaml: no source makes the claims {', '.join(sorted(unknown))}.")
    return blueprints


def fits(
    entry: Practice | Risk | Step, option: Option, variant: str | None = None, facts: Mapping[str, Any] | None = None
) -> bool:
    """Whether an entry is meant for the option, its variant and the facts that are known."""
    if option not in entry.options:
        return False
    if isinstance(entry, Step):
        return True
    if entry.variants and variant not in entry.variants:
        return False
    known = facts or {}
    return all(fact in known and _meets(known[fact], wanted) for fact, wanted in entry.when.items())


def _meets(value: Any, wanted: Condition) -> bool:
    if isinstance(wanted, dict):
        at_least, below = wanted.get("at_least"), wanted.get("below")
        return (at_least is None or value >= at_least) and (below is None or value < below)
    return value in wanted if isinstance(wanted, list) else bool(value == wanted)
