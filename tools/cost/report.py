"""The cost of all options on one workload: ranges, lines with their sources, chances, drivers, break-even."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from knowledge.figures import Spread, references
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from tools.cost import options
from tools.cost.bounds import LABEL_TASKS
from tools.cost.comparison import break_evens, chances_cheaper, paybacks, tornado
from tools.cost.document import CostReport
from tools.cost.horizon import LONGEST, Calendar, Totals, calendar, first_month, month_one, totals
from tools.cost.inputs import Input, Values, at_medians, drawn, inputs_of
from tools.cost.lines import OptionModel
from tools.cost.rates import Rates, rates_for
from tools.cost.sampling import deciles, median
from tools.cost.training import Way
from tools.profile import Profile

UNTUNED: Mapping[Option, Callable[[Values, Rates], OptionModel]] = {
    "prompting": options.prompting,
    "long_context": options.long_context,
    "rag": options.rag,
}
"""The options that cost the same whichever way of tuning is the cheapest."""


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
    estimate = _estimate(profile, as_of, prices, overrides, rates)
    rates, inputs, values, compare = estimate.rates, estimate.inputs, estimate.values, estimate.compare
    tuned = tuple(estimate.tuned(way) for way in estimate.ways.tuning)
    found = {option: estimate.total(option) for option in OPTIONS}
    raft = options.hybrid(values, rates, compare.generating, retrieval_aware=True)
    return CostReport(
        rates=rates,
        inputs=inputs,
        totals=found,
        variants={"fine_tuning": tuned, "hybrid": (found["hybrid"], totals(raft, estimate.months))},
        central=compare(at_medians(inputs, 1)),
        chances=chances_cheaper(found),
        swings=tuple(tornado(inputs, compare)),
        payback=tuple(paybacks(found)),
        break_even=tuple(break_evens(inputs, compare)),
        warnings=rates.notices,
    )


def median_monthly_usd(profile: Profile, option: Option, as_of: date, prices: PriceTable | None = None) -> float | None:
    """The median running cost of one option, USD a month, as `estimate_costs` has it; None where it cannot be built.

    Raises InputError for an unknown model.
    """
    estimate = _estimate(profile, as_of, prices)
    first = first_month(estimate.model(option), month_one(estimate.values))
    return deciles(first.monthly, first.fits)["p50"]


def _estimate(
    profile: Profile,
    as_of: date,
    prices: PriceTable | None = None,
    overrides: Mapping[str, float | Spread] | None = None,
    rates: Rates | None = None,
) -> "_Estimate":
    named = profile.known("model")
    rates = rates or rates_for(str(named) if named is not None else None, as_of, prices, overrides)
    refs = references()
    inputs = inputs_of(profile, rates)
    return _Estimate(rates, inputs, drawn(inputs, refs.draws, refs.seed), _ways(profile, rates))


@dataclass(frozen=True)
class _Estimate:
    """The draws of one workload and what follows from them, each computed when it is first needed."""

    rates: Rates
    inputs: Mapping[str, Input]
    values: Values
    ways: "_Ways"
    _tuned: dict[Way, Totals] = field(default_factory=dict)

    @cached_property
    def months(self) -> Calendar:
        return calendar(self.values)

    @cached_property
    def compare(self) -> "_Comparison":
        """The options, tuned in the cheapest of the ways that may stand for them."""
        return _Comparison(self.rates, self._cheapest(self.ways.preferred), self._cheapest(self.ways.generating))

    def total(self, option: Option) -> Totals:
        """What an option costs."""
        if option == "fine_tuning":
            return self.tuned(self.compare.tuned)
        return totals(self.model(option), self.months)

    def model(self, option: Option) -> OptionModel:
        """What an option is made of."""
        untuned = UNTUNED.get(option)
        return untuned(self.values, self.rates) if untuned else self.compare.model(option, self.values)

    def tuned(self, way: Way) -> Totals:
        """What tuning costs by one way."""
        if way not in self._tuned:
            self._tuned[way] = totals(options.fine_tuning(self.values, self.rates, way), self.months)
        return self._tuned[way]

    def _cheapest(self, among: tuple[Way, ...]) -> Way:
        """The way with the least 24-month total."""
        if len(among) == 1:
            return among[0]
        return min(among, key=lambda way: median(self.tuned(way).tco[LONGEST]))


@dataclass(frozen=True)
class _Comparison:
    """The options, each in the way that stands for it, on any values."""

    rates: Rates
    tuned: Way
    generating: Way

    def __call__(self, values: Values) -> dict[Option, Totals]:
        months = calendar(values)
        return {option: totals(self.model(option, values), months) for option in OPTIONS}

    def model(self, option: Option, values: Values) -> OptionModel:
        """What one option is made of."""
        if option in UNTUNED:
            return UNTUNED[option](values, self.rates)
        if option == "fine_tuning":
            return options.fine_tuning(values, self.rates, self.tuned)
        return options.hybrid(values, self.rates, self.generating)


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
