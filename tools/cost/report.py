"""The cost of all options on one workload: ranges, lines with their sources, chances, drivers, break-even."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import numpy as np

from knowledge.figures import Spread, references
from knowledge.options import Option
from knowledge.price_table import PriceTable
from tools.cost import options
from tools.cost.bounds import LABEL_TASKS
from tools.cost.comparison import BreakEven, Swing, break_evens, chances_cheaper, paybacks, tornado
from tools.cost.horizon import LONGEST, Totals, calendar, totals
from tools.cost.inputs import Input, Values, at_medians, drawn, inputs_of
from tools.cost.lines import OptionModel
from tools.cost.rates import Rates, rates_for
from tools.cost.sampling import Array, median, quantiles
from tools.cost.training import Way
from tools.profile import Profile

UNTUNED: dict[Option, Callable[[Values, Rates], OptionModel]] = {
    "prompting": options.prompting,
    "long_context": options.long_context,
    "rag": options.rag,
}
DECILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class CostReport:
    """What each option costs, by its cheapest way and by `variants`; `central` has all inputs at their medians."""

    rates: Rates
    inputs: Mapping[str, Input]
    totals: Mapping[Option, Totals]
    variants: Mapping[Option, tuple[Totals, ...]]
    central: Mapping[Option, Totals]
    chances: Mapping[tuple[Option, Option], float]
    swings: tuple[Swing, ...]
    payback: tuple[dict[str, Any], ...]
    break_even: tuple[BreakEven, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The report as JSON: `costs`, `tornado` and `break_even` as decisions state them, and what they rest on."""
        from tools.cost.document import cost_document

        return cost_document(self)


def estimate_costs(
    profile: Profile,
    as_of: date,
    prices: PriceTable | None = None,
    overrides: Mapping[str, float | Spread] | None = None,
    rates: Rates | None = None,
) -> CostReport:
    """What each option costs for this profile at the prices of a day, with ranges.

    Seeded: the same profile, date and prices give the same bytes. Raises InputError for an unknown model or figure.
    """
    named = profile.known("model")
    rates = rates or rates_for(str(named) if named is not None else None, as_of, prices, overrides)
    refs = references()
    inputs = inputs_of(profile, rates)
    values = drawn(inputs, refs.draws, refs.seed)
    months = calendar(values)
    ways = _ways(profile, rates)
    plain = {option: totals(build(values, rates), months) for option, build in UNTUNED.items()}
    tuned = [totals(options.fine_tuning(values, rates, way), months) for way in ways.tuning]
    way = _way(_cheapest(tuned, ways.generating))
    both = [totals(options.hybrid(values, rates, way, raft), months) for raft in (False, True)]
    own = _way(_cheapest(tuned, ways.preferred))
    chosen = {**plain, "fine_tuning": _cheapest(tuned, ways.preferred), "hybrid": both[0]}

    def evaluate(at: Values) -> dict[Option, Totals]:
        then = calendar(at)
        models = {option: build(at, rates) for option, build in UNTUNED.items()}
        models["fine_tuning"] = options.fine_tuning(at, rates, own)
        models["hybrid"] = options.hybrid(at, rates, way)
        return {option: totals(model, then) for option, model in models.items()}

    return CostReport(
        rates=rates,
        inputs=inputs,
        totals=chosen,
        variants={"fine_tuning": tuple(tuned), "hybrid": tuple(both)},
        central=evaluate(at_medians(inputs, 1)),
        chances=chances_cheaper(chosen),
        swings=tuple(tornado(inputs, evaluate)),
        payback=tuple(paybacks(chosen)),
        break_even=tuple(break_evens(inputs, evaluate)),
        warnings=rates.notices,
    )


@dataclass(frozen=True)
class _Ways:
    """The ways to train that come into question, and those that an option's own figure may stand for."""

    tuning: tuple[Way, ...]
    preferred: tuple[Way, ...]
    generating: tuple[Way, ...]


def _ways(profile: Profile, rates: Rates) -> _Ways:
    service = rates.managed is not None and profile.known("self_hosting_required") is not True
    managed: tuple[Way, ...] = ("managed",) if service else ()
    labels: tuple[Way, ...] = ("small_classifier",) if profile.known("task") in LABEL_TASKS else ()
    own: tuple[Way, ...] = ("lora", "qlora", "full")
    return _Ways((*labels, *managed, *own), labels or (*managed, "lora"), (*managed, "lora"))


def _cheapest(found: Sequence[Totals], among: tuple[Way, ...]) -> Totals:
    """The way with the least 24-month total among those that may stand for the option."""
    return min((each for each in found if each.model.variant in among), key=lambda t: median(t.tco[LONGEST]))


def _way(found: Totals) -> Way:
    return next(way for way in get_args(Way) if way == found.model.variant)


def deciles(amounts: Array, fits: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, float | None]:
    """P10, P50 and P90 over the draws in which the option can be built; None where there is none."""
    kept = amounts if fits.all() else amounts[fits]
    if kept.size == 0:
        return dict.fromkeys(DECILES)
    return dict(zip(DECILES, quantiles(kept, list(DECILES.values())), strict=True))
