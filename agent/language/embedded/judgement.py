"""What clauses state, judged by a model that learnt it from labelled sentences: what is told without a number."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from agent.language.embedded.arrays import Floats
from agent.language.embedded.clauses import Clause, clauses_of
from agent.language.embedded.convolution import Convolution, load_convolution, words_of
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import FOLDER, book, mapping
from agent.language.embedded.linear import Linear, load
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Open, State

MODEL = FOLDER / "models" / "clauses.npz"
OF_WORDS = FOLDER / "models" / "words.npz"
PASSAGE = 120
"""Tokens of the longest run of sentences of which the words are judged together, unless one sentence is longer."""
_CODE = re.compile(
    r"[{}<>\\|$=_`^]|&\w{2,5};|\x22\s*:|\]\(|\w/\w+;|!!(?=\w)|\[\x22|;;|\.\./|://|--|[\x00-\x08\x0e-\x1f\u200b-\u202e]"
)
SOFT = 4.0
"""Log-odds that count as a score of 0.76."""
FRAGMENT = 6
"""Tokens of the longest clause that counts as a fragment."""
SHORTEST = 4
"""Words of the shortest clause that is judged on its own: fewer are left to the phrases, except in an answer."""
ANY = "any"
"""The label that something is said of a fact, whatever it is."""
CORRECTION = "correction"
"""The label that something said before is put right, whatever it is."""
NO_LIMIT: State = "not_applicable"
"""The value of a ceiling that is said not to be there."""
_OTHER_KIND = {"knowledge": "behavior", "behavior": "knowledge"}
"""The complaint that both adds to one."""
_WORDS: dict[str, bool | int] = {"true": True, "false": False, "0": 0}


@dataclass(frozen=True)
class Judged:
    """A fact and a value that tokens first to end seem to state, how surely, and how surely the fact is spoken of."""

    fact: str
    value: bool | int | str
    score: float
    first: int
    end: int
    spoken: float = -1.0


Judgement = dict[str, list[Judged]]
"""For each fact its values with the clause that speaks for each most clearly, the surest first."""


@cache
def _model() -> Linear:
    return load(MODEL)


@cache
def _model_of_words() -> Convolution:
    return load_convolution(OF_WORDS)


@cache
def thresholds() -> dict[str, dict[str, float]]:
    """From which score on a label counts, alone and where a phrase says the same."""
    return {name: {**values} for name, values in mapping("thresholds.yaml").items()}


def judge(reading: Reading) -> Judgement:
    """The best clause for each value of each fact, surest first."""
    model, best = _model(), dict[str, Judged]()
    clauses = [clause for clause in clauses_of(reading) if _is_heard(reading, clause, model)]
    care = thresholds()["clauses"]["care"] * max(0.0, math.log2(max(1, len(clauses)) / thresholds()["clauses"]["few"]))
    if not clauses:
        return {}
    scores = np.tanh(model.scores_of([clause.features for clause in clauses]) / SOFT)
    scores = (scores + 2 * _scores_of_passages(reading, clauses)) / 3
    short = np.array([_words(reading, clause) < SHORTEST for clause in clauses])
    for column, label in enumerate(model.labels):
        fact, value = label.split("=")
        least = thresholds()["clauses"]["short"] if fact == reading.asked else np.inf
        counted = np.where(short & (scores[:, column] < least), -np.inf, scores[:, column])
        row = int(np.argmax(counted))
        if np.isfinite(counted[row]):
            first, end = clauses[row].first, clauses[row].end
            best[label] = Judged(fact, _WORDS.get(value, value), float(counted[row]) - care, first, end)
    found: Judgement = {}
    for judged in sorted(best.values(), key=lambda judged: -judged.score):
        if judged.value != ANY:
            spoken = best.get(f"{judged.fact}={ANY}", judged)
            found.setdefault(judged.fact, []).append(replace(judged, spoken=spoken.score))
    return found


def _scores_of_passages(reading: Reading, clauses: Sequence[Clause]) -> Floats:
    """For each clause the scores, from -1 to 1, of all that is said in the passage in which it stands."""
    begins = _passages(reading)
    passages = np.array([bisect_right(begins, clause.first) for clause in clauses])
    kinds, its = np.unique(passages, return_inverse=True)
    said = [[clause for clause, own in zip(clauses, passages, strict=True) if own == kind] for kind in kinds]
    of_clauses = _model().scores_of([frozenset().union(*(clause.features for clause in one)) for one in said])
    of_words = _model_of_words().log_odds([words_of(reading, one) for one in said])
    scores = np.mean(np.tanh(np.stack([of_clauses, of_words]) / SOFT), axis=0)
    return np.asarray(scores[its])


def _passages(reading: Reading) -> list[int]:
    """Where passages of several sentences begin."""
    begins = [0]
    for first, end in reading.text.sentences:
        if end - begins[-1] > PASSAGE and first > begins[-1]:
            begins.append(first)
    return begins


def _is_heard(reading: Reading, clause: Clause, model: Linear) -> bool:
    """Whether half of a clause's words are known: of another language or of names nothing is guessed."""
    words = [token.stem for token in reading.text.tokens[clause.first : clause.end] if token.kind == "word"]
    return 2 * sum(word in model.places for word in words) >= len(words)


