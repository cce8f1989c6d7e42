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
from knowledge.options import OPTIONS
from tools.cost.bounds import Array, fits_window_tokens, optimistic_costs
from tools.cost.comparison import chances_cheaper
from tools.cost.rates import rates_for
from tools.cost.report import estimate_costs
from tools.latency.floor import optimistic_latency_ms
from tools.latency.report import estimate_latency
from tools.profile import parse_profile

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

counts = st.floats(0, 1e7)


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


@settings(max_examples=30, deadline=None)
@given(profile=columns(), factor=st.floats(1e-3, 1e3))
def test_bounds_scale_with_prices(profile: dict[str, Array], factor: float) -> None:
    rates = rates_for(None, AS_OF)
    plain, scaled = optimistic_costs(profile, rates), optimistic_costs(profile, rates.scaled(factor))
    for option in OPTIONS:
        assert scaled[option].monthly_usd == pytest.approx(factor * plain[option].monthly_usd, rel=1e-9)
        assert scaled[option].upfront_usd == pytest.approx(factor * plain[option].upfront_usd, rel=1e-9)


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


@pytest.mark.parametrize("factor", [0.1, 3, 1000])
def test_estimates_scale_with_prices_and_keep_their_order(factor: float) -> None:
    rates = rates_for(None, AS_OF)
    profile = parse_profile(SUPPORT)
    plain = estimate_costs(profile, AS_OF, rates=rates)
    scaled = estimate_costs(profile, AS_OF, rates=rates.scaled(factor))
    for option in OPTIONS:
        assert scaled.totals[option].monthly == pytest.approx(factor * plain.totals[option].monthly, rel=1e-9)
        assert scaled.totals[option].tco[24] == pytest.approx(factor * plain.totals[option].tco[24], rel=1e-9)
    assert scaled.chances == plain.chances
    crossings = [[volume for b in report.break_even for volume in b.crossings] for report in (plain, scaled)]
    assert crossings[1] == pytest.approx(crossings[0])


def test_an_option_whose_own_price_falls_does_not_lose_to_another() -> None:
    facts, cheap = {**SUPPORT, "self_hosting_required": True}, {"hours_rag": 4.0}
    before = estimate_costs(parse_profile(facts), AS_OF)
    after = estimate_costs(parse_profile(facts), AS_OF, overrides=cheap)
    assert after.chances["rag", "prompting"] >= before.chances["rag", "prompting"]
    assert after.chances["rag", "fine_tuning"] >= before.chances["rag", "fine_tuning"]


def test_no_volume_means_no_variable_cost() -> None:
    report = estimate_costs(parse_profile({**SUPPORT, "queries_per_day": 0}), AS_OF)
    for option, found in report.totals.items():
        assert not found.marginal_per_1k.any()
        assert not found.per_1k.any()
        tokens = report.central[option].model.monthly_usd(np.zeros(1), "tokens")
        assert tokens.tolist() == [0.0]
    column = {name: np.zeros(1) for name, spec in fact_specs().items() if spec.kind != "text"}
    assert optimistic_costs(column, rates_for(None, AS_OF))["prompting"].monthly_usd.tolist() == [0.0]


@pytest.mark.parametrize("factor", [2, 7.5, 1000])
def test_variable_cost_is_in_proportion_to_volume_once_hit_rates_are_held(factor: float) -> None:
    report = estimate_costs(parse_profile(SUPPORT), AS_OF)
    for found in report.totals.values():
        lines = [line for line in found.model.lines if line.stepped is None]
        one, many = (sum(line.monthly_usd(np.array([q])) - line.fixed for line in lines) for q in (1e5, 1e5 * factor))
        assert many == pytest.approx(factor * one, rel=1e-6)


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
