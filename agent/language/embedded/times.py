"""Waits and deadlines, from durations and dates."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from agent.language.embedded.figures import Candidate, Figure, Reading
from agent.language.embedded.lexicon import book, context_words, quantities, stems_of
from agent.language.embedded.number import Number
from tools.profile import FactValue, Known, Open, Range
from tools.units import Period, in_milliseconds, in_weeks

_WAIT = context_words("times_wait")
_LIMIT = context_words("times_limit")
_PRESENT = context_words("times_present")
_DEADLINE = context_words("times_deadline")
_STRONG_DEADLINE = context_words("times_strong_deadline")
_OTHER_SUBJECT = context_words("times_other_subject")
_NOT_DEADLINE = context_words("times_not_deadline")
_GRANTED = context_words("times_granted")
_CONTENT = context_words("times_content")
_BE = {"is", "are", "would", "will", "be", "was"}
_WHOLE = {"full", "whole", "good", "entire", "single", "solid"}
_AFTER_UNIT = context_words("times_after_unit")
_LASTING = {"take", "run", "last", "need", "chew", "dawdle", "think", "use"}
_ON_THE_WAY = {"up", "to", "for", "over", "about", "around", "on", "it", "roughly", "some", "easily", "well"}
_LONGEST = 120
"""Up to which bare number a wait is meant, in the unit named before."""
_FAR = 14
"""Tokens between a wait and the bare number that shares its unit."""
_REPLY = {"repli", "respons", "respond", "turnaround"}
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_FINISH = re.compile(
    r"\b(?:by|before|until|till|for|in|at|on|this|the)?\s*(?:the )?"
    r"(?P<what>(?:end of (?:the |this |next )?(?P<end>month|quarter|year)|(?P<iso>20\d\d-\d\d-\d\d)|christmas"
    r"|q(?P<q>[1-4])|(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?)?"
    rf"(?P<month>{'|'.join(_MONTHS)})\b(?: (?P<day2>\d{{1,2}})\b)?))",
    re.IGNORECASE,
)


def read_waits(reading: Reading) -> Iterator[Candidate]:
    """How long a user may wait."""
    for hit in book("waits.yaml").find(reading.text):
        if hit.meaning == "irrelevant":
            yield Candidate("latency_budget_ms", Open("not_applicable"), hit.first, hit.end)
        elif hit.meaning == "subsecond" and reading.text.raw_at(hit.end) != "and":  # "in a second and a half"
            yield Candidate("latency_budget_ms", Known(1_000), hit.first, hit.end)
        elif hit.meaning == "minutes":
            yield Candidate("latency_budget_ms", Range(120_000, 540_000), hit.first, hit.end)
    for figure in reading.figures:
        if (
            (figure.duration in {"millisecond", "second", "minute"} and _is_wait(reading, figure))
            or (figure.duration == "hour" and _may_last(reading, figure))
        ) and not (figure.number.percent):
            first, end, number = _mixed(reading, figure)
            yield Candidate("latency_budget_ms", _milliseconds(number, figure.duration), first, end)

    yield from _one_whole(reading)
    yield from _unit_left_out(reading)


def _one_whole(reading: Reading) -> Iterator[Candidate]:
    """ "It may take a full minute", "max a second until it types": one of a unit, where so much is granted."""
    text = reading.text
    for index, token in enumerate(text.tokens):
        unit = quantities().durations.get(token.raw, "")
        article = index - 1 - (text.raw_at(index - 1) in _WHOLE if index else 0)
        if unit not in {"second", "minute", "hour"} or article < 0 or text.raw_at(article) not in {"a", "an", "one"}:
            continue
        within = any(one.first <= index < one.end for one in reading.figures)
        figure = Figure(Number(article, index, 1, 1), article, index + 1, duration=unit)
        granted = reading.near(article, index + 1, _GRANTED, 6, 7)
        after = text.tokens[index + 1] if index + 1 < len(text.tokens) else None
        alone = after is None or after.kind == "symbol" or after.stem in _AFTER_UNIT
        if within or not (granted and alone) or _is_idle(reading, article) or not _is_wait(reading, figure):
            continue
        first, end, number = _mixed(reading, figure)
        yield Candidate("latency_budget_ms", _milliseconds(number, unit), first, end)


def _is_idle(reading: Reading, article: int) -> bool:
    """ "Calls a minute", where "a" is "per"; "wait a minute", "hold on a second", which only begin to speak."""
    if not article or reading.asked == "latency_budget_ms":
        return False
    before, first = reading.text.tokens[article - 1], reading.text.sentence_of(article)[0]
    counted = before.stem in stems_of("queries") | stems_of("items") | stems_of("people")
    return counted or (before.raw in {"wait", "just", "on", "me", "us"} and article - first <= 2)


def _unit_left_out(reading: Reading) -> Iterator[Candidate]:
    """ "It takes 40 s now; they'd be happy with fifteen": the unit is that of the wait named before."""
    for before, bare in pairwise(reading.figures):
        plain = not (bare.duration or bare.size or bare.period or bare.number.percent or bare.number.share)
        plain = plain and bare.number.usd is None and bare.number.high <= _LONGEST
        counted = bare.nouns and bare.nouns[0] not in _BE and not {*bare.nouns} <= _CONTENT
        close = bare.first - before.end <= _FAR and before.duration in {"millisecond", "second", "minute"}
        if not (plain and close) or counted or not reading.near(bare.first, bare.end, _CONTENT, 4, 3):
            continue
        if not reading.near(before.first, before.end, _CONTENT, 4, min(4, bare.first - before.end)):
            value = _milliseconds(bare.number, str(before.duration))
            yield Candidate("latency_budget_ms", value, before.first, bare.number.end)


def duration_value(fact: str, figure: Figure) -> FactValue:
    """A duration in the unit of the fact: milliseconds for waits, weeks for deadlines."""
    if fact == "latency_budget_ms":
        return _milliseconds(figure.number, str(figure.duration))
    return _weeks(figure.number, _period(str(figure.duration)))


def _milliseconds(number: Number, unit: str) -> FactValue:
    factor = 1.0 if unit == "millisecond" else in_milliseconds(1, quantities().periods[unit])
    low, high = round(number.low * factor), round(number.high * factor)
    return Known(low, unsure=number.unsure) if low == high else Range(low, high)


def _mixed(reading: Reading, figure: Figure) -> tuple[int, int, Number]:
    """ "a second and a half", "a minute or two"."""
    tokens, end, number = reading.text.tokens, figure.end, figure.number
    if [token.raw for token in tokens[end : end + 3]] == ["and", "a", "half"]:
        number = Number(number.first, end + 3, number.low + 0.5, number.high + 0.5, unsure=number.unsure)
        end += 3
    elif [token.raw for token in tokens[end : end + 2]] == ["or", "two"] and number.high == 1:
        number = Number(number.first, end + 2, number.low, 2, unsure=number.unsure)
        end += 2
    return figure.first, end, number


def _may_last(reading: Reading, figure: Figure) -> bool:
    """ "It may take five minutes", "drafts can run for half an hour": so long is granted to the work itself."""
    text, verb = reading.text, figure.first - 1
    while verb > 1 and text.raw_at(verb) in _ON_THE_WAY:
        verb -= 1
    if verb < 2 or text.raw_at(verb) not in _LASTING or text.raw_at(verb - 1) not in {"may", "can", "could", "might"}:
        return False
    subject = text.tokens[verb - 2]
    work = subject.stem in stems_of("items") | stems_of("queries") | context_words("times_wait")
    return work or subject.raw in {"it", "they", "each", "that", "this", "one", ",", "which"}


def _is_wait(reading: Reading, figure: Figure) -> bool:
    if _may_last(reading, figure) and not _repeated(reading, figure):
        return True
    if reading.text.raw_at(figure.first) in {"a", "an", "one"} and _is_idle(reading, figure.first):
        return False
    if reading.near(figure.first, figure.end, _PRESENT, 4, 0) and not reading.near(
        figure.first, figure.end, _LIMIT, 4, 4
    ):
        return False
    if reading.before(figure.first, {"everi", "each", "per"}, 1) or reading.near(
        figure.first,
        figure.end,
        {
            "video",
            "audio",
            "clip",
            "recording",
            "chang",
            "updat",
            "refresh",
            "call",
            "break",
            "walk",
            "drive",
            "phone",
            "queue",
            "load",
            *(() if reading.text.raw_at(figure.end) == "per" else ("line",)),
        },
        4,
        3,
    ):
        return False
    if _repeated(reading, figure):
        return False
    if figure.duration == "millisecond":
        return True
    return reading.near(figure.first, figure.end, _WAIT, 9, 7, clause=False) or reading.asked == "latency_budget_ms"


def _repeated(reading: Reading, figure: Figure) -> bool:
    """ "24 hours a day, seven days a week": a duration in every period is neither a wait nor a deadline."""
    text = reading.text
    return text.raw_at(figure.end) in {"a", "an", "per", "each", "every"} and (
        text.raw_at(figure.end + 1) in quantities().periods
    )


def read_deadlines(reading: Reading, as_of: date | None) -> Iterator[Candidate]:
    """When it must be live, in weeks."""
    for hit in book("waits.yaml").find(reading.text):
        if hit.meaning == "no_deadline":
            yield Candidate("weeks_to_production", Open("not_applicable"), hit.first, hit.end)
        elif hit.meaning == "in_weeks":
            yield Candidate("weeks_to_production", Range(2, 9), hit.first, hit.end, confidence=0.7)
    for figure in reading.figures:
        if figure.duration in {"day", "week", "fortnight", "month", "quarter", "year", "sprint"} and _is_deadline(
            reading, figure
        ):
            first, end, number = _mixed(reading, figure)
            yield Candidate("weeks_to_production", _weeks(number, _period(figure.duration)), first, end)
    if as_of is not None:
        yield from _dates(reading, as_of)


def _period(duration: str) -> Period:
    return quantities().periods.get(duration, "day")


def _weeks(number: Number, unit: Period) -> FactValue:
    low, high = (round(in_weeks(end, unit), 2) for end in (number.low, number.high))
    return Known(_plain(low), unsure=number.unsure) if low == high else Range(low, high)


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _is_deadline(reading: Reading, figure: Figure) -> bool:
    tokens, first, end = reading.text.tokens, figure.first, figure.end
    before = tokens[first - 1].raw if first else ""
    delivery = reading.near(first, end, _STRONG_DEADLINE - {"due"}, 9, 7)
    if _repeated(reading, figure) or (reading.near(first, end, _OTHER_SUBJECT, 8, 0) and not delivery):
        return False
    if before in {"every", "each", "last", "past", "per"} or reading.near(first, end, {"ago", "old"}, 0, 2):
        return False
    if reading.asked == "weeks_to_production":
        return True
    if reading.before(first, {"take", "took", "last"}, 3) or reading.near(first, end, _REPLY, 6, 0):
        return False
    strong = reading.near(first, end, _STRONG_DEADLINE, 9, 7, clause=False)
    if reading.near(first, end, _NOT_DEADLINE - {"for"}, 5, 3) and not strong:
        return False
    if before == "for" and not reading.near(first, end, {"plan", "schedul"}, 4, 0):
        return reading.near(first, end, {"engin", "develop", "project", "budget", "staff"}, 5, 4)
    if before == "of" and not strong:
        return False
    alone = reading.text.clause_of(first)[1] - reading.text.clause_of(first)[0] <= 4 + end - first or before == ","
    return (
        strong
        or reading.near(first, end, _DEADLINE, 6, 4)
        or (
            alone
            and reading.text.sentence_of(first)[1] - reading.text.sentence_of(first)[0] < 16
            and before in {",", ""}
        )
    )


def _dates(reading: Reading, as_of: date) -> Iterator[Candidate]:
    """ "end of quarter", "by March", "15 January", "2027-03-01" beside a word of delivery."""
    message, tokens = reading.text.message, reading.text.tokens
    for match in _FINISH.finditer(message):
        inside = [index for index, token in enumerate(tokens) if match.start() <= token.start < match.end()]
        if not inside or not (
            reading.near(inside[0], inside[-1] + 1, _STRONG_DEADLINE, 9, 5, clause=False)
            or reading.asked == "weeks_to_production"
        ):
            continue
        day = _day(match, as_of)
        if day is not None and day >= as_of:
            yield Candidate(
                "weeks_to_production",
                Known(_plain(round((day - as_of).days / 7, 2))),
                inside[0],
                inside[-1] + 1,
                derived=True,
            )


def _day(match: re.Match[str], as_of: date) -> date | None:
    parts = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "iso" in parts:
        try:
            return date.fromisoformat(parts["iso"])
        except ValueError:
            return None
    if "end" in parts:
        extra = 1 if "next" in parts["what"] else 0
        if parts["end"] == "year":
            return date(as_of.year + extra, 12, 31)
        span = 1 if parts["end"] == "month" else 3
        month = ((as_of.month - 1) // span + 1 + extra) * span
        return _month_end(as_of.year, month)
    if "q" in parts:
        return _next(as_of, _month_end(as_of.year, int(parts["q"]) * 3))
    if "month" not in parts:
        return _next(as_of, date(as_of.year, 12, 24))
    number = _MONTHS.index(parts["month"]) + 1
    if (
        parts["month"] == "may"
        and "day" not in parts
        and not match.group().lower().startswith(("by", "before", "until", "in"))
    ):
        return None
    try:
        return _next(as_of, date(as_of.year, number, int(parts.get("day") or parts.get("day2") or 1)))
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year + (month // 12), month % 12 + 1, 1) - timedelta(days=1)


def _next(as_of: date, day: date) -> date:
    return (
        day
        if day >= as_of
        else day.replace(year=day.year + 1)
        if (day.month, day.day) != (2, 29)
        else day + timedelta(days=366)
    )
