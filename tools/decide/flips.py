"""Flips: the smallest changes of what is known, or the answers still to come, that move the advice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from knowledge.options import OPTIONS
from tools.decide.boxes import Columns, Indices, decision_facts, decode
from tools.decide.decision import Flip
from tools.decide.engine import Engine, is_settled, settled_value
from tools.decide.limits import CEILINGS
from tools.decide.priors import plausible_range
from tools.profile import Profile

SCREENED: Final = 512
"""Completions on which a change is first tried; what moves the advice there is tried on all of them."""

PAIRED_FACTS: Final = 10
"""Facts that are tried in pairs where no single change moves the advice."""

PAIRS_SCREENED: Final = 64
CEILING_STEPS: Final = 12
HALVINGS: Final = 60

Changes = Mapping[str, float]


@dataclass(frozen=True)
class _Trial:
    """Changes are tried by setting columns of the profile's completions to one value."""

    engine: Engine
    columns: Columns

    def winners(self, changes: list[Changes], size: int) -> list[int]:
        """The advice under each of the changes, judged on the first `size` completions."""
        if not changes:
            return []
        tiled = {name: np.tile(column[:size], len(changes)) for name, column in self.columns.items()}
        for number, change in enumerate(changes):
            for name, value in change.items():
                tiled[name][number * size : (number + 1) * size] = value
        won = self.engine.judge(tiled).winners.reshape(len(changes), size)
        return [most_frequent(row) for row in won]

    def winner(self, change: Changes) -> int:
        """The advice under one change, judged on all completions."""
        return self.winners([change], len(next(iter(self.columns.values()))))[0]


def most_frequent(winners: Indices) -> int:
    """The option that comes first most often; the simpler one where two are equal."""
    return int(np.argmax(np.bincount(winners, minlength=len(OPTIONS))))


def find_flips(engine: Engine, profile: Profile, columns: Columns, winner: int) -> tuple[Flip, ...]:
    """The smallest single changes that move the advice, or pairs of changes where no single one does."""
    trial = _Trial(engine, columns)
    single = [change for name in _facts(engine) for change in _single(trial, profile, name, winner)]
    found = single or list(_pairs(trial, profile, winner))
    return tuple(_flip(change, trial.winner(change)) for change in found)


def _facts(engine: Engine) -> list[str]:
    return list(dict.fromkeys([*engine.cuts, *CEILINGS.values()]))


def _single(trial: _Trial, profile: Profile, name: str, winner: int) -> Iterator[Changes]:
    """The values of one fact, nearest first on each side, that move the advice."""
    edges = _edges(trial.engine, name)
    start = settled_value(profile, name) if is_settled(profile, name) else None
    size = min(SCREENED, len(trial.columns[name]))
    screened = dict(zip(edges, trial.winners([{name: edge} for edge in edges], size), strict=True))
    for edge in _nearest(name, [e for e in edges if screened[e] != winner], start):
        exact = edge if start is None else _threshold(trial, name, start, edge, winner)
        if exact is not None and trial.winner({name: exact}) != winner:
            yield {name: exact}


def _edges(engine: Engine, name: str) -> list[float]:
    """The values to try: every choice; for numbers the last value before each cut and the first after it."""
    spec = decision_facts()[name]
    if not spec.numeric:
        return [float(code) for code in range(max(2, len(spec.codes)))]
    cuts = engine.cuts.get(name) or _steps(*plausible_range(name))
    return sorted({edge for cut in cuts for edge in (_before(name, float(cut)), float(cut))})


def _steps(low: float, high: float) -> tuple[float, ...]:
    """Steps over the plausible range of a fact that no rule cuts."""
    return tuple(float(step) for step in np.geomspace(max(low, 1.0), high, CEILING_STEPS))


def _before(name: str, cut: float) -> float:
    """The last value below a cut."""
    return cut - 1 if decision_facts()[name].kind == "integer" else float(np.nextafter(cut, -np.inf))


def _nearest(name: str, moving: list[float], start: float | None) -> list[float]:
    """Of the values that move the advice: every choice; for numbers the nearest on each side of where it stands."""
    if not decision_facts()[name].numeric:
        return [value for value in moving if value != start]
    if start is None:
        return moving[:1] if len(moving) == 1 else [moving[0], moving[-1]] if moving else []
    below, above = [v for v in moving if v < start], [v for v in moving if v > start]
    return [*below[-1:], *above[:1]]


def _threshold(trial: _Trial, name: str, start: float, moving: float, winner: int) -> float | None:
    """The value nearest to `start` from which on the advice is moved; None where it moves at no single value."""
    spec = decision_facts()[name]
    if not spec.numeric:
        return moving
    stays, moves = start, moving
    if trial.winner({name: moves}) == winner:
        return None
    just_before = _step_back(name, moves, start)
    if just_before == start or trial.winner({name: just_before}) == winner:
        return moves
    for _ in range(HALVINGS):
        middle = _middle(name, stays, moves)
        if middle in (stays, moves):
            break
        stays, moves = (middle, moves) if trial.winner({name: middle}) == winner else (stays, middle)
    return moves


def _step_back(name: str, value: float, towards: float) -> float:
    if decision_facts()[name].kind == "integer":
        return value + float(np.sign(towards - value))
    return float(np.nextafter(value, towards))


def _middle(name: str, one: float, other: float) -> float:
    middle = (one + other) / 2
    return float(np.round(middle)) if decision_facts()[name].kind == "integer" else middle


def _pairs(trial: _Trial, profile: Profile, winner: int) -> Iterator[Changes]:
    """Pairs of changes that move the advice together, of the facts that weigh most."""
    changes = [change for name in _heaviest(trial.engine) for change in _starting_points(trial.engine, profile, name)]
    pairs: list[Changes] = [
        {**one, **other} for one, other in combinations(changes, 2) if not one.keys() & other.keys()
    ]
    size = min(PAIRS_SCREENED, len(next(iter(trial.columns.values()))))
    seen: set[frozenset[str]] = set()
    for pair, won in zip(pairs, trial.winners(pairs, size), strict=True):
        if won != winner and frozenset(pair) not in seen and trial.winner(pair) != winner:
            seen.add(frozenset(pair))
            yield pair


def _starting_points(engine: Engine, profile: Profile, name: str) -> list[Changes]:
    start = settled_value(profile, name) if is_settled(profile, name) else None
    return [{name: edge} for edge in _edges(engine, name) if edge != start]


def _heaviest(engine: Engine) -> list[str]:
    weight = dict.fromkeys(engine.cuts, 0.0)
    for row in engine.evaluator.rows:
        for name in engine.facts_of(row):
            weight[name] += max(row.effects) - min(row.effects)
    return sorted(weight, key=lambda name: -weight[name])[:PAIRED_FACTS]


def _flip(change: Changes, to: int) -> Flip:
    facts = decision_facts()
    return Flip({name: decode(facts[name], value) for name, value in change.items()}, OPTIONS[to])
