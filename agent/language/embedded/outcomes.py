"""Numbers that tell how trials came out: by the failures, by two counts apart, and by a bare number beside a share."""

from collections.abc import Sequence
from dataclasses import replace

from agent.language.embedded.lexicon import context_words, stems_of
from agent.language.embedded.number import Number, word_at
from agent.language.embedded.tokens import Text

_WRONG = context_words("outcomes_wrong")
_RIGHT = context_words("outcomes_right")
_TRIED = context_words("outcomes_tried")
_BARE = context_words("outcomes_before_bare")
_ENDS = {".", ";", ",", ":", ")"}
_AFTER_BARE = {"", "and", "but", "or", "to", "at", "before", "otherwise", "if", "so", "my", "our", "i", "for", "now"}
_FAILURES = {"failur", "error", "mistak"}
_MOST = 0.9
"""Failures above this share are rather a slip of the reading."""
_NAMES = frozenset("report reports log logs message messages code codes ticket tickets page budget".split())
"""What an error may name: "60 % of error reports"."""
_MEASURES = frozenset("second minute hour day week month page word token ms percent pm am o".split())
"""What a number may measure instead of counting trials."""
_NEAR = 5
"""Words up to which a share is followed by what it is a share of."""
_NEAR_BEFORE = 7
"""The same before it: "wrong with a plain instruction about three times in ten"."""
_APART = 16
"""Words between a number of trials and the number of those that came out right."""


def as_shares(text: Text, numbers: Sequence[Number]) -> list[Number]:
    """The numbers of a message, with shares of failures turned round and counts out of counts as shares."""
    return _bare_shares(text, _tallied(text, [_turned(text, number, numbers) for number in numbers]))


def _turned(text: Text, number: Number, numbers: Sequence[Number]) -> Number:
    """ "Wrong three times in ten", "2 % errors": the rest is right."""
    first, end = number.first, number.end
    if not (number.share or number.percent) or not 0 < number.low <= number.high < 1 or number.low > _MOST:
        return number
    if word_at(text, first - 1) == "by" or (word_at(text, end) == "of" and _wrong_within(text, end, end + 4)):
        return number  # "errors fell by 30 %", "half of the errors"
    if word_at(text, end) in {"fewer", "less", "more", "higher", "lower", "growth", "increase", "rise"}:
        return number
    if number.share and end < len(text.tokens) and text.tokens[end].stem in _FAILURES:
        return number  # "nine of ten failures"
    if any(text.tokens[index].stem in context_words("numbers_errors") for index in range(first, end)):
        return number  # "one wrong in two hundred" is turned already
    left, right = text.clause_of(first)
    others = [other for other in numbers if other is not number]
    stop = min([right, end + _NEAR, *(other.first for other in others if other.first >= end)])
    start = max([left, first - _NEAR_BEFORE, *(other.end for other in others if other.end <= first)])
    after, before = _nearest(text, range(end, stop)), _nearest(text, range(first - 1, start - 1, -1))
    if (after or before) != "wrong" or (after == "wrong" and before == "right"):
        return number
    return replace(number, low=round(1 - number.high, 6), high=round(1 - number.low, 6))


def _nearest(text: Text, indices: range) -> str | None:
    """Whether the first word that tells tells of right or wrong, up to a comma."""
    for index in indices:
        if text.tokens[index].stem in _ENDS:
            return None
        if text.tokens[index].stem in _WRONG:
            denied = word_at(text, index - 1) in {"not", "never", "no", "without"}
            return None if denied or text.raw_at(index + 1) in _NAMES else "wrong"
        if text.tokens[index].stem in _RIGHT:
            return "right"
    return None


def _wrong_within(text: Text, first: int, end: int) -> bool:
    return any(token.stem in _WRONG for token in text.tokens[first:end])


def _tallied(text: Text, numbers: list[Number]) -> list[Number]:
    """ "Tried fifty cases: 46 came out correct": the second as a share of the first, which counts nothing else."""
    found: list[Number] = []
    for number in numbers:
        whole = found[-1] if found else None
        if whole and _is_count(whole) and _is_count(number) and _is_tally(text, whole, number):
            share = number.low / whole.low
            found[-1] = replace(number, low=share, high=share, share=True, scale=1.0)
        else:
            found.append(number)
    return found


def _is_count(number: Number) -> bool:
    plain = not (number.percent or number.share or number.usd is not None or number.bare_year)
    return plain and number.single and number.low == int(number.low) and number.low > 0


def _is_tally(text: Text, whole: Number, part: Number) -> bool:
    if not 5 <= whole.low <= 10_000 or not part.low <= whole.low or part.first - whole.end > _APART:
        return False
    first, end = text.sentence_of(part.first)
    if text.sentence_of(whole.first) != (first, end) and text.sentence_of(whole.first)[1] != first:
        return False
    clause = range(max(first, whole.end, part.first - _NEAR), min(end, part.end + _NEAR))
    stops = [index for index in clause if text.tokens[index].stem in _ENDS]
    start = max([index + 1 for index in stops if index < part.first], default=clause.start)
    stop = min([index for index in stops if index >= part.end], default=clause.stop)
    outcome = any(text.tokens[index].stem in _RIGHT for index in range(start, stop))
    measures = {word_at(text, place).removesuffix("s") for place in (part.end, whole.end, whole.end + 1)}
    return outcome and not measures & _MEASURES and not _counts_people(text, part) and _is_trial(text, whole, part)


def _counts_people(text: Text, number: Number) -> bool:
    return number.end < len(text.tokens) and text.tokens[number.end].stem in stems_of("people")


def _is_trial(text: Text, whole: Number, part: Number) -> bool:
    """Whether what is counted first was put to the test: a word for it stands near, or "of" opens the count."""
    first, _ = text.sentence_of(whole.first)
    around = text.tokens[max(first, whole.first - 9) : part.first]
    opens = word_at(text, whole.first - 1) == "of" or word_at(text, whole.first - 2) == "of"
    return any(token.stem in _TRIED for token in around) or (opens and part.first - whole.end <= _NEAR)


def _bare_shares(text: Text, numbers: list[Number]) -> list[Number]:
    """ "64 % come out right, we would need 85": a bare number that is set against a share is one too."""
    found: list[Number] = []
    for number in numbers:
        shares = [other for other in found if other.percent or other.share]
        near = shares and _sentences_between(text, shares[-1], number) <= 1
        if near and _is_bare(text, number):
            found.append(replace(number, low=number.low / 100, high=number.high / 100, share=True))
        else:
            found.append(number)
    return found


def _sentences_between(text: Text, one: Number, other: Number) -> int:
    return sum(one.end <= end - 1 < other.first for _, end in text.sentences)


def _is_bare(text: Text, number: Number) -> bool:
    """A number from 50 to below 100 that counts nothing, behind a word for what is reached or wanted."""
    if number.percent or number.share or number.usd is not None or not 50 <= number.low <= number.high < 100:
        return False
    after = text.tokens[number.end] if number.end < len(text.tokens) else None
    if after and after.stem not in _ENDS and after.raw not in _AFTER_BARE:
        return False
    return any(text.tokens[index].stem in _BARE for index in range(max(0, number.first - 2), number.first))
