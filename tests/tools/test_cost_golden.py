"""The worked examples of the articles and of vendors, recomputed with the cost functions."""

import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.price_table import load_prices
from tools.cost import formulas as f
from tools.cost.rates import TierRates, flat_tier, rates_for
from tools.cost.sampling import lognormal, lognormal_sigma, shares, triangular
from tools.latency.formulas import reading_ms, writing_ms
from tools.latency.report import WRITING, Latency
from tools.units import DAYS_PER_MONTH, HOURS_PER_MONTH

CASES = {case["id"][:3]: case for case in json.loads((Path(__file__).parent / "golden_costs.json").read_text("utf-8"))}
AS_OF = date(2026, 11, 20)


def check(case: str, computed: Mapping[str, f.Number | str | bool | None]) -> None:
    """Every value of the case is computed and lies within its tolerance."""
    expected = CASES[case]["expected"]
    assert set(computed) == set(expected)
    for name, value in expected.items():
        if isinstance(value, (str, bool)) or value is None:
            assert computed[name] == value, name
        else:
            assert computed[name] == pytest.approx(value, rel=CASES[case]["rel_tol"]), name


def given(case: str) -> dict[str, Any]:
    inputs: dict[str, Any] = CASES[case]["inputs"]
    return inputs


def test_the_retrieved_context_of_the_worked_example_costs_375_dollars_a_month() -> None:
    i = given("G01")
    call = f.call_usd([flat_tier(i["price_in_usd_per_mtok"], 10.0)], i["retrieved_tokens"], 0, 0, 0)
    day = call * i["queries_per_day"]
    month = i["queries_per_day"] * DAYS_PER_MONTH
    check(
        "G01",
        {
            "context_usd_per_day": day,
            "context_usd_per_month": day * i["days_per_month"],
            "context_usd_per_1k": float(f.per_1k_usd(call * month, month)),
            "context_usd_per_month_at_365_12": call * month,
        },
    )


def test_the_total_of_the_worked_example_leaves_out_two_components_listed_above_it() -> None:
    i = given("G02")
    total = i["context_usd"] + i["output_usd"] + i["vector_db_usd"]
    ends = [total + e + o for e, o in zip(i["omitted_embedding_usd"], i["omitted_orchestration_usd"], strict=True)]
    check(
        "G02",
        {
            "total_usd_per_month": total,
            "usd_per_1k": float(f.per_1k_usd(total, i["queries_per_month"])),
            "implied_output_tokens_per_query": i["output_usd"]
            / i["queries_per_month"]
            / f.tokens_usd(1.0, i["price_out_usd_per_mtok"]),
            "total_with_listed_components_low": ends[0],
            "total_with_listed_components_high": ends[1],
        },
    )


def test_the_tuned_example_adds_token_fees_and_own_servers_that_exclude_each_other() -> None:
    i = given("G03")
    queries = i["queries_per_day"] * i["days_per_month"]
    plain = flat_tier(i["price_in_usd_per_mtok"], 0.0)
    monthly = f.call_usd([plain], i["input_tokens"], 0, 0, 0) * queries
    tuned = {name: f.tokens_usd(i["input_tokens"], usd) * queries for name, usd in i["managed_ft_price_in"].items()}
    low, high = i["serving_usd"]
    check(
        "G03",
        {
            "input_usd_per_day": monthly / i["days_per_month"],
            "input_usd_per_month": monthly,
            "seed_total_low": monthly + i["output_usd"] + low,
            "seed_total_high": monthly + i["output_usd"] + high,
            "context_to_input_ratio": f.call_usd([plain], 500, 0, 0, 0) * queries / monthly,
            "full_input_ratio": f.call_usd([plain], 550, 0, 0, 0) * queries / monthly,
            "managed_only_usd": monthly + i["output_usd"],
            "self_host_only_low": low,
            "self_host_only_high": high,
            "ft_gpt4o_input_usd": tuned["ft:gpt-4o"],
            "ft_gpt4o_mini_input_usd": tuned["ft:gpt-4o-mini"],
        },
    )


