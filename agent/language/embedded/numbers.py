"""Numbers as people write them: digits, words, scales, fractions, vague amounts, ranges, percentages, money."""

import re
from dataclasses import dataclass, replace

from agent.language.embedded.lexicon import quantities
from agent.language.embedded.tokens import Text, Token, stem

_POINT_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
_LABEL_BEFORE = re.compile(r"[A-Za-z][-]?$")
_YEAR = re.compile(r"(19|20)\d\d")
_GROWN = {stem(word) for word in "grow grew went increase rise rose up jump climb move".split()}
_RANGE_WORDS = {"to", "or", "-"}


@dataclass(frozen=True)
class Number:
    """A number at tokens first to end: `low` equals `high` unless it is a range; `other` is a second reading."""

    first: int
    end: int
    low: float
    high: float
    other: float | None = None
    percent: bool = False
    usd: float | None = None
    unsure: bool = False
    share: bool = False
    scale: float = 1.0
    bare_year: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high

    @property
    def middle(self) -> float:
        """The value, or the middle of the range."""
        return (self.low + self.high) / 2


def find_numbers(text: Text) -> list[Number]:
    """All numbers of a message, left to right, never overlapping."""
    found, index = [], 0
    while index < len(text.tokens):
        number = _number_at(text, index) or _one_unit(text, index)
        if number is None:
            index += 1
        else:
            found.append(_marked(text, number))
            index = number.end
    return found


def _number_at(text: Text, index: int) -> Number | None:
    start = index
    if _word(text, index) in {"between", "from"}:
        number = _range_from(text, index + 1, {"and", "to", "-"})
        if number is None or number.single:
            return None
        grown = text.tokens[start - 1].stem in _GROWN if start else False
        return replace(number, first=start, low=number.high) if grown else replace(number, first=start)
    return _range_from(text, index, _RANGE_WORDS)


def _one_unit(text: Text, index: int) -> Number | None:
    """ "in a month", "within a second", "a quarter" as an answer: one of the unit that follows."""
    unit = _word(text, index + 1)
    alone = index == 0 and len(text.tokens) <= index + 5
    if _word(text, index) not in {"a", "an"} or unit not in quantities().durations:
        return None
    if not alone and _word(text, index - 1) not in {
        "within",
        "in",
        "under",
        "than",
        "about",
        "around",
        "roughly",
        "have",
        "got",
    }:
        return None
    return Number(index, index + 1, 1, 1)


def _range_from(text: Text, index: int, joints: set[str]) -> Number | None:
    low = _one(text, index)
    if low is None:
        return None
    joint = low.end
    if _word(text, joint) in joints and not (_word(text, joint) == "to" and _word(text, joint + 1) == "the"):
        high = _one(text, joint + 1)
        if high and not (high.share and not low.share) and not low.share:
            return _joined(low, high)
    return low


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
    if _word(text, index) in words.currencies and index + 1 < len(text.tokens):
        usd = words.currencies[_word(text, index)]
        index += 1
    value = _value(text, index)
    if value is None:
        return None
    value = replace(value, first=first, usd=usd)
    after = _word(text, value.end)
    if after == "%" or after in {"percent", "percentage"}:
        return replace(value, end=value.end + 1, low=value.low / 100, high=value.high / 100, percent=True)
    if after == "per" and _word(text, value.end + 1) == "cent":
        return replace(value, end=value.end + 2, low=value.low / 100, high=value.high / 100, percent=True)
    if usd is None and stem(after) in {stem(word) for word in words.currencies if word.isalpha()}:
        rate = next(rate for word, rate in words.currencies.items() if stem(word) == stem(after))
        return replace(value, end=value.end + 1, usd=rate)
    if after == "+" or after == "ish":
        return replace(value, end=value.end + 1)
    return value


def _value(text: Text, index: int) -> Number | None:
    if index >= len(text.tokens):
        return None
    return (
        _out_of(text, index)
        or _digits(text, index)
        or _vague(text, index)
        or _plural_scale(text, index)
        or _fraction(text, index)
        or _in_words(text, index)
    )


