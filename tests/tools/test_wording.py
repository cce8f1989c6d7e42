"""Values of facts are written as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facts import Scalar
from tools.wording import counted, fact_value_text, filled, money, rounded_towards, share_text


@pytest.mark.parametrize(
    ("fact", "value", "text"),
    [
        ("queries_per_day", 10_000, "10,000 queries a day"),
        ("queries_per_day", 5479.45, "5,479 queries a day"),
        ("latency_budget_ms", 250, "250 ms"),
        ("latency_budget_ms", 1_500, "1.5 s"),
        ("latency_budget_ms", 180_000, "3 minutes"),
        ("latency_budget_ms", 86_400_000, "24 hours"),
        ("prompting_success", 0.8, "80 %"),
        ("needs_citations", True, "yes"),
        ("update_frequency", "weekly", "every week"),
        ("task", "question_answering", "answer questions"),
        ("steps", "classification, search", "put each item into a category, find or rank items"),
        ("weeks_to_production", 1, "1 week"),
        ("queries_per_day", 1, "1 query a day"),
        ("knowledge_tokens", 2_000_000, "2,000,000 tokens"),
    ],
)
def test_a_value_is_written_with_its_unit(fact: str, value: Scalar, text: str) -> None:
    assert fact_value_text(fact, value) == text


@pytest.mark.parametrize(
    ("number", "things", "text"),
    [
        (0, "rows", "0 rows"),
        (1, "rows", "1 row"),
        (1_200, "rows", "1,200 rows"),
        (1, "queries a day", "1 query a day"),
        (1, "open facts", "1 open fact"),
        (1, "distinct prefixes", "1 distinct prefix"),
        ("1", "weeks", "1 week"),
        (1, "USD a month", "1 USD a month"),
    ],
)
def test_one_thing_is_counted_as_one(number: int | str, things: str, text: str) -> None:
    assert counted(number, things) == text


def test_a_template_counts_what_it_names() -> None:
    assert filled("{rows:rows}, {bad:failures} of {name}", {"rows": 1, "bad": 2, "name": "a.csv"}) == (
        "1 row, 2 failures of a.csv"
    )
    assert filled("{share:.0%}", {"share": 0.25}) == "25%"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "less than 1 %"),
        (0.0099, "less than 1 %"),
        (0.01, "1 %"),
        (0.5, "50 %"),
        (0.99, "99 %"),
        (0.992, "more than 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_certainty(share: float, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize("share", [0.07, 0.29, 0.57, 0.8, 0.95])
def test_a_share_that_needs_no_rounding_is_shown_as_it_is_written(share: float) -> None:
    assert rounded_towards("prompting_success", share, 1, 4) == share
    assert rounded_towards("prompting_success", share, -1, 4) == share


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        (0, "$0"),
        (0.0042, "$0.0042"),
        (0.00001, "$0.00001"),
        (0.42, "$0.42"),
        (2.4, "$2.40"),
        (9.97, "$10"),
        (37.4, "$37"),
        (1_234, "$1,200"),
        (38_395, "$38,000"),
        (999_999, "$1 million"),
        (1_095_000, "$1.1 million"),
        (-2_500_000, "−$2.5 million"),
        (1_234e9, "$1,200 billion"),
    ],
)
def test_an_amount_has_two_significant_digits(usd: float, shown: str) -> None:
    assert money(usd) == shown


@given(st.floats(1e-6, 1e12), st.integers(2, 6))
def test_a_shown_amount_is_off_by_at_most_half_of_its_last_digit(usd: float, digits: int) -> None:
    number, _, scale = money(usd, digits).removeprefix("$").replace(",", "").partition(" ")
    value = float(number) * {"": 1.0, "million": 1e6, "billion": 1e9}[scale]
    assert value == pytest.approx(usd, rel=0.5 * 10.0 ** (1 - digits) * 1.001)