def test_the_stated_range_of_retrieval_costs_is_not_the_sum_of_its_components() -> None:
    i = given("G04")
    parts = ("vector_db", "embedding", "llm", "orchestration")
    low, high = (sum(i[part][end] for part in parts) for end in (0, 1))
    assert [low, high] != i["stated"]
    check(
        "G04",
        {
            "sum_low": low,
            "sum_high": high,
            "stated_minus_sum_low": i["stated"][0] - low,
            "stated_minus_sum_high": i["stated"][1] - high,
        },
    )


def test_thirty_dollars_a_thousand_at_a_hundred_thousand_a_day_is_a_million_a_year() -> None:
    i = given("G05")
    day = i["saving_usd_per_1k"] * i["queries_per_day"] / 1000
    tokens = i["saving_usd_per_1k"] / 1000 / f.tokens_usd(1.0, i["price_in_usd_per_mtok"])
    check(
        "G05",
        {
            "saving_usd_per_day": day,
            "saving_usd_per_year": day * i["days_per_year"],
            "implied_extra_input_tokens_per_query": tokens,
            "multiple_of_seed_example_context": tokens / given("G01")["retrieved_tokens"],
            "payback_days_low": i["upfront"][0] / day,
            "payback_days_high": i["upfront"][1] / day,
        },
    )


def test_payback_from_the_articles_own_unit_costs() -> None:
    i = given("G06")
    computed: dict[str, float | str | bool | None] = {}
    for volume in i["volumes"]:
        scale = volume / i["base_queries_per_day"]
        for serving in i["ft_fixed_usd"]:
            base = i["rag_variable_usd_per_month"] * scale + i["rag_fixed_usd"]
            saving = base - i["ft_variable_usd_per_month"] * scale - serving
            computed[f"saving_usd_per_month_q{volume}_serving{serving}"] = saving
            for upfront in i["upfront"]:
                months = upfront / saving if saving > 0 else None
                computed[f"payback_months_q{volume}_serving{serving}_upfront{upfront}"] = months
                saved = np.cumsum(np.full((600, 1), saving), axis=0)
                first = f.payback_months(saved, upfront)[0]
                assert first == (math.ceil(months) if months is not None else math.inf)
            if volume == 100_000:
                weeks = 8 * 7 / 30
                computed[f"max_upfront_for_8_weeks_q{volume}_serving{serving}"] = saving * weeks
    check("G06", computed)


def cached_call(hit: float, write_usd_per_mtok: float) -> float:
    i = given("G07")
    prefix = i["corpus_tokens"] + i["static_prompt_tokens"]
    rest = f.call_usd([flat_tier(i["price_in"], i["price_out"])], i["query_tokens"], 0, 0, i["output_tokens"])
    return float(f.prefix_usd(prefix, hit, i["price_cache_read"], write_usd_per_mtok) + rest)


def break_even_hit_rate(tier: TierRates) -> float:
    """The hit rate at which a cached prefix costs as much as one that is sent; its price falls in a straight line."""
    never, always = (float(f.prefix_usd(1, hit, tier.cache_read, tier.cache_write)) for hit in (0.0, 1.0))
    return (never - float(f.tokens_usd(1, tier.input))) / (never - always)


