"""Growth of the traffic in a year: "doubling every year", "half as many again by next year", "10 % fewer", "flat"."""

from collections.abc import Iterator
from typing import NamedTuple

from agent.language.embedded.figures import Candidate, Figure, Reading
from agent.language.embedded.lexicon import book, context_words, mapping, quantities, stems_of
from agent.language.embedded.number import word_at
from agent.language.embedded.tokens import Text, stem
from tools.profile import FactValue, Known, Range

_GROWTH = context_words("shares_growth")
_SHRINKING = context_words("shares_shrinking")
_TRAFFIC = context_words("shares_traffic")
_OTHER_GROWTH = context_words("shares_other_growth")
_OWNED = {"our", "the", "their", "its", "my", "your"}
"""Words that open what is doubled: "double our stores by next year"."""
_ALONE = 4
"""Words within which an answer says that it grows, for a year where it names no time."""
_LONGEST = 4.0
"""Growth may be told for stretches of up to so many years, and from a month on."""


class Stretch(NamedTuple):
    """A stretch of time that growth is told for: its years, whether it comes again, and where it stands."""

    years: float
    again: bool
    first: int
    end: int


def read_growth(reading: Reading) -> Iterator[Candidate]:
    """Growth as a share, as a factor, and none at all."""
    yield from _as_shares(reading)
    yield from _as_factors(reading)
    yield from _as_none(reading)


def _as_shares(reading: Reading) -> Iterator[Candidate]:
    """ "20 % more each year", "climbs by a quarter annually", "a third fewer next year"."""
    for figure in reading.figures:
        number, first, end = figure.number, figure.first, figure.number.end
        if not (number.percent or number.share) or _is_made_up(reading, first) or not _of_a_year(figure):
            continue
        stretch = _stretch(reading.text, number.first, end)
        told = stretch is not None or (number.percent and reading.near(first, end, _TRAFFIC, 9, 6))
        grows = number.low < 0 or reading.near(first, end, _GROWTH, 7, 5)
        if not told or not grows or _of_something_else(reading, first, end, 9):
            continue
        shrinks = number.low > 0 and reading.near(first, end, _SHRINKING, 7, 4)
        low, high = (-number.high, -number.low) if shrinks else (number.low, number.high)
        years = stretch.years if stretch else 1.0
        yield _candidate(reading, first, max(figure.end, end), low, high, years)


def _of_a_year(figure: Figure) -> bool:
    """Not what happens "every minute" or each day."""
    return figure.period in {None, "week", "month", "quarter", "year"}


def _is_made_up(reading: Reading, first: int) -> bool:
    """ "Those make up 80 %"."""
    return reading.before(first, {"up"}, 3) and reading.before(first, {"make", "made", "add"}, 4)


def _as_factors(reading: Reading) -> Iterator[Candidate]:
    """ "Double every year", "4x per year", "three times as many a year from now"."""
    for index in range(len(reading.text.tokens)):
        factor, end = _factor(reading.text, index)
        if not factor or reading.scope.negated(reading.text, index, index):
            continue
        stretch = _stretch(reading.text, index, end)
        alone = reading.asked == "annual_growth" and index <= _ALONE
        if (stretch or alone) and _grows_here(reading, index, end, stretch):
            yield _candidate(reading, index, end, factor - 1, factor - 1, stretch.years if stretch else 1.0)


def _grows_here(reading: Reading, first: int, end: int, stretch: Stretch | None) -> bool:
    """Whether it is the traffic that grows, and not the team or the prices."""
    if _of_something_else(reading, first, end, 6):
        return False
    if reading.asked == "annual_growth":
        return True
    sent = _TRAFFIC | stems_of("queries") | stems_of("items")
    if reading.text.raw_at(end) in _OWNED:
        return reading.near(end, end, sent - {"we", "it"}, 0, 4)
    if stretch and reading.asked is None:
        return True
    return reading.near(first, end, sent, 12, 8, clause=False)


def _of_something_else(reading: Reading, first: int, end: int, before: int) -> bool:
    return reading.near(first, end, _OTHER_GROWTH, before, 4)