def _digits(text: Text, index: int) -> Number | None:
    token = text.tokens[index]
    if token.kind != "number" or _is_label(text, token):
        return None
    raw = token.raw.replace("’", "").replace("'", "")
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


def _in_words(text: Text, index: int) -> Number | None:
    """ "two hundred and fifty", "half a million", "a thousand", "one and a half"."""
    words, first = quantities(), index
    total, current, seen, last = 0.0, 0.0, False, 1.0
    while index < len(text.tokens):
        word = _word(text, index)
        if word == "one" and _word(text, index + 1) == "off":
            break
        if word in words.digits and (current % 100 == 0 or (current % 10 == 0 and words.digits[word] < 10)):
            current += words.digits[word]
        elif (
            word in {"a", "an", "one"}
            and not seen
            and _word(text, index + 1) in {*words.scales, "dozen", "couple"} - set(words.letters)
        ):
            current = 1
        elif word in words.scales and word not in words.letters and seen:
            current, total = _scaled(current or 1, words.scales[word], total)
            last = words.scales[word]
        elif word in {"dozen", "couple"} and seen:
            current = (current or 1) * words.groups[word]
            last = words.groups[word]
            index += _word(text, index + 1) == "of"
        elif word == "and" and seen and _word(text, index + 1) in words.digits and (current >= 100 or total):
            pass
        elif word == "and" and seen and _word(text, index + 1) == "a" and _word(text, index + 2) == "half":
            current += 0.5
            index += 2
        else:
            break
        seen, index = True, index + 1
    if not seen:
        return _half_a(text, first)
    value = total + current
    return Number(first, index, value, value, scale=last if value % last == 0 else 1.0)


def _scaled(current: float, scale: int, total: float) -> tuple[float, float]:
    if scale == 100:
        return current * 100, total
    return 0.0, total + current * scale


def _half_a(text: Text, index: int) -> Number | None:
    """ "half a million", "half a dozen"; "half a second" and "half a year" are half of one."""
    words = quantities()
    if _word(text, index) in {"a", "an"} and _and_a_half(text, index + 2) and _word(text, index + 1) in words.durations:
        return Number(index, index + 1, 1, 1)
    if _word(text, index) not in {"half", "quarter"}:
        return None
    value = words.fractions[_word(text, index)]
    if _word(text, index + 1) in {"a", "an"} and _word(text, index + 2) in {*words.scales, *words.groups} - set(
        words.letters
    ):
        unit = {**words.scales, **words.groups}[_word(text, index + 2)]
        return Number(index, index + 3, value * unit, value * unit)
    if _word(text, index + 1) in {"a", "an"} and _word(text, index + 2) in words.durations:
        return Number(index, index + 2, value, value)
    return None


def _and_a_half(text: Text, index: int) -> bool:
    return [_word(text, place) for place in range(index, index + 3)] == ["and", "a", "half"]


def _vague(text: Text, index: int) -> Number | None:
    """ "a few hundred", "several thousand", "a handful of"."""
    words, first = quantities(), index
    if _word(text, index) in {"a", "an"}:
        index += 1
    limits = words.vague.get(_word(text, index))
    if not limits or (_word(text, index) == "few" and first == index and index and _word(text, index - 1) in {"very"}):
        return None
    index, scale = index + 1, 1.0
    while _word(text, index) in {*words.scales, "dozen"} - set(words.letters):
        scale *= {**words.scales, "dozen": 12}[_word(text, index)]
        index += 1
    return Number(first, index, limits[0] * scale, limits[1] * scale)


def _plural_scale(text: Text, index: int) -> Number | None:
    """ "thousands", "tens of thousands", "hundreds of millions": from one to just under ten of them."""
    words, first, scale = quantities(), index, 1.0
    if text.tokens[index].raw not in words.plural_scales or _word(text, index - 1) in {*words.digits, "#"}:
        return None
    scale = words.plural_scales[text.tokens[index].raw]
    top = 100 / 24 if text.tokens[index].raw == "dozens" else 10
    index += 1
    while _word(text, index) == "of" and _word(text, index + 1) in words.plural_scales:
        scale *= words.plural_scales[_word(text, index + 1)]
        index += 2
    return Number(first, index, scale, scale * top - 1)


