"""Relations that costs must keep: scale, volume, monotone bounds, the same bytes twice, no nonsense at the edges."""

import json
import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.facts import fact_specs
from knowledge.figures import references
from knowledge.options import OPTIONS
from tests.decide_profiles import partial_profiles
from tests.scaled_rates import scaled
from tools.cost.bounds import Array, fits_window_tokens, optimistic_costs
from tools.cost.comparison import chances_cheaper
from tools.cost.lines import OptionModel
from tools.cost.rates import rates_for
from tools.cost.report import estimate_costs
from tools.latency.floor import optimistic_latency_ms
from tools.latency.report import estimate_latency
from tools.profile import Known, Profile, parse_profile

AS_OF = date(2026, 11, 20)
RISING = (
    "queries_per_day",
    "knowledge_tokens",
    "prompt_tokens",
    "context_tokens",
    "output_tokens",
    "annual_growth",
    "labeled_examples",
)
AMOUNTS = (
    "upfront_usd",
    "monthly_usd",
    "monthly_cash_usd",
    "per_1k_queries_usd",
    "tco_12_months_usd",
    "tco_24_months_usd",
)
SUPPORT = {
    "queries_per_day": 10_000,
    "knowledge_tokens": 300_000,
    "prompt_tokens": 600,
    "context_tokens": 2_500,
    "output_tokens": 300,
    "update_frequency": "weekly",
    "annual_growth": 0.3,
}

WITHOUT_CACHE = "command-a"
A_DRAW = 2 / references().draws
"""A share of draws by which two costs that are equal but for the last bit may differ."""

counts = st.floats(0, 1e7)
seldom = settings(derandomize=True, deadline=None, max_examples=10, database=None)


@st.composite
def columns(draw: st.DrawFn, rows: int = 1) -> dict[str, Array]:
    """Complete profiles as columns."""
    drawn = {}
    for spec in fact_specs().values():
        if spec.kind == "text":
            continue
        values = counts if spec.numeric else st.integers(0, max(1, len(spec.codes) - 1))
        if spec.kind == "share":
            values = st.floats(0, 1)
        drawn[spec.name] = np.array([float(draw(values)) for _ in range(rows)])
    return drawn


@pytest.mark.parametrize("model", [None, "claude-haiku-5-5", "gpt-4.1", "command-a"])
@settings(max_examples=30, deadline=None)
@given(profile=columns(), fact=st.sampled_from(RISING), factor=st.floats(1, 1e4))
def test_no_bound_falls_when_a_volume_or_a_count_of_tokens_rises(
    model: str | None, profile: dict[str, Array], fact: str, factor: float
) -> None:
    rates = rates_for(model, AS_OF)
    more = {**profile, fact: profile[fact] * factor}
    costs, dearer = optimistic_costs(profile, rates), optimistic_costs(more, rates)
    waits, longer = optimistic_latency_ms(profile, rates), optimistic_latency_ms(more, rates)
    for option in OPTIONS:
        assert (dearer[option].monthly_usd >= costs[option].monthly_usd * (1 - 1e-12)).all()
        assert (dearer[option].upfront_usd >= costs[option].upfront_usd * (1 - 1e-12)).all()
        assert (longer[option] >= waits[option] * (1 - 1e-12)).all()


@pytest.mark.relation("prices-and-budgets")
@settings(max_examples=30, deadline=None)
@given(profile=columns(), factor=st.floats(1e-3, 1e3))
def test_bounds_scale_with_prices(profile: dict[str, Array], factor: float) -> None:
    rates = rates_for(None, AS_OF)
    plain, dear = optimistic_costs(profile, rates), optimistic_costs(profile, scaled(rates, factor))
    for option in OPTIONS:
        assert dear[option].monthly_usd == pytest.approx(factor * plain[option].monthly_usd, rel=1e-9)
        assert dear[option].upfront_usd == pytest.approx(factor * plain[option].upfront_usd, rel=1e-9)


@pytest.mark.parametrize("model", [None, "claude-haiku-5-5", "gpt-4.1"])
@pytest.mark.parametrize("extra", [{}, {"self_hosting_required": True}, {"task": "classification"}])
def test_no_draw_of_the_estimate_is_below_the_bound(model: str | None, extra: dict[str, Any]) -> None:
    facts = {**SUPPORT, "labeled_examples": 800, **extra}
    rates = rates_for(model, AS_OF)
    report = estimate_costs(parse_profile(facts), AS_OF, rates=rates)
    column = {name: np.zeros(1) for name, spec in fact_specs().items() if spec.kind != "text"}
    for name, value in facts.items():
        spec = fact_specs()[name]
        column[name] = np.array([float(spec.codes.index(value) if spec.categorical else value)])
    bound = optimistic_costs(column, rates)
    for option in OPTIONS:
        assert report.totals[option].monthly_cash.min() >= bound[option].monthly_usd[0] * (1 - 1e-9)
        assert report.totals[option].upfront.min() >= bound[option].upfront_usd[0] * (1 - 1e-9)


