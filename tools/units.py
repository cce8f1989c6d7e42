"""Conversions between the units people use and the units of the facts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from knowledge.figures import TextSizes, text_sizes

Period = Literal["second", "minute", "hour", "day", "week", "fortnight", "month", "quarter", "year"]
Size = Literal["page", "word", "kilobyte", "megabyte", "gigabyte", "terabyte", "token"]

DAYS_PER_YEAR = 365
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
"""The same month everywhere, so that a day, a month and a year of the same traffic are the same traffic."""

HOURS_PER_MONTH = 24 * DAYS_PER_MONTH

DAYS: dict[Period, float] = {
    "second": 1 / 86_400,
    "minute": 1 / 1_440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "fortnight": 14.0,
    "month": DAYS_PER_MONTH,
    "quarter": DAYS_PER_YEAR / 4,
    "year": float(DAYS_PER_YEAR),
}
"""Length of each period in days."""


def _tokens(sizes: TextSizes) -> dict[Size, float]:
    return {
        "token": 1.0,
        "word": sizes.tokens_per_word,
        "page": sizes.words_per_page * sizes.tokens_per_word,
        "kilobyte": sizes.tokens_per_megabyte / 1_000,
        "megabyte": sizes.tokens_per_megabyte,
        "gigabyte": sizes.tokens_per_megabyte * 1_000,
        "terabyte": sizes.tokens_per_megabyte * 1_000_000,
    }


TOKENS: Final[Mapping[Size, float]] = MappingProxyType(_tokens(text_sizes()))
"""Tokens in one unit of text."""


def per_day(count: float, period: Period) -> float:
    """A count per period as a count per day."""
    return count / DAYS[period]


def per_month(amount: float, period: Period) -> float:
    """An amount per period as an amount per month of 365/12 days."""
    return amount * DAYS_PER_MONTH / DAYS[period]


def in_days(count: float, period: Period) -> float:
    """A duration in days."""
    return count * DAYS[period]


def in_weeks(count: float, period: Period) -> float:
    """A duration in weeks."""
    return in_days(count, period) / DAYS["week"]


def in_milliseconds(count: float, period: Period) -> float:
    """A duration in milliseconds."""
    return in_days(count, period) * 86_400_000


def yearly_growth(rate: float, period: Period) -> float:
    """A growth rate per period compounded to a year: 0.1 a month is 2.14 a year."""
    return float((1 + rate) ** (DAYS_PER_YEAR / DAYS[period]) - 1)
