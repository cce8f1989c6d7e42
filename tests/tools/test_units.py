"""Conversions between units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.units import (
    DAYS,
    DAYS_PER_MONTH,
    TOKENS,
    Size,
    in_milliseconds,
    in_weeks,
    per_day,
    per_month,
    yearly_growth,
)


def test_a_month_is_a_twelfth_of_365_days() -> None:
    assert DAYS_PER_MONTH == pytest.approx(365 / 12)


@pytest.mark.relation("same-volume")
@given(st.floats(min_value=0.01, max_value=1e9))
def test_the_same_traffic_is_the_same_per_day_month_and_year(daily: float) -> None:
    assert per_day(daily * DAYS["month"], "month") == pytest.approx(daily)
    assert per_day(daily * 365, "year") == pytest.approx(daily)


def test_five_a_second_is_432000_a_day() -> None:
    assert per_day(5, "second") == pytest.approx(432_000)


def test_a_yearly_budget_is_twelve_monthly_ones() -> None:
    assert per_month(24_000, "year") == pytest.approx(2_000)


def test_two_months_are_a_little_under_nine_weeks() -> None:
    assert in_weeks(2, "month") == pytest.approx(8.69, abs=0.01)


def test_a_minute_is_sixty_thousand_milliseconds() -> None:
    assert in_milliseconds(1, "minute") == pytest.approx(60_000)


@pytest.mark.parametrize(
    ("count", "size", "tokens"), [(300, "page", 195_000), (1_000, "word", 1_300), (4, "megabyte", 1_000_000)]
)
def test_text_is_counted_in_tokens(count: float, size: Size, tokens: float) -> None:
    assert count * TOKENS[size] == pytest.approx(tokens)


def test_growth_a_month_compounds_to_a_year() -> None:
    assert yearly_growth(0.1, "month") == pytest.approx(1.1**12 - 1)
