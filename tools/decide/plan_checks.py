"""Static checks over the plans: each conditional phase can be shown and be left out, and no plan ever runs empty.

A phase depends on what is known as well as on what is the case, so each fact takes a value from every stretch that the
conditions tell apart, and is left unknown as well.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import product
from math import prod

import numpy as np

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Exceeds, FactIs, PlannedPhase, Rulebook
from tools.decide.boxes import Boxes, decision_facts, just_below
from tools.decide.conditions import atoms, untabulated
from tools.decide.plan import shown
from tools.decide.priors import plausible_range

MOST_STATES = 100_000
"""A plan that depends on more combinations of what may be known is too complex to be read, and refused."""


def phases_that_never_change(book: Rulebook) -> Iterator[str]:
    """Phases with a condition that are never shown or never left out."""
    for option, phase in _phases(book):
        if not phase.conditions:
            continue
        if any(isinstance(atom, Exceeds) for condition in phase.conditions for atom in atoms(condition)):
            yield f"The phase '{phase.title}' of {option} depends on a computed limit; let it depend on facts."
            continue
        kept = shown(phase, _states([phase]), untabulated)
        if kept.all() or not kept.any():
            yield f"The phase '{phase.title}' of {option} is {'always' if kept.all() else 'never'} shown."


def plans_that_run_empty(book: Rulebook) -> Iterator[str]:
    """Plans that in some state of knowledge have nothing left to do before launch, or nothing of the option's own."""
    needed: dict[str, Callable[[PlannedPhase, Option], bool]] = {
        "before launch": lambda phase, _: not phase.after_launch,
        "of its own": lambda phase, option: phase.option == option,
    }
    for option in OPTIONS:
        plan = book.plans.get(option, ())
        for what, counts in needed.items() if plan else ():
            kept = [shown(phase, _states(plan), untabulated) for phase in plan if counts(phase, option)]
            if not kept or not reduce(np.logical_or, kept).all():
                yield f"The plan for {option} has no phase {what} in some state of knowledge."


def _phases(book: Rulebook) -> Iterator[tuple[Option, PlannedPhase]]:
    return ((option, phase) for option in OPTIONS for phase in book.plans.get(option, ()))


def _states(phases: Iterable[PlannedPhase]) -> Boxes:
    """Every combination of what may be known of the facts that the phases depend on."""
    conditions = [condition for phase in phases for condition in phase.conditions]
    facts: dict[str, list[FactIs]] = {}
    for atom in (atom for condition in conditions for atom in atoms(condition)):
        if isinstance(atom, FactIs):
            facts.setdefault(atom.fact, []).append(atom)
    states = [_states_of(name, used) for name, used in facts.items()]
    assert prod(map(len, states)) <= MOST_STATES, f"a plan over {', '.join(facts)} is too complex to be read"  # noqa: S101
    combined = list(product(*states))
    ends = np.array(combined).reshape(len(combined), len(facts), 2)
    low, high = ({name: ends[:, place, end] for place, name in enumerate(facts)} for end in (0, 1))
    return Boxes(low, high, len(ends))


def _states_of(name: str, used: list[FactIs]) -> list[tuple[float, float]]:
    """A fact at one value of every stretch, and unknown: each as its low and its high end."""
    spec = decision_facts()[name]
    if spec.numeric:
        bounds = sorted({bound for atom in used for bound in (atom.at_least, atom.below) if bound is not None})
        values = [just_below(name, bounds[0]), *bounds]
    else:
        values = [float(code) for code in range(max(2, len(spec.codes)))]
    return [*((value, value) for value in values), plausible_range(name)]
