"""Facts with numbers: what the rules read, confirmed or completed by what the words around each figure suggest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from agent.language.embedded.attribution import NONE, Stated, attribute, candidate
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.frequency import read_frequency
from agent.language.embedded.judgement import is_terse, thresholds
from agent.language.embedded.money import read_money
from agent.language.embedded.shares import read_shares
from agent.language.embedded.sizes import read_sizes
from agent.language.embedded.times import read_deadlines, read_waits
from agent.language.embedded.volumes import read_examples, read_volume, unit_of

BARE = 4
"""Tokens of a message that is hardly more than a number."""
_TIMES = {"weeks_to_production", "latency_budget_ms"}


def read_numbers(reading: Reading, as_of: date | None) -> Iterator[Candidate]:
    """Every fact with a number that the message states."""
    judged = list(attribute(reading))
    rates = [stated for stated, _ in judged if stated.kind == "rate"]
    ruled = [one for one in _ruled(reading, as_of) if not any(_within(one, rate) for rate in rates)]
    products = [one for one in ruled if _figures_in(judged, one) > 1 or _says_more(judged, one)]
    yield from products
    judged = [(stated, scores) for stated, scores in judged if not any(_covers(one, stated) for one in products)]
    taken: set[str] = {one.fact for one in products}
    for one in ruled:
        if one not in products and not any(_covers(one, stated) and one.fact in stated.values for stated, _ in judged):
            yield one
            taken.add(one.fact)
    kept = [settled for stated, scores in judged if (settled := _settled(reading, stated, scores, ruled)) is not None]
    said_by_rules = {said.fact for said, by_rule in kept if by_rule}
    yield from (said for said, by_rule in kept if by_rule or said.fact not in taken | said_by_rules)


def _ruled(reading: Reading, as_of: date | None) -> Iterator[Candidate]:
    yield from read_volume(reading)
    yield from read_examples(reading)
    yield from read_sizes(reading)
    yield from read_waits(reading)
    yield from read_deadlines(reading, as_of)
    yield from read_money(reading)
    yield from read_shares(reading)
    yield from (one for one in read_frequency(reading) if not reading.scope.negated(reading.text, one.first, one.end))


def _settled(
    reading: Reading, stated: Stated, scores: dict[str, float], ruled: list[Candidate]
) -> tuple[Candidate, bool] | None:
    """What one figure states: what its words and the rules together speak for most, if they do so clearly enough."""
    limits = thresholds()["figures"]
    rules = {rule.fact: rule for rule in ruled if _covers(rule, stated) and rule.fact in scores}
    either = {fact: max(scores[one] for one in {fact, *rule.choices} & {*scores}) for fact, rule in rules.items()}
    loose = "supposed" if reading.supposing else "fragment" if is_terse(reading, stated.first) else None
    asked = {reading.asked: limits["asked"]}
    totals = {
        fact: score + (_of_rule(fact, loose) if fact in rules else 0.0) + asked.get(fact, 0.0)
        for fact, score in {**scores, **either}.items()
    }
    best = max(totals, key=lambda fact: totals[fact])
    if best == NONE or totals[best] < limits["alone"]:
        return None
    if best in rules:
        return replace(_decided(rules[best], stated, scores), heard=_ahead(scores, best)), True
    if len(reading.text.tokens) <= BARE and reading.asked not in {None, best} and not _is_named(stated):
        return None  # a bare number answers what was asked
    if best == "queries_per_day" and stated.figure and unit_of(reading, stated.figure):
        return None  # what each of them asks; how many they are is not known
    said = candidate(stated, best, round(0.6 + max(0.0, scores[best]) / 3, 2))
    return replace(said, heard=_ahead(scores, best)), False


def _ahead(scores: dict[str, float], fact: str) -> float:
    """How much likelier it is, by the words around a figure, that it states a fact than none; from -1 to 1."""
    return (scores[fact] - scores[NONE]) / 2


def _of_rule(fact: str, loose: str | None) -> float:
    """What a rule adds to a fact's score; more in a piece of few words and in a what-if, which few figures show."""
    limits = thresholds()
    return limits["figures"][loose] if loose else limits["rules"].get(fact, limits["rules"]["any"])


def _is_named(stated: Stated) -> bool:
    """Whether a figure brings a unit or names what it counts."""
    return stated.kind != "count" or bool(stated.figure and stated.figure.nouns)


def _decided(rule: Candidate, stated: Stated, scores: dict[str, float]) -> Candidate:
    """Which of two budgets is meant, where the words around the sum tell clearly; else it is asked back."""
    ranked = sorted((fact for fact in rule.choices if fact in scores), key=lambda fact: -scores[fact])
    if len(ranked) < 2 or scores[ranked[0]] - scores[ranked[1]] < thresholds()["figures"]["apart"]:
        return rule
    return candidate(stated, ranked[0], 0.75)


def _covers(one: Candidate, stated: Stated) -> bool:
    return one.first < stated.end and stated.first < one.end


def _within(one: Candidate, rate: Stated) -> bool:
    """ "150 times in one day": the day is no deadline."""
    return one.fact in _TIMES and rate.first <= one.first and one.end <= rate.end and one.first != rate.first


def _says_more(judged: list[tuple[Stated, dict[str, float]]], one: Candidate) -> bool:
    """ "10 % fewer each year": the words around a figure change what it says, which the figure's model cannot know."""
    covered = [stated for stated, _ in judged if _covers(one, stated) and one.fact in stated.values]
    return bool(covered) and all(stated.values[one.fact] != one.value for stated in covered)


def _figures_in(judged: list[tuple[Stated, dict[str, float]]], one: Candidate) -> int:
    return sum(stated.kind != "repeat" and _covers(one, stated) for stated, _ in judged)
