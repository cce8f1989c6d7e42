"""The cost of all options on one workload: ranges, lines with their sources, chances, drivers, break-even."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knowledge.figures import Spread, references
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from tools.cost import options
from tools.cost.bounds import LABEL_TASKS
from tools.cost.comparison import break_evens, chances_cheaper, paybacks, tornado
from tools.cost.document import CostReport
from tools.cost.horizon import Calendar, Totals, calendar, first_month, month_one, totals
from tools.cost.inputs import Input, Values, at_medians, drawn, inputs_of
from tools.cost.lines import OptionModel
from tools.cost.rates import Rates, rates_for
from tools.cost.sampling import deciles
from tools.cost.training import WAYS, Way, generating_way, tuned_way
from tools.decide.decision import Variants
from tools.decide.variants import variants_for
from tools.profile import Profile

UNTUNED: Mapping[Option, Callable[[Values, Rates], OptionModel]] = {
    "prompting": options.prompting,
    "long_context": options.long_context,
    "rag": options.rag,
}
"""The options that cost the same in whichever way a model is tuned."""


def estimate_costs(
    profile: Profile,
    as_of: date,
    prices: PriceTable | None = None,
    overrides: Mapping[str, float | Spread] | None = None,
    rates: Rates | None = None,
    variants: Variants | None = None,
) -> CostReport:
    """What each option costs for this profile at the prices of a day, with ranges.

    An option that takes several forms is priced in the one of `variants`, by default in the one that the rules name.
    Seeded: the same profile, date and prices give the same bytes. Raises InputError for an unknown model or figure.
    """
    estimate = _estimate(profile, as_of, prices, overrides, rates, variants)
    rates, inputs, compare = estimate.rates, estimate.inputs, estimate.compare
    found = {option: estimate.total(option) for option in OPTIONS}
    return CostReport(
        rates=rates,
        inputs=inputs,
        totals=found,
        variants=estimate.forms(found),
        central=compare(at_medians(inputs, 1)),
        chances=chances_cheaper(found),
        swings=tuple(tornado(inputs, compare)),
        payback=tuple(paybacks(found)),
        break_even=tuple(break_evens(inputs, compare, references().seed)),
        warnings=(*(() if _on_own_machines(profile) else rates.hosted_notices), *rates.notices),
    )


def _on_own_machines(profile: Profile) -> bool:
    return profile.known("self_hosting_required") is True


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
    variants: Variants | None = None,
) -> "_Estimate":
    named = profile.known("model")
    rates = rates or rates_for(str(named) if named is not None else None, as_of, prices, overrides)
    refs = references()
    inputs = inputs_of(profile, rates)
    return _Estimate(profile, rates, inputs, drawn(inputs, refs.draws, refs.seed), variants)


@dataclass(frozen=True)
class _Estimate:
    """The draws of one workload and what follows from them, each computed when it is first needed."""

    profile: Profile
    rates: Rates
    inputs: Mapping[str, Input]
    values: Values
    named: Variants | None

    @cached_property
    def months(self) -> Calendar:
        return calendar(self.values)

    @cached_property
    def compare(self) -> "_Comparison":
        """The options, each in the form that the rules name."""
        variants = self.named or variants_for(self.profile, self.rates)
        return _Comparison(self.rates, tuned_way(variants), generating_way(variants), variants["hybrid"] == "raft")

    def total(self, option: Option) -> Totals:
        """What an option costs."""
        return totals(self.model(option), self.months)

    def model(self, option: Option) -> OptionModel:
        """What an option is made of."""
        untuned = UNTUNED.get(option)
        return untuned(self.values, self.rates) if untuned else self.compare.model(option, self.values)

    def forms(self, found: Mapping[Option, Totals]) -> dict[Option, tuple[Totals, ...]]:
        """What the options cost in every form that comes into question, besides the one that is `found`."""
        generating = self.compare.generating
        made: dict[Option, list[OptionModel]] = {
            "fine_tuning": [options.fine_tuning(self.values, self.rates, way) for way in self._ways()],
            "hybrid": [options.hybrid(self.values, self.rates, generating, aware) for aware in (False, True)],
        }
        return {option: tuple(self._totals(model, found[option]) for model in made[option]) for option in made}

    def _totals(self, model: OptionModel, found: Totals) -> Totals:
        return found if model.variant == found.model.variant else totals(model, self.months)

    def _ways(self) -> list[Way]:
        """The ways to tune that come into question: labels need no model that writes, a service has to be there."""
        closed: set[Way] = set()
        if self.profile.known("task") not in LABEL_TASKS:
            closed.add("small_classifier")
        if self.rates.managed is None or _on_own_machines(self.profile):
            closed.add("managed")
        return [way for way in WAYS if way not in closed - {self.compare.tuned}]


@dataclass(frozen=True)
class _Comparison:
    """The options, each in the form that stands for it, on any values."""

    rates: Rates
    tuned: Way
    generating: Way
    retrieval_aware: bool

    def __call__(self, values: Values) -> dict[Option, Totals]:
        months = calendar(values)
        return {option: totals(self.model(option, values), months) for option in OPTIONS}

    def model(self, option: Option, values: Values) -> OptionModel:
        """What one option is made of."""
        if option in UNTUNED:
            return UNTUNED[option](values, self.rates)
        if option == "fine_tuning":
            return options.fine_tuning(values, self.rates, self.tuned)
        return options.hybrid(values, self.rates, self.generating, self.retrieval_aware)
