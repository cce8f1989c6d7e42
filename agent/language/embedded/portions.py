"""Shares in words: "four out of five", "one wrong in two hundred", "two thirds"."""

from functools import cache

from agent.language.embedded.lexicon import context_words, quantities, stems_of
from agent.language.embedded.number import Number, is_label, word_at
from agent.language.embedded.tokens import Text, stem

_JOINTS = {"out", "outta", "in", "of", "/"}
_NAMED = 3
"""Words that may name what is counted, between a part and the whole."""
_FEW = 4
"""A whole below it is told by other words than "two of three" where a share is meant."""


def out_of(text: Text, index: int) -> Number | None:
    """ "Four out of five", "99 times in a hundred", "8 of 10" as a share; "one wrong in 200" as what is right."""
    counted = _scaled(text, index) or _times(text, index)
    if counted is None:
        return None
    part, joint = counted
    if stem(word_at(text, joint)) in context_words("numbers_errors"):
        return _right_of(text, index, joint, part)
    named = _past_what_is_counted(text, joint)
    found = _whole(text, index, named, part)
    if found is None or not 0 < part <= found[0] or found[0] < 2:
        return None
    whole, end = found
    if named > joint and word_at(text, named) not in {"out", "outta"} and word_at(text, joint) not in {"time", "times"}:
        follower = text.tokens[end] if end < len(text.tokens) else None
        if follower and follower.kind != "symbol" and follower.raw not in quantities().after_shares:
            return None  # "three tickets in ten queues"
    if {word_at(text, end), word_at(text, end).removesuffix("s")} & {*quantities().durations, *quantities().sizes}:
        return None
    return Number(index, end, part / whole, part / whole, share=True)


def _past_what_is_counted(text: Text, index: int) -> int:
    """Where the words for what is counted end: "four correct routings" out of five, "81 cases" of a hundred."""
    names = {stem(word) for word in quantities().shared} | stems_of("items") | stems_of("queries")
    names |= context_words("shares_correct") - {"of"}
    place = index
    while place < min(index + _NAMED, len(text.tokens)) and text.tokens[place].stem in names:
        place += 1
    if place == index and word_at(text, index + 1) in _JOINTS and word_at(text, index) not in _JOINTS:
        worded = text.tokens[index - 1].raw in quantities().digits
        return index + 1 if worded and word_at(text, index).isalpha() else index
    return place


def _whole(text: Text, index: int, joint: int, part: float) -> tuple[float, int] | None:
    """The number that a part is taken from, behind "out of", "in every", "of the last", and where it ends."""
    word, bare = word_at(text, joint), text.tokens[index].kind != "number"
    if word not in _JOINTS:
        return None
    place = joint + 1
    if word == "out":
        if word_at(text, place) not in {"of", "in"}:
            return None
        place += 1
    first = place
    while place < first + 2 and word_at(text, place) in quantities().before_whole:
        place += 1
    found = _scaled(text, place)
    if word == "of" and bare and place == first and (part == 1 or not found or found[0] < _FEW):
        return None  # "one of twelve", "two of three"
    return found if not (word == "of" and part == 1 and bare) else None


def _times(text: Text, index: int) -> tuple[float, int] | None:
    """ "Once in a hundred", "twice out of fifty"."""
    often = {"once": 1.0, "twice": 2.0}.get(word_at(text, index))
    return (often, index + 1) if often and word_at(text, index + 1) in {"in", "out"} else None


def _right_of(text: Text, index: int, joint: int, wrong: float) -> Number | None:
    """ "One wrong in two hundred", "2 errors per hundred": the rest is right."""
    if word_at(text, joint + 1) not in {"in", "per", "out", "for"}:
        return None
    place = joint + 2 + (word_at(text, joint + 2) in {"of", "every"})
    found = _scaled(text, place)
    if found is None or not 0 < wrong < found[0]:
        return None
    return Number(index, found[1], 1 - wrong / found[0], 1 - wrong / found[0], share=True)


def _scaled(text: Text, index: int) -> tuple[float, int] | None:
    """ "Ten", "ninety-seven", "a hundred", "two thousand" and where it ends."""
    scales = _scales_in_words()
    bare = scales.get(word_at(text, index))
    if bare:
        return float(bare), index + 1  # "two per hundred"
    if word_at(text, index) in {"a", "every"} and word_at(text, index + 1) in scales:
        return float(scales[word_at(text, index + 1)]), index + 2
    small = _small(text, index)
    if small is None:
        return None
    value, end = small
    scale = scales.get(word_at(text, end))
    return (value * scale, end + 1) if scale else (value, end)


@cache
def _scales_in_words() -> dict[str, float]:
    return {word: scale for word, scale in quantities().scales.items() if word not in quantities().letters}


def _small(text: Text, index: int) -> tuple[float, int] | None:
    if index >= len(text.tokens):
        return None
    token, digits = text.tokens[index], quantities().digits
    if token.kind == "number" and token.raw.replace(",", "").isdigit() and not is_label(text, token):
        return float(token.raw.replace(",", "")), index + 1
    if token.raw not in digits:
        return None
    unit = digits.get(word_at(text, index + 1), 0)
    if digits[token.raw] >= 20 and 0 < unit < 10:
        return float(digits[token.raw] + unit), index + 2
    return float(digits[token.raw]), index + 1


def fraction_in_words(text: Text, index: int) -> Number | None:
    """ "two thirds", "three quarters", "half", "a third" as a share; not "a third party"."""
    words, first = quantities(), index
    count = words.digits.get(word_at(text, index), 0)
    if count or word_at(text, index) in {"a", "one"}:
        index += 1
        count = count or 1
    fraction = words.fractions.get(word_at(text, index))
    if (
        fraction is None
        or word_at(text, index + 1) in {"party", "parties", "a", "an", "person", "one", "page"}
        or word_at(text, first - 1) in {"the"}
    ):
        return None
    if not count and word_at(text, index) != "half":
        return None
    if word_at(text, index) in {"quarter", "quarters"} and count <= 1 and not _quarter_of_it(text, first, index + 1):
        return None  # a quarter of a year
    return Number(first, index + 1, max(1, count) * fraction, max(1, count) * fraction, share=True)


def _quarter_of_it(text: Text, first: int, end: int) -> bool:
    """ "A quarter of", "by a quarter", "a quarter more", "up a quarter": a share and no three months."""
    return word_at(text, end) in {"of", *quantities().increase} or word_at(text, first - 1) in {"by", "up", "down"}
