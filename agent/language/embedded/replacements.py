"""What a correction puts in the place of a known number: a bare number, another unit, or a figure that fits."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from agent.language.embedded.attribution import NONE, SIZES, attribute
from agent.language.embedded.attribution import candidate as attributed
from agent.language.embedded.corrections import FACTORS, SURE, Corrections, known_by
from agent.language.embedded.figures import Candidate, Figure, Reading, value_of
from agent.language.embedded.lexicon import quantities, stems_of
from agent.language.embedded.number import Number
from agent.language.embedded.thresholds import thresholds
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Profile, Range
from tools.units import TOKENS, in_milliseconds, in_weeks, per_day, per_month

SHORT_REMARK = 16
"""Tokens of the longest message that may state a known fact anew without naming it."""
NAMED = 2
"""Words behind a number that name what it counts."""
_RATES = {"queries_per_day": per_day, "monthly_budget_usd": per_month}
_SHORT = {"millisecond": 1.0} | {unit: in_milliseconds(1, unit) for unit in ("second", "minute", "hour")}
_BEFORE_PERIODS = {"per", "a", "an", "one", "each", "every", "whole", "entire", "full"}
_DENIALS = {"not", "than", "isn't", "wasn't", "instead"}
_ROUNDED = 1e-3
_PRONOUNS = {"one", "once", "a", "an"}


def resolve_bare(
    reading: Reading,
    candidates: Sequence[Candidate],
    corrections: Corrections,
    profile: Profile,
    previous: Iterable[str],
) -> Candidate | None:
    """A bare number in a correction, in the unit in which it comes nearest to the value that it replaces.

    The fact is the one whose value is taken back, else the one that was stated last, else the only number known.
    """
    fact = _corrected(corrections, profile, previous)
    new = _bare(reading, candidates, corrections.given_up)
    if not corrections.cued or fact is None or new is None or len(reading.text.tokens) > 2 * SHORT_REMARK:
        return None
    known = profile.facts.get(fact)
    if any(one.fact == fact and one.value != known for one in candidates):
        return None
    return _candidate(fact, new, _unit_of_old(corrections, fact, known) or _nearest_factor(fact, known, new.number))


def without_figures(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that no number states: "1,100", put right, are no new examples but what was known."""
    return [one for one in candidates if not fact_specs()[one.fact].numeric]


def _unit_of_old(corrections: Corrections, fact: str, known: FactValue | None) -> float | None:
    """What one of the unit is worth in which the message names the known value: "not 200 words"."""
    for old in corrections.given_up:
        worth = _units_of(fact).get(old.duration or old.size or "")
        if worth and _gives(known, old.number.middle * worth):
            return worth
    return None


def _gives(known: FactValue | None, value: float) -> bool:
    """Whether a value is the known one, as exactly as units allow: a month is no whole number of days."""
    if not isinstance(known, Known) or isinstance(known.value, bool | str):
        return False
    return math.isclose(known.value, value, rel_tol=_ROUNDED)


def _corrected(corrections: Corrections, profile: Profile, previous: Iterable[str]) -> str | None:
    for old in corrections.given_up:
        if (fact := known_by(profile, old.number)) is not None:
            return fact
    stated_last = next((fact for fact in reversed(list(previous)) if fact_specs()[fact].numeric), None)
    numeric = [
        fact for fact, value in profile.facts.items() if fact_specs()[fact].numeric and isinstance(value, Known | Range)
    ]
    return stated_last or (numeric[0] if len(numeric) == 1 else None)


def _bare(reading: Reading, candidates: Sequence[Candidate], given_up: Sequence[Figure]) -> Figure | None:
    """The last number that nothing else claims; one that names what it counts only where there is no other."""
    taken = {index for candidate in candidates for index in range(candidate.first, candidate.end)}
    bare = [
        figure
        for figure in reading.figures
        if figure not in given_up
        and figure.number.first not in taken
        and not (figure.duration or figure.size or stems_of("people") & {*figure.nouns[:NAMED]})
        and not _is_pronoun(reading, figure)
    ]
    return max(bare, key=lambda figure: (not figure.nouns, figure.first), default=None)


def _is_pronoun(reading: Reading, figure: Figure) -> bool:
    """ "The right one", "in a month"."""
    return figure.number.low == 1 and reading.text.tokens[figure.number.first].raw in _PRONOUNS


