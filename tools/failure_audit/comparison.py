"""What two answers have in common: words, figures, names, JSON shape and layout."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from knowledge.audits import audit_parameters

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*(?![\w])")
_NAME = re.compile(r"(?<![.!?:•\n*\-] )(?<!^)\b[A-Z][\w&-]{2,}(?: [A-Z][\w&-]+)*")


def plain(text: str) -> str:
    """The text without case, surplus spaces and closing punctuation: what counts as the same answer."""
    return " ".join(text.casefold().split()).strip(" .!\"'")


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, in lower case."""
    return frozenset(_WORD.findall(text.casefold())) - _little()


@cache
def _little() -> frozenset[str]:
    return frozenset(audit_parameters().failure_audit.signs.words_that_say_little)


def share_in(wanted: frozenset[str], found: frozenset[str]) -> float:
    """The share of the wanted words that are found; 0 where none is wanted."""
    return len(wanted & found) / len(wanted) if wanted else 0.0


def numbers(text: str) -> frozenset[str]:
    """The figures of a text, written alike: 1,000.50 and 1000.5 are one."""
    return frozenset(_alike(found) for found in _NUMBER.findall(text))


def _alike(number: str) -> str:
    bare = re.sub(r",(?=\d{3}(?:\D|$))", "", number).lstrip("+").replace(",", ".")
    try:
        return f"{float(bare):.10g}"
    except ValueError:
        return bare


def names(text: str) -> frozenset[str]:
    """Words with a capital letter that do not start a sentence."""
    return frozenset(_NAME.findall(text))


def as_json(text: str) -> Any:
    """The object or list that the text is as a whole, or None."""
    bare = text.strip()
    if not bare.startswith(("{", "[")):
        return None
    try:
        return json.loads(bare)
    except (ValueError, RecursionError):
        return None


def inner_json(text: str) -> Any:
    """The object or list that stands somewhere inside the text, or None."""
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    if not starts:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, min(starts))[0]
    except (ValueError, RecursionError):
        return None


def shape(value: Any, at: str = "") -> dict[str, str]:
    """Every field of a JSON value with its type, by path; the items of a list count as one."""
    if isinstance(value, dict):
        nested = (shape(child, f"{at}.{key}" if at else str(key)) for key, child in value.items())
        return {at: "object"} | _joined(nested) if at else _joined(nested)
    if isinstance(value, list):
        return {at: "list"} | _joined(shape(child, f"{at}[]") for child in value)
    kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
    return {at: {"str": "text", "bool": "true or false", "NoneType": "null"}.get(kind, kind)}


def _joined(parts: Iterable[dict[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for part in parts:
        joined.update(part)
    return joined


def layout(text: str) -> str:
    """`table`, `list`, `sections` or `prose`."""
    signs = audit_parameters().failure_audit.signs
    lines = text.splitlines()
    for name, pattern in (("table", signs.table_row), ("list", signs.list_item), ("sections", signs.heading)):
        if sum(bool(re.match(pattern, line)) for line in lines) >= 2:
            return name
    return "prose"
