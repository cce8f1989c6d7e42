"""From candidates to statements: one value for each fact, contradictions and second readings asked back."""

from collections.abc import Iterable, Sequence

from agent.language.embedded.corrections import Corrections
from agent.language.embedded.figures import Candidate, Reading, ends_of
from agent.language.port import Ambiguity, Statement
from agent.wording import value_in_words
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Open, Profile, Range
from tools.wording import lower_first


def settle(
    reading: Reading, candidates: Iterable[Candidate], corrections: Corrections, profile: Profile
) -> tuple[list[Statement], list[Ambiguity]]:
    """The statements of a message, in its order, and what has to be asked back."""
    by_fact: dict[str, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda candidate: (candidate.first, -candidate.end)):
        if possible(candidate):
            by_fact.setdefault(candidate.fact, []).append(candidate)
    statements, ambiguities = [], []
    for fact, group in by_fact.items():
        if not corrections.cued and fact_specs()[fact].numeric and _concluded(reading, group):
            group = group[-1:]
        group = _news(group, profile.facts.get(fact))
        ambiguity = _ambiguity(reading, fact, group, corrections)
        if ambiguity:
            ambiguities.append(ambiguity)
        else:
            statements.append(_statement(reading, _chosen(group, corrections), corrections, profile))
    return sorted(statements, key=lambda said: said.span), ambiguities


def possible(candidate: Candidate) -> bool:
    """Whether the value lies within the fact's limits."""
    spec = fact_specs()[candidate.fact]
    ends = ends_of(candidate.value)
    if not spec.numeric or spec.low is None or spec.high is None:
        return True
    return all(isinstance(end, int | float) and spec.low <= end <= spec.high for end in ends)


def out_of_range(reading: Reading, candidate: Candidate) -> str:
    """What is said of a value that no situation can have: the words, the fact, and what it takes."""
    spec = fact_specs()[candidate.fact]
    quote = reading.text.quote(candidate.first, candidate.end)
    unit = f" {spec.unit}" if spec.unit else ""
    return f"“{quote}” is not noted: {lower_first(spec.label)} takes {spec.low:,.12g} to {spec.high:,.12g}{unit}."


def _concluded(reading: Reading, group: Sequence[Candidate]) -> bool:
    """ "One an hour, so eight per day": the last value is what the others come to."""
    before = [token.raw for token in reading.text.tokens[max(0, group[-1].first - 3) : group[-1].first]]
    return len(group) > 1 and bool({"so", "thus", "hence", "makes", "total"} & {*before})


def _news(group: list[Candidate], before: FactValue | None) -> list[Candidate]:
    """What differs from the known value, where it is named beside another: "hourly rather than daily"."""
    return [candidate for candidate in group if candidate.value != before] or group


def _chosen(group: Sequence[Candidate], corrections: Corrections) -> Candidate:
    """The value that counts: the last word in a correction, else the surest, else the most telling first."""
    if corrections.cued:
        return group[-1]
    best = max(candidate.confidence for candidate in group)
    return next(candidate for candidate in group if candidate.confidence == best)


def _ambiguity(reading: Reading, fact: str, group: Sequence[Candidate], corrections: Corrections) -> Ambiguity | None:
    spec = fact_specs()[fact]
    for candidate in group:
        quote = reading.text.quote(candidate.first, candidate.end)
        if candidate.other is not None:
            readings = (candidate.value, candidate.other)
            asked = " or ".join(value_in_words(fact, value) for value in readings)
            return Ambiguity(fact, quote, readings, f"“{quote}”: {asked}?")
        if candidate.choices:
            labels = " or the ".join(lower_first(fact_specs()[choice].label) for choice in candidate.choices)
            return Ambiguity(fact, quote, (candidate.value,), f"“{quote}”: is that the {labels}?")
    values = _distinct(group)
    if corrections.cued or len(values) < 2 or spec.kind == "text":
        return None
    if not spec.numeric or not _nested(values):
        first, second = group[0], next(other for other in group if other.value != group[0].value)
        quotes = [reading.text.quote(item.first, item.end) for item in (first, second)]
        question = f"You said “{quotes[0]}” and “{quotes[1]}”. Which one holds for: {lower_first(spec.label)}?"
        return Ambiguity(fact, quotes[0], (first.value, second.value), question)
    return None


def _distinct(group: Sequence[Candidate]) -> list[FactValue]:
    values: list[FactValue] = []
    for candidate in group:
        plain = Known(candidate.value.value) if isinstance(candidate.value, Known) else candidate.value
        if plain not in values:
            values.append(plain)
    return values


def _nested(values: Sequence[FactValue]) -> bool:
    """Whether one value is a range that holds all the others, or one of them says only that it is open."""
    known = [value for value in values if not isinstance(value, Open)]
    if len(known) < 2:
        return True
    ranges = [value for value in known if isinstance(value, Range)]
    for outer in ranges:
        if all(_within(value, outer) for value in known):
            return True
    return False


def _within(value: FactValue, outer: Range) -> bool:
    if isinstance(value, Known) and isinstance(value.value, int | float):
        return outer.low <= value.value <= outer.high
    return isinstance(value, Range) and outer.low <= value.low and value.high <= outer.high


def _statement(reading: Reading, candidate: Candidate, corrections: Corrections, profile: Profile) -> Statement:
    before = profile.facts.get(candidate.fact)
    news = before is not None and before != candidate.value
    return Statement(
        fact=candidate.fact,
        value=candidate.value,
        quote=reading.text.quote(candidate.first, candidate.end),
        span=reading.text.span(candidate.first, candidate.end),
        origin="derived" if candidate.derived else "user",
        confidence=candidate.confidence,
        correction=news and (corrections.cued or not isinstance(before, Open)),
    )
