"""Finding numbers in a text, however they are written: digits, words, ranges, percentages, money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

UNITS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10.0 * (place + 2)
    for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
SCALES = {
    "hundred": 1e2,
    "hundreds": 1e2,
    "thousand": 1e3,
    "thousands": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "billion": 1e9,
}
FRACTIONS = {
    "half": 0.5, "halves": 0.5, "quarter": 0.25, "quarters": 0.25, "twice": 2.0, "thrice": 3.0, "double": 2.0,
    "doubles": 2.0, "triple": 3.0, "threefold": 3.0, "tenfold": 10.0, "dozen": 12.0, "dozens": 12.0,
}  # fmt: skip
SUFFIXES = {"k": 1e3, "m": 1e6, "bn": 1e9, "million": 1e6, "billion": 1e9, "thousand": 1e3}

_DIGITS = r"\d+(?:[,\u202f\u00a0']\d{3})*(?:\.\d+)?"
_WORDS = "|".join(sorted([*UNITS, *TENS, *SCALES, *FRACTIONS], key=len, reverse=True))
NUMERAL = re.compile(
    rf"(?P<digits>{_DIGITS})(?:\s?(?P<suffix>k|m|bn|million|billion|thousand)\b)?|\b(?P<words>(?:{_WORDS})(?:[\s-]+(?:{_WORDS}))*)\b",
    re.IGNORECASE,
)
PRONOUN = frozenset({"one"})
"""A word that is usually no number ("one of them"); it counts only before another number word."""


@dataclass(frozen=True)
class Numeral:
    """A number as it stands in a text and its value."""

    text: str
    value: float
    span: tuple[int, int]


def numerals(text: str) -> tuple[Numeral, ...]:
    """The numbers of a text in order; "one" by itself is not counted as one."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[Numeral]:
    for match in NUMERAL.finditer(text):
        if match["digits"]:
            value = float(re.sub(r"[,\u202f\u00a0']", "", match["digits"])) * SUFFIXES.get(
                (match["suffix"] or "").lower(), 1.0
            )
            yield Numeral(match.group(0), value, match.span())
        elif match["words"].lower() not in PRONOUN:
            yield Numeral(match.group(0), _value_of_words(match["words"].lower()), match.span())


def _value_of_words(words: str) -> float:
    total, current = 0.0, 0.0
    for word in re.split(r"[\s-]+", words):
        if word in SCALES:
            current = (current or 1.0) * SCALES[word]
            if SCALES[word] > 100:
                total, current = total + current, 0.0
        else:
            current += UNITS.get(word, TENS.get(word, FRACTIONS.get(word, 0.0)))
    return total + current