@pytest.mark.relation("prices-and-budgets")
@settings(seldom, max_examples=4)
@given(partial_profiles(), st.sampled_from([0.1, 3.0, 1000.0]))
def test_estimates_scale_with_prices_and_keep_their_order(profile: Profile, factor: float) -> None:
    rates = rates_for(None, AS_OF)
    plain = estimate_costs(profile, AS_OF, rates=rates)
    dear = estimate_costs(profile, AS_OF, rates=scaled(rates, factor))
    for option in OPTIONS:
        assert dear.totals[option].monthly == pytest.approx(factor * plain.totals[option].monthly, rel=1e-9)
        assert dear.totals[option].upfront == pytest.approx(factor * plain.totals[option].upfront, rel=1e-9)
        assert dear.totals[option].tco[24] == pytest.approx(factor * plain.totals[option].tco[24], rel=1e-9)
    assert dear.chances == pytest.approx(plain.chances, abs=A_DRAW)
    crossings = [[volume for b in report.break_even for volume in b.crossings] for report in (plain, dear)]
    assert crossings[1] == pytest.approx(crossings[0])


@pytest.mark.relation("own-price")
@seldom
@given(partial_profiles(), st.floats(0.0, 1.0))
def test_an_option_whose_own_price_falls_does_not_lose_to_another(profile: Profile, factor: float) -> None:
    dear, cheap = ({"hours_rag": 40.0 * share} for share in (1.0, factor))
    before, after = (estimate_costs(profile, AS_OF, overrides=each).chances for each in (dear, cheap))
    for other in ("prompting", "long_context", "fine_tuning"):
        assert after["rag", other] >= before["rag", other]


@pytest.mark.relation("equal-fixed-cost")
@seldom
@given(partial_profiles(), st.floats(0.0, 1e4))
def test_a_monthly_cost_that_all_options_bear_keeps_their_order(profile: Profile, usd: float) -> None:
    before, after = (estimate_costs(profile, AS_OF, overrides={"observability": each}) for each in (0.0, usd))
    assert after.chances == pytest.approx(before.chances, abs=A_DRAW)
    for option in OPTIONS:
        assert after.totals[option].monthly - before.totals[option].monthly == pytest.approx(usd, rel=1e-6, abs=1e-3)


@pytest.mark.relation("no-volume")
@seldom
@given(partial_profiles(without=("queries_per_day",)), st.sampled_from([None, "claude-haiku-5-5", "gpt-4.1"]))
def test_no_volume_means_no_variable_cost(profile: Profile, model: str | None) -> None:
    idle = profile.replace(queries_per_day=Known(0))
    report = estimate_costs(idle.replace(model=Known(model)) if model else idle, AS_OF)
    for option, found in report.totals.items():
        assert not found.marginal_per_1k.any()
        assert not found.per_1k.any()
        tokens = report.central[option].model.monthly_usd(np.zeros(1), "tokens")
        assert tokens.tolist() == [0.0]


@pytest.mark.relation("no-volume")
@settings(max_examples=30, deadline=None)
@given(columns())
def test_no_volume_means_no_bill_of_prompting_even_at_its_bound(profile: dict[str, Array]) -> None:
    idle = {**profile, "queries_per_day": np.zeros(1), "self_hosting_required": np.zeros(1)}
    assert optimistic_costs(idle, rates_for(None, AS_OF))["prompting"].monthly_usd.tolist() == [0.0]


@pytest.mark.relation("volume-and-variable-cost")
@seldom
@given(partial_profiles(without=("queries_per_day",)), st.floats(1.0, 1e6), st.sampled_from([2.0, 7.5, 1000.0]))
def test_variable_cost_is_in_proportion_to_volume_once_hit_rates_are_held(
    profile: Profile, per_day: float, factor: float
) -> None:
    uncached = profile.replace(model=Known(WITHOUT_CACHE))
    one, many = (
        estimate_costs(uncached.replace(queries_per_day=Known(volume)), AS_OF).totals
        for volume in (per_day, per_day * factor)
    )
    for option in OPTIONS:
        bills = [
            variable_usd(each[option].model, volume) for each, volume in ((one, per_day), (many, per_day * factor))
        ]
        assert bills[1] == pytest.approx(factor * bills[0], rel=1e-6)