def test_a_cached_prompt_saves_what_its_traffic_lets_it() -> None:
    i = given("G07")
    month = i["queries_per_day"] * DAYS_PER_MONTH
    hourly = i["queries_per_day"] / i["active_hours_per_day"]
    short, long = float(f.hit_rate(hourly, 5 / 60)), float(f.hit_rate(hourly, 1.0))
    rare = float(f.hit_rate(i["low_volume_queries_per_day"] / i["active_hours_per_day"], 5 / 60))
    five, hour = (
        TierRates(0, i["price_in"], i["price_out"], i["price_cache_read"], write, write, i["price_in"], i["price_out"])
        for write in (i["price_cache_write_5m"], i["price_cache_write_1h"])
    )
    prefix = i["corpus_tokens"] + i["static_prompt_tokens"]
    plain = float(f.call_usd([five], prefix + i["query_tokens"], 0, 0, i["output_tokens"]))

    def discount(hit: float) -> float:
        return 1 - float(f.prefix_usd(1, hit, five.cache_read, five.cache_write) / f.tokens_usd(1, five.input))

    per_query = cached_call(short, i["price_cache_write_5m"])
    per_query_1h = cached_call(long, i["price_cache_write_1h"])
    check(
        "G07",
        {
            "hit_rate_5m": short,
            "usd_per_query_5m": per_query,
            "usd_per_1k_5m": 1000 * per_query,
            "usd_per_month_5m": per_query * month,
            "effective_prefix_discount_5m": discount(short),
            "hit_rate_1h": long,
            "usd_per_1k_1h": 1000 * per_query_1h,
            "usd_per_month_1h": per_query_1h * month,
            "usd_per_1k_uncached": 1000 * plain,
            "usd_per_month_uncached": plain * month,
            "hit_rate_5m_at_50_per_day": rare,
            "effective_prefix_discount_5m_at_50_per_day": discount(rare),
            "break_even_hit_rate_5m": break_even_hit_rate(five),
            "break_even_hit_rate_1h": break_even_hit_rate(hour),
        },
    )


def test_a_request_above_a_tier_is_billed_at_that_tier_as_a_whole() -> None:
    i = given("G08")
    a, b = (rates_for(i[model].split("/")[1], AS_OF) for model in ("model_a", "model_b"))
    calls = {
        name: float(f.call_usd(rates.tiers, i[case]["uncached"], i[case]["cache_read"], 0, i[case]["output"]))
        for name, case, rates in (("a_usd", "a", a), ("b_below_usd", "b_below", b), ("b_above_usd", "b_above", b))
    }
    flat = f.call_usd(a.tiers[:1], i["a"]["uncached"], i["a"]["cache_read"], 0, i["a"]["output"])
    fits = i["a"]["uncached"] + i["a"]["cache_read"] + i["a"]["output"] <= a.window_tokens
    check("G08", {**calls, "a_usd_if_tier_ignored": float(flat), "a_fits_200k_window": fits})


def test_managed_training_and_hosting() -> None:
    i, azure = given("G09"), given("G09")["azure_example"]
    tokens = f.training_tokens(i["examples"], i["tokens_per_example"], i["epochs"])
    prices = load_prices(AS_OF).fine_tunes
    cheap, dear = prices["openai", "gpt-4o-mini"], prices["openai", "gpt-4o"]
    used = f.tokens_usd(azure["input_mtok"] * 1e6, azure["price_in"]) + f.tokens_usd(
        azure["output_mtok"] * 1e6, azure["price_out"]
    )
    check(
        "G09",
        {
            "training_mtok": tokens / 1e6,
            "train_usd_at_3": f.tokens_usd(tokens, cheap.training_usd_per_mtok),
            "train_usd_at_25": f.tokens_usd(tokens, dear.training_usd_per_mtok),
            "azure_month_usd": used + azure["hosting_usd_per_hour"] * azure["hours"],
            "hosting_usd_730h": f.hosting_usd(1, azure["hosting_usd_per_hour"]),
            "lora_compute_low": i["lora_gpu_hours"][0] * i["gpu_usd_per_hour"],
            "lora_compute_high": i["lora_gpu_hours"][1] * i["gpu_usd_per_hour"],
        },
    )


