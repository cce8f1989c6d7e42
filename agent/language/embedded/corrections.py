"""Corrections: which figures are taken back, and what a bare new value stands for."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agent.language.embedded.attribution import NONE, attribute, stated_in
from agent.language.embedded.attribution import candidate as attributed
from agent.language.embedded.figures import Candidate, Figure, Reading, value_of
from agent.language.embedded.frequency import find_repeats, nearest_frequency
from agent.language.embedded.judgement import Judgement, sounds_like_correction, thresholds
from agent.language.embedded.lexicon import book, quantities
from agent.language.embedded.number import Number
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Profile, Range
from tools.units import TOKENS, Period, per_day, per_month

_CEILINGS = {"latency_budget_ms", "weeks_to_production", "monthly_budget_usd", "upfront_budget_usd", "accuracy_target"}
_FILLERS = {"the", "a", "about", "around", "$", "€", "£", "just", "only", "had"}
_NOW = {"now", "today", "current", "nowaday"}
SURE = 0.8
"""How sure a figure is that fits a fact which was spoken of before."""
SHORT_REMARK = 16
"""Tokens of the longest message that may state a known fact anew without naming it."""
WITHIN = 20
"""Tokens after a number taken back within which the new one stands."""
_FACTORS = {
    "knowledge_tokens": (1.0, TOKENS["page"], TOKENS["word"], TOKENS["megabyte"]),
    "latency_budget_ms": (1.0, 1_000.0, 60_000.0),
    "monthly_budget_usd": (1.0, 1_000.0),
    "upfront_budget_usd": (1.0, 1_000.0),
}
_RATES: dict[str, tuple[Period, Callable[[float, Period], float]]] = {
    "queries_per_day": ("day", per_day),
    "monthly_budget_usd": ("month", per_month),
}
_BEFORE_PERIODS = {"per", "a", "an", "one", "each", "every", "whole", "entire", "full"}
_PRONOUNS = {"one", "once", "a", "an"}


@dataclass(frozen=True)
class Corrections:
    """Whether the message corrects something; the figures it takes back; where retracted clauses stand.

    `repeated` are figures that only name what was known, to tell what is put right.
    """

    cued: bool
    dropped: tuple[Figure, ...]
    clauses: frozenset[int]
    repeated: tuple[Figure, ...] = ()

    @property
    def given_up(self) -> tuple[Figure, ...]:
        """All figures that state nothing new."""
        return (*self.dropped, *self.repeated)


def find_corrections(reading: Reading, profile: Profile, judged: Judgement) -> Corrections:
    """What the message takes back: by how it sounds, a word that says so, or a known value named as the wrong one."""
    hits = book("corrections.yaml").find(reading.text)
    dropped, clauses = [], set()
    for hit in hits:
        if hit.meaning == "retraction":
            before = [
                figure
                for figure in reading.figures
                if figure.number.end <= hit.first and hit.first - figure.number.end <= 8
            ]
            after = [figure for figure in reading.figures if figure.first >= hit.end and figure.first - hit.end <= 5]
            if (
                before
                and after
                and reading.text.sentence_of(before[-1].first) == reading.text.sentence_of(after[0].first)
            ):
                dropped.append(before[-1])
        if reading.text.tokens[hit.first].raw in {"i", "we"} and reading.text.tokens[hit.end - 1].raw == "said":
            clauses |= set(range(*reading.text.clause_of(hit.first)))
    dropped += [figure for figure in reading.figures if _contrasted(reading, figure)]
    dropped += [one for one, other in pairwise(reading.figures) if _moved(reading, one, other)]
    cued = any(hit.meaning in {"correction", "retraction"} for hit in hits) or reading.text.tokens[0].raw == "not"
    repeated = tuple(_repeated(reading, profile))
    cued = cued or (bool(profile.facts) and sounds_like_correction(judged, names_known=bool(repeated)))
    cued = cued or any(
        _factor(fact, value, figure.number) is not None for figure in dropped for fact, value in profile.facts.items()
    )
    return Corrections(cued, tuple(dict.fromkeys(dropped)), frozenset(clauses), repeated if cued else ())


def _repeated(reading: Reading, profile: Profile) -> Iterator[Figure]:
    """ "The four weeks are for the leaflet, the chat has sixteen": figures that give a known value, beside others."""
    for stated in stated_in(reading) if profile.facts and len(reading.figures) > 1 else ():
        known = any(profile.facts.get(fact) == value for fact, value in stated.values.items())
        if known and stated.figure:
            yield stated.figure


def _contrasted(reading: Reading, figure: Figure) -> bool:
    """ "not 2k", "not the $5,000", "instead of 300", "from twelve weeks to eight", "where I told you 40"."""
    before = [token.raw for token in reading.text.tokens[max(0, figure.first - 4) : figure.number.first]]
    before = [word for word in before if word not in _FILLERS]
    told = bool({"said", "told", "wrote", "written", "gave"} & {*before[-2:]})
    told = told or (before[-1:] == ["put"] and bool({"i", "we", "would", "had"} & {*before[:-1]}))  # not "so put 900"
    return (before[-1:] == ["not"]) or before[-2:] in (["instead", "of"], ["rather", "than"]) or told


def _moved(reading: Reading, one: Figure, other: Figure) -> bool:
    """ "From twelve weeks to eight"."""
    tokens = reading.text.tokens
    between = [token.raw for token in tokens[one.end : other.first]]
    return one.first > 0 and tokens[one.first - 1].raw == "from" and between[:1] == ["to"] and len(between) <= 2


def drop_and_inherit(
    reading: Reading, candidates: Sequence[Candidate], corrections: Corrections, profile: Profile
) -> list[Candidate]:
    """The candidates without what was taken back; a bare number after it takes over its unit."""
    kept, inherited = list[Candidate](), list[Candidate]()
    for candidate in candidates:
        gone = [figure for figure in corrections.dropped if candidate.first <= figure.number.first < candidate.end]
        negated = (
            not gone
            and candidate.fact not in _CEILINGS
            and isinstance(candidate.value, Known | Range)
            and fact_specs()[candidate.fact].numeric
            and not candidate.derived
            and reading.scope.negated(reading.text, candidate.first, candidate.first)
        )
        known = profile.facts.get(candidate.fact)
        new = known is not None and known != candidate.value
        names_known = any(candidate.first <= figure.number.first < candidate.end for figure in corrections.repeated)
        stands = not gone and not negated and (new or candidate.first not in corrections.clauses)
        nothing_new = corrections.cued and known == candidate.value
        renewed = None if stands and not nothing_new else _renewed(reading, candidate, candidates)
        if stands and not (nothing_new and (names_known or renewed)):
            kept.append(candidate)
        elif renewed:
            inherited.append(renewed)
    facts = {candidate.fact for candidate in kept}
    return kept + [candidate for candidate in inherited if candidate.fact not in facts]


def inherit_from_past(reading: Reading, past: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    """ "We used to get 500 requests a day but now it is 3,000": the new number takes over the unit of the old one."""
    inherited = []
    for candidate in past:
        if candidate.fact == "update_frequency":
            inherited += _now(reading, candidate, found)
        elif not any(candidate.fact == other.fact for other in found):
            new = _renewed(reading, candidate, [*past, *found])
            if new and not reading.scope.excludes(new.first, new.end) and reading.near(new.first, new.end, _NOW, 6, 3):
                inherited.append(new)
    return inherited


def _now(reading: Reading, candidate: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """ "… monthly, now it is daily": the frequency after the word that says now."""
    later = [
        Candidate(candidate.fact, Known(nearest_frequency(repeat.days)), repeat.first, repeat.end)
        for repeat in find_repeats(reading)
        if repeat.first >= candidate.end
        and reading.near(repeat.first, repeat.end, _NOW, 6, 3)
        and not reading.scope.excludes(repeat.first, repeat.end)
    ]
    return later[:1] if not any(candidate.fact == other.fact for other in found) else []


def _renewed(reading: Reading, candidate: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The bare number after a figure, in the figure's unit."""
    old = next((figure for figure in reading.figures if candidate.first <= figure.number.first < candidate.end), None)
    new = _successor(reading, old, candidates) if old else None
    if old is None or new is None or not isinstance(candidate.value, Known) or not old.number.middle:
        return None
    if isinstance(candidate.value.value, bool | str):
        return None
    factor = candidate.value.value / old.number.middle
    whole = fact_specs()[candidate.fact].kind == "integer"
    return Candidate(
        candidate.fact, value_of(new.number, factor, whole=whole), new.first, new.end, derived=candidate.derived
    )


