"""What a decision consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledge.facts import Scalar
from knowledge.options import Option
from tools.profile import Profile

Certainty = Literal["proven", "probable", "open"]

Side = Literal["at_least", "at_most", "exactly"]
"""Which values of a fact move the advice with a threshold: it and all above, it and all below, or just such a value."""


@dataclass(frozen=True)
class Blocker:
    """A gate that shuts an option out: the rule, its reason in words, the claims it rests on."""

    rule: str
    text: str
    citations: tuple[str, ...]


@dataclass(frozen=True)
class RankedOption:
    """One option's standing.

    `score` is 0 to 1, the mean over the plausible completions of the squashed sum of evidence (0 where blocked);
    `probability` the share of completions in which the option comes first.
    """

    option: Option
    score: float
    probability: float
    feasible: bool
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True)
class Recommendation:
    """The advice. `confidence` is the share of plausible completions of the profile that agree with it."""

    option: Option
    variant: str | None
    add_ons: tuple[str, ...]
    confidence: float
    ranking: tuple[RankedOption, ...]
    """All five options, best first."""


@dataclass(frozen=True)
class Diagnosis:
    """The kind of gap: as stated, or the most plausible one; `because` holds one sentence per ground.

    `stated` where it was named at all, `unsure` where it was named with doubt. Only a gap that was named without doubt
    is spoken of as a fact; else the first of the grounds says what would follow if it is the one.
    """

    gap: str
    stated: bool
    unsure: bool
    probability: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """One rule that certainly holds, and what it does to one option (effect in log-odds; gates are large)."""

    rule: str
    option: Option
    effect: float
    gate: bool
    text: str
    citations: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Phase:
    """One step of the plan: what is built, how long it takes, and the measurable point at which it is done.

    What comes `after_launch` does not count against a deadline.
    """

    phase: int
    option: Option
    title: str
    weeks: tuple[float, float]
    entry: str
    exit: str
    citations: tuple[str, ...]
    after_launch: bool


@dataclass(frozen=True)
class Flip:
    """The smallest change of one fact (or of a pair where no single one does) that moves the advice.

    `changes` holds the exact thresholds; `shown` the same rounded for people away from where the advice still stands,
    so that the shown values, put in as facts, move it too; `sides` whether each holds from there up or down as well.
    """

    changes: Mapping[str, Scalar]
    to: Option
    shown: Mapping[str, Scalar]
    sides: Mapping[str, Side]


@dataclass(frozen=True)
class OpenFact:
    """A fact that is not settled, and what learning it is worth.

    `value_of_information` is the expected regret avoided (0 to 1) by knowing it; `can_change` whether some plausible
    value of it, alone, changes which option comes first in some completion; `checked` the plausible range in words.
    """

    fact: str
    value_of_information: float
    can_change: bool
    checked: str


@dataclass(frozen=True)
class Certificate:
    """Why it may stop: no open fact can change the advice (proven), or hardly one (probable), or not yet (open)."""

    certainty: Certainty
    chance_of_change: float
    checked: tuple[OpenFact, ...]


@dataclass(frozen=True)
class BearingConflict:
    """A disagreement between sources on something this advice rests on."""

    id: str
    topic: str
    claims: tuple[str, ...]
    explained_by: str | None


@dataclass(frozen=True)
class Outcome:
    """What would be advised, how surely, and on which grounds: as in a decision, without what is still worth asking."""

    option: Option
    confidence: float
    reasons: tuple[Reason, ...]


Variants: TypeAlias = Mapping[Option, str | None]
"""The form that every option takes; None where none is named."""


@dataclass(frozen=True)
class Decision:
    """The advice with everything that it rests on. A function of profile, knowledge and date alone."""

    profile: Profile
    recommendation: Recommendation
    variants: Variants
    """The variant of every option, advised or not: the form in which it is priced and timed."""
    diagnosis: Diagnosis
    reasons: tuple[Reason, ...]
    """Every rule that certainly holds, for every option it bears on, strongest first."""
    plan: tuple[Phase, ...]
    flips: tuple[Flip, ...]
    unknown: tuple[OpenFact, ...]
    """Open facts, the one most worth asking first."""
    certificate: Certificate
    conflicts: tuple[BearingConflict, ...]
