"""The model against the embedded language on labelled sets: what each understands, what a memo keeps, what it costs."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.language.model.parameters import parameters
from agent.language.model.usage import Spent
from agent.language.port import Language, Understanding
from agent.memo.compose import write_memo
from agent.memo.verify import verify_memo
from agent.settings import Settings
from knowledge.errors import InputError
from tools.advice import advise
from tools.profile import FactValue, Known, Open, Profile, Range, find_fact, parse_fact, parse_profile

if TYPE_CHECKING:
    from agent.language.model.language import ModelLanguage

UNSCORED = {"use_case", "model"}


@dataclass(frozen=True)
class Labelled:
    """A message with the facts that it states; `optional` ones may be read or not."""

    id: str
    text: str
    asked: str | None
    facts: Mapping[str, FactValue]
    optional: frozenset[str]
    known: Profile


@dataclass
class Tally:
    """What was read right, wrong, beyond what was said, and not at all."""

    right: int = 0
    wrong: int = 0
    invented: int = 0
    missed: int = 0
    seconds: float = 0.0
    by_case: dict[str, list[str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Precision, recall and F1 over all facts, with the counts behind them."""
        said, stated = self.right + self.wrong + self.invented, self.right + self.wrong + self.missed
        return {
            "precision": self.right / said if said else 1.0,
            "recall": self.right / stated if stated else 1.0,
            "f1": 2 * self.right / (said + stated) if said + stated else 1.0,
            "right": self.right,
            "wrong_value": self.wrong,
            "invented": self.invented,
            "missed": self.missed,
            "seconds": round(self.seconds, 2),
        }


def parse_labelled(document: Any, line: int) -> Labelled:
    """The labelled message of one line: `{"text", "facts", "asked"?, "known"?, "optional"?}`; raises InputError."""
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise InputError(f'Line {line}: a labelled message is an object with "text" and "facts".')
    facts = document.get("facts")
    if not isinstance(facts, dict):
        raise InputError(f'Line {line}: "facts" is an object of facts and values, {{}} where the message states none.')
    asked = document.get("asked")
    return Labelled(
        str(document.get("id", line)),
        document["text"],
        find_fact(asked).name if asked else None,
        {fact: _label(fact, value) for fact, value in facts.items()},
        frozenset(document.get("optional") or ()),
        parse_profile(document.get("known") or {}),
    )


def _label(fact: str, value: Any) -> FactValue:
    """A labelled value; a label of a whole number may have been rounded."""
    if find_fact(fact).kind == "integer" and isinstance(value, float):
        value = round(value)
    return parse_fact(fact, value)


def evaluate_understanding(
    rows: Sequence[Labelled], embedded: Language, model: "ModelLanguage | None"
) -> dict[str, Any]:
    """How well each language reads the labelled messages; `model` is None where none is set."""
    report: dict[str, Any] = {"messages": len(rows), "embedded": tally(rows, embedded).document(), "model": None}
    if model is not None:
        found = tally(rows, model)
        report["model"] = {**found.document(), "fell_back": len(found.by_case.get("fell back", ()))}
        report["usage"] = _spent(model).document()
    return report


def tally(rows: Iterable[Labelled], language: Language) -> Tally:
    """What a language reads in labelled messages."""
    counts = Tally()
    for row in rows:
        started = time.perf_counter()
        heard = language.understand(row.text, row.asked, row.known)
        counts.seconds += time.perf_counter() - started
        _count(counts, row, heard)
    return counts


def _count(counts: Tally, row: Labelled, heard: Understanding) -> None:
    stated = {said.fact: said.value for said in heard.statements if said.fact not in UNSCORED}
    for fact, label in row.facts.items():
        if fact in UNSCORED:
            continue
        if fact not in stated:
            counts.missed += fact not in row.optional
        elif _agrees(label, stated[fact]):
            counts.right += 1
        else:
            counts.wrong += fact not in row.optional
    counts.invented += sum(fact not in row.facts and fact not in row.optional for fact in stated)
    if any("language model" in note.lower() for note in heard.notes):
        counts.by_case.setdefault("fell back", []).append(row.id)


def _agrees(label: FactValue, read: FactValue) -> bool:
    match label, read:
        case Known(a), Known(b):
            return a == b if isinstance(a, bool | str) or isinstance(b, bool | str) else _near(a, b)
        case Range(a, b), Range(c, d):
            return _near(a, c) and _near(b, d)
        case Open(a), Open(b):
            return a == b
    return False


def _near(label: float, read: float) -> bool:
    return abs(label - read) <= parameters().same_value * max(abs(label), 1e-9)


def evaluate_memos(
    profiles: Sequence[Mapping[str, Any]], settings: Settings, model: "ModelLanguage | None"
) -> dict[str, Any]:
    """How much of a memo each language words, whether it passes the verifier, and what it takes."""
    report: dict[str, Any] = {"memos": len(profiles), "embedded": _memos(profiles, settings, None), "model": None}
    if model is not None:
        report["model"] = _memos(profiles, settings, model)
        report["usage"] = _spent(model).document()
    return report


def _memos(profiles: Sequence[Mapping[str, Any]], settings: Settings, model: Language | None) -> dict[str, Any]:
    sentences = anchored = passed = 0
    started = time.perf_counter()
    for profile in profiles:
        advice = advise(parse_profile(profile), settings.date(), settings.price_table())
        found = verify_memo(write_memo(advice, {}, language=model))
        sentences, anchored, passed = sentences + found.sentences, anchored + found.anchored, passed + found.passed
    seconds = round(time.perf_counter() - started, 2)
    return {"sentences": sentences, "in_the_models_words": anchored, "passed": passed, "seconds": seconds}


def _spent(model: "ModelLanguage") -> Spent:
    return model.at("").account.spent
