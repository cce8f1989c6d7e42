"""Values as the pages show them: money, shares, durations, facts in words."""

import datetime as dt
from typing import Any

from agent.wording import label, percent, scalar_in_words, value_in_words
from knowledge.errors import InputError
from tools.profile import parse_fact

__all__ = ["choice_text", "day", "duration", "fact_label", "fact_text", "money", "percent", "upper_first"]


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
    """An amount with at most three significant digits: $4.90, $1,230, $45,600, $1.2 million."""
    if usd is None:
        return "–"
    size = abs(usd)
    if size >= 999_500:
        return f"${usd / 1e6:,.3g} million" if size < 999.5e6 else f"${usd / 1e9:,.3g} billion"
    if size >= 1000:
        return f"${round(usd, 2 - len(str(int(size))) + 1):,.0f}"
    if size >= 100:
        return f"${usd:,.0f}"
    return f"${usd:,.2f}" if size >= 0.01 or usd == 0 else f"${usd:.1g}"


def duration(ms: float | None) -> str:
    """A wait in milliseconds below one second, in seconds above, in minutes above two."""
    if ms is None:
        return "–"
    if ms < 1000:
        return f"{ms:,.0f} ms"
    return f"{ms / 1000:.2g} s" if ms < 120_000 else f"{ms / 60_000:,.0f} min"


def day(iso: str) -> str:
    """A date as people write it: 20 November 2026."""
    return dt.date.fromisoformat(iso).strftime("%-d %B %Y")
