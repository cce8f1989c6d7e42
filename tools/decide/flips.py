"""Flips: the smallest changes of what is known, or the answers still to come, that move the advice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final

import numpy as np

from knowledge.options import OPTIONS
from tools.decide.boxes import Columns, Indices, decision_facts, decode, just_below
from tools.decide.decision import Flip, Side
from tools.decide.engine import Engine
from tools.decide.evaluate import Changes, Verdicts
from tools.decide.limits import CEILINGS
from tools.decide.priors import plausible_range
from tools.decide.settled import is_settled, settled_value
from tools.profile import Known, Profile
from tools.wording import rounded_towards

SCREENED: Final = 512
"""Completions on which a change is first tried; what moves the advice there is tried on all of them."""

PAIRED_FACTS: Final = 10
"""Facts that are tried in pairs where no single change moves the advice."""

PAIRS_SCREENED: Final = 64
CEILING_STEPS: Final = 12
HALVINGS: Final = 60
DIGITS: Final = (4, 5, 6, 7, 8, 9)
"""Significant digits with which a threshold is shown: the fewest with which it still moves the advice."""


@dataclass(frozen=True)
class _Trial:
    """Tries changes of a profile: on many at once roughly, on one exactly."""

    engine: Engine
    profile: Profile
    columns: Columns
    winner: int
    target: int | None
    _judged: dict[int, tuple[Columns, Verdicts]] = field(default_factory=dict)
    _advice: dict[tuple[tuple[str, float], ...], int] = field(default_factory=dict)

    def moves(self, won: int) -> bool:
        """Whether this advice is the change that is looked for: another than now, or the target."""
        return won != self.winner if self.target is None else won == self.target

    def screen(self, changes: list[Changes], size: int) -> list[int]:
        """The advice under each of the changes, judged on the first `size` completions of the unchanged profile."""
        if not changes:
            return []
        columns, before = self._before(size)
        won = self.engine.evaluator.winners_changed(before, columns, changes)
        return [most_frequent(row) for row in won]

    def advice(self, change: Changes) -> int:
        """The advice for the changed profile."""
        key = tuple(change.items())
        if key not in self._advice:
            facts = decision_facts()
            known = {name: Known(decode(facts[name], value)) for name, value in change.items()}
            judged = self.engine.judge(self.engine.complete(self.profile.replace(**known)))
            self._advice[key] = most_frequent(judged.winners)
        return self._advice[key]

    def _before(self, size: int) -> tuple[Columns, Verdicts]:
        """The first `size` completions of the unchanged profile, judged once."""
        if size not in self._judged:
            columns = {name: column[:size] for name, column in self.columns.items()}
            self._judged[size] = columns, self.engine.judge(columns)
        return self._judged[size]


def most_frequent(winners: Indices) -> int:
    """The option that comes first most often; the simpler one where two are equal."""
    return int(np.argmax(np.bincount(winners, minlength=len(OPTIONS))))


def find_flips(
    engine: Engine, profile: Profile, columns: Columns, winner: int, target: int | None = None
) -> tuple[Flip, ...]:
    """The smallest single changes that move the advice (to one option, if `target` is given), or pairs if none does."""
    trial = _Trial(engine, profile, columns, winner, target)
    names = dict.fromkeys([*engine.cuts, *CEILINGS.values()])
    single = [flip for name in names for flip in _single(trial, name)]
    return tuple(single) or tuple(_pairs(trial))


def _single(trial: _Trial, name: str) -> Iterator[Flip]:
    """The values of one fact that move the advice: choices as they are, numbers at their exact thresholds."""
    start = settled_value(trial.profile, name) if is_settled(trial.profile, name) else None
    edges = _edges(trial.engine, name)
    size = min(SCREENED, len(trial.columns[name]))
    won = trial.screen([{name: edge} for edge in edges], size)
    moving = {edge for edge, first in zip(edges, won, strict=True) if trial.moves(first)}
    if not decision_facts()[name].numeric:
        thresholds: Iterable[float | None] = (edge for edge in edges if edge in moving and edge != start)
    else:
        thresholds = (_threshold(trial, name, *step) for step in _steps_to(edges, moving, start))
    for threshold in thresholds:
        if threshold is not None and trial.moves(to := trial.advice({name: threshold})):
            yield _flip(trial, {name: threshold}, to)


def _steps_to(edges: list[float], moving: set[float], start: float | None) -> list[tuple[float, float]]:
    """Neighbouring edges, the first keeping the advice and the second moving it; next to `start` if there is one."""
    if start is None:
        neighbours = [(a, b) for a, b in pairwise(edges) if (a in moving) != (b in moving)]
        return [(b, a) if a in moving else (a, b) for a, b in neighbours]
    above = [start, *(edge for edge in edges if edge > start)]
    below = [start, *(edge for edge in reversed(edges) if edge < start)]
    return [step for side in (below, above) if (step := next((p for p in pairwise(side) if p[1] in moving), None))]


def _edges(engine: Engine, name: str) -> list[float]:
    """The values to try: every choice; for numbers the last value before each cut and the first after it."""
    spec = decision_facts()[name]
    if not spec.numeric:
        return [float(code) for code in range(max(2, len(spec.codes)))]
    cuts = engine.cuts.get(name) or _steps(*plausible_range(name))
    return sorted({edge for cut in cuts for edge in (just_below(name, float(cut)), float(cut))})


def _steps(low: float, high: float) -> tuple[float, ...]:
    """Steps over the plausible range of a fact that no rule cuts."""
    return tuple(float(step) for step in np.geomspace(max(low, 1.0), high, CEILING_STEPS))


def _threshold(trial: _Trial, name: str, stays: float, moves: float) -> float | None:
    """The value nearest to `stays` from which on the advice is moved; None where it is not moved after all."""
    if not trial.moves(trial.advice({name: moves})):
        return None
    if trial.moves(trial.advice({name: stays})):
        start = settled_value(trial.profile, name) if is_settled(trial.profile, name) else stays
        return _threshold(trial, name, start, stays) if start != stays else None
    before = _step_back(name, moves, stays)
    if before == stays or not trial.moves(trial.advice({name: before})):
        return moves
    for _ in range(HALVINGS):
        middle = _middle(name, stays, moves)
        if middle in (stays, moves):
            break
        stays, moves = (stays, middle) if trial.moves(trial.advice({name: middle})) else (middle, moves)
    return moves


def _step_back(name: str, value: float, towards: float) -> float:
    if decision_facts()[name].kind == "integer":
        return value + float(np.sign(towards - value))
    return float(np.nextafter(value, towards))


def _middle(name: str, one: float, other: float) -> float:
    middle = (one + other) / 2
    return float(np.round(middle)) if decision_facts()[name].kind == "integer" else middle


def _pairs(trial: _Trial) -> Iterator[Flip]:
    """Pairs of changes that move the advice together, of the facts that weigh most; one of each pair of facts."""
    changes = [change for name in _heaviest(trial.engine) for change in _starting_points(trial, name)]
    disjoint = (pair for pair in combinations(changes, 2) if not pair[0].keys() & pair[1].keys())
    pairs: list[Changes] = [{**one, **other} for one, other in disjoint]
    size = min(PAIRS_SCREENED, len(next(iter(trial.columns.values()))))
    seen: set[frozenset[str]] = set()
    for pair, won in zip(pairs, trial.screen(pairs, size), strict=True):
        if trial.moves(won) and frozenset(pair) not in seen and trial.moves(to := trial.advice(pair)):
            seen.add(frozenset(pair))
            yield _flip(trial, pair, to)


def _starting_points(trial: _Trial, name: str) -> list[Changes]:
    start = settled_value(trial.profile, name) if is_settled(trial.profile, name) else None
    return [{name: edge} for edge in _edges(trial.engine, name) if edge != start]


def _heaviest(engine: Engine) -> list[str]:
    return sorted(engine.cuts, key=lambda name: -engine.weights[name])[:PAIRED_FACTS]


def _flip(trial: _Trial, change: Changes, to: int) -> Flip:
    facts = decision_facts()
    sides: dict[str, Side] = {name: _side(trial, change, name, to) for name in change}
    shown = dict(change)
    for name in change:
        shown[name] = _shown(trial, shown, name, sides[name], to)
    decoded = ({name: decode(facts[name], value) for name, value in each.items()} for each in (change, shown))
    return Flip(next(decoded), OPTIONS[to], next(decoded), sides)


def _side(trial: _Trial, change: Changes, name: str, to: int) -> Side:
    """Whether the advice stays moved for all larger values of a number, or all smaller ones, that are plausible."""
    value = change[name]
    if not decision_facts()[name].numeric:
        return "exactly"
    start = settled_value(trial.profile, name) if is_settled(trial.profile, name) else None
    tried = [*_edges(trial.engine, name), *plausible_range(name)]
    above = [edge for edge in tried if edge > value] if start is None or value > start else None
    below = [edge for edge in tried if edge < value] if start is None or value < start else None
    size = min(SCREENED, len(trial.columns[name]))
    sides: tuple[tuple[Side, list[float] | None], ...] = (("at_least", above), ("at_most", below))
    for side, beyond in sides:
        if beyond is not None and all(
            won == to for won in trial.screen([{**change, name: edge} for edge in beyond], size)
        ):
            return side
    return "exactly"


def _shown(trial: _Trial, change: Changes, name: str, side: Side, to: int) -> float:
    """A threshold with as few digits as still move the advice, rounded away from where the advice stands."""
    value = change[name]
    if not decision_facts()[name].numeric:
        return value
    directions = {"at_least": (1,), "at_most": (-1,)}.get(side, (1, -1))
    for digits in DIGITS:
        for direction in directions:
            rounded = rounded_towards(name, value, direction, digits)
            if rounded == value or trial.advice({**change, name: rounded}) == to:
                return rounded
    return value
