"""Figures: numbers with what they count, the period they repeat in, and the words around them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from agent.language.embedded.lexicon import quantities, stems_of
from agent.language.embedded.number import Number
from agent.language.embedded.numbers import find_numbers
from agent.language.embedded.periods import AHEAD, PER, VERBS, period_after, period_before, period_of_money
from agent.language.embedded.scope import Scope
from agent.language.embedded.tokens import Text, stem
from tools.profile import FactValue, Known, Range
from tools.units import Period, Size

Unit = TypeVar("Unit", bound=str)

_BREAKS = {
    ".",
    ";",
    ",",
    ":",
    "and",
    "but",
    "with",
    "from",
    "in",
    "which",
    "who",
    "that",
    "to",
    "because",
    "plus",
    "or",
    "until",
    "at",
    "within",
}
_DESCRIBED = 2
"""Words that may describe a unit of text: "300 product documentation pages"."""


@dataclass(frozen=True)
class Figure:
    """A number at tokens first to end with its unit (of time or text), period, and the stems of the words counted."""

    number: Number
    first: int
    end: int
    duration: str | None = None
    size: Size | None = None
    period: Period | None = None
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A value that some words give a fact, before conflicts and corrections are settled."""

    fact: str
    value: FactValue
    first: int
    end: int
    derived: bool = False
    confidence: float = 1.0
    other: FactValue | None = None
    choices: tuple[str, ...] = ()
    weighed: bool = False
    """Whether it counts whatever phrases say of its scope: that was weighed among other things."""


@dataclass(frozen=True)
class Reading:
    """A message ready for the readers of facts: tokens, scopes, figures, what was asked, whether it only supposes."""

    text: Text
    scope: Scope
    asked: str | None
    figures: tuple[Figure, ...] = field(default=())
    supposing: bool = False

    @cached_property
    def _figures_at(self) -> dict[int, Figure]:
        return {figure.number.first: figure for figure in self.figures}

    def figure_at(self, index: int) -> Figure | None:
        """The figure whose number starts at a token."""
        return self._figures_at.get(index)

    def near(
        self, first: int, end: int, stems: Collection[str], before: int = 8, after: int = 6, clause: bool = True
    ) -> bool:
        """Whether one of the stems stands near tokens first to end, in the same clause or sentence."""
        left, right = (self.text.clause_of if clause else self.text.sentence_of)(first)
        around = range(max(left, first - before), min(right, end + after))
        return any(self.text.tokens[index].stem in stems for index in around if not first <= index < end)

    def before(self, first: int, stems: Collection[str], reach: int = 8) -> bool:
        """Whether one of the stems stands before a token in its sentence."""
        return self.near(first, first, stems, reach, 0, clause=False)


def read_figures(text: Text) -> tuple[Figure, ...]:
    """All figures of a message."""
    numbers = [number for number in find_numbers(text) if not _is_idiom(text, number)]
    starts = {number.first for number in numbers}
    return tuple(_spans_joined(text, [_for_a_period(text, _figure(text, number, starts)) for number in numbers]))


def _for_a_period(text: Text, figure: Figure) -> Figure:
    """An amount of money with the period that it is for, where that is said further on."""
    if figure.number.usd is None or figure.period:
        return figure
    return replace(figure, period=period_of_money(text, figure.end))


def _is_idiom(text: Text, number: Number) -> bool:
    """ "24/7", "a zero too many", "a factor of ten": no amounts."""
    before = [token.raw for token in text.tokens[max(0, number.first - 2) : number.first]]
    around = "".join(token.raw for token in text.tokens[max(0, number.first - 2) : number.end + 2])
    digit = number.high == 0 and before[-1:] in (["a"], ["one"])
    return digit or before == ["factor", "of"] or ("24/7" in around and number.high in {24, 7})


def _spans_joined(text: Text, figures: list[Figure]) -> list[Figure]:
    """Ranges whose ends both carry the unit: "300ms-500ms", "two pages to three pages"."""
    found: list[Figure] = []
    for figure in figures:
        before = found[-1] if found else None
        same = before and (before.duration or before.size) and (before.duration, before.size) == (
            figure.duration, figure.size
        )  # fmt: skip
        joint = text.raw_at(before.end) if before else ""
        if before and same and joint in {"-", "to", "–"} and figure.number.first == before.end + 1:
            number = replace(
                before.number,
                end=figure.number.end,
                low=min(before.number.low, figure.number.low),
                high=max(before.number.high, figure.number.high),
            )
            found[-1] = replace(figure, number=number, first=before.first)
        else:
            found.append(figure)
    return found


def value_of(number: Number, factor: float, digits: int = 6, whole: bool = False) -> FactValue:
    """The number times a factor as a fact's value, rounded to significant digits so that periods agree."""
    low, high = (_rounded(end * factor, digits, whole) for end in (number.low, number.high))
    return Known(low, unsure=number.unsure) if low == high else Range(float(low), float(high))


