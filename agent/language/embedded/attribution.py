"""Which fact a figure belongs to: its unit leaves a few, and the words around it decide among them or for none."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent.language.embedded.figures import Candidate, Figure, Reading, counts_people, ends_of, other_of, value_of
from agent.language.embedded.frequency import find_repeats, nearest_frequency
from agent.language.embedded.lexicon import FOLDER, quantities, stems_of, word_classes
from agent.language.embedded.linear import Linear, load
from agent.language.embedded.meaning import vectors_of_runs
from agent.language.embedded.scope import GUESSED
from agent.language.embedded.shares import grows, growth_value, share_value
from agent.language.embedded.times import duration_value
from agent.language.embedded.tokens import stem
from knowledge.embedding import Vectors
from tools.profile import FactValue, Known
from tools.units import DAYS, TOKENS, Period, in_days, per_day, per_month

NONE = "none"
MODEL = FOLDER / "models" / "figures.npz"
LISTS = ("people", "queries", "items", "examples", "documents", "goods")
REACH = 9
"""Words on either side that are looked at."""
NEAREST = 3
"""Words on either side whose place counts too."""
_SHORT_TIMES = {"millisecond", "second", "minute", "hour"}
_LONG_TIMES = {"day", "week", "fortnight", "sprint", "month", "quarter", "year"}
_MONEY = ("monthly_budget_usd", "upfront_budget_usd")
SIZES = ("knowledge_tokens", "output_tokens", "prompt_tokens", "context_tokens")


@dataclass(frozen=True)
class Stated:
    """A figure, or something that repeats, with the facts that its unit leaves and the value it would give each."""

    first: int
    end: int
    kind: str
    values: dict[str, FactValue]
    figure: Figure | None = None


def stated_in(reading: Reading) -> list[Stated]:
    """All figures and repeats of a message that could state a fact."""
    found = [one for figure in reading.figures if (one := _of_figure(figure)) is not None]
    found += _spaced(reading)
    for repeat in find_repeats(reading):
        counted = any(one.first < repeat.end <= one.end and one.kind in {"rate", "money"} for one in found)
        if not counted:
            value = Known(nearest_frequency(repeat.days))
            found.append(Stated(repeat.first, repeat.end, "repeat", {"update_frequency": value}))
    return found


def _spaced(reading: Reading) -> Iterator[Stated]:
    """ "One every ten seconds", "a call every two minutes": a count for each stretch of time."""
    for figure in reading.figures:
        every = figure.first - 1
        if figure.duration not in {"second", "minute", "hour"} or every < 0 or reading.text.raw_at(every) != "every":
            continue
        before = _standing_before(reading, every)
        count = before.number.middle if before else 1.0
        days = in_days(figure.number.middle, quantities().periods[figure.duration])
        first = before.first if before else every
        value = Known(float(f"{count / days:.6g}"))
        yield Stated(first, figure.end, "rate", {"queries_per_day": value}, before or figure)


def _standing_before(reading: Reading, index: int) -> Figure | None:
    """The figure one or two words before a token."""
    return reading.figure_at(index - 1) or reading.figure_at(index - 2) if index > 0 else None


def _of_figure(figure: Figure) -> Stated | None:
    number = figure.number
    fraction = number.percent or number.share or 0 < number.low <= number.high < 1
    if figure.duration:
        kind, values = "duration", _durations(figure)
    elif figure.size:
        kind, values = "size", _sizes(figure)
    elif number.usd is not None:
        kind, values = "money", _money(figure, number.usd)
    elif fraction:
        kind, values = "share", _shares(figure)
    elif figure.period:
        kind, values = "rate", _rates(figure, figure.period)
    else:
        kind, values = "count", _counts(figure)
    return Stated(figure.first, figure.end, kind, values, figure) if values else None


def _durations(figure: Figure) -> dict[str, FactValue]:
    if figure.duration in _SHORT_TIMES:
        return {"latency_budget_ms": duration_value("latency_budget_ms", figure)}
    if figure.duration in _LONG_TIMES:
        return {"weeks_to_production": duration_value("weeks_to_production", figure)}
    return {}


def _sizes(figure: Figure) -> dict[str, FactValue]:
    if figure.period:
        return {"queries_per_day": value_of(figure.number, per_day(1, figure.period))} if figure.size == "page" else {}
    value = value_of(figure.number, TOKENS[figure.size or "token"], whole=True, digits=12)
    per_request = figure.size in {"token", "word", "page"}
    return dict.fromkeys(SIZES if per_request else SIZES[:1], value)


def _shares(figure: Figure) -> dict[str, FactValue]:
    number, values = figure.number, dict[str, FactValue]()
    if number.high <= 1:
        values = dict.fromkeys(("prompting_success", "accuracy_target"), share_value(number))
    if (number.percent or number.share) and grows(figure.period):
        values["annual_growth"] = growth_value(number, figure.period or "year")
    return values


def _rates(figure: Figure, period: Period) -> dict[str, FactValue]:
    """Requests; or how often something changes: "two new ones a month"; or money said without its sign."""
    number = figure.number
    often = number.middle if figure.nouns[:1] == ("time",) else 1.0
    values: dict[str, FactValue] = {
        "queries_per_day": value_of(number, per_day(1, period)),
        "update_frequency": Known(nearest_frequency(DAYS[period] / max(often, 0.01))),
    }
    if number.low >= 20 and period in {"month", "year", "quarter"}:
        values["monthly_budget_usd"] = value_of(number, per_month(1, period))
    return values


def _counts(figure: Figure) -> dict[str, FactValue]:
    number, values = figure.number, dict[str, FactValue]()
    if number.bare_year:
        return values
    if number.low == int(number.low) and number.high == int(number.high) and not counts_people(figure):
        values["labeled_examples"] = value_of(number, 1, whole=True)
    if number.scale == 1000:
        values["upfront_budget_usd"] = value_of(number, 1)
    return values


def _money(figure: Figure, rate: float) -> dict[str, FactValue]:
    if figure.period:
        return {"monthly_budget_usd": value_of(figure.number, rate * per_month(1, figure.period))}
    return {fact: value_of(figure.number, rate) for fact in _MONEY}


def attribute(reading: Reading) -> Iterator[tuple[Stated, dict[str, float]]]:
    """Each figure with the score of each fact that it could state, and of none."""
    model, found = _model(), stated_in(reading)
    if not found:
        return
    columns = {label: column for column, label in enumerate(model.labels)}
    features = [figure_features(reading, stated) for stated in found]
    scores = model.scores_of(features, window_vectors(reading, found))
    for stated, row in zip(found, scores, strict=True):
        yield stated, {fact: float(row[columns[fact]]) for fact in (*stated.values, NONE) if fact in columns}


def candidate(stated: Stated, fact: str, confidence: float) -> Candidate:
    """The figure as a statement of a fact."""
    other = None
    if stated.figure and stated.figure.number.other is not None and fact in {"queries_per_day", "labeled_examples"}:
        factor = per_day(1, stated.figure.period) if stated.figure.period else 1
        other = other_of(stated.figure.number, factor, whole=True)
    figure = stated.figure
    derived = figure is not None and (figure.size not in {None, "token"} or figure.number.usd not in {None, 1})
    return Candidate(fact, stated.values[fact], stated.first, stated.end, derived, min(1.0, confidence), other)


@cache
def _model() -> Linear:
    return load(MODEL)


def figure_features(reading: Reading, stated: Stated) -> frozenset[str]:
    """The figure's own shape, and the words around it with their side and, near by, their place."""
    text, names = reading.text, {f"kind:{stated.kind}", *_shape(stated)}
    first, end = text.sentence_of(stated.first)
    scope = reading.scope
    for name in (*GUESSED, "asked"):
        if stated.first in getattr(scope, name):
            names.add(f"scope:{name}")
    before = [index for index in range(max(first, stated.first - REACH), stated.first)][::-1]
    after = list(range(stated.end, min(end, stated.end + REACH)))
    inside = list(range(stated.first, stated.end))
    for side, indices in (("<", before), (">", after), ("=", inside)):
        names |= _side(reading, side, indices)
    names |= {f"{stated.kind}{name}" for name in names if name[0] in "<>=" and name[1] != "@"}
    for index in scope.negations:
        if max(first, stated.first - 6) <= index < stated.end:
            names.add("negated")
    if end - first == stated.end - stated.first + (text.tokens[end - 1].stem == "."):
        names.add("alone")
    return frozenset(names)


