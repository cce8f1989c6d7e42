"""Corrections: whether a message puts something right, which figures it takes back, and what it leans to instead."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agent.language.embedded.attribution import stated_in
from agent.language.embedded.figures import Candidate, Figure, Reading, value_of
from agent.language.embedded.frequency import find_repeats, nearest_frequency
from agent.language.embedded.judgement import Judgement, contrary_to, leant_to, sounds_like_correction
from agent.language.embedded.lexicon import book
from agent.language.embedded.number import Number
from agent.language.embedded.phrases import Found
from agent.language.embedded.scope import Scope
from agent.language.embedded.voices import PASSAGE
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Profile, Range
from tools.units import TOKENS

_CEILINGS = {"latency_budget_ms", "weeks_to_production", "monthly_budget_usd", "upfront_budget_usd", "accuracy_target"}
_FILLERS = {"the", "a", "about", "around", "$", "€", "£", "just", "only", "had"}
_TOLD = {"said", "told", "wrote", "written", "gave", "typed", "entered"}
_NOW = {"now", "today", "current", "nowaday"}
_THOUSAND = 1_000.0
SURE = 0.8
"""How sure a figure is that fits a fact which was spoken of before."""
BEFORE_RETRACTION = 8
"""Tokens between a figure and the words that take it back."""
AFTER_RETRACTION = 5
"""Tokens between those words and the new figure."""
WITHIN = 20
"""Tokens after a number taken back within which the new one stands."""
FACTORS = {
    "knowledge_tokens": (1.0, TOKENS["page"], TOKENS["word"], TOKENS["megabyte"]),
    "latency_budget_ms": (1.0, 1_000.0, 60_000.0),
    "monthly_budget_usd": (1.0, 1_000.0),
    "upfront_budget_usd": (1.0, 1_000.0),
}


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
    repeated = tuple(_repeated(reading, profile))
    contrasted = [figure for figure in reading.figures if _contrasted(reading, figure)]
    contrasted += [one for one, other in pairwise(reading.figures) if _moved(reading, one, other)]
    retracted = [_retracted(reading, hit, {*contrasted, *repeated}) for hit in hits if hit.meaning == "retraction"]
    dropped = tuple(dict.fromkeys([*contrasted, *(figure for figure in retracted if figure)]))
    cued = any(hit.meaning in {"correction", "retraction"} for hit in hits) or reading.text.tokens[0].raw == "not"
    cued = cued or (bool(profile.facts) and sounds_like_correction(judged, names_known=bool(repeated)))
    cued = cued or any(known_by(profile, figure.number) for figure in dropped)
    clauses = set[int]()
    for hit in hits:
        if reading.text.tokens[hit.first].raw in {"i", "we"} and reading.text.tokens[hit.end - 1].raw == "said":
            clauses |= set(range(*reading.text.clause_of(hit.first)))
    return Corrections(cued, dropped, frozenset(clauses), repeated if cued else ())


def _retracted(reading: Reading, hit: Found[str], old: Collection[Figure]) -> Figure | None:
    """ "300, sorry, 3,000": the figure just before the words that take it back, unless it is the other that is old."""
    before = [figure for figure in reading.figures if 0 <= hit.first - figure.number.end <= BEFORE_RETRACTION]
    after = [figure for figure in reading.figures if 0 <= figure.first - hit.end <= AFTER_RETRACTION]
    if not before or not after or after[0] in old:
        return None
    same = reading.text.sentence_of(before[-1].first) == reading.text.sentence_of(after[0].first)
    return before[-1] if same else None


def _repeated(reading: Reading, profile: Profile) -> Iterator[Figure]:
    """ "The four weeks are for the leaflet, the chat has sixteen": figures that give a known value, beside others."""
    if not profile.facts or len(reading.figures) < 2:
        return
    for stated in stated_in(reading):
        if stated.figure and any(profile.facts.get(fact) == value for fact, value in stated.values.items()):
            yield stated.figure
    for figure in reading.figures:
        bare = not (figure.duration or figure.size or figure.period)
        if bare and known_by(profile, figure.number):
            yield figure


def _contrasted(reading: Reading, figure: Figure) -> bool:
    """ "not 2k", "not the $5,000", "instead of 300", "from twelve weeks to eight", "where I told you 40"."""
    first, _ = reading.text.clause_of(figure.first)
    words = [token.raw for token in reading.text.tokens[max(first, figure.first - 6) : figure.number.first]]
    words = words[len(words) - words[::-1].index(",") :] if "," in words else words
    before = [word for word in words if word not in _FILLERS]
    if before[-1:] == ["not"] or before[-2:] in (["instead", "of"], ["rather", "than"]):
        return True
    we = bool({"i", "we"} & {*words})
    return we and (bool(_TOLD & {*before[-2:]}) or before[-1:] == ["put"])  # not "so put 900"


def _moved(reading: Reading, one: Figure, other: Figure) -> bool:
    """ "From twelve weeks to eight"."""
    tokens = reading.text.tokens
    between = [token.raw for token in tokens[one.end : other.first]]
    return one.first > 0 and tokens[one.first - 1].raw == "from" and between[:1] == ["to"] and len(between) <= 2


def news(candidates: Iterable[Candidate], profile: Profile) -> list[Candidate]:
    """What differs from what is known."""
    return [one for one in candidates if profile.facts.get(one.fact, one.value) != one.value]


def is_denied(reading: Reading, candidate: Candidate) -> bool:
    """ "We don't get 10,000 a day, only 1,000"; of ceilings "no more than" denies nothing."""
    numeric = isinstance(candidate.value, Known | Range) and fact_specs()[candidate.fact].numeric
    firm = numeric and not candidate.derived and candidate.fact not in _CEILINGS
    return firm and reading.scope.negated(reading.text, candidate.first, candidate.first)


def drop_and_inherit(
    reading: Reading, candidates: Sequence[Candidate], corrections: Corrections, profile: Profile
) -> list[Candidate]:
    """The candidates without what was taken back; a bare number after it takes over its unit."""
    kept, inherited = list[Candidate](), list[Candidate]()
    for candidate in candidates:
        gone = [figure for figure in corrections.dropped if candidate.first <= figure.number.first < candidate.end]
        negated = not gone and is_denied(reading, candidate)
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
    factor = candidate.value.value / old.number.middle * _left_out(old.number, new.number)
    whole = fact_specs()[candidate.fact].kind == "integer"
    return Candidate(
        candidate.fact, value_of(new.number, factor, whole=whole), new.first, new.end, derived=candidate.derived
    )


def _left_out(old: Number, new: Number) -> float:
    """What the old number was said with and the new one was not: "90 percent … 99", "30k … put it at 18"."""
    if (old.percent or old.share) and not (new.percent or new.share) and new.low > 1:
        return 0.01
    thousands = old.scale == _THOUSAND and new.scale == 1 and new.high < _THOUSAND and new.usd is None
    return _THOUSAND if thousands else 1.0


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


def known_by(profile: Profile, old: Number) -> str | None:
    """The first known fact whose value a number gives in one of the units that the fact is told in."""
    return next((fact for fact, value in profile.facts.items() if _gives(fact, value, old)), None)


def _gives(fact: str, value: FactValue, old: Number) -> bool:
    if not isinstance(value, Known) or isinstance(value.value, bool | str) or not old.middle:
        return False
    factors = FACTORS.get(fact, (0.01, 1.0) if fact_specs()[fact].kind == "share" else (1.0,))
    return any(math.isclose(value.value, old.middle * factor, rel_tol=1e-6) for factor in factors)


def leant(
    reading: Reading, judged: Judgement, found: Sequence[Candidate], corrections: Corrections, profile: Profile
) -> list[Candidate]:
    """What a correction says of known facts, where it is not what was known.

    Nobody puts a thing right by repeating it: if no other value is heard of any, the fact that is most clearly
    spoken of is meant, and the contrary of what was known.
    """
    if not corrections.cued:
        return []
    known = {fact: before.value for fact, before in profile.facts.items() if isinstance(before, Known)}
    renewed = {one.fact for one in news(found, profile)}
    heard = [leant_to(judged, fact, known.get(fact)) for fact in profile.facts if fact not in renewed]
    if not renewed and not any(heard):
        spoken_of = sorted(known, key=lambda fact: judged[fact][0].spoken if fact in judged else -1.0)
        heard = [contrary_to(judged, fact, known[fact]) for fact in spoken_of[-1:]]
    return [one for one in heard if one and not reading.scope.excludes(one.first, one.end)]


def wider(reading: Reading, profile: Profile) -> Iterator[Scope]:
    """The scope of a message, then without what others say, then without what was either."""
    yield reading.scope
    if profile.facts and len(reading.text.tokens) <= PASSAGE:
        present = replace(reading.scope, others=frozenset())
        if reading.scope.others:
            yield present
        if reading.scope.past:
            yield replace(present, past=frozenset())