def _factor(text: Text, index: int) -> tuple[float, int]:
    """By what it is multiplied, and where the words for that end; 0 where nothing is."""
    factors: dict[str, float] = mapping("growth.yaml")["factors"]
    word = word_at(text, index)
    verb = next((factor for name, factor in factors.items() if stem(name) == text.tokens[index].stem), 0.0)
    if verb and word_at(text, index + 1) in mapping("growth.yaml")["names"]:
        return 0.0, index
    if verb:
        return (verb, index + 1) if not word.endswith("ed") or _lately(text, index) else (0.0, index)
    if word.endswith("fold") and word[:-4] in quantities().digits:
        return float(quantities().digits[word[:-4]]), index + 1
    if word == "half":
        return (1.5, end) if (end := _again(text, index + 1)) else (0.0, index)
    count, end = {"twice": 2.0, "thrice": 3.0}.get(word, 0.0), index + 1
    if not count:
        count, after = _count(text, index), word_at(text, end)
        if after in {"x", "fold", "×"}:
            return count, end + 1
        if not count or after != "times":
            return 0.0, index
        end += 1
    return (count, end) if word_at(text, end) in mapping("growth.yaml")["compared"] else (0.0, index)


def _lately(text: Text, index: int) -> bool:
    """ "Has doubled every year" goes on; "doubled last year" is over."""
    return word_at(text, index + 1) in {"every", "each"}


def _again(text: Text, index: int) -> int:
    """Where "again" ends in "half again", "half as many again", "half as big again"; 0 where it is not said."""
    for place in range(index, index + 6):
        if word_at(text, place) == "again" and (place == index or word_at(text, index) == "as"):
            return place + 1
    return 0


def _count(text: Text, index: int) -> float:
    token = text.tokens[index]
    if token.kind == "number":
        return float(token.raw) if token.raw.replace(".", "", 1).isdigit() and float(token.raw) <= 100 else 0.0
    return float(quantities().digits.get(token.raw, 0))


def _stretch(text: Text, first: int, end: int) -> Stretch | None:
    """The stretch of time that growth at tokens first to end is told for, after it or else before it."""
    left, right = text.sentence_of(first)
    after = (_stretch_at(text, index) for index in range(end, min(right, end + 11)))
    before = (_stretch_at(text, index) for index in range(first - 1, max(left, first - 10) - 1, -1))
    return next((found for found in (*after, *before) if found is not None), None)


def _stretch_at(text: Text, index: int) -> Stretch | None:
    """ "Every year", "by next year", "in the coming twelve months", "year on year", "annually"; not "last year"."""
    words = mapping("growth.yaml")
    word = word_at(text, index)
    if word in words["yearly"]:
        return Stretch(1.0, True, index, index + 1)
    years: float = words["units"].get(word) or words["units"].get(word.removesuffix("s")) or 0.0
    count, start = (_count(text, index - 1), index - 1) if index else (0.0, index)
    if not count or word_at(text, index - 1) == "one":
        count, start = 1.0, index
    leads = [word_at(text, place) for place in range(max(0, start - 3), start)]
    if not years or {*leads} & {*words["over"]} or word_at(text, index + 1) in words["over"]:
        return None
    again = bool({*leads[-1:]} & {"every", "each", "per", "a", "/"}) or word_at(text, index + 1) in {"on", "over"}
    again = again and word_at(text, start - 2) not in {"in", "within", "by"}
    whole = round(years * count, 4)
    if whole % 1 and not again:
        return None  # what comes within six months need not go on
    if not again and not {*leads} & {*words["ahead"]} and word_at(text, index + 1) not in words["onward"]:
        return None
    return Stretch(whole, again, start, index + 1) if 0 < whole <= _LONGEST else None


def _as_none(reading: Reading) -> Iterator[Candidate]:
    """ "Flat", "no growth planned", "the same number next year"."""
    for hit in book("growth_none.yaml").find(reading.text):
        asked = reading.asked == "annual_growth"
        ours = asked or reading.near(hit.first, hit.end, _TRAFFIC - {"it"}, 8, 4)
        said = {"answer": asked and hit.first == 0, "verb": ours}.get(hit.meaning, True)
        positive = hit.meaning in {"answer", "plain"}
        if not said or (positive and reading.scope.negated(reading.text, hit.first, hit.end)):
            continue
        if not _of_something_else(reading, hit.first, hit.end, 3):
            yield Candidate("annual_growth", Known(0), hit.first, hit.end)


def _candidate(reading: Reading, first: int, end: int, low: float, high: float, years: float) -> Candidate:
    unsure = next((figure.number.unsure for figure in reading.figures if figure.first == first), False)
    return Candidate("annual_growth", _value(low, high, years, unsure), first, end, derived=years != 1)


def _value(low: float, high: float, years: float, unsure: bool) -> FactValue:
    """Growth over so many years as growth in one, compounded."""
    ends = [round((1 + rate) ** (1 / years) - 1, 4) for rate in (low, high)]
    plain = [int(end) if end == int(end) else end for end in ends]
    return Known(plain[0], unsure=unsure) if plain[0] == plain[1] else Range(*ends)
