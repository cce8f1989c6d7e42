"""Answers to "why do you ask?" and "why not that one?": computed from rules and completions, like the advice itself."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from knowledge.facts import Scalar
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from tools.decide.boxes import Array, decision_facts, decode, just_below
from tools.decide.completions import complete
from tools.decide.decide import decide
from tools.decide.decision import Blocker, Flip, Reason
from tools.decide.engine import Engine, engine_with
from tools.decide.flips import find_flips, most_frequent
from tools.decide.priors import plausible_range
from tools.profile import Known, Profile, find_fact

STEPS = 4
"""Kinds of answer shown for a number that no rule cuts."""


@dataclass(frozen=True)
class Consequence:
    """What one kind of answer would lead to: from `low` to `high` (the same for flags and choices)."""

    low: Scalar
    high: Scalar
    chance: float
    option: Option
    confidence: float


@dataclass(frozen=True)
class WhyNot:
    """Why an option is not advised, and the smallest changes that would lead to it (empty if it is advised)."""

    option: Option
    advised: bool
    probability: float
    blockers: tuple[Blocker, ...]
    against: tuple[Reason, ...]
    in_favour: tuple[Reason, ...]
    ways: tuple[Flip, ...]


def consequences(profile: Profile, fact: str, as_of: date, prices: PriceTable | None = None) -> tuple[Consequence, ...]:
    """What each possible answer on a fact would lead to, in the order of its values.

    Numbers are grouped between the values at which a rule changes its mind, and neighbours that lead to the same advice
    are joined. Raises InputError for a name that is no fact; free text has no consequences.
    """
    spec = find_fact(fact)
    if spec.kind == "text":
        return ()
    model = profile.known("model")
    engine = engine_with(None if model is None else str(model), as_of, prices)
    plausible = complete(profile.without(fact), engine.sampling)[fact]
    found = [_consequence(engine, profile, fact, group) for group in _groups(engine, fact, plausible)]
    return tuple(_joined(found)) if spec.numeric else tuple(found)


@dataclass(frozen=True)
class _Group:
    """Values of a fact that the rules treat alike, with a typical one and how likely they are."""

    low: float
    high: float
    typical: float
    chance: float


def _groups(engine: Engine, fact: str, values: Array) -> list[_Group]:
    """A fact's values in groups that the rules treat alike; `values` are the plausible ones."""
    spec = decision_facts()[fact]
    if not spec.numeric:
        return [_Group(code, code, code, float((values == code).mean())) for code in _codes(fact)]
    cuts = engine.cuts.get(fact) or tuple(np.quantile(values, np.arange(1, STEPS) / STEPS))
    cells = np.searchsorted(np.array(cuts), values, side="right")
    edges = [min(plausible_range(fact)[0], float(values.min())), *cuts, float(values.max())]
    inner = [(low, just_below(fact, high)) for low, high in pairwise(edges)]
    ends = [*inner[:-1], (edges[-2], edges[-1])]
    return [_group(ends[cell], values[cells == cell], len(values)) for cell in np.unique(cells)]


def _group(ends: tuple[float, float], inside: Array, of: int) -> _Group:
    return _Group(*ends, float(np.quantile(inside, 0.5, method="lower")), len(inside) / of)


def _codes(fact: str) -> list[float]:
    return [float(code) for code in range(max(2, len(decision_facts()[fact].codes)))]


def _consequence(engine: Engine, profile: Profile, fact: str, group: _Group) -> Consequence:
    spec = decision_facts()[fact]
    typical = Known(decode(spec, group.typical))
    winners = engine.judge(engine.complete(profile.replace(**{fact: typical}))).winners
    option = most_frequent(winners)
    agreed = float((winners == option).mean())
    return Consequence(decode(spec, group.low), decode(spec, group.high), group.chance, OPTIONS[option], agreed)


def _joined(found: list[Consequence]) -> list[Consequence]:
    joined: list[Consequence] = []
    for each in found:
        last = joined[-1] if joined else None
        if last is None or last.option != each.option:
            joined.append(each)
            continue
        chance = last.chance + each.chance
        confidence = (last.confidence * last.chance + each.confidence * each.chance) / chance
        joined[-1] = Consequence(last.low, each.high, chance, last.option, confidence)
    return joined


def why_not(profile: Profile, option: Option, as_of: date, prices: PriceTable | None = None) -> WhyNot:
    """Why an option is not advised: what shuts it out or speaks against it, and what would lead to it."""
    decision = decide(profile, as_of, prices)
    ranked = next(row for row in decision.recommendation.ranking if row.option == option)
    about = [reason for reason in decision.reasons if reason.option == option and not reason.gate]
    advised = decision.recommendation.option == option
    return WhyNot(
        option=option,
        advised=advised,
        probability=ranked.probability,
        blockers=ranked.blockers,
        against=tuple(reason for reason in about if reason.effect < 0),
        in_favour=tuple(reason for reason in about if reason.effect > 0),
        ways=() if advised else _ways(profile, option, decision.recommendation.option, as_of, prices),
    )


def _ways(
    profile: Profile, option: Option, advised: Option, as_of: date, prices: PriceTable | None
) -> tuple[Flip, ...]:
    model = profile.known("model")
    engine = engine_with(None if model is None else str(model), as_of, prices)
    columns = engine.complete(profile)
    return find_flips(engine, profile, columns, OPTIONS.index(advised), OPTIONS.index(option))
