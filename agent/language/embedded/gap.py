"""What today's model lacks, from what a complaint implies: phrases first, then likeness to labelled sentences."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from agent.language.embedded.choices import find_tasks
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import book, context_words, mapping, stems_of, word_classes
from agent.language.embedded.meaning import embedder, vectors_of
from agent.language.embedded.phrases import Found
from agent.language.embedded.tokens import Text, stem
from agent.language.port import Statement
from knowledge.embedding import Vectors
from tools.profile import Known

LIKENESS = 0.6
"""Cosine above which a sentence counts as saying what an exemplar says."""
LONG = 80
"""Words from which a message is a description that may be read as a whole."""
MARGIN = 0.03
"""By how much it must be likelier than the next reading, and than saying nothing of the kind."""

_DOCUMENTS = frozenset(stem(word) for word in word_classes()["doc"])
_AUXILIARIES = {
    "is",
    "are",
    "was",
    "were",
    "am",
    "do",
    "does",
    "did",
    "can",
    "will",
    "would",
    "often",
    "still",
    "just",
    "simply",
    "also",
    "not",
}
_TURNS = {"it", "they", "the", "rather", "instead", "just", "only"}
"""What opens the second half of "it is not that …, it just …"."""
_SUBJECT = context_words("gap_subject")
"""A sentence must speak of the model or what it writes to be compared."""


@cache
def _exemplars() -> tuple[list[str], Vectors]:
    document = mapping("exemplars.yaml")
    labels = [label for label, sentences in document.items() for _ in sentences]
    return labels, embedder().embed([sentence for sentences in document.values() for sentence in sentences])


def read_gap(reading: Reading, may_guess: bool, found: Sequence[Candidate] = ()) -> Candidate | None:
    """What is missing, with the words it rests on; None where the message says nothing of it."""
    text = reading.text
    hits = [hit for hit in book("gap.yaml").find(text) if not _outside(reading, hit)]
    hits = [hit for hit in hits if not _is_about_form(hit, hits)]
    kinds = {hit.meaning for hit in hits}
    if not kinds:
        return _by_likeness(reading, found) if may_guess else None
    gap = _settle(kinds)
    evidence = [hit for hit in hits if hit.meaning == gap or gap == "both"] or hits
    first, end = _joined(text, evidence)
    return Candidate("gap", Known(gap), first, end, confidence=0.9 if len(evidence) > 1 else 0.8)


def _is_about_form(hit: Found[str], hits: Sequence[Found[str]]) -> bool:
    """ "It has the sheet in the prompt, but the tone is wrong": what is wrong is the form, not the conclusion."""
    within = (one for one in hits if one.meaning == "behavior" and hit.first <= one.first and one.end <= hit.end)
    return hit.meaning == "reasoning" and any(within)


def lean(statements: Sequence[Statement], words: int) -> Statement | None:
    """What a long description without a complaint suggests by its facts, marked unsure; None if they do not lean."""
    if words < LONG or any(said.fact == "gap" for said in statements):
        return None
    scores: dict[str, int] = {"knowledge": 0, "behavior": 0}
    for said in statements:
        known = str(said.value.value).lower() if isinstance(said.value, Known) else ""
        leanings = mapping("leanings.yaml").get(said.fact, {})
        for gap, weight in (leanings.get(known) or leanings.get("any") or {}).items():
            scores[gap] += weight
    best, second = sorted(scores, key=lambda gap: -scores[gap])
    if scores[best] < 2 or scores[best] == scores[second]:
        return None
    ground = next(said for said in statements if best in str(mapping("leanings.yaml").get(said.fact, {})))
    return Statement("gap", Known(best, unsure=True), ground.quote, ground.span, "derived", confidence=0.5)


def _outside(reading: Reading, hit: Found[str]) -> bool:
    scope = reading.scope
    if _adds_up_to(reading, hit) or _allowed(reading, hit):
        return True
    elsewhere = any(index in area for area in (scope.others, scope.someday) for index in range(hit.first, hit.end))
    covered = elsewhere or scope.bars(hit.first, hit.end)
    own = any(index in scope.negations for index in range(hit.first, hit.end))
    before = scope.negated(reading.text, hit.first, hit.first)
    dismissed = _dismissed(reading, hit) or (hit.meaning == "none" and not _of_model(reading, hit))
    return covered or dismissed or _of_people(reading, hit) or (before and not own)


def _allowed(reading: Reading, hit: Found[str]) -> bool:
    """ "The layout can vary", "anything that breaks the format": permitted, or not said of the model."""
    tokens = reading.text.tokens
    may = any(
        tokens[index].raw in {"can", "may"} and tokens[index + 1].raw not in {"not", "never"}
        for index in range(hit.first, hit.end - 1)
    )
    before = [token.raw for token in tokens[max(0, hit.first - 4) : hit.first]]
    return (may and hit.meaning == "behavior") or bool({"anything", "whatever", "everything"} & {*before})


def _adds_up_to(reading: Reading, hit: Found[str]) -> bool:
    """ "Twenty questions make up 80 percent": a share, no invention."""
    tokens = reading.text.tokens
    following = [token.raw for token in tokens[hit.end : hit.end + 4]]
    shares = any(word in {"most", "half", "majority", "bulk", "%", "percent", "third", "quarter"} for word in following)
    return tokens[hit.end - 1].raw == "up" and (shares or reading.figure_at(hit.end) is not None)


def _of_people(reading: Reading, hit: Found[str]) -> bool:
    """Whether what is said is said of people: "new staff do not know the rules", "we make up to 400 offers"."""
    if hit.meaning == "none":
        return False
    for token in reversed(reading.text.tokens[: hit.first]):
        if token.raw not in _AUXILIARIES:
            clashing = reading.text.tokens[hit.first].stem in {"contradict", "conflict"}
            other = stems_of("people") | (_DOCUMENTS if clashing else frozenset())
            return token.raw in {"we", "i", "nobody"} or token.stem in other - _SUBJECT - {"agent"}
    return False


def _of_model(reading: Reading, hit: Found[str]) -> bool:
    """Whether the clause speaks of the model or what it writes."""
    return any(token.stem in _SUBJECT for token in reading.text.tokens[slice(*reading.text.clause_of(hit.first))])


def _dismissed(reading: Reading, hit: Found[str]) -> bool:
    """ "… isn't the problem", "it's not that …"."""
    tokens = reading.text.tokens
    clause_first, clause_end = reading.text.clause_of(hit.first)
    turned = [
        index + 1
        for index in range(clause_first, hit.first)
        if tokens[index].stem == "," and tokens[index + 1].raw in _TURNS
    ]
    before = " ".join(token.stem for token in tokens[max([clause_first, *turned]) : hit.first])
    after = " ".join(token.stem for token in tokens[hit.end : min(clause_end, hit.end + 6)])
    sounding = tokens[hit.end - 1].raw in {"a", "an", "like"}  # "sounds like a good plan"
    praise = sounding and after.removeprefix("a ").startswith(("good", "great", "plan", "idea"))
    return (
        praise
        or "is not that" in before
        or any(
            sign in after
            for sign in ("not the problem", "not a problem", "not the issu", "not an issu", "not the troubl")
        )
    )


def _settle(kinds: set[str]) -> str:
    """One diagnosis: missing facts and behaviour are both; a reasoning failure with the facts given is neither."""
    if "both" in kinds or ({"knowledge", "behavior"} <= kinds and "reasoning" not in kinds):
        return "both"
    for gap in ("reasoning", "knowledge", "behavior"):
        if gap in kinds:
            return gap
    return "none"


def _joined(text: Text, evidence: list[Found[str]]) -> tuple[int, int]:
    """The words from the first to the last piece of evidence, within one sentence."""
    first, end = evidence[0].first, evidence[0].end
    sentence_end = text.sentence_of(first)[1]
    for hit in evidence[1:]:
        if hit.end <= sentence_end:
            end = max(end, hit.end)
    return first, end


def _by_likeness(reading: Reading, found: Sequence[Candidate]) -> Candidate | None:
    text = reading.text
    spoken = [(candidate.first, candidate.end) for candidate in found]
    spoken += [(hit.first, hit.end) for hit in find_tasks(reading)]
    runs = [run for run in text.sentences if run[1] - run[0] >= 4 and not reading.scope.excludes(*run)]
    runs = [run for run in runs if _SUBJECT & {token.stem for token in text.tokens[slice(*run)]}]
    runs = [run for run in runs if not any(first < run[1] and run[0] < end for first, end in spoken)]
    if not runs:
        return None
    labels, exemplars = _exemplars()
    likeness = vectors_of(reading, runs) @ exemplars.T
    classes = sorted(set(labels))
    best = np.stack([likeness[:, [label == kind for label in labels]].max(axis=1) for kind in classes], axis=1)
    row, column = np.unravel_index(int(np.argmax(best)), best.shape)
    order = np.sort(best[row])
    if classes[column] == "other" or best[row, column] < LIKENESS or order[-1] - order[-2] < MARGIN:
        return None
    return Candidate("gap", Known(classes[column]), *runs[int(row)], confidence=round(float(best[row, column]), 2))
