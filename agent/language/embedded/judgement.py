"""What a message complains of, asks for and puts right, as the models hear it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.language.embedded.figures import Candidate
from agent.language.embedded.thresholds import thresholds
from agent.language.embedded.voices import Voices
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Open, State

_CODE = re.compile(
    r"[{}<>\\|$=_`^]|&\w{2,5};|\x22\s*:|\]\(|\w/\w+;|!!(?=\w)|\[\x22|;;|\.\./|://|--|[\x00-\x08\x0e-\x1f\u200b-\u202e]"
)
ANY = "any"
"""The label that something is said of a fact, whatever it is."""
AMOUNT = "amount"
"""The label that a fact's number is stated, whatever it is."""
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


def judge(voices: Voices) -> Judgement:
    """The values of each fact by how clearly they are heard, surest first; the more clauses, the more is asked."""
    limits, best = thresholds()["clauses"], dict[str, Judged]()
    for label, voice in voices.items():
        if not voice.short:
            fact, value = label.split("=")
            care = limits["care"] * max(0.0, voice.doublings - math.log2(limits["few"]))
            best[label] = Judged(fact, _WORDS.get(value, value), voice.score - care, voice.first, voice.end)
    found: Judgement = {}
    for judged in sorted(best.values(), key=lambda judged: -judged.score):
        if judged.value not in {AMOUNT, ANY}:
            spoken = best.get(f"{judged.fact}={ANY}", judged)
            found.setdefault(judged.fact, []).append(replace(judged, spoken=spoken.score))
    return found


def is_code(message: str) -> bool:
    """Markup, queries and scripts speak no plain language, whatever words they hold."""
    signs = len(_CODE.findall(message))
    return signs >= 2 and signs * 25 >= len(message)


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


def _is_both(best: Judged, others: Sequence[Judged]) -> bool:
    near = {one.value for one in others if one.score >= thresholds()["gap"]["both"]} | {best.value}
    return {"knowledge", "behavior"} <= near and best.value in {"knowledge", "behavior"}


def other_gap(gap: Candidate, known: FactValue | None, judged: Judgement) -> Candidate:
    """ "It does know our facts, it just can't keep to our tone": not both, where one was known and is put right."""
    other = _OTHER_KIND.get(str(known.value)) if isinstance(known, Known) else None
    heard = judged.get("gap", ())
    if other is None or gap.value != Known("both") or not heard or heard[0].value != other:
        return gap
    return gap if _is_both(heard[0], heard[1:]) else replace(gap, value=Known(other))


def _candidate(judged: Judged) -> Candidate:
    return Candidate(judged.fact, value_named(judged.value), judged.first, judged.end, confidence=sure(judged.score))


def value_named(value: bool | int | str) -> FactValue:
    """The value of a fact that a label names."""
    return Open(NO_LIMIT) if value == NO_LIMIT else Known(_WORDS.get(str(value), value))


def sure(score: float) -> float:
    """How sure a value is that is heard so clearly."""
    return round(min(0.95, max(0.5, 0.6 + score / 3)), 2)
