"""How often the knowledge changes, from periods beside words of change; the nearest frequency on a log scale."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import context_words, quantities, word_classes
from agent.language.embedded.tokens import stem
from tools.profile import Known
from tools.units import DAYS

FREQUENCIES = {
    "realtime": DAYS["minute"],
    "hourly": DAYS["hour"],
    "daily": 1.0,
    "weekly": 7.0,
    "monthly": DAYS["month"],
    "quarterly": DAYS["quarter"],
    "yearly": float(DAYS["year"]),
}
"""Days between changes that each value stands for."""

_CHANGE = {stem(word) for word in word_classes()["change"]} - {
    "move",
    "correct",
    "touch",
    "maintain",
    "shift",
    "vari",
    "adjust",
    "sync",
}
_WEAK_CHANGE = {
    stem(word)
    for word in [
        *word_classes()["arrive"],
        "move",
        "correct",
        "touch",
        "maintain",
        "shift",
        "vary",
        "adjust",
        "sync",
        "new",
    ]
}
_DOC = {stem(word) for word in word_classes()["doc"]} | {"it", "they", "that", "everyth", "which", "cod"}
_WHICH = {"first", "second", "third", "fourth", "last", "1st", "2nd", "3rd", "4th"}
_NOT_KNOWLEDGE = context_words("frequency_not_knowledge")
_COUNTED_BARE = context_words("volumes_fillers") | {"so", "new", "more"}
_INTO_KNOWLEDGE = context_words("frequency_into_knowledge")
_NOTHING_CHANGES = context_words("frequency_nothing_changes")


class Repeat(NamedTuple):
    """Something that happens every so many days, at tokens first to end."""

    days: float
    first: int
    end: int


def read_frequency(reading: Reading) -> Iterator[Candidate]:
    """How often the knowledge changes."""
    for repeat in find_repeats(reading):
        if reading.asked == "update_frequency" or _about_changes(reading, repeat):
            first = _clause_start(reading, repeat)
            yield Candidate("update_frequency", Known(nearest_frequency(repeat.days)), first, repeat.end)
    yield from _added(reading)


def _added(reading: Reading) -> Iterator[Candidate]:
    """ "We add 5 or so a month": what is added so often, beside what is said never to change."""
    for figure in reading.figures:
        counted = [noun for noun in figure.nouns if noun.isalpha() and noun not in _COUNTED_BARE]
        bare = figure.period and not (figure.size or figure.duration or figure.number.usd or counted)
        if bare and figure.period and reading.before(figure.first, {"add"}, 2) and figure.number.middle > 0:
            days = DAYS[figure.period] / figure.number.middle
            first = max(0, figure.first - 1)
            yield Candidate("update_frequency", Known(nearest_frequency(days)), first, figure.end, derived=True)


def nearest_frequency(days: float) -> str:
    """The value whose period is nearest to that many days on a log scale; the more frequent one on a tie."""
    return min(FREQUENCIES, key=lambda name: (round(abs(math.log(FREQUENCIES[name] / days)), 3), FREQUENCIES[name]))


def find_repeats(reading: Reading) -> list[Repeat]:
    """All expressions of how often something happens."""
    tokens, words, found, index = reading.text.tokens, quantities(), [], 0
    while index < len(tokens):
        repeat = _times_per(reading, index) or _every(reading, index) or _one_day_of(reading, index)
        if repeat is None and tokens[index].raw in words.adverbs:
            repeat = Repeat(DAYS[words.adverbs[tokens[index].raw]], index, index + 1)
        if repeat:
            if not index or tokens[index - 1].raw != "not":
                found.append(repeat)
            index = repeat.end
        else:
            index += 1
    return found


def _times_per(reading: Reading, index: int) -> Repeat | None:
    """ "once a week", "twice a year", "2-3 times per year", "several times in a day", "twice-yearly"."""
    tokens, words = reading.text.tokens, quantities()
    counts = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
    end, count = index, counts.get(tokens[index].raw)
    if count:
        end = index + 1
    else:
        figure = reading.figure_at(index)
        if figure is None or figure.number.end >= len(tokens) or tokens[figure.number.end].stem != "time":
            return None
        count, end = figure.number.middle, figure.number.end + 1
    if end < len(tokens) and tokens[end].raw in {"or"}:
        return None
    if reading.text.raw_at(end) in words.adverbs:
        return Repeat(DAYS[words.adverbs[reading.text.raw_at(end)]] / count, index, end + 1)
    if reading.text.raw_at(end) == "in":
        end += 1
        if _period_days(reading.text.raw_at(end)):
            return Repeat(_period_days(reading.text.raw_at(end)) / count, index, end + 1)
    if (
        end + 1 < len(tokens)
        and tokens[end].raw in {"a", "an", "per", "each", "every", "the"}
        and _period_days(tokens[end + 1].raw)
    ):
        return Repeat(_period_days(tokens[end + 1].raw) / count, index, end + 2)
    return None


def _every(reading: Reading, index: int) -> Repeat | None:
    """ "every week", "each Friday", "every other month", "every 15 minutes", "per quarter", "most days"."""
    tokens = reading.text.tokens
    loose = _without_each(reading, index)
    if loose:
        return loose
    if tokens[index].raw not in {"every", "each", "per"} or index + 1 >= len(tokens):
        return None
    if tokens[index + 1].raw in {"single", "working", "business", "school", "new"} and index + 2 < len(tokens):
        days = _period_days(tokens[index + 2].raw)
        if days:
            return Repeat(days, index, index + 3)
    following = tokens[index + 1].raw
    if _period_days(following) and following != "second":
        return Repeat(_period_days(following), index, index + 2)
    skipping = _every_few(reading, index)
    if skipping:
        return skipping
    figure = next((figure for figure in reading.figures if figure.number.first == index + 1 and figure.duration), None)
    if figure and figure.duration != "millisecond":
        days = DAYS[quantities().periods.get(str(figure.duration), "day")]
        return Repeat(days * figure.number.middle, index, figure.end)
    return None


def _one_day_of(reading: Reading, index: int) -> Repeat | None:
    """ "The first Tuesday of the month": a day that comes once in a longer period."""
    if reading.text.raw_at(index) not in _WHICH or not _period_days(reading.text.raw_at(index + 1)):
        return None
    joint, article, period = (reading.text.raw_at(index + step) for step in (2, 3, 4))
    longer = joint in {"of", "in"} and article in {"the", "a", "each", "every"} and _period_days(period) > DAYS["week"]
    return Repeat(_period_days(period), index, index + 5) if longer else None


def _every_few(reading: Reading, index: int) -> Repeat | None:
    """ "Every other month", "every few weeks", "every couple of days"; "every second" alone is a second."""
    text, following = reading.text, reading.text.raw_at(index + 1)
    if following not in {"other", "second", "few", "couple"}:
        return None
    place = index + 3 if text.raw_at(index + 2) == "of" else index + 2
    if _period_days(text.raw_at(place)):
        return Repeat((3.0 if following == "few" else 2.0) * _period_days(text.raw_at(place)), index, place + 1)
    return Repeat(_period_days(following), index, index + 2) if following == "second" else None


def _without_each(reading: Reading, index: int) -> Repeat | None:
    """ "Most weeks", "half-yearly", "on Fridays", "Mondays only", "week by week"."""
    word, following = reading.text.raw_at(index), reading.text.raw_at(index + 1)
    if word in {"most", "all"} and (place := _described_period(reading, index + 1)):
        return Repeat(_period_days(reading.text.raw_at(place - 1)), index, place)
    if word in {"half", "semi", "bi"} and following in quantities().adverbs:
        return Repeat(DAYS[quantities().adverbs[following]] * (2 if word == "bi" else 0.5), index, index + 2)
    if word == "on" and following.endswith("days") and _period_days(following):
        return Repeat(_period_days(following), index, index + 2)
    if word.endswith("days") and following == "only" and _period_days(word):
        return Repeat(_period_days(word), index, index + 2)
    if following == "by" and reading.text.raw_at(index + 2) == word and _period_days(word):
        return Repeat(_period_days(word), index, index + 3)
    return None


def _described_period(reading: Reading, index: int) -> int:
    """Where "weeks" or "working days" ends; 0 where there is none."""
    for place in (index, index + 1):
        if _period_days(reading.text.raw_at(place)) and reading.text.raw_at(place).endswith("s"):
            return place + 1
    return 0


def _period_days(word: str) -> float:
    """The days of a period's name; 0 for any other word."""
    periods = quantities().periods
    period = periods.get(word) or (periods.get(word[:-1]) if word.endswith("s") and len(word) > 3 else None)
    return DAYS[period] if period and len(word) > 2 else 0.0


