"""The value of asking: how much regret learning each open fact is expected to avoid.

The completions are grouped by what the answer would be. In each group the best advice may be another; the expected
regret avoided by following it there, next to following one advice everywhere, is the value of information.
"""

import numpy as np

from knowledge.facts import FactSpec
from tools.decide.boxes import Array, Columns, Indices, decision_facts
from tools.decide.decision import OpenFact
from tools.decide.engine import Engine
from tools.decide.evaluate import Verdicts
from tools.decide.priors import plausible_range
from tools.decide.settled import is_settled
from tools.profile import Profile, Range
from tools.wording import range_text

ROUNDING = 9
"""Decimals of a value: regrets added up in another order differ by some 1e-16, which is no value of anything."""


def open_facts(engine: Engine, profile: Profile, columns: Columns, verdicts: Verdicts) -> tuple[OpenFact, ...]:
    """The open facts that some rule or limit uses, the one most worth asking first."""
    found, tie_break = [], engine.book.scale.tie_break
    regrets, winners = verdicts.regrets, verdicts.winners
    by_option, blind = np.ascontiguousarray(regrets.T), float(regrets.sum(axis=0).min())
    for name in engine.used_facts:
        if is_settled(profile, name):
            continue
        cells = _cells(engine, name, columns[name])
        value = _value(cells, by_option, blind)
        found.append(
            (
                value + tie_break * _told(cells, winners, len(by_option)),
                OpenFact(name, value, value > 0, _range(profile, name)),
            )
        )
    ordered = sorted(
        found, key=lambda pair: (-round(pair[0] / _spec(pair[1].fact).effort, ROUNDING), _order(pair[1].fact))
    )
    return tuple(fact for _, fact in ordered)


def _spec(name: str) -> FactSpec:
    return decision_facts()[name]


def _order(name: str) -> tuple[int, int]:
    """On ties the cheaper to answer first, then the order of the facts' file."""
    return _spec(name).effort, list(decision_facts()).index(name)


def _cells(engine: Engine, name: str, values: Array) -> Indices:
    """For every completion, which kind of answer it would give."""
    groups = engine.book.scale.answer_groups
    cuts = engine.cuts.get(name) or tuple(np.quantile(values, np.arange(1, groups) / groups))
    return np.searchsorted(np.array(cuts), values, side="right")


def _value(cells: Indices, by_option: Array, blind: float) -> float:
    """The regret that following the best advice in each cell avoids, next to `blind` with one advice everywhere."""
    told = np.array([np.bincount(cells, weights=regrets) for regrets in by_option]).min(axis=0).sum()
    return max(0.0, round(float(blind - told) / len(cells), ROUNDING))


def _told(cells: Indices, winners: Indices, options: int) -> float:
    """How much surer of the winner the answer makes one, on average (the gain in the sum of squared shares)."""
    count = int(cells.max()) + 1
    groups = np.bincount(cells * options + winners, minlength=count * options).reshape(count, options)
    sizes = np.maximum(groups.sum(axis=1), 1)
    told = float((np.square(groups).sum(axis=1) / sizes).sum()) / len(winners)
    return told - float(np.square(groups.sum(axis=0) / len(winners)).sum())


def _range(profile: Profile, name: str) -> str:
    fact = profile.facts.get(name)
    low, high = (fact.low, fact.high) if isinstance(fact, Range) else plausible_range(name)
    spec = _spec(name)
    if spec.kind == "flag":
        return "yes or no"
    if spec.categorical:
        return "every possible answer"
    return range_text(name, low, high)
