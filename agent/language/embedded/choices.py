"""Yes/no facts and choices, from phrases with what negates them."""

from collections.abc import Iterator

from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import Says, readings, stems_of
from agent.language.embedded.phrases import Found
from knowledge.facts import fact_specs
from tools.profile import Known

_PLURAL_FACTS = {"task", "gap"}


def read_choices(reading: Reading) -> Iterator[Candidate]:
    """Every yes/no fact and choice that the message states; of overlapping phrases the longest wins."""
    found = [hit for hit in readings().find(reading.text) if hit.meaning.fact not in _PLURAL_FACTS]
    for hit in _longest(reading, found):
        candidate = _candidate(reading, hit)
        if candidate:
            yield candidate


def find_tasks(reading: Reading) -> list[Found[Says]]:
    """The jobs that the message names, in order, the longest phrase where several overlap."""
    found = [hit for hit in readings().find(reading.text) if hit.meaning.fact == "task"]
    scope = reading.scope
    return [
        hit
        for hit in _longest(reading, found)
        if not scope.excludes(hit.first, hit.end)
        and not scope.negated(reading.text, hit.first, hit.end)
        and not _done_already(reading, hit)
    ]


def _done_already(reading: Reading, hit: Found[Says]) -> bool:
    """ "classified by hand", "doctors extract the numbers": done by people or in the past, so no job for the model."""
    tokens = reading.text.tokens
    before = [token for token in tokens[max(0, hit.first - 2) : hit.first] if token.kind == "word"]
    done = tokens[hit.first].raw.endswith("ed") and not (before and before[-1].raw == "be")
    by_people = any(token.stem in stems_of("people") - {"agent"} for token in before[-1:])
    return done or by_people


def _longest(reading: Reading, found: list[Found[Says]]) -> list[Found[Says]]:
    kept: list[Found[Says]] = []
    found = [hit for hit in found if not any(_said_after_comma(reading, hit, other) for other in found)]
    for hit in sorted(found, key=lambda hit: (hit.first - hit.end, hit.first)):
        clash = any(
            other.meaning.fact == hit.meaning.fact and hit.first < other.end and other.first < hit.end for other in kept
        )
        if not clash:
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.first)


def _said_after_comma(reading: Reading, hit: Found[Says], other: Found[Says]) -> bool:
    """ "I do not know the budget, must cite sources": what stands after the comma says it by itself."""
    before = reading.text.tokens[hit.first : other.first]
    inside = other.meaning == hit.meaning and hit.first < other.first and other.end <= hit.end
    return inside and before[-1].raw == ","


def _candidate(reading: Reading, hit: Found[Says]) -> Candidate | None:
    if reading.scope.bars(hit.first, hit.end):
        return None
    value, own_negation = (
        hit.meaning.value,
        any(index in reading.scope.negations for index in range(hit.first, hit.end)),
    )
    negated = reading.scope.negated(reading.text, hit.first, hit.first if value is False or own_negation else hit.end)
    if value is False and _says_no(reading, hit):
        negated = False
    if fact_specs()[hit.meaning.fact].kind == "flag":
        value = (not value) if negated else value
        if negated and hit.meaning.value is False:
            return None
    elif negated and not own_negation:
        return None
    first, end = (_with_negation(reading, hit.first), hit.end) if negated else (hit.first, hit.end)
    return Candidate(hit.meaning.fact, Known(value), first, end, confidence=0.9)


def _says_no(reading: Reading, hit: Found[Says]) -> bool:
    """Whether a phrase with a negative meaning is only introduced by "no," as an answer."""
    tokens = reading.text.tokens
    return hit.first >= 2 and tokens[hit.first - 1].raw == "," and tokens[hit.first - 2].raw in {"no", "nope"}


def _with_negation(reading: Reading, first: int) -> int:
    near = [index for index in reading.scope.negations if first - 5 <= index < first]
    return near[-1] if near else first
