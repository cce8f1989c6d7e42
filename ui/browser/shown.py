"""Values as the pages show them: money, shares, durations, facts in words."""

from typing import Any

from agent.memo.forms import day
from agent.wording import dollars, label, percent, scalar_in_words, value_in_words
from knowledge.errors import InputError
from tools.profile import parse_fact

__all__ = ["choice_text", "day", "duration", "fact_label", "fact_text", "money", "percent", "price", "upper_first"]

PRICE_DIGITS = 6
"""Significant digits of a price; no vendor names more."""


def fact_label(fact: str) -> str:
    """A fact's name as people read it."""
    return label(fact)


def fact_text(fact: str, value: Any) -> str:
    """A fact's value in any of the forms that a profile takes, as people write it."""
    return value_in_words(fact, None if value is None else parse_fact(fact, value))


def choice_text(fact: str, choice: Any) -> str:
    """One answer to choose from; what is not a value of the fact is shown as it is."""
    try:
        parse_fact(fact, choice)
    except InputError:
        return str(choice)
    text = scalar_in_words(fact, choice)
    return upper_first(text)


def upper_first(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def money(usd: float | None) -> str:
    """An estimated or spent amount as every door shows it; a dash where there is none."""
    return "–" if usd is None else dollars(usd)


def price(usd: float | None) -> str:
    """A price as it stands in the table, to the last digit; a dash where there is none."""
    return "–" if usd is None else dollars(usd, PRICE_DIGITS)


def duration(ms: float | None) -> str:
    """A wait in milliseconds below one second, in seconds above, in minutes above two."""
    if ms is None:
        return "–"
    if ms < 1000:
        return f"{ms:,.0f} ms"
    return f"{ms / 1000:.2g} s" if ms < 120_000 else f"{ms / 60_000:,.0f} min"