def _words(reading: Reading, clause: Clause) -> int:
    return sum(token.kind == "word" for token in reading.text.tokens[clause.first : clause.end])


def is_code(message: str) -> bool:
    """Markup, queries and scripts speak no plain language, whatever words they hold."""
    signs = len(_CODE.findall(message))
    return signs >= 2 and signs * 25 >= len(message)


def score_of(judged: Sequence[Judged], value: object) -> float:
    """The score of one value; -1 where the model does not know it."""
    return next((one.score for one in judged if one.value == value), -1.0)


def is_fragment(reading: Reading, index: int) -> bool:
    """ "Sources required": a piece of so few words that what a phrase or rule reads in it stands."""
    return any(index in piece and len(piece) <= FRAGMENT for piece in _between_commas(reading, index))


def is_terse(reading: Reading, index: int) -> bool:
    """ "35 pages, 300 a day, two seconds": whether a clause holds fragments only, and no running sentence."""
    return all(len(piece) <= FRAGMENT for piece in _between_commas(reading, index))


def _between_commas(reading: Reading, index: int) -> list[range]:
    """The pieces of the clause in which a token stands."""
    tokens, (first, end) = reading.text.tokens, reading.text.clause_of(index)
    commas = [first - 1, *(place for place in range(first, end) if tokens[place].raw == ","), end]
    return [range(start + 1, stop) for start, stop in pairwise(commas)]


def confirmed(reading: Reading, candidates: Sequence[Candidate], judged: Judgement) -> list[Candidate]:
    """The candidates of the phrases that the model does not gainsay."""
    kept = []
    for candidate in candidates:
        known = judged.get(candidate.fact)
        value = candidate.value.value if isinstance(candidate.value, Known) else None
        limit = _limit("confirmed", candidate.fact)
        if (
            not known
            or is_fragment(reading, candidate.first)
            or not any(one.value == value for one in known)
            or score_of(known, value) >= limit
        ):
            kept.append(replace(candidate, heard=score_of(known or (), value)))
    return kept


def stated(judged: Judgement, found: Sequence[Candidate]) -> list[Candidate]:
    """What the model alone finds: facts of which the phrases say nothing."""
    taken = {candidate.fact for candidate in found}
    return [
        _candidate(best)
        for fact, (best, *others) in judged.items()
        if fact not in taken and fact not in {"gap", "task", CORRECTION} and _holds(best, others)
    ]


def sounds_like_correction(judged: Judgement, names_known: bool) -> bool:
    """Whether something said before is put right; it may be said less clearly where the old value is named."""
    least = thresholds()["corrections"]["named" if names_known else "cued"]
    return any(one.score >= least for one in judged.get(CORRECTION, ()))


def leant_to(judged: Judgement, fact: str, besides: object = None) -> Candidate | None:
    """What the message leans to where the fact is being spoken of anyway: it was asked for, or is being corrected."""
    for best in judged.get(fact, ())[:1]:
        limits = thresholds()["leaning"]
        if best.value != besides and best.score >= limits["any"] and best.spoken >= limits["spoken"]:
            return _candidate(best)
    return None


def contrary_to(judged: Judgement, fact: str, known: object) -> Candidate | None:
    """The likeliest value besides the known one, of a fact that a correction clearly speaks of."""
    others = [one for one in judged.get(fact, ()) if one.value != known]
    if not others or fact_specs()[fact].numeric or others[0].spoken < thresholds()["corrections"]["spoken"]:
        return None
    return _candidate(others[0])


