"""Numbers as people write them, in digits or words, with scales, ranges, percentages and money."""

import re
from dataclasses import replace

from agent.language.embedded.lexicon import quantities
from agent.language.embedded.number import Number, is_label, word_at
from agent.language.embedded.number_words import number_in_words, one_unit, openers
from agent.language.embedded.outcomes import as_shares
from agent.language.embedded.pages import one_page
from agent.language.embedded.portions import out_of
from agent.language.embedded.tokens import Text, stem

_POINT_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
_GROUPING = re.compile(r"[’'\s]")
_YEAR = re.compile(r"(19|20)\d\d")
_GROWN = {stem(word) for word in "grow grew went increase rise rose up jump climb move".split()}
_MINUS = {"-", "−"}
_RANGE_WORDS = {"to", "or", "-"}
_NEIGHBOURS = 1.6
"""Up to how much larger the second of two numbers beside a comma is where both mean one amount: "forty, fifty"."""


def find_numbers(text: Text) -> list[Number]:
    """All numbers of a message, left to right, never overlapping."""
    found, index = [], 0
    while index < len(text.tokens):
        number = _number_at(text, index) or one_unit(text, index) or one_page(text, index)
        if number is None:
            index += 1
        else:
            found.append(_signed(text, _marked(text, number)))
            index = number.end
    return as_shares(text, found)


def _signed(text: Text, number: Number) -> Number:
    """The number with the minus before it, where that is a sign and no hyphen."""
    if not number.first:
        return number
    sign, before = text.tokens[number.first - 1], text.tokens[number.first - 2] if number.first > 1 else None
    glued = sign.end == text.tokens[number.first].start and (before is None or before.end < sign.start)
    if sign.raw == "minus" or (sign.raw in _MINUS and glued):
        return replace(number, first=number.first - 1, low=-number.high, high=-number.low, other=None)
    return number


def _number_at(text: Text, index: int) -> Number | None:
    start = index
    if word_at(text, index) in {"between", "from"}:
        number = _range_from(text, index + 1, {"and", "to", "-"})
        if number is None or number.single:
            return None
        grown = text.tokens[start - 1].stem in _GROWN if start else False
        return replace(number, first=start, low=number.high) if grown else replace(number, first=start)
    return _range_from(text, index, _RANGE_WORDS)


def _range_from(text: Text, index: int, joints: set[str]) -> Number | None:
    low = _one(text, index)
    if low is None:
        return None
    joint = low.end
    if word_at(text, joint) in joints and not (word_at(text, joint) == "to" and word_at(text, joint + 1) == "the"):
        high = _one(text, joint + 1)
        if high and not (high.share and not low.share) and not low.share:
            return _joined(low, high)
    if word_at(text, joint) == "," and low.usd is None and not low.percent and not low.share:
        high = _one(text, joint + 1)
        if high and not (high.percent or high.share) and _neighbours(text, low, high):
            return _joined(low, high)
    return low


def _neighbours(text: Text, low: Number, high: Number) -> bool:
    """ "Forty, fifty thousand", "six, seven mails a day", but not "1, 2 and 3" or "5, 12 pages"."""
    first = low.low * (high.scale if low.scale == 1 else 1)
    if word_at(text, high.end) in {",", "and", "or"} or not low.single or not high.single:
        return False
    return first < high.high <= first * _NEIGHBOURS and (high.scale > 1 or high.high - first <= max(1, first / 2))


def _joined(low: Number, high: Number) -> Number:
    """The range of two numbers; "15-20k" scales both, "10 % to 20" makes both shares."""
    first = low.low * (high.scale if low.scale == 1 and low.low * high.scale <= high.high else 1)
    percent = low.percent or high.percent
    if percent and not low.percent:
        first /= 100
    ends = sorted((first, high.high / 100 if percent and not high.percent else high.high))
    return Number(
        low.first, high.end, ends[0], ends[1], percent=percent, usd=low.usd or high.usd, share=low.share or high.share
    )