def variable_usd(model: OptionModel, queries: float) -> Array:
    """What so many queries cost beyond what is fixed, without what grows in steps (servers and stores)."""
    lines = [line for line in model.lines if line.stepped is None]
    return np.asarray(sum((line.monthly_usd(np.array([queries])) - line.fixed for line in lines), np.zeros(1)))


def test_the_same_input_gives_the_same_bytes() -> None:
    profile = parse_profile({"queries_per_day": {"low": 100, "high": 5000}, "gap": "knowledge"})
    first, second = (
        json.dumps([estimate_costs(profile, AS_OF).document(), estimate_latency(profile, AS_OF).document()])
        for _ in range(2)
    )
    assert first == second


def test_what_an_option_cannot_depend_on_does_not_change_it() -> None:
    plain = estimate_costs(parse_profile(SUPPORT), AS_OF).totals["rag"].tco[24]
    other = estimate_costs(parse_profile({**SUPPORT, "labeled_examples": 5, "needs_citations": True}), AS_OF)
    assert (other.totals["rag"].tco[24] == plain).all()


EDGES = {
    "nothing known": {},
    "no volume": {"queries_per_day": 0},
    "one query a day": {"queries_per_day": 1},
    "a thousand million a day": {"queries_per_day": 1_000_000_000},
    "no answer": {"output_tokens": 0},
    "no tokens at all": {"knowledge_tokens": 0, "prompt_tokens": 0, "context_tokens": 0, "output_tokens": 0},
    "a corpus beyond any window": {"knowledge_tokens": 1_000_000_000_000},
    "a prompt beyond any window": {"prompt_tokens": 10_000_000},
    "everything ends": {"annual_growth": -1},
    "a hundredfold growth": {"annual_growth": 100, "queries_per_day": 1_000_000_000},
    "more labels than people": {"labeled_examples": 1_000_000_000},
    "everything at once": {
        "queries_per_day": 1_000_000_000,
        "knowledge_tokens": 1_000_000_000_000,
        "context_tokens": 10_000_000,
        "output_tokens": 10_000_000,
        "update_frequency": "realtime",
    },
}


def numbers(document: Any) -> list[float]:
    if isinstance(document, dict):
        return [n for value in document.values() for n in numbers(value)]
    if isinstance(document, list):
        return [n for value in document for n in numbers(value)]
    return [document] if isinstance(document, int | float) and not isinstance(document, bool) else []


@pytest.mark.parametrize("model", [None, "claude-haiku-5-5"])
@pytest.mark.parametrize("facts", EDGES.values(), ids=EDGES)
def test_extreme_workloads_have_defined_costs_and_waits(facts: dict[str, Any], model: str | None) -> None:
    profile = parse_profile({**facts, **({"model": model} if model else {})})
    document = estimate_costs(profile, AS_OF).document()
    waits = estimate_latency(profile, AS_OF).document()
    shown = [document[part] for part in ("costs", "break_even", "payback", "cheaper")]
    amounts = [c[name] for c in document["costs"].values() for name in AMOUNTS]
    assert all(math.isfinite(n) for n in numbers([shown, waits]))
    assert all(n >= 0 for n in numbers([amounts, waits, document["tornado"]]))
    json.dumps([document, waits], allow_nan=False)


def test_knowledge_beyond_the_window_is_refused_for_long_context_alone() -> None:
    document = estimate_costs(parse_profile({**SUPPORT, "knowledge_tokens": 50_000_000}), AS_OF).document()["costs"]
    assert [option for option in OPTIONS if not document[option]["feasible"]] == ["long_context"]
    assert "does not fit" in document["long_context"]["because"]
    assert document["long_context"]["monthly_usd"] == {"p10": None, "p50": None, "p90": None}


def test_what_does_not_fit_is_never_the_cheaper_one() -> None:
    report = estimate_costs(parse_profile({**SUPPORT, "knowledge_tokens": 50_000_000}), AS_OF)
    found = chances_cheaper(report.totals)
    assert found["long_context", "hybrid"] == 0.0
    assert found["hybrid", "long_context"] == 1.0


def test_the_window_leaves_less_to_knowledge_the_longer_prompt_and_answer_are() -> None:
    rates = rates_for("claude-haiku-5-5", AS_OF)
    alone, beside = fits_window_tokens(rates), fits_window_tokens(rates, np.array([5_000.0]), np.array([1_000.0]))
    assert beside == pytest.approx(alone - 6_000)
    assert fits_window_tokens(rates, 1e9) == 0.0
