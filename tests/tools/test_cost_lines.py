"""The lines of a bill: each names all that it is computed from, one's own people stand apart, bounds stay below."""

from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.facts import fact_specs
from tools.cost import options
from tools.cost.bounds import optimistic_costs
from tools.cost.horizon import calendar, month_one, totals
from tools.cost.inputs import PRICED_FACTS, Values, inputs_of
from tools.cost.lines import OptionModel
from tools.cost.rates import Rates, rates_for
from tools.cost.sampling import Array
from tools.cost.training import Way
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
ROWS = 48
"""Workloads that are looked at together."""

MODELS = (None, "claude-haiku-5-5", "claude-sonnet-4-5", "gpt-4.1", "command-a")
WAYS: tuple[Way, ...] = ("managed", "lora", "qlora", "full", "small_classifier")
MADE: dict[str, Callable[[Values, Rates], OptionModel]] = {
    "prompting": options.prompting,
    "long context": options.long_context,
    "retrieval": options.rag,
    **{f"tuned by {way}": partial(options.fine_tuning, way=way) for way in WAYS},
    **{f"both by {way}": partial(options.hybrid, way=way) for way in WAYS[:2]},
    **{f"retrieval-aware by {way}": partial(options.hybrid, way=way, retrieval_aware=True) for way in WAYS[:2]},
}
INPUTS = tuple(inputs_of(parse_profile({}), rates_for(None, AS_OF)))
LARGE = {"queries_per_day": 9, "knowledge_tokens": 12, "prompt_tokens": 7, "context_tokens": 7, "output_tokens": 6}
"""Facts that are tried over so many orders of magnitude."""

rarely = settings(derandomize=True, deadline=None, max_examples=12, database=None)


def workloads(rates: Rates, seed: int) -> dict[str, Array]:
    """Inputs at one of their ends or between them; facts from next to nothing to far beyond the plausible."""
    chance, values = np.random.Generator(np.random.PCG64(seed)), {}
    for name, each in inputs_of(parse_profile({}), rates).items():
        at = np.where(chance.random(ROWS) < 0.5, chance.integers(0, 2, ROWS), chance.random(ROWS))
        values[name] = each.at(np.clip(at, 1e-9, 1 - 1e-9))
    for name, orders in LARGE.items():
        values[name] = np.round(10.0 ** (orders * chance.random(ROWS)))
    for name in ("repetitive_queries", "self_hosting_required", "rag_in_production"):
        values[name] = chance.integers(0, 2, ROWS).astype(float)
    values["labeled_examples"] = np.round(10.0 ** (6 * chance.random(ROWS)))
    values["update_frequency"] = chance.integers(0, 8, ROWS).astype(float)
    return values


def overridden(rates: Rates, seed: int) -> dict[str, Array]:
    """Workloads in which figures that are settled have other values too, as a user may set them."""
    chance, values = np.random.Generator(np.random.PCG64(seed)), workloads(rates, seed)
    for name, each in inputs_of(parse_profile({}), rates).items():
        if not each.uncertain and name in rates.figures:
            values[name] = values[name] * chance.choice([0.5, 1.0, 2.0], ROWS)
    values["batch_share"] = chance.integers(0, 2, ROWS) * chance.random(ROWS)
    values["answer_cache_share"] = chance.integers(0, 2, ROWS) * chance.random(ROWS)
    return values


def bills(model: OptionModel, values: Values) -> dict[str, Array]:
    """Every line of the first month and of what is paid upfront."""
    monthly = {line.name: line.monthly_usd(month_one(values)) for line in model.lines}
    return {**monthly, **{f"{line.name}, upfront": np.asarray(line.usd) for line in model.upfront}}


@pytest.mark.parametrize("made", MADE)
@rarely
@given(seed=st.integers(0, 2**32), model=st.sampled_from(MODELS))
def test_a_line_moves_with_none_but_the_inputs_that_it_names(made: str, seed: int, model: str | None) -> None:
    rates = rates_for(model, AS_OF)
    values, other = overridden(rates, seed), overridden(rates, seed + 1)
    found = MADE[made](values, rates)
    named = {line.name: line.inputs for line in found.lines}
    named |= {f"{line.name}, upfront": line.inputs for line in found.upfront}
    before = bills(found, values)
    for moved in INPUTS:
        after = bills(MADE[made]({**values, moved: other[moved]}, rates), {**values, moved: other[moved]})
        for name in before.keys() & after.keys():
            if moved not in named[name]:
                assert np.array_equal(before[name], after[name]), (name, moved)


@pytest.mark.parametrize("made", MADE)
@rarely
@given(seed=st.integers(0, 2**32))
def test_what_a_budget_is_held_against_does_not_depend_on_the_pay_of_ones_own_people(made: str, seed: int) -> None:
    rates = rates_for(None, AS_OF)
    values = workloads(rates, seed)
    dear = {**values, "labour_rate": values["labour_rate"] * 10}
    cheap, dearer = (totals(MADE[made](each, rates), calendar(each)) for each in (values, dear))
    assert dearer.monthly_cash == pytest.approx(cheap.monthly_cash, rel=1e-9, abs=1e-6)
    assert (dearer.monthly > cheap.monthly).all()


@pytest.mark.parametrize("way", WAYS)
def test_training_names_the_prices_of_the_way_that_it_is_done(way: Way) -> None:
    rates = rates_for(None, AS_OF)
    model = options.fine_tuning(workloads(rates, 1), rates, way)
    named = [line.prices for line in model.lines] + [line.prices for line in model.upfront]
    assert {price for prices in named for price in prices} == ({"tuned"} if way == "managed" else {"gpu"})


@pytest.mark.parametrize("made", MADE)
@rarely
@given(seed=st.integers(0, 2**32), model=st.sampled_from(MODELS))
def test_no_bound_is_above_what_the_figures_come_to_at_any_of_their_ends(
    made: str, model: str | None, seed: int
) -> None:
    rates = rates_for(model, AS_OF)
    if "managed" in made and rates.managed is None:
        return
    values = workloads(rates, seed)
    found = totals(MADE[made](values, rates), calendar(values))
    least = optimistic_costs(as_columns(values, labels="classifier" in made), rates)[found.model.option]
    built = found.fits | ("managed" not in made)
    assert (least.monthly_usd <= found.monthly_cash * (1 + 1e-9))[built].all()
    assert (least.upfront_usd <= found.upfront * (1 + 1e-9))[built].all()


def as_columns(values: Values, labels: bool) -> dict[str, Array]:
    """The facts of the workloads as the decision takes them, for a task that ends in labels or for one that writes."""
    task = fact_specs()["task"].codes.index("classification" if labels else "generation")
    facts = {name: values[name] for name in PRICED_FACTS}
    return {**facts, "task": np.full(ROWS, float(task))}


def test_the_least_cost_of_a_first_embedding_is_its_cost_at_the_cheapest_rate() -> None:
    rates = rates_for("claude-haiku-5-5", AS_OF)
    values = {**workloads(rates, 1), "knowledge_tokens": np.full(ROWS, 1e12)}
    nothing = {**values, "knowledge_tokens": np.zeros(ROWS)}
    new = (values["rag_in_production"] + values["self_hosting_required"]) == 0
    with_it, without = (
        optimistic_costs(as_columns(each, labels=False), rates)["rag"].upfront_usd for each in (values, nothing)
    )
    assert (with_it - without)[new] == pytest.approx(1e6 * rates.embedding_usd_per_mtok_least)
