"""Agreement of the advice with labelled cases: from a profile, by interview, or from the text alone."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal, get_args

from agent.consultation import Consultant
from agent.protocol import Answered, Said, Turn
from agent.settings import Settings
from knowledge.errors import InputError
from knowledge.options import OPTIONS
from tools.decide.decide import decide
from tools.profile import find_fact, parse_profile

Mode = Literal["profile", "interview", "text"]
KEYS = {"id", "text", "profile", "answers", "expected", "acceptable", "why", "source", "name"}


@dataclass(frozen=True)
class Case:
    """A situation with the option it is labelled with."""

    id: str
    text: str | None
    profile: Mapping[str, Any] | None
    answers: Mapping[str, Any]
    expected: str
    acceptable: tuple[str, ...]


def parse_case(document: Any, line: int) -> Case:
    """The case of one line; raises InputError that names the line."""
    if not isinstance(document, dict):
        raise InputError(f"Line {line}: a case is a JSON object.")
    unknown = sorted(set(document) - KEYS)
    if unknown:
        raise InputError(f'Line {line}: a case has no "{unknown[0]}"; it takes {", ".join(sorted(KEYS))}.')
    acceptable = document.get("acceptable") or []
    for option in (document.get("expected"), *acceptable):
        if option not in OPTIONS:
            raise InputError(f"Line {line}: {option!r} is no option; the options are {', '.join(OPTIONS)}.")
    if document.get("text") is None and document.get("profile") is None and not document.get("answers"):
        raise InputError(f'Line {line}: a case needs a "text", "answers" or a "profile".')
    for name in ("profile", "answers"):
        parse_profile(document.get(name) or {})
    return Case(
        id=str(document.get("id", line)),
        text=document.get("text"),
        profile=document.get("profile"),
        answers=document.get("answers") or {},
        expected=document["expected"],
        acceptable=tuple(acceptable),
    )


def parse_mode(mode: str | None) -> Mode | None:
    """The way to play the cases; None lets each case say. Raises InputError."""
    if mode is None or mode in get_args(Mode):
        return mode  # type: ignore[return-value]
    raise InputError(f"--as takes {', '.join(get_args(Mode))}, but this is {mode!r}.")


def evaluate_cases(
    cases: Sequence[Case],
    mode: Mode | None,
    hidden: Sequence[str],
    settings: Settings,
    open_consultant: Callable[[], Consultant],
) -> dict[str, Any]:
    """The report of `consult eval --json`; sessions played for it are erased again."""
    for fact in hidden:
        find_fact(fact)
    rows = []
    consultant: Consultant | None = None
    for case in cases:
        chosen = mode or ("profile" if case.text is None else "interview")
        if chosen == "profile":
            rows.append(_row(case, *_decided(case, hidden, settings), 0))
            continue
        consultant = consultant or open_consultant()
        turn, questions = _played(case, chosen, hidden, consultant)
        rows.append(_row(case, turn.recommendation["option"], turn.recommendation["confidence"], questions))
    return _report(rows)


def _decided(case: Case, hidden: Sequence[str], settings: Settings) -> tuple[str, float]:
    profile = parse_profile(case.profile or case.answers).without(*hidden)
    advice = decide(profile, settings.date(), settings.price_table()).recommendation
    return advice.option, advice.confidence


def _played(case: Case, mode: Mode, hidden: Sequence[str], consultant: Consultant) -> tuple[Turn, int]:
    """The last turn of the case as an interview, and the questions after its first message."""
    answers = {} if mode == "text" else {**(case.profile or {}), **case.answers}
    turn, questions = consultant.start(), 0
    session = turn.session
    try:
        if case.text:
            turn = consultant.send(session, Said(case.text))
        turn = _without(turn, hidden, consultant)
        while turn.asks:
            questions += turn.asks != "use_case"
            answer = None if turn.asks in hidden else answers.get(turn.asks)
            turn = consultant.send(session, Answered({turn.asks: answer}))
    finally:
        consultant.erase(session)
    return turn, questions


def _without(turn: Turn, hidden: Sequence[str], consultant: Consultant) -> Turn:
    """The turn with hidden facts taken as unknown, where the text gave them away."""
    heard = [fact for fact in hidden if fact in turn.facts]
    return consultant.send(turn.session, Answered(dict.fromkeys(heard))) if heard else turn


def _row(case: Case, predicted: str, confidence: float, questions: int) -> dict[str, Any]:
    return {
        "id": case.id,
        "predicted": predicted,
        "expected": case.expected,
        "agrees": predicted == case.expected or predicted in case.acceptable,
        "questions": questions,
        "confidence": confidence,
    }


def _report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    by_option: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_option[row["expected"]].append(row)
    questions = [row["questions"] for row in rows]
    return {
        "cases": len(rows),
        "agreement": _share(rows),
        "exact": _share(rows, exact=True),
        "per_option": {
            option: {"cases": len(found), "agreement": _share(found), "exact": _share(found, exact=True)}
            for option in OPTIONS
            if (found := by_option.get(option))
        },
        "questions": {"median": median(questions) if questions else 0, "max": max(questions, default=0)},
        "rows": rows,
    }


def _share(rows: list[dict[str, Any]], exact: bool = False) -> float:
    hits = [row["predicted"] == row["expected"] if exact else row["agrees"] for row in rows]
    return sum(hits) / len(hits) if hits else 0.0
