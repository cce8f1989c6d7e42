"""Profiles: every allowed form reads back as written; all else is refused with fact, value and what is allowed."""

import math
from typing import Any

import pytest

from knowledge.errors import InputError
from knowledge.facts import fact_specs
from tools.profile import LONGEST_TEXT, Known, Open, Range, State, parse_profile


def refusal(document: Any) -> str:
    with pytest.raises(InputError) as caught:
        parse_profile(document)
    return str(caught.value)


def test_plain_values_of_every_kind_are_read() -> None:
    document = {
        "use_case": "A bot",
        "gap": "knowledge",
        "knowledge_tokens": 1000,
        "update_frequency": "weekly",
        "queries_per_day": 12.5,
        "needs_citations": True,
        "prompting_success": 0.4,
    }
    assert parse_profile(document).document() == document


def test_null_and_absent_are_both_unknown() -> None:
    assert parse_profile({"gap": None}) == parse_profile({})


def test_a_range_keeps_both_ends() -> None:
    profile = parse_profile({"queries_per_day": {"low": 10_000, "high": 50_000}})
    assert profile.facts["queries_per_day"] == Range(10_000, 50_000)
    assert profile.known("queries_per_day") is None


def test_a_range_without_extent_is_a_value() -> None:
    assert parse_profile({"queries_per_day": {"low": 7, "high": 7}}).facts["queries_per_day"] == Known(7)


def test_an_unsure_value_is_known_and_marked() -> None:
    profile = parse_profile({"labeled_examples": {"value": 500, "unsure": True}})
    assert profile.facts["labeled_examples"] == Known(500, unsure=True)


@pytest.mark.parametrize("state", ["unknown", "not_applicable", "later"])
def test_the_three_states_without_a_value_stay_apart(state: State) -> None:
    profile = parse_profile({"latency_budget_ms": {"state": state}})
    assert profile.facts["latency_budget_ms"] == Open(state)
    assert profile.document() == {"latency_budget_ms": {"state": state}}


def test_what_does_not_apply_stands_for_its_documented_value() -> None:
    profile = parse_profile({"update_frequency": {"state": "not_applicable"}})
    assert profile.known("update_frequency") == "static"


@pytest.mark.parametrize(
    "document",
    [
        {"queries_per_day": {"low": 1, "high": 5}, "gap": "both"},
        {"prompting_success": {"value": 0.5, "unsure": True}},
        {"contains_pii": {"state": "later"}},
    ],
)
def test_a_profile_reads_back_what_it_wrote(document: dict[str, Any]) -> None:
    assert parse_profile(parse_profile(document).document()) == parse_profile(document)


def test_the_order_of_facts_does_not_matter() -> None:
    one = parse_profile({"gap": "both", "queries_per_day": 10})
    other = parse_profile({"queries_per_day": 10, "gap": "both"})
    assert list(one.facts) == list(other.facts)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    assert "queries_per_day" in refusal({"querys_per_day": 10})


@pytest.mark.parametrize("document", [[], "text", 3, None, True])
def test_what_is_no_object_is_no_profile(document: Any) -> None:
    assert "JSON object" in refusal(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queries_per_day", -5),
        ("queries_per_day", math.nan),
        ("queries_per_day", math.inf),
        ("queries_per_day", 1e400),
        ("queries_per_day", 2**70),
        ("queries_per_day", "many"),
        ("queries_per_day", True),
        ("queries_per_day", [1, 2]),
        pytest.param("queries_per_day", 10**400, id="400 digits"),
        pytest.param("queries_per_day", 10**6000, id="6000 digits"),
        ("knowledge_tokens", 1.5),
        ("prompting_success", 80),
        ("prompting_success", -0.1),
        ("weeks_to_production", 10_000),
        ("needs_citations", "yes"),
        ("needs_citations", 1),
        ("gap", "nothing"),
        ("gap", 3),
        ("update_frequency", "Weekly"),
        ("use_case", 5),
        ("gap", {"state": "forgotten"}),
        ("gap", {"low": 1, "high": 2}),
        ("queries_per_day", {"low": 1}),
        ("queries_per_day", {"low": 5, "high": 1}),
        ("queries_per_day", {"low": -5, "high": 1}),
        ("queries_per_day", {"value": 5, "unsure": "very"}),
        ("queries_per_day", {"unsure": True}),
        ("queries_per_day", {"value": 5, "unsure": True, "more": 1}),
        ("queries_per_day", {}),
    ],
)
def test_an_impossible_value_is_refused_by_the_name_of_its_fact(name: str, value: Any) -> None:
    assert name in refusal({"use_case": "fine", name: value})


def test_a_refusal_names_value_and_allowed_range() -> None:
    message = refusal({"labeled_examples": -5})
    assert "-5" in message and "0" in message and "1,000,000,000" in message


def test_a_refusal_lists_the_allowed_choices() -> None:
    message = refusal({"gap": "unclear"})
    assert all(value in message for value in fact_specs()["gap"].values)


def test_text_beyond_the_limit_is_refused_not_cut() -> None:
    assert f"{LONGEST_TEXT:,}" in refusal({"use_case": "x" * (LONGEST_TEXT + 1)})


def test_facts_can_be_set_anew_and_taken_back() -> None:
    profile = parse_profile({"gap": "both"})
    changed = profile.replace(gap=Known("none"), contains_pii=Known(True))
    assert changed.known("gap") == "none" and changed.without("contains_pii", "gap") == parse_profile({})
    assert profile.known("gap") == "both"