def gap_in(reading: Reading, judged: Judgement) -> Candidate | None:
    """What is missing, where a clause complains; two complaints of different kinds are both.

    The longer a message, the likelier one of its clauses sounds like a complaint by chance, so the more is asked of it.
    """
    if not judged.get("gap"):
        return None
    limits, (best, *others) = thresholds()["gap"], judged["gap"]
    needed = limits["spoken"] + limits["care"] * max(0.0, math.log2(len(reading.text.tokens) / limits["short"]))
    if best.spoken < needed or best.score < limits["least"]:
        return None
    value = "both" if _is_both(best, others) else best.value
    return Candidate("gap", Known(value), best.first, best.end, confidence=_sure(best.spoken))


def _is_both(best: Judged, others: Sequence[Judged]) -> bool:
    near = {one.value for one in others if one.score >= thresholds()["gap"]["both"]} | {best.value}
    return {"knowledge", "behavior"} <= near and best.value in {"knowledge", "behavior"}


def completed(gap: Candidate, judged: Judgement) -> Candidate:
    """The gap that a phrase names, or the one that the model hears far more clearly; with the other kind beside it."""
    value, heard = gap.value.value if isinstance(gap.value, Known) else None, judged.get("gap", ())
    if heard and value != "both" and heard[0].score - score_of(heard, value) >= thresholds()["gap"]["outweighs"]:
        value = heard[0].value
    other = _OTHER_KIND.get(str(value))
    if other is not None and score_of(heard, other) >= thresholds()["gap"]["beside_phrase"]:
        value = "both"
    return replace(gap, value=Known(value)) if value is not None else gap


def other_gap(gap: Candidate, known: FactValue | None, judged: Judgement) -> Candidate:
    """ "It does know our facts, it just can't keep to our tone": not both, where one was known and is put right."""
    other = _OTHER_KIND.get(str(known.value)) if isinstance(known, Known) else None
    heard = judged.get("gap", ())
    if other is None or gap.value != Known("both") or not heard or heard[0].value != other:
        return gap
    return gap if _is_both(heard[0], heard[1:]) else replace(gap, value=Known(other))


def gainsays_gap(reading: Reading, gap: Candidate, judged: Judgement) -> bool:
    """Whether the model hears no complaint in a message of which a phrase says that something is missing."""
    heard = max((one.spoken for one in judged.get("gap", ())), default=1.0)
    certain = any(hit.first < gap.end and gap.first < hit.end for hit in book("complaints.yaml").find(reading.text))
    return not certain and heard < thresholds()["gap"]["fragment" if is_fragment(reading, gap.first) else "confirmed"]


def holds_all_the_same(reading: Reading, candidate: Candidate) -> bool:
    """Whether a model hears a statement so clearly in what seems supposed, past or another's that it counts."""
    numeric = fact_specs()[candidate.fact].numeric
    least = thresholds()["despite_scope"]["figures" if numeric else "phrases"]
    return candidate.heard >= least and not reading.scope.bars(candidate.first, candidate.end)


def _holds(best: Judged, others: Sequence[Judged]) -> bool:
    """Whether a value is stated clearly, or the fact is clearly spoken of and no other value comes near."""
    if best.score >= _limit("alone", best.fact):
        return True
    clear = best.score - max((one.score for one in others), default=-1.0) >= thresholds()["spoken"]["margin"]
    return clear and best.spoken >= _limit("spoken", best.fact) and best.score >= thresholds()["spoken"]["least"]


def task_limits() -> dict[str, float]:
    """What a phrase adds to a job's score, and from which sum on a job counts alone and beside another."""
    return thresholds()["tasks"]


def _limit(kind: str, fact: str) -> float:
    limits = thresholds()[kind]
    return limits.get(fact, limits["any"])


def _candidate(judged: Judged) -> Candidate:
    value = Open(NO_LIMIT) if judged.value == NO_LIMIT else Known(judged.value)
    return Candidate(judged.fact, value, judged.first, judged.end, confidence=_sure(judged.score))


def _sure(score: float) -> float:
    return round(min(0.95, max(0.5, 0.6 + score / 3)), 2)
