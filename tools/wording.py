"""Values of facts in words: the one place that says how a number, a choice or a flag is written for people."""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from string import Formatter
from typing import Any

from knowledge.facts import FactSpec, Scalar, fact_specs

MS_UNITS = {1: "ms", 1_000: "s", 60_000: "minutes", 3_600_000: "hours"}


def fact_value_text(name: str, value: Scalar) -> str:
    """A fact's value with its unit, as a reader expects it: "10,000 queries a day", "yes", "every week", "80 %"."""
    spec = fact_specs()[name]
    if spec.kind == "flag":
        return "yes" if value else "no"
    if not spec.numeric:
        return choice_text(spec, str(value))
    if spec.kind == "share":
        return f"{float(value) * 100:,.4g} %"
    if spec.unit == "ms":
        return duration_text(float(value))
    return counted(_number(float(value)), spec.unit) if spec.unit else _number(float(value))


def range_text(name: str, low: float, high: float) -> str:
    """A range of a fact's values, with a unit that both ends share said once: "10 to 90 queries a day"."""
    unit = f" {fact_specs()[name].unit}"
    ends = fact_value_text(name, low), fact_value_text(name, high)
    shared = unit if ends[1].endswith(unit) else " %" if ends[1].endswith(" %") else ""
    return f"{ends[0].removesuffix(shared)} to {ends[1]}"


def choice_text(spec: FactSpec, value: str) -> str:
    """A choice in words, several with commas; free text as it is."""
    if spec.listing:
        return ", ".join(lower_first(spec.values[code]) for code in value.split(", "))
    return lower_first(spec.values[value]) if spec.categorical else value


def counted(number: int | str, things: str) -> str:
    """So many of something, whose name is given for many: "3 rows", "1 row", "1 query a day"."""
    shown = number if isinstance(number, str) else f"{number:,}"
    return f"{shown} {_one_of(things) if shown == '1' else things}"


def _one_of(things: str) -> str:
    """The name for one, by the first word that stands for many: "open facts" as well as "queries a day"."""
    return _MANY.sub(lambda many: _ONE.get(many["end"], ""), things, count=1)


_THINGS = re.compile(r"[a-z][a-z -]+")
_MANY = re.compile(r"(?<=[a-z])(?P<end>ies|(?<=x)es|s)\b")
_ONE = {"ies": "y"}


def filled(template: str, parts: Mapping[str, Any]) -> str:
    """A template with its parts filled in; `{rows:rows}` counts: "3 rows", and "1 row" where there is one."""
    return _TEMPLATES.vformat(template, (), parts)


class _Templates(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return (
            counted(value, format_spec)
            if _THINGS.fullmatch(format_spec)
            else str(super().format_field(value, format_spec))
        )


_TEMPLATES = _Templates()


def share_text(share: float) -> str:
    """A share between 0 and 1 in whole per cent; never 100 or 0 unless it is exactly that."""
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def money(usd: float, digits: int = 2) -> str:
    """US dollars to so many significant digits, with cents where they count: $0.0042, $2.40, $38,000, $1.2 million.

    Two digits are what the ranges of an estimate support, so that is how every door shows one.
    """
    amount = significant(abs(float(usd)), digits)
    sign = "−" if usd < 0 and amount else ""
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if amount >= size:
            return f"{sign}${_trimmed(amount / size, _decimals(amount / size, digits), 0)}{name}"
    decimals = _decimals(amount, digits)
    return f"{sign}${_trimmed(amount, decimals, 2 if decimals else 0)}"


def significant(value: float, digits: int) -> float:
    """The value to so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _decimals(value: float, digits: int) -> int:
    return max(0, digits - 1 - math.floor(math.log10(value))) if value else 0


def _trimmed(value: float, most: int, least: int) -> str:
    """A number with up to `most` decimals, no zeros at their end beyond the `least` that are always there."""
    whole, _, decimals = f"{value:,.{max(most, least)}f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def rounded_towards(name: str, value: float, direction: int, digits: int) -> float:
    """A number to so many significant digits of the unit it is shown in, rounded up (1) or down (-1)."""
    spec = fact_specs()[name]
    scale = Decimal("0.01") if spec.kind == "share" else Decimal(_scale_ms(value)) if spec.unit == "ms" else Decimal(1)
    shown = Decimal(str(value)) / scale  # as it is written: 0.8 is 80 %, and no hair above it
    if not shown:
        return value
    least = 0 if abs(shown) >= 1_000_000 or (spec.kind == "integer" and scale == 1) else -2
    quantum = Decimal(1).scaleb(max(least, shown.adjusted() - digits + 1))
    steps = (shown / quantum).to_integral_value(ROUND_CEILING if direction > 0 else ROUND_FLOOR)
    return float(steps * quantum * scale)


def _scale_ms(ms: float) -> int:
    """How many milliseconds the unit has in which a wait is shown."""
    if ms < 1_000:
        return 1
    if ms < 120_000:
        return 1_000
    return 60_000 if ms < 7_200_000 else 3_600_000


def duration_text(ms: float) -> str:
    """A wait in the unit that people use for it: "250 ms", "1.5 s", "3 minutes", "2 hours"."""
    scale = _scale_ms(ms)
    return f"{_number(ms / scale)} {MS_UNITS[scale]}"


def _number(value: float) -> str:
    """A number as people write it: whole from 100 on, to three significant digits below; the stored value is exact."""
    return _trimmed(value, 0 if abs(value) >= 100 else min(2, _decimals(abs(value), 3)), 0)


def lower_first(text: str) -> str:
    """A text that goes on within a sentence; words such as API and ML keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