def _about_changes(reading: Reading, repeat: Repeat) -> bool:
    text = reading.text
    if reading.near(repeat.first, repeat.end, _NOT_KNOWLEDGE - _with_docs(reading, repeat), 7, 3):
        return False
    counted = any(
        figure.first < repeat.end <= figure.end
        for figure in reading.figures
        if figure.period and figure.number.first < repeat.first
    )
    left = max(text.clause_of(repeat.first)[0], repeat.first - 9)
    commas = [index for index in range(left, repeat.first) if text.tokens[index].stem == ","]
    left = commas[-1] + 1 if commas and commas[-1] + 1 < repeat.first else left
    window = {text.tokens[index].stem for index in range(left, min(text.clause_of(repeat.first)[1], repeat.end + 6))}
    into = bool(window & _WEAK_CHANGE and window & _INTO_KNOWLEDGE)
    if window & _NOTHING_CHANGES and not window & _CHANGE and not into:
        return False
    if counted and not window & {"new", "chang", "updat"}:
        return False
    if window & _CHANGE:
        return True
    return bool(window & _WEAK_CHANGE and window & _DOC)


def _with_docs(reading: Reading, repeat: Repeat) -> set[str]:
    """ "We update the docs with every release, so monthly": the release is only the occasion."""
    docs = (_DOC & {stem(word) for word in word_classes()["doc"]}) - _NOT_KNOWLEDGE
    changed = reading.near(repeat.first, repeat.end, _CHANGE, 9, 0) and reading.near(
        repeat.first, repeat.end, docs, 8, 0
    )
    return {"releas", "version", "sprint"} if changed else set()


def _clause_start(reading: Reading, repeat: Repeat) -> int:
    """The quote starts at the word of change when it stands just before."""
    left = max(reading.text.clause_of(repeat.first)[0], repeat.first - 5)
    starts = [index for index in range(left, repeat.first) if reading.text.tokens[index].stem in _CHANGE | _WEAK_CHANGE]
    return starts[-1] if starts else repeat.first
