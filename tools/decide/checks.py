"""Static checks over the rules: what an editor of the rules must not break, found without any particular profile.

Each check returns what is wrong in words, and nothing where all is well; the test command runs them all.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from knowledge.facts import fact_specs
from knowledge.options import OPTIONS
from knowledge.rulebook import Condition, Exceeds, FactIs, Rulebook, Variant
from tools.decide.boxes import Array, Boxes, Mask, decision_facts
from tools.decide.conditions import atoms, evaluate, facts_in, untabulated
from tools.decide.engine import Engine
from tools.decide.plan_checks import phases_that_never_change, plans_that_run_empty
from tools.decide.priors import plausible_range

MOST_COMBINATIONS = 50_000
"""A condition over more combinations of values than this is too complex to be read, and refused."""


def all_checks(engine: Engine) -> list[str]:
    """Everything that is wrong with the rules."""
    return [
        *rules_that_cannot_fire(engine),
        *thresholds_without_two_sides(engine),
        *gaps_without_adequate_option(engine.book),
        *options_without_plan(engine.book),
        *phases_that_never_change(engine.book),
        *plans_that_run_empty(engine.book),
        *names_never_reached(engine.book),
        *gates_weaker_than_evidence(engine),
    ]


def rules_that_cannot_fire(engine: Engine) -> Iterator[str]:
    """Rules whose condition holds for no profile, or for every profile."""
    for rule in engine.book.grounded():
        if not _computed(rule.when):
            held = _truth_table(rule.when)[1]
            if not held.any():
                yield f"Rule '{rule.id}' can never fire."
            elif held.all() and not isinstance(rule, Variant):
                yield f"Rule '{rule.id}' always fires."


def thresholds_without_two_sides(engine: Engine) -> Iterator[str]:
    """Bounds in a rule that make no difference to it: crossing them, all else equal, never changes whether it holds."""
    for rule in engine.book.grounded():
        if _computed(rule.when):
            continue
        grid, held = _truth_table(rule.when)
        for atom in atoms(rule.when):
            for bound in _bounds(atom):
                if not _matters(grid, held, _fact_of(atom), bound):
                    yield f"Rule '{rule.id}': the threshold {bound:g} of {_fact_of(atom)} makes no difference."


def gaps_without_adequate_option(book: Rulebook) -> Iterator[str]:
    """Kinds of gap for which the gates on adequacy contradict each other: none is left that closes it."""
    codes = fact_specs()["gap"].codes
    gates = [gate for gate in book.gates if gate.severity == "adequacy"]
    for gap in codes:
        always = [gate for gate in gates if _holds_for_all(gate.when, "gap", float(codes.index(gap)))]
        blocked = {option for gate in always for option in gate.blocks}
        if len(blocked) == len(OPTIONS):
            yield f"With the gap '{gap}' every option is shut out as inadequate."


def options_without_plan(book: Rulebook) -> Iterator[str]:
    """Options that may be advised but have no plan."""
    for option in OPTIONS:
        if not book.plans.get(option):
            yield f"There is no plan for '{option}'."


def names_never_reached(book: Rulebook) -> Iterator[str]:
    """Variants that an earlier one always hides, and add-ons whose condition cannot hold."""
    for option in OPTIONS:
        rules = [rule for rule in book.variants if rule.option == option]
        if rules:
            facts = tuple(dict.fromkeys(name for rule in rules for name in facts_in(rule.when)))
            yield from _hidden(rules, _grid(facts, [atom for rule in rules for atom in atoms(rule.when)]))


def gates_weaker_than_evidence(engine: Engine) -> Iterator[str]:
    """Gates that evidence could outweigh: a blocked option must lose to an open one whatever speaks for it."""
    effects, ladder = engine.evaluator.effects[~engine.evaluator.gates], engine.evaluator.ladder
    spread = float(_most(effects).max() + ladder.max() - _least(effects).min() - ladder.min())
    for severity, taken in engine.book.scale.severities.items():
        if taken <= spread:
            yield f"The severity '{severity}' takes {taken:g}, but evidence can move options {spread:.1f} apart."


def _most(effects: Array) -> Array:
    """No more than this can speak for each option."""
    return np.asarray(np.maximum(effects, 0.0).sum(axis=0))


def _least(effects: Array) -> Array:
    return np.asarray(np.minimum(effects, 0.0).sum(axis=0))


def _hidden(rules: list[Variant], grid: Boxes) -> Iterator[str]:
    left: Mask = np.ones(grid.size, dtype=bool)
    for rule in rules:
        holds = _held(rule.when, grid)
        if not (left & holds).any():
            yield f"The variant '{rule.variant}' of {rule.option} is never named: earlier ones always hold."
        left &= ~holds


def _computed(condition: Condition) -> bool:
    return any(isinstance(atom, Exceeds) for atom in atoms(condition))


def _truth_table(condition: Condition) -> tuple[Boxes, Mask]:
    """Every combination of telling values of the condition's facts, and whether it holds there."""
    grid = _grid(facts_in(condition), list(atoms(condition)))
    return grid, _held(condition, grid)


def _held(condition: Condition, grid: Boxes) -> Mask:
    return evaluate(condition, grid, None, untabulated).certain


def _grid(facts: tuple[str, ...], conditions: list[FactIs | Exceeds]) -> Boxes:
    values = [_telling(name, [atom for atom in conditions if _fact_of(atom) == name]) for name in facts]
    rows = list(product(*values))
    assert len(rows) <= MOST_COMBINATIONS, f"a condition over {', '.join(facts)} is too complex to be read"  # noqa: S101
    return Boxes.points({name: np.array(column) for name, column in zip(facts, zip(*rows, strict=True), strict=True)})


def _telling(name: str, conditions: list[FactIs | Exceeds]) -> list[float]:
    """Every choice; for numbers the last value below and the first value above each bound."""
    spec = decision_facts()[name]
    if not spec.numeric:
        return [float(code) for code in range(max(2, len(spec.codes)))]
    step = 1.0 if spec.kind == "integer" else 1e-6
    bounds = sorted({bound for atom in conditions for bound in _bounds(atom)})
    return sorted({*plausible_range(name), *(b for bound in bounds for b in (bound - step, bound))})


def _bounds(atom: FactIs | Exceeds) -> list[float]:
    ends = (atom.at_least, atom.below) if isinstance(atom, FactIs) else ()
    return [end for end in ends if end is not None]


def _fact_of(atom: FactIs | Exceeds) -> str:
    return atom.fact if isinstance(atom, FactIs) else ""


def _matters(grid: Boxes, held: Mask, fact: str, bound: float) -> bool:
    """Whether somewhere in the grid only crossing the bound changes what holds."""
    others = [name for name in grid.low if name != fact]
    column = grid.low[fact]
    below = column[column < bound].max(initial=-np.inf)
    sides: dict[tuple[float, ...], dict[bool, bool]] = {}
    for row in np.flatnonzero((column == bound) | (column == below)):
        key = tuple(float(grid.low[name][row]) for name in others)
        sides.setdefault(key, {})[bool(column[row] == bound)] = bool(held[row])
    return any(len(set(pair.values())) == 2 for pair in sides.values())


def _holds_for_all(condition: Condition, fact: str, value: float) -> bool:
    """Whether the condition holds for every profile with this one value."""
    if _computed(condition):
        return False
    grid, held = _truth_table(condition)
    return fact in grid.low and bool(held[grid.low[fact] == value].all())
