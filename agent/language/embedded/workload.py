"""Volumes that take more than one figure, or a verb between the count and its period."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

from agent.language.embedded.figures import Candidate, Figure, Reading, count_of, value_of
from agent.language.embedded.lexicon import context_words, quantities, stems_of
from agent.language.embedded.number import Number
from agent.language.embedded.periods import PER, period_after
from tools.units import DAYS, Period

_TOTAL = context_words("volumes_total")
_AVERAGE = context_words("volumes_average")
_LEADING = context_words("volumes_leading")
_HANDLED = context_words("volumes_handled")
_ARRIVING = context_words("volumes_arriving")
_RECEIVING = context_words("volumes_receiving")
_CHANGED = context_words("figures_changes")
_WORK = stems_of("queries") | stems_of("items") | stems_of("documents")
_ASKED_FOR = context_words("volumes_volume") | context_words("volumes_processing") | stems_of("queries")
_AGREES = 0.015
"""How far a total may be from the product of what it was worked out from."""
_EARLIER = 40
"""Tokens among which the factors of a total are looked for."""
_BETWEEN = 8
"""Words between a count and the period that belongs to it."""
_WE = {"we", "they", "you", "i"}
_WHOLE_DAYS: dict[tuple[str, float], Period] = {
    ("hour", 24): "day", ("day", 7): "week", ("day", 30): "month", ("month", 12): "year", ("day", 365): "year",
}  # fmt: skip


def read_workload(reading: Reading) -> Iterator[Candidate]:
    """Requests a day out of several figures; the more is spelt out, the earlier it counts."""
    for read in (_totals, _by_working_time, _calm_and_busy, _averages):
        found = list(read(reading))
        if found:
            yield from found
            return


def with_period(reading: Reading, figure: Figure) -> Figure | None:
    """The figure with a period that a verb parts from it: "reviews come in daily", "75 requests in 24 hours"."""
    if figure.period or not _plain(figure) or count_of(figure, "people") or count_of(figure, "goods"):
        return None
    text, verb = reading.text, False
    stop = min(figure.number.end + _BETWEEN, text.clause_of(figure.number.first)[1])
    for index in range(figure.number.end + 1, stop):
        token, other = text.tokens[index], reading.figure_at(index + 1)
        if other and other.duration and token.raw in PER | {"in", "over"} and not verb and count_of(figure, "queries"):
            period = _WHOLE_DAYS.get((other.duration, other.number.low))
            return replace(figure, end=other.end, period=period) if period else None
        if token.kind != "word" or reading.figure_at(index) or (token.stem in _CHANGED and token.raw.endswith("ed")):
            return None
        period, end = period_after(text, index, set(), ahead=1)
        if period:
            named = index - figure.number.end <= 2 and bool({*figure.nouns[:2]} & (stems_of("queries") | _REVIEWS))
            nouns = (*figure.nouns, "request") if verb else figure.nouns
            return replace(figure, end=end, period=period, nouns=nouns) if verb or named else None
        verb = verb or _is_work(reading, index)
    return None


_REVIEWS = {"review"}
"""What is counted, though it sounds like what is done to documents: "fifty reviews a day"."""


def _is_work(reading: Reading, index: int) -> bool:
    """ "Are handled", "come in", "that we get": what is done with each of the things counted, or that they come."""
    token, before = reading.text.tokens[index], reading.text.raw_at(index - 1)
    passive = token.stem in _HANDLED and token.raw.endswith(("ed", "en", "t"))
    return passive or token.stem in _ARRIVING or (token.stem in _RECEIVING and before in _WE)


def _totals(reading: Reading) -> Iterator[Candidate]:
    """ "22 drivers, four asks each a day, so 88": a total that is the product of what stands before it."""
    for total in reading.figures:
        if not _plain(total) or not reading.before(total.first, _TOTAL, 4) or total.number.low < 2:
            continue
        before = [one for one in reading.figures if 0 < total.first - one.first <= _EARLIER and _is_factor(one)]
        for one, other in combinations(before, 2):
            period = total.period or _period_of(reading, one, other)
            product = one.number.middle * other.number.middle
            agrees = abs(product - total.number.middle) <= _AGREES * product
            if period and agrees and min(one.number.low, other.number.low) > 1:
                yield _volume(total.number, period, one.first, total.end)
                return


def _period_of(reading: Reading, one: Figure, other: Figure) -> Period | None:
    """The period of the product of a rate and a count."""
    for rate, count in ((one, other), (other, one)):
        if rate.period and not _is_volume_of_text(reading, rate):
            if count.duration:
                return _span_of(reading, count) if count.duration == rate.period else None
            return "day" if _per_shift(reading, rate) and count.period is None else count.period or rate.period
    return None


def _by_working_time(reading: Reading) -> Iterator[Candidate]:
    """ "350 reports each shift, three shifts", "900 notes an hour, sixteen hours a day"."""
    for rate, count in ((one, other) for one in reading.figures for other in reading.figures if one is not other):
        if not rate.period or not _plain(rate) or abs(rate.first - count.first) > _EARLIER // 2:
            continue
        shifts = _per_shift(reading, rate) and count.nouns[:1] == ("shift",) and not count.duration
        hours = count.duration == "hour" == rate.period and _span_of(reading, count)
        if not (shifts or hours) or not _is_asked(reading, rate) or _of_each(reading, rate):
            continue
        period: Period = (count.period or "day") if shifts else _span_of(reading, count) or "day"
        low, high = rate.number.low * count.number.low, rate.number.high * count.number.high
        number = Number(0, 0, low, high, unsure=rate.number.unsure)
        yield _volume(number, period, min(rate.first, count.first), max(rate.end, count.end))
        return


def _calm_and_busy(reading: Reading) -> Iterator[Candidate]:
    """ "Quiet days 100, stormy days 1500", "100 on quiet days, 1500 on busy ones": from the one to the other."""
    days = [one for one in reading.figures if _plain(one) and _on_such_days(reading, one)]
    for low, high in pairwise(days):
        same = reading.text.sentence_of(low.first) == reading.text.sentence_of(high.first)
        if same and _in_sentence(reading, low, _ASKED_FOR):
            ends = sorted((low.number.low, low.number.high, high.number.low, high.number.high))
            yield _volume(Number(0, 0, ends[0], ends[-1]), "day", low.first, high.end)
            return


def _on_such_days(reading: Reading, figure: Figure) -> bool:
    text, first = reading.text, figure.number.first
    start = first
    while start > 0 and text.tokens[start - 1].stem in _LEADING:
        start -= 1
    described = start > 1 and text.raw_at(start - 1) in {"days", "day"} and text.tokens[start - 2].kind == "word"
    bare = not figure.nouns or bool({*figure.nouns[:2]} & _WORK)
    after = range(figure.number.end, min(figure.number.end + 4, len(text.tokens)))
    on = next((index for index in after if text.raw_at(index) == "on"), None)
    follows = on is not None and text.raw_at(on + 2) in {"days", "day", "ones"}
    told = text.raw_at(start - 2) not in {*quantities().digits, "the", "a"} if described else False
    return (described and told and bare) or (follows and (figure.nouns[:1] == ("on",) or bare))


def _averages(reading: Reading) -> Iterator[Candidate]:
    """ "700 notes a day in the season, year average 60", "1,400 a day in summer, 500 across the year"."""
    for peak in reading.figures:
        if not peak.period or not _plain(peak) or not _is_asked(reading, peak) or _is_average(reading, peak):
            continue
        for usual in reading.figures:
            same = reading.text.sentence_of(peak.first) == reading.text.sentence_of(usual.first)
            bare = _plain(usual) and (usual.period is None or usual.first < usual.number.first)
            less = usual is not peak and usual.number.high < peak.number.low
            if same and bare and less and _is_average(reading, usual):
                first, end = min(peak.first, usual.first), max(peak.end, usual.number.end)
                yield _volume(usual.number, peak.period, first, end)
                return


def _is_average(reading: Reading, figure: Figure) -> bool:
    """ "Averages 120", "the average is about 60", "500 across the year", but not "average length 60"."""
    text, index = reading.text, figure.number.first - 1
    while index > 0 and text.tokens[index].stem in _LEADING:
        index -= 1
    named = index >= 0 and text.tokens[index].stem in _AVERAGE
    after = [text.raw_at(figure.number.end + step) for step in range(3)]
    through = after[0] in {"across", "over", "throughout"} and after[1] == "the" and after[2] == "year"
    return (named and not [noun for noun in figure.nouns[:1] if noun.isalpha() and noun not in _WORK]) or through


def _is_factor(figure: Figure) -> bool:
    number = figure.number
    counted = not (figure.size or number.percent or number.share or number.usd) and not count_of(figure, "goods")
    return counted and figure.duration in {None, "hour", "day"} and not number.bare_year


def _plain(figure: Figure) -> bool:
    """Whether a figure counts things."""
    return _is_factor(figure) and not figure.duration


def _per_shift(reading: Reading, figure: Figure) -> bool:
    inside = {reading.text.raw_at(index) for index in range(figure.first, figure.end)}
    return "shift" in inside


def _span_of(reading: Reading, figure: Figure) -> Period | None:
    """The period that a stretch of time is part of: "sixteen hours a day"."""
    joint, word = reading.text.raw_at(figure.end), reading.text.raw_at(figure.end + 1)
    return quantities().periods.get(word) if joint in PER else None


def _is_asked(reading: Reading, figure: Figure) -> bool:
    """Whether a rate is one of work that comes in."""
    if _is_volume_of_text(reading, figure):
        return False
    counted = bool({*figure.nouns[:3]} & (_WORK | {"time"})) and not count_of(figure, "people")
    spoken = counted or reading.near(figure.first, figure.end, _ASKED_FOR, 6, 2)
    return spoken or reading.asked == "queries_per_day"


def _is_volume_of_text(reading: Reading, figure: Figure) -> bool:
    """ "Two new pages a month": what changes in the documents."""
    changed = reading.near(figure.first, figure.end, context_words("volumes_textual"), 5, 2)
    return changed and not count_of(figure, "queries")


def _of_each(reading: Reading, figure: Figure) -> bool:
    """ "Every nurse asks five times a shift", "five a shift each": what one of them does."""
    text, (start, stop) = reading.text, reading.text.clause_of(figure.first)
    around = (*range(max(start, figure.first - 6), figure.first), *range(figure.number.end, min(stop, figure.end + 3)))
    return any(
        text.raw_at(index) in {"each", "every", "apiece", "per"} and text.raw_at(index + 1) not in quantities().periods
        for index in around
    )


def _in_sentence(reading: Reading, figure: Figure, stems: frozenset[str]) -> bool:
    first, end = reading.text.sentence_of(figure.first)
    spoken = any(token.stem in stems for token in reading.text.tokens[first:end])
    return spoken or reading.asked == "queries_per_day"


def _volume(number: Number, period: Period, first: int, end: int) -> Candidate:
    return Candidate("queries_per_day", value_of(number, 1 / DAYS[period]), first, end, derived=True)