def _one(text: Text, index: int) -> Number | None:
    """One number with its currency before or after it and its percent sign."""
    words, first, usd = quantities(), index, None
    if word_at(text, index) in words.currencies and index + 1 < len(text.tokens):
        usd = words.currencies[word_at(text, index)]
        index += 1
    value = _value(text, index)
    if value is None:
        return None
    value = replace(value, first=first, usd=usd)
    after = word_at(text, value.end)
    if after == "%" or after in {"percent", "percentage"}:
        return replace(value, end=value.end + 1, low=value.low / 100, high=value.high / 100, percent=True)
    if after == "per" and word_at(text, value.end + 1) == "cent":
        return replace(value, end=value.end + 2, low=value.low / 100, high=value.high / 100, percent=True)
    if usd is None and after in {"$", "€", "£"} and not word_at(text, value.end + 1)[:1].isdigit():
        if value.end + 1 >= len(text.tokens) or text.tokens[value.end + 1].kind != "number":
            return replace(value, end=value.end + 1, usd=words.currencies[after])
    if usd is None and stem(after) in {stem(word) for word in words.currencies if word.isalpha()}:
        rate = next(rate for word, rate in words.currencies.items() if stem(word) == stem(after))
        return replace(value, end=value.end + 1, usd=rate)
    if after == "+" or after == "ish":
        return replace(value, end=value.end + 1)
    return value


def _value(text: Text, index: int) -> Number | None:
    if index >= len(text.tokens) or (text.tokens[index].kind != "number" and text.tokens[index].raw not in openers()):
        return None
    return out_of(text, index) or _digits(text, index) or number_in_words(text, index)


def _digits(text: Text, index: int) -> Number | None:
    token = text.tokens[index]
    if token.kind != "number" or is_label(text, token):
        return None
    raw = _GROUPING.sub("", token.raw)
    other = None
    if _POINT_THOUSANDS.fullmatch(raw) and not raw.startswith("0."):
        value, other = float(raw.replace(".", "")), float(raw)
    else:
        value = _decimal(raw)
    scale, end = _scale_after(text, index + 1, glued=token.end)
    if scale != 1 and other is not None:
        value, other = other, None
    bare_year = scale == 1 and bool(_YEAR.fullmatch(raw))
    return Number(index, end, value * scale, value * scale, other=other, scale=scale, bare_year=bare_year)


def _decimal(raw: str) -> float:
    """Digits with separators: commas before three digits and repeated points group, anything else is decimal."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", raw):
        return float(raw.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}(,\d+)?|\d{1,3}(\.\d{3})+,\d+", raw):
        return float(raw.replace(".", "").replace(",", "."))
    return float(raw.replace(",", ".")) if raw.count(",") == 1 else float(raw.replace(",", ""))


def _scale_after(text: Text, index: int, glued: int) -> tuple[float, int]:
    """The scale words that follow digits, and where they end."""
    words, scale = quantities(), 1.0
    while index < len(text.tokens):
        token = text.tokens[index]
        if token.raw not in words.scales or (token.raw in words.letters and token.start > glued + 1):
            break
        if token.raw in {"b", "m"} and token.start > glued:
            break
        scale *= words.scales[token.raw]
        index, glued = index + 1, token.end
    return scale, index


def _marked(text: Text, number: Number) -> Number:
    """The number with the doubt that the words around it express."""
    words = quantities()
    reach = [word_at(text, index) for index in range(max(0, number.first - 4), number.first)]
    while reach and "." in reach:
        reach = reach[reach.index(".") + 1 :]
    after = [word_at(text, index) for index in range(number.end, number.end + 3)]
    doubt = any(word in words.unsure for word in reach) or "maybe" in after[:2] or after[:2] == ["i", "guess"]
    return replace(number, unsure=doubt)
