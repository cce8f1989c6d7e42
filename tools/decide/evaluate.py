"""The evaluator: what the rules say about every option, for one profile, for thousands, or for whole boxes of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Condition, Evidence, Exceeds, Gate, Rulebook
from tools.cost.rates import Rates
from tools.decide.boxes import Array, Boxes, Columns, Indices, Mask
from tools.decide.conditions import Truth, atoms, evaluate, facts_in
from tools.decide.limits import Limits, facts_of_limit

DECIMALS = 9
"""Scores are compared to this many decimals, so that the order in which effects add up does not matter."""

Changes = Mapping[str, float]
"""Facts with the values that they take instead."""


@dataclass(frozen=True)
class Row:
    """One rule, or one option's share of a rule whose condition is computed per option."""

    rule: Gate | Evidence
    option: Option | None
    effects: tuple[float, ...]
    """What it does to each option, in ladder order, in log-odds."""

    @property
    def condition(self) -> Condition:
        return self.rule.when

    @property
    def gate(self) -> bool:
        return isinstance(self.rule, Gate)

    @cached_property
    def rests_on(self) -> frozenset[str]:
        """The facts on which it depends whether the rule holds, by name or through a computed limit."""
        limits = [atom.exceeds for atom in atoms(self.condition) if isinstance(atom, Exceeds)]
        return frozenset({*facts_in(self.condition), *(name for limit in limits for name in facts_of_limit(limit))})


@dataclass(frozen=True)
class Evaluator:
    """The rules as a table, at one set of prices."""

    book: Rulebook
    rates: Rates

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All gates and evidence, one row each; a gate on a computed limit has one row per option."""
        rules: tuple[Gate | Evidence, ...] = (*self.book.gates, *self.book.evidence)
        return tuple(row for rule in rules for row in _rows(rule, self.book))

    @cached_property
    def effects(self) -> Array:
        """Rows by options, in log-odds."""
        return np.array([row.effects for row in self.rows])

    @cached_property
    def gates(self) -> Mask:
        """Which rows are gates."""
        return np.array([row.gate for row in self.rows])

    @cached_property
    def ladder(self) -> Array:
        """What each option starts with."""
        return np.array([self.book.scale.ladder[option] for option in OPTIONS])

    def truths(self, boxes: Boxes) -> Truth:
        """For every row and box whether the rule certainly, and whether it possibly holds: two arrays rows by boxes."""
        found = self._found(boxes, self.rows)
        certain = np.array([truth.certain for truth in found])
        decided = all(truth.decided for truth in found)
        return Truth(certain, certain if decided else np.array([truth.possible for truth in found]))

    def judge(self, columns: Columns) -> "Verdicts":
        """What the rules say of complete profiles."""
        return Verdicts(self, self.truths(Boxes.points(columns)).certain)

    def winners_changed(self, before: "Verdicts", columns: Columns, changes: Sequence[Changes]) -> Indices:
        """The winners among profiles that were judged before, under each of the changes: one lot behind the other.

        Only the rules that rest on a changed fact are looked at again, and only what they change is added up.
        """
        size, changed = before.fired.shape[1], {name for change in changes for name in change}
        anew = [place for place, row in enumerate(self.rows) if not changed.isdisjoint(row.rests_on)]
        rows = [self.rows[place] for place in anew]
        lots = {name: np.tile(columns[name], len(changes)) for name in {fact for row in rows for fact in row.rests_on}}
        for number, change in enumerate(changes):
            for name in change.keys() & lots.keys():
                lots[name][number * size : (number + 1) * size] = change[name]
        found = self._found(Boxes(lots, lots, size * len(changes)), rows)
        fired = np.array([truth.certain for truth in found], dtype=np.float64).reshape(len(rows), len(changes), size)
        moved = np.tensordot(fired - before.fired[anew][:, np.newaxis], self.effects[anew], axes=(0, 0))
        return np.asarray(np.argmax(np.round(before.totals + moved, DECIMALS), axis=2))

    def _found(self, boxes: Boxes, rows: Iterable[Row]) -> list[Truth]:
        limits = Limits(boxes, self.rates)
        return [evaluate(row.condition, boxes, row.option, limits.test) for row in rows]


@dataclass(frozen=True)
class Verdicts:
    """What the rules say of some complete profiles; `fired` is rows by profiles."""

    evaluator: Evaluator
    fired: Mask

    @cached_property
    def evidence(self) -> Array:
        """The sum of evidence for each option, without gates: profiles by options, in log-odds."""
        return self.evaluator.ladder + self._sum(~self.evaluator.gates)

    @cached_property
    def totals(self) -> Array:
        """Evidence less what gates take away: profiles by options. The greatest is recommended."""
        return np.round(self.evidence + self._sum(self.evaluator.gates), DECIMALS)

    @cached_property
    def winners(self) -> Indices:
        """The recommended option's place on the ladder, per profile; the simpler one where two are equal."""
        return self.best_of(OPTIONS)

    def best_of(self, options: Collection[Option]) -> Indices:
        """The place on the ladder of the best of some options only, per profile; none rests on the others."""
        offered = np.array([option in options for option in OPTIONS])
        return np.asarray(np.argmax(np.where(offered, self.totals, -np.inf), axis=1))

    @cached_property
    def blocked(self) -> Mask:
        """Which options a gate shuts out: profiles by options."""
        rows = self.evaluator.gates
        hit: Mask = (self.fired[rows].T.astype(np.float32) @ (self.evaluator.effects[rows] < 0).astype(np.float32)) > 0
        return hit

    @cached_property
    def scores(self) -> Array:
        """0 to 1: the squashed evidence, 0 where blocked: profiles by options."""
        spread = self.evaluator.book.scale.score_spread
        return np.where(self.blocked, 0.0, 1.0 / (1.0 + np.exp(-self.evidence / spread)))

    @cached_property
    def regrets(self) -> Array:
        """0 to 1: how wrong each option would be, from its distance to the best: profiles by options."""
        behind = self.totals.max(axis=1, keepdims=True) - self.totals
        return np.asarray(np.minimum(behind / self.evaluator.book.scale.regret_spread, 1.0))

    def _sum(self, rows: Mask) -> Array:
        added: Array = self.fired[rows].T.astype(np.float64) @ self.evaluator.effects[rows]
        return added


def _rows(rule: Gate | Evidence, book: Rulebook) -> list[Row]:
    if isinstance(rule, Evidence):
        return [Row(rule, None, tuple(rule.effects.get(option, 0.0) for option in OPTIONS))]
    taken = -book.scale.severities[rule.severity]
    if any(isinstance(atom, Exceeds) for atom in atoms(rule.when)):
        return [Row(rule, blocked, tuple(taken * (option == blocked) for option in OPTIONS)) for blocked in rule.blocks]
    return [Row(rule, None, tuple(taken * (option in rule.blocks) for option in OPTIONS))]