def _nearest_factor(fact: str, known: FactValue | None, new: Number) -> float:
    """In which of the units that a fact is told in a number is meant: "1,100" instead of 400 pages are pages too."""
    is_share = fact_specs()[fact].kind == "share"
    factors = (1.0,) if new.percent or new.usd else FACTORS.get(fact, (1.0,))
    if is_share and not new.percent and new.low > 1:
        factors = (0.01,)
    if not isinstance(known, Known) or isinstance(known.value, bool | str) or known.value <= 0 or new.middle <= 0:
        return factors[0]
    before = float(known.value)
    return min(factors, key=lambda factor: abs(math.log(new.middle * factor / before)))


def with_another_unit(reading: Reading, corrections: Corrections, profile: Profile) -> Candidate | None:
    """ "The 700 I gave you are a week's", "the 250 are milliseconds": a known number that stays in another unit."""
    said = [figure for figure in reading.figures if not _is_pronoun(reading, figure)]
    if not corrections.cued or len({figure.number.middle for figure in said}) != 1:
        return None
    old, amount = said[0], said[0].number.middle
    for fact, known in profile.facts.items():
        units = _units_of(fact)
        if any(_gives(known, amount * factor) for factor in units.values()):
            others = [factor for factor in _named(reading, fact, units) if not _gives(known, amount * factor)]
            if others:
                return _candidate(fact, old, others[0])
    return None


def _named(reading: Reading, fact: str, units: Mapping[str, float]) -> Iterator[float]:
    """The units that a message names and does not deny, each as its factor; of periods those that are no mere date."""
    tokens = reading.text.tokens
    for place, token in enumerate(tokens):
        factor = units.get(token.raw) or units.get(token.raw.removesuffix("s"))
        denied = _DENIALS & {one.raw for one in tokens[max(0, place - 3) : place]}
        dated = fact in _RATES and (not place or tokens[place - 1].raw not in _BEFORE_PERIODS)
        if factor and not denied and not dated:
            yield factor


@cache
def _units_of(fact: str) -> Mapping[str, float]:
    """What each word for a unit is worth in the fact's own unit."""
    words = quantities()
    if fact in SIZES:
        return {word: TOKENS[size] for word, size in words.sizes.items()}
    if fact in _RATES:
        return {word: _RATES[fact](1, period) for word, period in words.periods.items()}
    if fact == "latency_budget_ms":
        short = {word: unit for word, unit in words.durations.items() if unit in _SHORT}
        return {word: _SHORT[unit] for word, unit in short.items()}
    if fact == "weeks_to_production":
        long = {word: unit for word, unit in words.durations.items() if unit not in _SHORT}
        return {word: in_weeks(1, words.periods[unit]) for word, unit in long.items()}
    return {}


def restated(
    reading: Reading, found: Sequence[Candidate], corrections: Corrections, profile: Profile, previous: Iterable[str]
) -> list[Candidate]:
    """ "Make it 3 seconds", "there are 1,340 of them": a figure whose unit fits a fact that was spoken of before.

    In a correction the fit is enough; elsewhere the words around the figure must not speak against it.
    """
    if not corrections.cued and len(reading.text.tokens) > SHORT_REMARK:
        return []
    news = {candidate.fact for candidate in found if candidate.value != profile.facts.get(candidate.fact)}
    spoken_of = {*profile.facts, *previous} - news
    if not spoken_of:
        return []
    taken = {index for candidate in found for index in range(candidate.first, candidate.end)}
    bonus = thresholds()["restated"]["cued" if corrections.cued else "plain"]
    added: dict[str, Candidate] = {}
    for stated, scores in attribute(reading):
        inside = set(range(stated.first, stated.end))
        fits = [fact for fact in scores if fact in spoken_of and scores[fact] + bonus > max(0.0, scores[NONE])]
        outside = stated.figure in corrections.given_up or reading.scope.excludes(stated.first, stated.end)
        if fits and not outside and taken.isdisjoint(inside):
            best = max(fits, key=lambda fact: scores[fact])
            added.setdefault(best, attributed(stated, best, SURE))
    return list(added.values())


def _candidate(fact: str, figure: Figure, factor: float) -> Candidate:
    return Candidate(
        fact, value_of(figure.number, factor, whole=fact_specs()[fact].kind == "integer"), figure.first, figure.end
    )
