"""The cost of all options on one workload: ranges, lines with their sources, chances, drivers, break-even."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    ways = _ways(profile, rates)
    tuned = [totals(options.fine_tuning(values, rates, way), calendar(values)) for way in ways.tuning]
    compare = _Comparison(rates, _cheapest(tuned, ways.preferred), _cheapest(tuned, ways.generating))
    found = compare(values)
    raft = totals(options.hybrid(values, rates, compare.generating, retrieval_aware=True), calendar(values))
    return CostReport(
        rates=rates,
        inputs=inputs,
        totals=found,
        variants={"fine_tuning": tuple(tuned), "hybrid": (found["hybrid"], raft)},
        central=compare(at_medians(inputs, 1)),
        chances=chances_cheaper(found),
        swings=tuple(tornado(inputs, compare)),
        payback=tuple(paybacks(found)),
        break_even=tuple(break_evens(inputs, compare)),
        warnings=rates.notices,
    )


@dataclass(frozen=True)
class _Comparison:
    """The options, each in the way that stands for it, on any values."""

    rates: Rates
    tuned: Way
    generating: Way

    def __call__(self, values: Values) -> dict[Option, Totals]:
        models: dict[Option, OptionModel] = {
            "prompting": options.prompting(values, self.rates),
            "long_context": options.long_context(values, self.rates),
            "rag": options.rag(values, self.rates),
            "fine_tuning": options.fine_tuning(values, self.rates, self.tuned),
            "hybrid": options.hybrid(values, self.rates, self.generating),
        }
        months = calendar(values)
        return {option: totals(model, months) for option, model in models.items()}


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


def _cheapest(found: Sequence[Totals], among: tuple[Way, ...]) -> Way:
    """The way with the least 24-month total among those that may stand for the option."""
    least = {str(each.model.variant): median(each.tco[LONGEST]) for each in found}
    return min(among, key=lambda way: least[way])


def deciles(amounts: Array, fits: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, float | None]:
    """P10, P50 and P90 over the draws in which the option can be built; None where there is none."""
    kept = amounts if fits.all() else amounts[fits]
    if kept.size == 0:
        return dict.fromkeys(DECILES)
    return dict(zip(DECILES, quantiles(kept, list(DECILES.values())), strict=True))
