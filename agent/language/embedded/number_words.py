"""Numbers said in words: "two hundred and fifty", "half a million", "a few dozen", "four out of five", "two thirds"."""

from functools import cache

from agent.language.embedded.lexicon import quantities
from agent.language.embedded.number import Number, word_at
from agent.language.embedded.portions import fraction_in_words
from agent.language.embedded.tokens import Text

_POINTERS = {"this", "that", "which", "another", "each", "any", "no"}
"""Words after which "one" stands for a thing that was named before."""


@cache
def openers() -> frozenset[str]:
    """The words that a number in words, or a share, can begin with."""
    words = quantities()
    lists = (words.digits, words.scales, words.groups, words.fractions, words.vague, words.plural_scales)
    return frozenset({"a", "an", "one", "every", "once", "twice"}.union(*lists))


def number_in_words(text: Text, index: int) -> Number | None:
    """The number whose words start at a token, shares first: "two thirds" is not two."""
    return (
        _part_of(text, index)
        or _vague(text, index)
        or _plural_scale(text, index)
        or _bare_couple(text, index)
        or fraction_in_words(text, index)
        or _in_words(text, index)
    )


def one_unit(text: Text, index: int) -> Number | None:
    """ "in a month", "within a second", "a quarter" as an answer: one of the unit that follows."""
    unit = word_at(text, index + 1)
    alone = index == 0 and (len(text.tokens) <= index + 5 or word_at(text, index + 2) == ",")
    alone = alone or word_at(text, index + 2) in {"is", "would", "will", "tops", "max", "maximum"}
    if word_at(text, index) not in {"a", "an"} or unit not in quantities().durations:
        return None
    if not alone and word_at(text, index - 1) not in {
        "within",
        "with",
        "in",
        "under",
        "than",
        "about",
        "around",
        "roughly",
        "takes",
        "take",
        "wait",
        "us",
        "least",
        "have",
        "got",
        "below",
        "beyond",
        "above",
        "over",
        "inside",
        "until",
        "say",
    }:
        return None
    return Number(index, index + 1, 1, 1)


def _in_words(text: Text, index: int) -> Number | None:
    """ "two hundred and fifty", "half a million", "a thousand", "one and a half"."""
    words, first = quantities(), index
    total, current, seen, last = 0.0, 0.0, False, 1.0
    if word_at(text, index) == "one" and (word_at(text, index + 1) == "off" or word_at(text, index - 1) in _POINTERS):
        return None
    while index < len(text.tokens):
        word = word_at(text, index)
        if word in words.digits and (current % 100 == 0 or (current % 10 == 0 and words.digits[word] < 10)):
            current += words.digits[word]
        elif not seen and _one_of_scale(text, index):
            current = 1
        elif word in words.scales and word not in words.letters and (seen or _bare_scale(text, index)):
            current, total = _scaled(current or 1, words.scales[word], total)
            last = words.scales[word]
        elif word in {"dozen", "couple"} and seen:
            current = (current or 1) * words.groups[word]
            last = words.groups[word]
            index += word_at(text, index + 1) == "of"
        elif word == "and" and seen and word_at(text, index + 1) in words.digits and (current >= 100 or total):
            pass
        elif seen and _and_a_half(text, index):
            current, total = (current + 0.5, total) if current or not total else (current, total + last / 2)
            index += 2
        else:
            break
        seen, index = True, index + 1
    if not seen:
        return _half_a(text, first)
    value = total + current
    return Number(first, index, value, value, scale=last if value % last == 0 else 1.0)


def _one_of_scale(text: Text, index: int) -> bool:
    """ "A thousand", "one dozen"."""
    words = quantities()
    scales = {*words.scales, "dozen", "couple"} - set(words.letters)
    return word_at(text, index) in {"a", "an", "one"} and word_at(text, index + 1) in scales


def _bare_couple(text: Text, index: int) -> Number | None:
    """ "Couple seconds", "couple of hundred", as it is said in passing; "every couple of days" is a frequency."""
    words, before = quantities(), word_at(text, index - 1)
    scale = index + 1 + (word_at(text, index + 1) == "of")
    if word_at(text, index) == "couple" and word_at(text, scale) in {"hundred", "thousand", "million", "dozen"}:
        value = words.groups["couple"] * {**words.scales, **words.groups}[word_at(text, scale)]
        return None if before in {"every", "each"} else Number(index, scale + 1, value, value)
    unit = word_at(text, index + 1).removesuffix("s")
    if word_at(text, index) != "couple" or unit not in {*words.durations, *words.sizes} or before in {"every", "each"}:
        return None
    return Number(index, index + 1, words.groups["couple"], words.groups["couple"])