def _successor(reading: Reading, old: Figure, candidates: Sequence[Candidate]) -> Figure | None:
    """The last bare number that follows one taken back."""
    taken = {
        index
        for candidate in candidates
        for index in range(candidate.first, candidate.end)
        if not candidate.first <= old.number.first < candidate.end
    }
    bare = [
        figure
        for figure in reading.figures
        if old.number.end <= figure.first < old.number.end + WITHIN
        and figure.number.first not in taken
        and not figure.duration
        and not figure.size
    ]
    return bare[-1] if bare else None


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
    in_old_unit = None if fact in _FACTORS else _size_of_old(corrections, known)
    return _candidate(fact, new, in_old_unit or _nearest_factor(fact, known, new.number))


def _size_of_old(corrections: Corrections, known: FactValue | None) -> float | None:
    """The tokens of the unit in which the message names the known size: "not 200 words"."""
    for old in corrections.given_up:
        if old.size and known == value_of(old.number, TOKENS[old.size], whole=True):
            return TOKENS[old.size]
    return None


def _corrected(corrections: Corrections, profile: Profile, previous: Iterable[str]) -> str | None:
    for old in corrections.given_up:
        for fact, value in profile.facts.items():
            if _factor(fact, value, old.number) is not None:
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
        and not (figure.duration or figure.size)
        and not (figure.number.low == 1 and reading.text.tokens[figure.number.first].raw in _PRONOUNS)
    ]
    return max(bare, key=lambda figure: (not figure.nouns, figure.first), default=None)


