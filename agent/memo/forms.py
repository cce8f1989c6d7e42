"""How a traced value is put in words: money to two significant digits in prose and exact in tables, and so on."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from agent.wording import wording as words
from knowledge.facts import fact_specs
from knowledge.options import LABELS
from tools.wording import choice_text, counted, duration_text, lower_first, money, share_text, significant

MONTHS = "January February March April May June July August September October November December".split()
LONGEST_EXCERPT = 360
"""Characters of a long text that are shown before it is cut."""
DIRECTION_MARKS = frozenset([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x00AD])


def plain(text: str) -> str:
    """Text on one line, in which marks that cannot be seen or that turn the reading direction are spelled out."""
    return "".join(_visible(character) for character in " ".join(text.split()))


def _visible(character: str) -> str:
    code = ord(character)
    hidden = code < 0x20 or 0x7F <= code < 0xA0 or code in DIRECTION_MARKS or 0xD800 <= code < 0xE000
    return f"⟨U+{code:04X}⟩" if hidden or 0xE0000 <= code < 0xE0200 else character


def two_digits(value: float) -> float:
    """The value to two significant digits."""
    return significant(value, 2)


def count(value: float) -> str:
    """A number with thousands separators and no more decimals than it needs."""
    value = round(float(value), 2)
    return f"{int(value):,}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def exact_money(value: float) -> str:
    """US dollars to the cent, as tables show them."""
    rounded = round(float(value), 2) + 0.0
    sign = "−" if rounded < 0 else ""
    return f"{sign}${abs(rounded):,.2f}"


def milliseconds(value: float) -> str:
    """A wait: milliseconds below one second, seconds below two minutes, then minutes or hours."""
    if value < 1_000:
        return f"{count(two_digits(value))} ms"
    if value < 120_000:
        return f"{count(two_digits(value / 1_000))} s"
    if value < 7_200_000:
        return counted(count(two_digits(value / 60_000)), "minutes")
    return counted(count(two_digits(value / 3_600_000)), "hours")


def weeks(value: float) -> str:
    """A duration in weeks, or in working days below one week."""
    if value < 1:
        return counted(max(1, round(5 * value)), "days")
    return counted(count(value), "weeks")


def day(value: str) -> str:
    """An ISO date as 21 November 2026, in any locale."""
    at = date.fromisoformat(value)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def sentence(text: str) -> str:
    """The text with a capital letter first and a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def fact_value(value: Any, path: str) -> str:
    """A fact's value with its unit, in any of the forms that a profile takes; the path ends with the fact's name."""
    if isinstance(value, Mapping):
        return _fact_form(value, path)
    spec = fact_specs()[path.rpartition("/")[2]]
    if spec.kind == "flag":
        return "yes" if value else "no"
    if not spec.numeric:
        return plain(choice_text(spec, str(value)))
    if spec.name == "latency_budget_ms":
        return milliseconds(value)
    if spec.kind == "share":
        return f"{count(100 * value)} %"
    return _with_unit(count(value), spec.unit)


def threshold(value: Any, path: str) -> str:
    """A fact's value as it moves the advice: a wait not rounded any further."""
    return duration_text(value) if path.endswith("latency_budget_ms") else fact_value(value, path)


def _with_unit(number: str, unit: str | None) -> str:
    if unit and unit.startswith("USD"):
        return f"${number}{unit.removeprefix('USD')}"
    return counted(number, unit) if unit else number


def _fact_form(form: Mapping[str, Any], path: str) -> str:
    if "state" in form:
        return words(f"state_{form['state']}")
    if "low" in form:
        low, high = (fact_value(form[end], path) for end in ("low", "high"))
        unit = fact_specs()[path.rpartition("/")[2]].unit
        shared = f" {unit}" if unit and low.endswith(f" {unit}") and high.endswith(f" {unit}") else ""
        return f"{low.removesuffix(shared)} to {high}"
    shown = fact_value(form["value"], path)
    return words("unsure_value", value=shown) if form.get("unsure") else shown


def assumed(entry: Mapping[str, Any], _: str) -> str:
    """A figure that the costs rest on, or its range, with its unit: shares in per cent, ratios without a unit."""
    unit, spec = entry.get("unit"), fact_specs().get(entry["name"])
    if "value" in entry and spec is not None and spec.kind == "flag":
        return "yes" if entry["value"] else "no"
    ends = [entry["value"]] if "value" in entry else [entry["p10"], entry["p90"]]
    if unit == "share":
        return " to ".join(f"{count(two_digits(100 * end))} %" for end in ends)
    shown = " to ".join(count(two_digits(end)) if isinstance(end, int | float) else str(end) for end in ends)
    return counted(shown, unit) if unit and unit != "ratio" else shown


def excerpt(text: str, longest: int = LONGEST_EXCERPT) -> str:
    """The beginning of a text, cut at the end of a word; what is left out is marked."""
    line = plain(text)
    if len(line) <= longest:
        return line
    head = line[:longest]
    return (head[: head.rfind(" ")] if " " in head[longest // 2 :] else head).rstrip(" ,;:") + " …"


FORMS: dict[str, Callable[[Any, str], str]] = {
    "text": lambda value, _: str(value),
    "sentence": lambda value, _: sentence(str(value)),
    "clause": lambda value, _: lower_first(str(value)).rstrip("."),
    "clause_sentence": lambda value, _: lower_first(sentence(str(value))),
    "of_fact": lambda value, path: fact_value(value, path.rpartition("/")[0]),
    "quote": lambda value, _: plain(str(value)),
    "excerpt": lambda value, _: excerpt(str(value)),
    "count": lambda value, _: count(value),
    "about": lambda value, _: count(two_digits(value)),
    "percent": lambda value, _: share_text(float(value)),
    "money": lambda value, _: money(value),
    "exact_money": lambda value, _: exact_money(value),
    "milliseconds": lambda value, _: milliseconds(value),
    "weeks": lambda value, _: weeks(value),
    "months": lambda value, _: counted(count(value), "months"),
    "task": lambda value, _: fact_specs()["task"].values[value],
    "assumed": assumed,
    "origin": lambda value, _: re.sub(r"\bhouse\b", "our own judgement", str(value)),
    "day": lambda value, _: day(value),
    "option": lambda value, _: LABELS[value],
    "option_inside": lambda value, _: lower_first(LABELS[value]),
    "fact": fact_value,
    "at_least": lambda value, path: words("side_at_least", value=threshold(value, path)),
    "at_most": lambda value, path: words("side_at_most", value=threshold(value, path)),
    "exactly": threshold,
    "words": lambda value, _: plain(str(value)).replace("_", " "),
}
"""The forms by name; each takes the value and the path it stands at."""

OWN_WORDS = frozenset({"quote", "excerpt", "fact", "of_fact"})
"""Forms that may carry a user's words, which no spelling setting touches."""
