"""How long each option lets a user wait, stage by stage, against the budget."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from knowledge.facts import fact_specs
from knowledge.figures import latency_figures
from knowledge.options import OPTIONS
from tools.cost.rates import rates_for
from tools.cost.sampling import lognormal
from tools.latency.floor import optimistic_latency_ms
from tools.latency.report import estimate_latency
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
CHAT = {
    "queries_per_day": 10_000,
    "knowledge_tokens": 180_000,
    "prompt_tokens": 600,
    "context_tokens": 2_500,
    "output_tokens": 300,
    "latency_budget_ms": 1_000,
}


def waits(**facts: Any) -> dict[str, Any]:
    return estimate_latency(parse_profile({**CHAT, **facts}), AS_OF).document()


def test_every_option_states_first_token_whole_answer_and_stages() -> None:
    for option in OPTIONS:
        found = waits()[option]
        assert found["ttft_ms"]["p50"] < found["ttft_ms"]["p95"]
        assert found["ttft_ms"]["p50"] < found["total_ms"]["p50"]
        assert found["stages"][0]["name"] == "network"


def test_shares_of_the_stages_add_up_to_the_wait_that_the_budget_is_about() -> None:
    for facts in ({}, {"task": "search"}):
        for found in waits(**facts).values():
            shares = [stage["share"] for stage in found["stages"] if stage["share"] is not None]
            assert sum(shares) == pytest.approx(1.0)


def test_prose_waits_for_the_first_token_and_labels_for_the_whole_answer() -> None:
    assert waits(task="assistant")["rag"]["budget_is_about"] == "ttft_ms"
    assert waits(task="extraction")["rag"]["budget_is_about"] == "total_ms"


def test_the_p95_of_a_sum_is_below_the_sum_of_the_p95s() -> None:
    found = waits()["rag"]
    apart = sum(stage["p95"] for stage in found["stages"] if stage["share"] is not None)
    assert found["ttft_ms"]["p95"] < apart


def test_retrieval_waits_longer_than_the_same_model_without_it() -> None:
    found = waits()
    assert found["rag"]["ttft_ms"]["p50"] > found["prompting"]["ttft_ms"]["p50"] + 100


def test_a_small_classifier_answers_within_a_tenth_of_a_second() -> None:
    found = waits(task="classification", output_tokens=5, latency_budget_ms=100)
    assert found["fine_tuning"]["within_budget"] > 0.9
    assert found["rag"]["within_budget"] == 0.0


def test_a_longer_budget_is_never_missed_more_often() -> None:
    shares = [waits(latency_budget_ms=budget)["rag"]["within_budget"] for budget in (100, 500, 1_000, 5_000, 60_000)]
    assert shares == sorted(shares)
    assert shares[-1] > 0.99


def test_without_a_budget_none_is_judged() -> None:
    profile = parse_profile({name: value for name, value in CHAT.items() if name != "latency_budget_ms"})
    assert "within_budget" not in estimate_latency(profile, AS_OF).document()["rag"]


def test_a_cached_prompt_is_read_more_often_where_traffic_keeps_it_alive() -> None:
    busy, calm = (waits(queries_per_day=volume)["long_context"]["ttft_ms"]["p50"] for volume in (100_000, 5))
    assert busy < calm / 3


def test_a_prompt_in_many_versions_is_found_in_the_cache_as_seldom_as_the_cost_tool_takes_it_to_be() -> None:
    rates = rates_for(None, AS_OF, overrides={"cache_keys": 1e6})
    profile = parse_profile({**CHAT, "queries_per_day": 100_000})
    split, one = (
        estimate_latency(profile, AS_OF, rates=each).document()["long_context"]["ttft_ms"]["p50"]
        for each in (rates, rates_for(None, AS_OF))
    )
    assert split > 3 * one


def test_knowledge_beyond_the_window_has_no_wait() -> None:
    assert waits(knowledge_tokens=10**9)["long_context"]["ttft_ms"] == {"p50": None, "p95": None}


def test_an_answer_of_no_tokens_is_complete_with_its_first() -> None:
    found = waits(output_tokens=0)["prompting"]
    assert found["total_ms"] == found["ttft_ms"]


def test_hardly_any_simulated_wait_is_below_the_optimistic_one() -> None:
    rates = rates_for(None, AS_OF)
    column = {name: np.zeros(1) for name, spec in fact_specs().items() if spec.kind != "text"}
    column |= {name: np.array([float(value)]) for name, value in CHAT.items()}
    report = estimate_latency(parse_profile(CHAT), AS_OF, rates=rates)
    for option, least in optimistic_latency_ms(column, rates).items():
        assert np.quantile(report.options[option].ttft, 0.95) > least[0]


def test_stage_times_are_drawn_between_their_deciles() -> None:
    for figure in latency_figures().values():
        assert lognormal(np.array([0.1, 0.9]), figure.low, figure.high) == pytest.approx([figure.low, figure.high])
    assert lognormal(np.array([0.2, 0.7]), 5.0, 5.0).tolist() == [5.0, 5.0]