def _nearest_factor(fact: str, known: FactValue | None, new: Number) -> float:
    """In which of the units that a fact is told in a number is meant: "1,100" instead of 400 pages are pages too."""
    is_share = fact_specs()[fact].kind == "share"
    factors = (1.0,) if new.percent or new.usd else _FACTORS.get(fact, (1.0,))
    if is_share and not new.percent and new.low > 1:
        factors = (0.01,)
    if not isinstance(known, Known) or isinstance(known.value, bool | str) or known.value <= 0 or new.middle <= 0:
        return factors[0]
    before = float(known.value)
    return min(factors, key=lambda factor: abs(math.log(new.middle * factor / before)))


def with_another_period(reading: Reading, corrections: Corrections, profile: Profile) -> Candidate | None:
    """ "The 700 I gave you are a week's": a known rate whose number stays and whose period is another."""
    rates = _RATES if corrections.cued else {}
    for fact, (own, in_own) in rates.items():
        known = profile.facts.get(fact)
        figure = next((one for one in reading.figures if known == Known(one.number.middle)), None)
        period = next((found for found in _periods_named(reading) if found != own), None)
        if figure and period:
            return Candidate(fact, value_of(figure.number, in_own(1, period)), figure.first, figure.end)
    return None


def _periods_named(reading: Reading) -> Iterator[Period]:
    """ "Per week", "a month's", "the whole year", but not "rather than a day's"."""
    tokens = reading.text.tokens
    for place in range(1, len(tokens)):
        period = quantities().periods.get(tokens[place].raw)
        denied = {"not", "than"} & {one.raw for one in tokens[max(0, place - 3) : place]}
        if period and tokens[place - 1].raw in _BEFORE_PERIODS and not denied:
            yield period


def surer(candidate: Candidate) -> Candidate:
    """A value that replaces an earlier one, as sure as a figure whose fact was spoken of before."""
    return replace(candidate, confidence=max(candidate.confidence, SURE))


def bare_frequencies(
    reading: Reading, found: Sequence[Candidate], corrections: Corrections, spoken_of: set[str]
) -> list[Candidate]:
    """ "scratch that, monthly": a frequency without a word of change, where how often things change was spoken of."""
    facts = {candidate.fact for candidate in found}
    if not corrections.cued or "queries_per_day" in facts or "update_frequency" not in facts | spoken_of:
        return []
    return [
        Candidate("update_frequency", Known(nearest_frequency(repeat.days)), repeat.first, repeat.end)
        for repeat in find_repeats(reading)
        if repeat.first not in corrections.clauses and not reading.scope.excludes(repeat.first, repeat.end)
    ]


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


def _factor(fact: str, value: object, old: Number) -> float | None:
    if (
        isinstance(value, Known)
        and isinstance(value.value, int | float)
        and not isinstance(value.value, bool)
        and old.middle
    ):
        factors = _FACTORS.get(fact, (0.01, 1.0) if fact_specs()[fact].kind == "share" else (1.0,))
        return next(
            (
                factor
                for factor in factors
                if abs(value.value - old.middle * factor) <= 1e-6 * max(1.0, abs(value.value))
            ),
            None,
        )
    return None


def _candidate(fact: str, figure: Figure, factor: float) -> Candidate:
    return Candidate(
        fact, value_of(figure.number, factor, whole=fact_specs()[fact].kind == "integer"), figure.first, figure.end
    )