def ends_of(value: FactValue) -> tuple[object, ...]:
    """The ends of a range, or a known value alone; nothing of what is open."""
    if isinstance(value, Range):
        return value.low, value.high
    return (value.value,) if isinstance(value, Known) else ()


def other_of(number: Number, factor: float, whole: bool) -> FactValue | None:
    """The second reading of an ambiguous number, where it is a possible value."""
    if number.other is None or (whole and number.other * factor != int(number.other * factor)):
        return None
    return Known(_rounded(number.other * factor, 6, whole))


def _rounded(value: float, digits: int, whole: bool) -> float | int:
    rounded = round(value) if whole else float(f"{value:.{digits}g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _figure(text: Text, number: Number, starts: set[int]) -> Figure:
    words, end = quantities(), number.end
    unit, after_unit = text.raw_at(end), text.raw_at(end + 1)
    if unit == "more":
        end, unit = end + 1, after_unit
    if unit in {"a", "an"} and number.first + 1 == end and text.tokens[number.first].raw == "half":
        end, unit = end + 1, after_unit
    if unit in words.rates:
        return Figure(number, number.first, end + 1, period=words.rates[unit], nouns=("request",))
    if unit in {"working", "business"} and after_unit in {"day", "days"}:
        days = replace(number, low=number.low * 7 / 5, high=number.high * 7 / 5)  # five of them make a week
        return Figure(days, number.first, end + 2, duration="day", nouns=_nouns(text, end + 2, starts))
    described = _described_size(text, end, starts)
    if described:
        end, unit, after_unit = described, text.tokens[described].raw, text.raw_at(described + 1)
    duration, size = _unit_word(unit, words.durations), _unit_word(unit, words.sizes)
    if unit == "s" and text.tokens[number.first - 1].raw in {"mid", "early", "late", "low", "high", "the"}:
        duration = None
    if duration and not number.percent and number.usd is None:
        return Figure(number, number.first, end + 1, duration=duration, nouns=_nouns(text, end + 1, starts))
    if size == "word" and after_unit in {"file", "files", "document", "documents", "doc", "docs"}:
        size = None  # the word processor
    if size and number.usd is None and not (unit == "page" and after_unit in {"long"}):
        period, stop = period_after(text, end + 1, starts, ahead=1)
        return Figure(
            number,
            number.first,
            stop if period else end + 1,
            size=size,
            period=period,
            nouns=(stem(unit), *_nouns(text, end + 1, starts)),
        )
    period, stop = period_after(text, end, starts)
    before, start = period_before(text, number.first, starts)
    nouns = _nouns(text, end, starts)
    return Figure(
        number, start if before and not period else number.first, max(stop, end), period=period or before, nouns=nouns
    )


def _described_size(text: Text, index: int, starts: set[int]) -> int | None:
    """Where a unit of text stands that one or two plain words before it describe."""
    words = quantities()
    for position in range(index, min(index + _DESCRIBED + 1, len(text.tokens))):
        token = text.tokens[position]
        if position > index and _unit_word(token.raw, words.sizes) in {"page", "word"}:
            return position
        plain = token.raw.isalpha() and token.raw not in PER | VERBS and token.stem not in _BREAKS
        following = text.tokens[position + 1].raw if position + 1 < len(text.tokens) else ""
        counted = token.stem in stems_of("people") | stems_of("queries") or token.raw in words.periods
        at_once = position == index and not counted and _unit_word(following, words.sizes) == "page"
        named = token.stem in stems_of("documents") | stems_of("text_kinds") or at_once
        if not plain or not named or position in starts:
            return None
    return None


def _nouns(text: Text, index: int, starts: set[int]) -> tuple[str, ...]:
    """The stems of the words that follow, up to a break or the next number."""
    found = []
    for position in range(index, min(index + AHEAD, len(text.tokens))):
        token = text.tokens[position]
        if (
            token.stem in _BREAKS and not (token.raw in {"and", "or", "/"} and position + 1 < len(text.tokens))
        ) or position in starts:
            break
        found.append(token.stem)
    return tuple(found)


def _unit_word(word: str, units: Mapping[str, Unit]) -> Unit | None:
    """What a unit's name stands for, in the singular or the plural."""
    return units.get(word) or (units.get(word[:-1]) if word.endswith("s") and len(word) > 3 else None)


def counts_people(figure: Figure) -> bool:
    """Whether what is counted is people and nothing that they send: "two machine learning engineers"."""
    things = any(count_of(figure, name) for name in ("items", "queries", "examples", "documents"))
    return count_of(figure, "people") and not things


def count_of(figure: Figure, name: str) -> bool:
    """Whether a figure counts one of the words of a list."""
    return any(noun in stems_of(name) for noun in figure.nouns)
