"""Facts with numbers: what the rules read, confirmed or completed by what the words around each figure suggest."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from agent.language.embedded.attribution import NONE, Stated, attribute, candidate
from agent.language.embedded.corrections import is_denied
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.frequency import read_frequency
from agent.language.embedded.money import read_money
from agent.language.embedded.shares import read_shares
from agent.language.embedded.sizes import read_sizes
from agent.language.embedded.stacking import Option, figure_signs, limit_of, signs_of_message, weighed
from agent.language.embedded.thresholds import thresholds
from agent.language.embedded.times import read_deadlines, read_waits
from agent.language.embedded.voices import Voices
from agent.language.embedded.volumes import read_examples, read_volume, unit_of

BARE = 4
"""Tokens of a message that is hardly more than a number."""
_TIMES = {"weeks_to_production", "latency_budget_ms"}


def read_numbers(reading: Reading, voices: Voices, as_of: date | None) -> Iterator[Candidate]:
    """Every fact with a number that the message states, and those that it would state if they were not past."""
    kept, scope = list[Option](), reading.scope
    for options in options_of_figures(reading, voices, as_of):
        odds, best = weighed("figures", options)[0]
        limit = thresholds()["stacked"]["supposed"] if reading.supposing else limit_of("figures", best)
        if odds >= limit or (best.by_rule and is_denied(reading, best.candidate)):
            kept.append(best)  # what is denied is dropped later: what follows it may take over its unit
        elif scope.excludes(best.candidate.first, best.candidate.end):
            at_present, _ = weighed("figures", [best.at_present])[0]
            if at_present >= limit:
                yield best.candidate
    taken = {option.candidate.fact for option in kept if option.by_rule}
    yield from (replace(one.candidate, weighed=True) for one in kept if one.by_rule or one.candidate.fact not in taken)


def options_of_figures(reading: Reading, voices: Voices, as_of: date | None) -> Iterator[list[Option]]:
    """For each figure what it could state: what rules read in it, and what its unit leaves."""
    shared, judged = signs_of_message(reading, voices), list(attribute(reading))
    rates = [stated for stated, _ in judged if stated.kind == "rate"]
    ruled = [one for one in _ruled(reading, as_of) if not any(_within(one, rate) for rate in rates)]
    products = [one for one in ruled if _figures_in(judged, one) > 1 or _says_more(judged, one)]
    judged = [(stated, scores) for stated, scores in judged if not any(_covers(one, stated) for one in products)]
    for one in ruled:
        if one in products or not any(_covers(one, stated) and one.fact in stated.values for stated, _ in judged):
            kind = "product" if one in products else "rule"
            yield [Option(one, shared | figure_signs(reading, voices, one, kind, {}, {one.fact}))]
    for stated, scores in judged:
        options = list(_options(reading, voices, stated, scores, ruled))
        if options:
            yield [Option(said, shared | signs) for said, signs in options]


def _options(
    reading: Reading, voices: Voices, stated: Stated, scores: dict[str, float], ruled: Sequence[Candidate]
) -> Iterator[Option]:
    rules = {rule.fact: rule for rule in ruled if _covers(rule, stated) and rule.fact in scores}
    named = {fact for rule in rules.values() for fact in (rule.fact, *rule.choices)}
    either = {fact: max(scores[one] for one in {fact, *rule.choices} & {*scores}) for fact, rule in rules.items()}
    for fact in scores:
        rule = rules.get(fact)
        if fact == NONE or (rule is None and not _may_state(reading, stated, fact)):
            continue
        said = _decided(rule, stated, scores) if rule else candidate(stated, fact, _sure(scores[fact]))
        yield Option(said, figure_signs(reading, voices, said, stated.kind, {**scores, **either}, named))


def _may_state(reading: Reading, stated: Stated, fact: str) -> bool:
    """Not a bare number that answers what was asked, nor what each of some people asks: how many is not known."""
    if len(reading.text.tokens) <= BARE and reading.asked not in {None, fact} and not _is_named(stated):
        return False
    return not (fact == "queries_per_day" and stated.figure and unit_of(reading, stated.figure))


def _sure(score: float) -> float:
    return round(0.6 + max(0.0, score) / 3, 2)


def _ruled(reading: Reading, as_of: date | None) -> Iterator[Candidate]:
    yield from read_volume(reading)
    yield from read_examples(reading)
    yield from read_sizes(reading)
    yield from read_waits(reading)
    yield from read_deadlines(reading, as_of)
    yield from read_money(reading)
    yield from read_shares(reading)
    yield from (one for one in read_frequency(reading) if not reading.scope.negated(reading.text, one.first, one.end))


def _is_named(stated: Stated) -> bool:
    """Whether a figure brings a unit or names what it counts."""
    return stated.kind != "count" or bool(stated.figure and stated.figure.nouns)


def _decided(rule: Candidate, stated: Stated, scores: dict[str, float]) -> Candidate:
    """Which of two budgets is meant, where the words around the sum tell clearly; else it is asked back."""
    ranked = sorted((fact for fact in rule.choices if fact in scores), key=lambda fact: -scores[fact])
    if len(ranked) < 2 or scores[ranked[0]] - scores[ranked[1]] < thresholds()["stacked"]["apart"]:
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