def _bare_scale(text: Text, index: int) -> bool:
    """ "Hundred thousand per month": a scale without an article."""
    vague = {"few", "several", "many", "couple"}
    return word_at(text, index) in {"hundred", "thousand"} and word_at(text, index - 1) not in vague


def _scaled(current: float, scale: int, total: float) -> tuple[float, float]:
    if scale == 100:
        return current * 100, total
    return 0.0, total + current * scale


def _part_of(text: Text, index: int) -> Number | None:
    """ "A quarter of a million", "one tenth of a second", "three quarters of an hour", "half of one page"."""
    words, first = quantities(), index
    count = words.digits.get(word_at(text, index), 0)
    if count or word_at(text, index) in {"a", "one"}:
        index, count = index + 1, count or 1
    fraction = words.fractions.get(word_at(text, index))
    if fraction is None or word_at(text, index + 1) != "of" or word_at(text, index + 2) not in {"a", "an", "one"}:
        return None
    value, unit = max(1, count) * fraction, word_at(text, index + 3)
    scales = {**words.scales, **words.groups}
    if unit in scales and unit not in words.letters:
        return Number(first, index + 4, value * scales[unit], value * scales[unit])
    if unit in words.durations or unit in words.sizes:
        return Number(first, index + 3, value, value)
    return None


def _half_a(text: Text, index: int) -> Number | None:
    """ "half a million", "half a dozen"; "half a second" and "half a year" are half of one."""
    words = quantities()
    if (
        word_at(text, index) in {"a", "an"}
        and _and_a_half(text, index + 2)
        and word_at(text, index + 1) in words.durations
    ):
        return Number(index, index + 1, 1, 1)
    if word_at(text, index) not in {"half", "quarter"}:
        return None
    value = words.fractions[word_at(text, index)]
    if word_at(text, index + 1) in {"a", "an"} and word_at(text, index + 2) in {*words.scales, *words.groups} - set(
        words.letters
    ):
        unit = {**words.scales, **words.groups}[word_at(text, index + 2)]
        return Number(index, index + 3, value * unit, value * unit)
    if word_at(text, index + 1) in {"a", "an"} and word_at(text, index + 2) in {*words.durations, *words.sizes}:
        return Number(index, index + 2, value, value)
    return None


def _and_a_half(text: Text, index: int) -> bool:
    return [word_at(text, place) for place in range(index, index + 3)] == ["and", "a", "half"]


def _vague(text: Text, index: int) -> Number | None:
    """ "a few hundred", "several thousand", "a handful of"."""
    words, first = quantities(), index
    if word_at(text, index) in {"a", "an"}:
        index += 1
    limits = words.vague.get(word_at(text, index))
    if not limits or (
        word_at(text, index) == "few" and first == index and index and word_at(text, index - 1) in {"very"}
    ):
        return None
    index, scale = index + 1, 1.0
    while word_at(text, index) in {*words.scales, "dozen"} - set(words.letters):
        scale *= {**words.scales, "dozen": 12}[word_at(text, index)]
        index += 1
    return Number(first, index, limits[0] * scale, limits[1] * scale)


def _plural_scale(text: Text, index: int) -> Number | None:
    """ "thousands", "tens of thousands", "hundreds of millions": from one to just under ten of them."""
    words, first, scale = quantities(), index, 1.0
    if text.tokens[index].raw not in words.plural_scales or word_at(text, index - 1) in {*words.digits, "#", "in"}:
        return None
    scale = words.plural_scales[text.tokens[index].raw]
    top = 100 / 24 if text.tokens[index].raw == "dozens" else 10
    index += 1
    while word_at(text, index) == "of" and word_at(text, index + 1) in words.plural_scales:
        scale *= words.plural_scales[word_at(text, index + 1)]
        index += 2
    return Number(first, index, scale, scale * top - 1)