def _out_of(text: Text, index: int) -> Number | None:
    """ "four out of five", "9 in 10", "8 of 10" as a share."""
    part = _small(text, index)
    if part is None:
        return None
    joint = index + 1
    if (
        _word(text, joint + 1) in {"out", "in"}
        and _word(text, joint) not in {"out", "in", "of", "/"}
        and text.tokens[index].raw in quantities().digits
    ):
        joint += 1  # "one answer in four"
    if _word(text, joint) == "out":
        joint += 1
    elif _word(text, joint) not in {"in", "of", "/"} or (
        _word(text, joint) == "of" and text.tokens[index].kind != "number"
    ):
        return None
    whole = _small(text, joint + 1) if _word(text, joint) in {"of", "in", "/"} else None
    if whole is None or not 0 < part <= whole or whole < 2:
        return None
    if _word(text, joint + 2) in {*quantities().durations, *quantities().sizes, "of"}:
        return None
    return Number(index, joint + 2, part / whole, part / whole, share=True)


def _small(text: Text, index: int) -> float | None:
    if index >= len(text.tokens):
        return None
    token = text.tokens[index]
    if token.kind == "number" and token.raw.isdigit() and not _is_label(text, token):
        return float(token.raw)
    value = quantities().digits.get(token.raw)
    return float(value) if value is not None else None


def _fraction(text: Text, index: int) -> Number | None:
    """ "two thirds", "three quarters", "half", "a third" as a share; not "a third party"."""
    words, first = quantities(), index
    count = words.digits.get(_word(text, index), 0)
    if count or _word(text, index) in {"a", "one"}:
        index += 1
        count = count or 1
    fraction = words.fractions.get(_word(text, index))
    if (
        fraction is None
        or _word(text, index + 1) in {"party", "parties", "a", "an", "person", "one", "page"}
        or _word(text, first - 1) in {"the"}
    ):
        return None
    if not count and _word(text, index) != "half":
        return None
    if _word(text, index) in {"quarter", "quarters"} and count <= 1 and _word(text, index + 1) != "of":
        return None  # a quarter of a year
    return Number(first, index + 1, max(1, count) * fraction, max(1, count) * fraction, share=True)


def _is_label(text: Text, token: Token) -> bool:
    """Digits that are part of a name: GPT-4, v2, H100, p95, Q3, 70B models, #12."""
    before = text.message[max(0, token.start - 24) : token.start]
    if before.endswith("#") or (
        _LABEL_BEFORE.search(before) and not re.search(r"(?:\b(?:USD|EUR|GBP|sub|ca)-?)$", before, re.IGNORECASE)
    ):
        return True
    if re.search(
        r"\b(?:version|v|release|phase|step|section|chapter|room|python|ubuntu|postgres|llama|gpt|claude|gemini|chatgpt|level|tier)\.? ?$",
        before,
        re.IGNORECASE,
    ):
        return True
    after = text.message[token.end : token.end + 14]
    return bool(
        re.match(
            r"[bB][- ](?:class|model|open|param|llama)|[- ]?bit\b|:\d\d|x\d|/7\b|th\b|st\b|nd\b|rd\b|[°#]|[ -]?GB of RAM|(?:\.\d+)+",
            after,
        )
    )


def _marked(text: Text, number: Number) -> Number:
    """The number with the doubt that the words around it express."""
    words = quantities()
    reach = [_word(text, index) for index in range(max(0, number.first - 4), number.first)]
    while reach and "." in reach:
        reach = reach[reach.index(".") + 1 :]
    after = [_word(text, index) for index in range(number.end, number.end + 3)]
    doubt = any(word in words.unsure for word in reach) or "maybe" in after[:2] or after[:2] == ["i", "guess"]
    return replace(number, unsure=doubt)


def _word(text: Text, index: int) -> str:
    """The word, or "" outside the message."""
    return text.tokens[index].raw if 0 <= index < len(text.tokens) else ""