def test_own_gpus_are_sized_by_throughput_peak_and_spare() -> None:
    i = given("G10")
    seconds = f.gpu_seconds(i["input_tokens"], 0, i["output_tokens"], i["prefill_tok_s"], 1.0, i["decode_tok_s"])
    peak = f.peak_per_second(i["queries_per_day"], i["peak_to_mean"])
    count = float(f.replicas(peak, seconds, i["target_util"], i["min_replicas"]))
    month = f.hosting_usd(count * i["gpus_per_replica"], i["gpu_usd_per_hour"])
    check(
        "G10",
        {
            "mean_rps": f.peak_per_second(i["queries_per_day"], 1),
            "gpu_seconds_per_request": seconds,
            "peak_load_gpus": peak * seconds,
            "replicas": count,
            "usd_per_month": month,
            "usd_per_1k": float(f.per_1k_usd(month, i["queries_per_day"] * DAYS_PER_MONTH)),
            "peak_utilisation": peak * seconds / count,
            "seed_implied_usd_per_gpu_hour_low": 200 / HOURS_PER_MONTH,
            "seed_implied_usd_per_gpu_hour_high": 800 / HOURS_PER_MONTH,
        },
    )


def test_break_even_volumes_of_the_articles_unit_costs_and_of_todays_prices() -> None:
    i = given("G11")
    computed: dict[str, float | str | bool | None] = {}
    sets = {"labour_inclusive": "labour_inclusive (S2 midpoints)", "seed0_only": "seed0_only"}
    costs = (i["ft_fixed"], i["rag_fixed"], i["ft_variable_usd_per_query"], i["rag_variable_usd_per_query"])
    for name, key in sets.items():
        for months in i["horizons"]:
            tuned, retrieval = i["upfront_sets"][key]
            monthly = f.break_even_queries(tuned, retrieval, months, *costs)
            assert monthly is not None
            computed[f"{name}_{months}m_queries_per_month"] = monthly
            computed[f"{name}_{months}m_queries_per_day"] = monthly / i["days_per_month"]
    luna = rates_for("gpt-6-luna", AS_OF)
    today = float(f.call_usd(luna.tiers, i["luna"]["input_tokens"], 0, 0, i["luna"]["output_tokens"]))
    computed["gpt6luna_rag_usd_per_query"] = today
    tuned, retrieval = i["upfront_sets"][sets["labour_inclusive"]]
    free = f.break_even_queries(tuned, retrieval, 12, *costs[:2], 0.0, today)
    assert free is not None
    computed["labour_inclusive_12m_if_ft_were_free_queries_per_day"] = free / i["days_per_month"]
    check("G11", computed)


def test_two_years_with_growth_and_retraining() -> None:
    i = given("G12")
    queries = f.queries_by_month(i["queries_month_1"], i["monthly_growth"], i["months"])
    tuned = i["fine_tuning"]
    booked = f.retrains_by_month(12 / tuned["retrain_every_months"], i["months"])

    def total(option: dict[str, float], retrains: float) -> float:
        bills = queries * option["variable"] + option["fixed"]
        return option["upfront"] + float(bills.sum()) + retrains

    rag, fine_tuning = total(i["rag"], 0.0), total(tuned, float(booked.sum()) * tuned["retrain_usd"])
    check(
        "G12",
        {
            "total_queries": float(queries.sum()),
            "rag_tco": rag,
            "retrain_count": float(booked.sum()),
            "fine_tuning_tco": fine_tuning,
            "cheaper": "rag" if rag < fine_tuning else "fine_tuning",
        },
    )


def test_simulated_quantiles_agree_with_the_closed_form() -> None:
    i = given("G13")
    deciles = np.array([0.1, 0.5, 0.9])
    exact = triangular(deciles, *i["triangular"]).tolist()
    p10, p90 = i["lognormal_p10_p90"]
    drawn = shares("golden", i["n"], i["seed"])
    assert np.quantile(triangular(drawn, *i["triangular"]), deciles) == pytest.approx(exact, rel=0.02)
    assert np.quantile(lognormal(drawn, p10, p90), deciles) == pytest.approx([p10, 1.0, p90], rel=0.02)
    check(
        "G13",
        {
            **dict(zip(("tri_p10", "tri_p50", "tri_p90"), exact, strict=True)),
            "logn_p50": float(lognormal(np.array([0.5]), p10, p90)[0]),
            "logn_sigma": lognormal_sigma(p10, p90),
        },
    )


