"""The form that each option takes: the one that is advised is the one that is priced and timed."""

from collections.abc import Callable

import numpy as np

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import AddOn, Variant, load_rulebook
from tools.cost.rates import Rates
from tools.decide.boxes import Boxes, Columns, Mask
from tools.decide.conditions import evaluate
from tools.decide.decision import Variants
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator, Verdicts
from tools.decide.flips import most_frequent
from tools.decide.limits import Limits
from tools.profile import Profile

Holds = Callable[[Variant | AddOn], Mask]
"""Tells in which completions a rule holds."""


def holding(engine: Engine, columns: Columns) -> Holds:
    """Tells in which of some completions a rule holds; what all rules share is worked out once."""
    boxes = Boxes.points(columns)
    limits = Limits(boxes, engine.evaluator.rates)
    nowhere = np.zeros(len(columns["gap"]), dtype=bool)

    def holds(rule: Variant | AddOn) -> Mask:
        if isinstance(rule, Variant) and rule.needs_service and engine.evaluator.rates.managed is None:
            return nowhere
        return evaluate(rule.when, boxes, None, limits.test).certain

    return holds


def variants_of(engine: Engine, verdicts: Verdicts, holds: Holds) -> Variants:
    """For every option the variant that is first to hold in most of the completions.

    Of the option that is advised only the completions count in which it comes first.
    """
    winner = most_frequent(verdicts.winners)
    everywhere = np.ones_like(verdicts.winners, dtype=bool)
    return {
        option: _most_often_first(engine, option, verdicts.winners == place if place == winner else everywhere, holds)
        for place, option in enumerate(OPTIONS)
    }


def variants_for(profile: Profile, rates: Rates) -> Variants:
    """The variants for a profile at these prices, as `decide` names the one of the option that it advises."""
    engine = Engine(Evaluator(load_rulebook(), rates))
    columns = engine.complete(profile)
    return variants_of(engine, engine.judge(columns), holding(engine, columns))


def _most_often_first(engine: Engine, option: Option, among: Mask, holds: Holds) -> str | None:
    left, counted = among.copy(), dict[str, int]()
    for rule in engine.book.variants:
        if rule.option == option:
            held = left & holds(rule)
            counted[rule.variant] = counted.get(rule.variant, 0) + int(held.sum())
            left &= ~held
    return max(counted, key=lambda variant: counted[variant]) if any(counted.values()) else None
