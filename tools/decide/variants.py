"""The form that each option takes: the one that is advised is the one that is priced and timed."""

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


def variants_of(engine: Engine, columns: Columns, verdicts: Verdicts) -> Variants:
    """For every option the variant that is first to hold in most of the completions.

    Of the option that is advised only the completions count in which it comes first.
    """
    winner = most_frequent(verdicts.winners)
    everywhere = np.ones_like(verdicts.winners, dtype=bool)
    return {
        option: _most_often_first(engine, columns, option, verdicts.winners == place if place == winner else everywhere)
        for place, option in enumerate(OPTIONS)
    }


def variants_for(profile: Profile, rates: Rates) -> Variants:
    """The variants for a profile at these prices, as `decide` names the one of the option that it advises."""
    engine = Engine(Evaluator(load_rulebook(), rates))
    columns = engine.complete(profile)
    return variants_of(engine, columns, engine.judge(columns))


def holds_in(engine: Engine, columns: Columns, rule: Variant | AddOn) -> Mask:
    """In which completions the rule holds."""
    if isinstance(rule, Variant) and rule.needs_service and engine.evaluator.rates.managed is None:
        return np.zeros(len(columns["gap"]), dtype=bool)
    boxes = Boxes.points(columns)
    return evaluate(rule.when, boxes, None, Limits(boxes, engine.evaluator.rates).test).certain


def _most_often_first(engine: Engine, columns: Columns, option: Option, among: Mask) -> str | None:
    left, counted = among.copy(), dict[str, int]()
    for rule in engine.book.variants:
        if rule.option == option:
            holds = left & holds_in(engine, columns, rule)
            counted[rule.variant] = counted.get(rule.variant, 0) + int(holds.sum())
            left &= ~holds
    return max(counted, key=lambda variant: counted[variant]) if any(counted.values()) else None
