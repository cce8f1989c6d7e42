"""One truth about the form an option takes: what is advised is what is priced, and what is timed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.decide_profiles import partial_profiles
from tools.advice import advise
from tools.cost.report import estimate_costs, median_monthly_usd
from tools.decide.decide import decide
from tools.latency.report import estimate_latency
from tools.profile import Known, Profile, parse_profile

AS_OF = date(2026, 11, 20)
MODELS = (None, "gpt-4.1", "gpt-6-luna", "claude-haiku-5-5", "command-a")
TUNED = {"gap": "behavior", "labeled_examples": 5000, "queries_per_day": 20_000, "training_allowed": True}

rarely = settings(derandomize=True, deadline=None, max_examples=25, database=None)


@rarely
@given(partial_profiles(least=3), st.sampled_from(MODELS), st.sampled_from(["behavior", "both"]))
def test_the_variant_that_is_advised_is_the_one_that_is_priced_and_timed(
    profile: Profile, model: str | None, gap: str
) -> None:
    stated = {"gap": Known(gap), **({"model": Known(model)} if model else {})}
    profile = profile.replace(**stated)
    advised = decide(profile, AS_OF).recommendation
    priced = estimate_costs(profile, AS_OF).document()["costs"][advised.option]
    assume("variants" in priced)
    assert priced["variant"] == advised.variant
    assert priced["variants"][str(advised.variant)]["monthly_usd"] == priced["monthly_usd"]
    timed = estimate_latency(profile, AS_OF).document()[advised.option]
    stages = {stage["name"] for stage in timed["stages"]}
    assert ("classifier" in stages) == (advised.variant == "small_classifier")


@pytest.mark.parametrize(
    ("facts", "variant"),
    [
        ({"task": "extraction", "ml_expertise": True}, "lora"),
        ({"task": "classification"}, "small_classifier"),
        ({"task": "generation", "model": "gpt-5", "ml_expertise": False, "self_hosting_required": False}, "lora"),
        ({"task": "generation", "ml_expertise": False, "self_hosting_required": False}, "managed"),
        ({"task": "code", "labeled_examples": 200_000, "ml_expertise": True}, "full"),
        ({"task": "code", "self_hosting_required": True, "upfront_budget_usd": 15_000}, "qlora"),
    ],
)
def test_tuning_is_priced_in_the_form_that_is_advised(facts: dict[str, Any], variant: str) -> None:
    document = advise(parse_profile({**TUNED, **facts}), AS_OF).document()
    assert (document["recommendation"]["option"], document["recommendation"]["variant"]) == ("fine_tuning", variant)
    assert document["costs"]["fine_tuning"]["variant"] == variant


def test_retrieval_aware_training_is_priced_where_it_is_advised() -> None:
    facts = {"gap": "both", "noisy_retrieval": True, "labeled_examples": 5000, "ml_expertise": True}
    document = advise(parse_profile(facts), AS_OF).document()
    priced = document["costs"]["hybrid"]
    assert document["recommendation"]["variant"] == priced["variant"] == "raft"
    assert priced["upfront_usd"]["p50"] > priced["variants"]["rag_then_fine_tuning"]["upfront_usd"]["p50"]


def test_the_running_cost_of_tuning_alone_is_the_one_of_the_whole_report() -> None:
    profile = parse_profile({**TUNED, "task": "extraction"})
    whole = estimate_costs(profile, AS_OF).document()["costs"]["fine_tuning"]["monthly_usd"]["p50"]
    assert median_monthly_usd(profile, "fine_tuning", AS_OF) == whole


@pytest.mark.parametrize(
    ("model", "day", "variant"),
    [
        ("gpt-4o", date(2026, 5, 6), "managed"),
        ("gpt-4o", date(2026, 5, 7), "lora"),
        ("gpt-4.1", date(2026, 11, 20), "managed"),
        ("command-a", date(2025, 9, 14), "lora"),
        ("claude-sonnet-5-5", date(2026, 11, 20), "lora"),
    ],
)
def test_a_training_service_is_advised_only_while_it_takes_new_jobs(model: str, day: date, variant: str) -> None:
    facts = {**TUNED, "task": "generation", "ml_expertise": False, "self_hosting_required": False, "model": model}
    assert decide(parse_profile(facts), day).recommendation.variant == variant