def waits(case: dict[str, Any], fresh: float, cached: float = 0, written: float = 1) -> Latency:
    """The stages of one request of the case."""
    parts = ("net_ms", "embed_ms", "vector_ms", "rerank_ms", "t0_ms")
    stages: dict[str, f.Number] = {name: case[name] for name in parts if name in case}
    stages["fresh"] = reading_ms(fresh, case["prefill_tok_s"])
    stages["cached"] = reading_ms(cached, case.get("cached_tok_s", 1))
    stages[WRITING] = writing_ms(written, case.get("ms_per_output_token", 0))
    return Latency({name: np.asarray(ms, dtype=float) for name, ms in stages.items()}, np.array(True))


def test_waits_add_up_stage_by_stage() -> None:
    rag, whole, tuned = (given("G14")[name] for name in ("rag", "long_context", "ft_small"))
    fresh, cached = whole["uncached_tokens"], whole["cached_tokens"]
    retrieved = waits(rag, rag["uncached_tokens"], written=rag["output_tokens"])
    eight, twelve = (waits(tuned, tuned["uncached_tokens"], written=tokens) for tokens in tuned["output_tokens"])
    check(
        "G14",
        {
            "rag_ttft_ms": float(retrieved.ttft),
            "rag_total_ms": float(retrieved.total),
            "long_context_ttft_cached_ms": float(waits(whole, fresh, cached).ttft),
            "long_context_ttft_uncached_ms": float(waits(whole, fresh + cached).ttft),
            "ft_total_8_tokens_ms": float(eight.total),
            "ft_total_12_tokens_ms": float(twelve.total),
        },
    )


def test_retrieval_aware_training_reads_documents_too() -> None:
    i = given("G15")
    tokens = f.raft_example_tokens(
        i["query_tokens"], i["answer_tokens"], i["doc_tokens"], i["distractors"], i["oracle_share"]
    )
    total = f.training_tokens(i["examples"], tokens, i["epochs"])
    plain = f.training_tokens(i["examples"], i["query_tokens"] + i["answer_tokens"], i["epochs"])
    price = i["price_train_usd_per_mtok"]
    check(
        "G15",
        {
            "tokens_per_example": tokens,
            "training_mtok": total / 1e6,
            "train_usd": f.tokens_usd(total, price),
            "plain_sft_usd": f.tokens_usd(plain, price),
            "ratio_to_plain_sft": total / plain,
        },
    )


def test_a_vector_store_bills_size_and_volume_from_a_minimum() -> None:
    i = given("G16")
    gb = f.index_gb(i["vectors"], i["dims"], i["metadata_bytes"])
    prices = (i["usd_per_gb_month"], i["usd_per_m_read_units"])
    calm, busy = i["queries_per_month"]
    check(
        "G16",
        {
            "namespace_gb": gb,
            "usage_usd_at_300k": float(f.vector_store_usd(calm, gb, 0.0, *prices)),
            "billed_usd_at_300k": float(f.vector_store_usd(calm, gb, i["monthly_minimum"], *prices)),
            "billed_usd_at_100k_per_day": float(f.vector_store_usd(busy, gb, i["monthly_minimum"], *prices)),
            "qdrant_ram_gb": f.index_ram_gb(i["vectors"], i["dims"]),
        },
    )


def test_every_golden_case_is_checked_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [
        case for case in CASES if f'check(\n        "{case}"' not in source and f'check("{case}"' not in source
    ] == []
