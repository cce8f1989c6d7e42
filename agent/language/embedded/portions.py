"""Shares in words: "four out of five", "one wrong in two hundred", "two thirds"."""

from agent.language.embedded.lexicon import context_words, quantities
from agent.language.embedded.number import Number, is_label, word_at
from agent.language.embedded.tokens import Text, stem


def out_of(text: Text, index: int) -> Number | None:
    """ "Four out of five", "99 times in a hundred", "8 of 10" as a share; "one wrong in 200" as what is right."""
    part = _small(text, index)
    if part is None:
        return None
    joint = index + 1
    if stem(word_at(text, joint)) in context_words("numbers_errors"):
        return _right_of(text, index, part)
    if word_at(text, joint) in {"time", "times"} or (
        word_at(text, joint + 1) in {"out", "in"}
        and word_at(text, joint) not in {"out", "in", "of", "/"}
        and text.tokens[index].raw in quantities().digits
    ):
        joint += 1  # "one answer in four"
    if word_at(text, joint) == "out":
        joint += 1
    elif word_at(text, joint) not in {"in", "of", "/"} or (
        word_at(text, joint) == "of" and text.tokens[index].kind != "number" and not _several_of_the(text, joint, part)
    ):
        return None
    if word_at(text, joint + 1) == "every" or (word_at(text, joint), word_at(text, joint + 1)) == ("of", "the"):
        joint += 1  # "seven of every ten", "38 out of the 50"
    elif word_at(text, joint) not in {"of", "in", "/"}:
        return None
    found = _small_or_scaled(text, joint + 1)
    if found is None or not 0 < part <= found[0] or found[0] < 2:
        return None
    whole, end = found
    if word_at(text, end) in {*quantities().durations, *quantities().sizes}:
        return None
    return Number(index, end, part / whole, part / whole, share=True)


def _several_of_the(text: Text, joint: int, part: float) -> bool:
    """ "Eleven of the twelve", but not "one of the two"."""
    return part > 1 and word_at(text, joint + 1) == "the"


def _right_of(text: Text, index: int, wrong: float) -> Number | None:
    """ "One wrong in two hundred", "2 errors per hundred": the rest is right."""
    if word_at(text, index + 2) not in {"in", "per", "out", "for"}:
        return None
    place = index + 3 + (word_at(text, index + 3) in {"of", "every"})
    found = _small_or_scaled(text, place)
    if found is None or not 0 < wrong < found[0]:
        return None
    return Number(index, found[1], 1 - wrong / found[0], 1 - wrong / found[0], share=True)


def _small_or_scaled(text: Text, index: int) -> tuple[float, int] | None:
    """ "Ten", "a hundred", "two thousand" and where it ends."""
    bare = quantities().scales.get(word_at(text, index))
    if bare:
        return bare, index + 1  # "two per hundred"
    scale = quantities().scales.get(word_at(text, index + 1))
    small = 1.0 if word_at(text, index) in {"a", "every"} and scale else _small(text, index)
    if small is None:
        return None
    return (small * scale, index + 2) if scale else (small, index + 1)


def _small(text: Text, index: int) -> float | None:
    if index >= len(text.tokens):
        return None
    token = text.tokens[index]
    if token.kind == "number" and token.raw.isdigit() and not is_label(text, token):
        return float(token.raw)
    value = quantities().digits.get(token.raw)
    return float(value) if value is not None else None


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