def _shape(stated: Stated) -> Iterator[str]:
    figure = stated.figure
    if figure is None:
        value = stated.values["update_frequency"]
        yield f"every:{value.value if isinstance(value, Known) else ''}"
        return
    yield f"size:{len(str(int(abs(figure.number.high))))}:{stated.kind}"
    yield f"unit:{figure.duration or figure.size or ''}"
    yield f"per:{figure.period or ''}"
    yield f"range:{not figure.number.single}"
    yield from (f"worth:{fact}:{worth}" for fact, worth in _magnitudes(stated))


def _magnitudes(stated: Stated) -> Iterator[tuple[str, int]]:
    """How large each number would be in its fact's unit, in half powers of ten: no knowledge fits on half a page."""
    for fact, value in stated.values.items():
        logs = [math.log10(end) for end in ends_of(value) if isinstance(end, int | float) and end > 0]
        if logs:
            yield fact, round(2 * sum(logs) / len(logs))


def _side(reading: Reading, side: str, indices: Sequence[int]) -> set[str]:
    names, text, classes = set[str](), reading.text, _classes()
    previous = "^"
    for place, index in enumerate(indices):
        word = text.tokens[index].stem
        if text.tokens[index].kind == "number" or reading.figure_at(index) is not None:
            word = "#"
        names.add(f"{side}{word}")
        names.add(f"{side}{previous} {word}")
        if place < NEAREST:
            names.add(f"{side}{place}{word}")
        for name in classes.get(word, ()):
            names |= {f"{side}@{name}", f"{side}{min(place, NEAREST)}@{name}"}
        previous = word
    return names


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    lists = {name: stems_of(name) for name in LISTS}
    lists |= {name: frozenset(map(stem, words)) for name, words in word_classes().items()}
    lists["period"] = frozenset(quantities().periods)
    for name, words in lists.items():
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found


def window_vectors(reading: Reading, found: Sequence[Stated]) -> Vectors:
    """The vectors of the words around figures, each within its sentence, one row each."""
    sentences = [reading.text.sentence_of(stated.first) for stated in found]
    runs = [
        (max(first, stated.first - REACH), min(end, stated.end + REACH))
        for stated, (first, end) in zip(found, sentences, strict=True)
    ]
    return vectors_of_runs(reading.text, runs)
