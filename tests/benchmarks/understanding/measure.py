"""Measures the embedded understanding on the labelled sets and prints a table.

    python tests/benchmarks/understanding/measure.py development [--failures]
    python tests/benchmarks/understanding/measure.py held_out
    python tests/benchmarks/understanding/measure.py real_cases
    python tests/benchmarks/understanding/measure.py path/to/more.jsonl

The labelling conventions stand in README.md beside this file.
"""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.port import Understanding
from tools.profile import FactValue, Known, Open, Range, parse_profile

FOLDER = Path(__file__).parent
REAL_TEXTS = FOLDER.parents[3] / "shared" / "cases" / "real_cases.jsonl"
TOLERANCE = 0.01
UNSCORED = {"use_case"}
BUDGETS = {"upfront_budget_usd": "monthly_budget_usd"}
"""Which of the two budgets is meant is one question."""
STATES = {"unknown": "unknown", "skip": "unknown", "later": "later", "not_applicable": "not_applicable"}
"""How an author may label that a question is left open, and the state that the fact takes."""


@dataclass
class Score:
    """Counts over a set."""

    right: Counter[str] = field(default_factory=Counter)
    wrong_value: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    messages_with_invention: int = 0
    corrections: list[bool] = field(default_factory=list)
    gaps: list[bool] = field(default_factory=list)
    intents: list[bool] = field(default_factory=list)
    asked_back: list[bool] = field(default_factory=list)
    tasks: list[bool] = field(default_factory=list)
    unread: list[bool] = field(default_factory=list)
    cases_with_right_numbers: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a labelled set by its name or path; the texts of the real cases are read where they are kept."""
    path = Path(name) if name.endswith(".jsonl") else FOLDER / f"{name}.jsonl"
    labelled = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if name != "real_cases":
        return labelled
    if not REAL_TEXTS.exists():
        sys.exit(f"The texts of the real cases are not at {REAL_TEXTS}.")
    texts = {case["id"]: case["text"] for case in map(json.loads, REAL_TEXTS.read_text(encoding="utf-8").splitlines())}
    return [
        {**row, "text": texts[row["id"]], "facts": {**row["facts"], **({"gap": row["gap"]} if row["gap"] else {})}}
        for row in labelled
    ]


def same(labelled: Any, value: FactValue | None) -> bool:
    """Whether a value is what the label says: numbers within one per cent."""
    if value is None:
        return False
    if isinstance(labelled, dict) and "state" in labelled:
        return isinstance(value, Open) and value.state == labelled["state"]
    if isinstance(labelled, dict) and "low" in labelled:
        return isinstance(value, Range) and _close(labelled["low"], value.low) and _close(labelled["high"], value.high)
    wanted = labelled["value"] if isinstance(labelled, dict) else labelled
    if not isinstance(value, Known):
        return False
    if isinstance(wanted, str) and isinstance(value.value, str):
        return _name(wanted) == _name(value.value)
    if isinstance(wanted, bool) or isinstance(value.value, bool | str):
        return bool(wanted == value.value)
    return _close(wanted, value.value)


def _name(text: str) -> str:
    """Names are compared without case, spaces and hyphens."""
    return text.casefold().replace(" ", "").replace("-", "")


def _close(wanted: float, got: float) -> bool:
    return abs(wanted - got) <= TOLERANCE * max(abs(wanted), 1e-9)


def measure(labelled: Iterable[dict[str, Any]]) -> Score:
    """The score of the embedded understanding over labelled rows."""
    language, score = EmbeddedLanguage(), Score()
    language.understand("We answer 10 questions a day.", None, parse_profile({}))  # tables are read on first use
    for row in labelled:
        started = time.perf_counter()
        read = language.understand(row["text"], row.get("asked"), parse_profile(row.get("known", {})))
        score.milliseconds.append((time.perf_counter() - started) * 1_000)
        _count(score, row, read)
    return score


def _count(score: Score, row: dict[str, Any], read: Understanding) -> None:
    stated = {said.fact: said.value for said in read.statements if said.fact not in UNSCORED}
    wanted, optional = {**row["facts"], **declined(row)}, {*row.get("optional", [])}
    score.messages += 1
    problems = []
    for fact, label in wanted.items():
        allowed = [label, *(row.get("also_gap", []) if fact == "gap" else [])]
        if any(same(one, stated.get(fact)) for one in allowed):
            score.right[fact] += 1
        elif fact in stated:
            if fact not in optional:
                score.wrong_value[fact] += 1
            problems.append(f"{fact} is {label}, read {stated[fact]}")
        elif fact not in optional:
            score.missed[fact] += 1
            problems.append(f"{fact} = {label} missed")
    invented = [fact for fact in stated if fact not in wanted and fact not in optional]
    score.invented.update(invented)
    score.messages_with_invention += bool(invented)
    problems += [f"{fact} = {stated[fact]} invented" for fact in invented]
    if "gap" in wanted:
        score.gaps.append(any(same(one, stated.get("gap")) for one in [wanted["gap"], *row.get("also_gap", [])]))
    _count_rest(score, row, read, problems)
    if row.get("category", "real") == "real":
        numbers = {
            fact: label for fact, label in wanted.items() if not isinstance(label, bool | str) and fact not in optional
        }
        score.cases_with_right_numbers.append(all(same(label, stated.get(fact)) for fact, label in numbers.items()))
    if problems:
        score.failures.append(
            f"{row['id']} [{row.get('asked') or ''}] {row['text'][:150]}\n      " + "\n      ".join(problems)
        )


def declined(row: dict[str, Any]) -> dict[str, Any]:
    """An answer of "no idea", "later" or "does not apply", labelled as an intent, is the asked fact left open."""
    states = [STATES[intent] for intent in row.get("intents", []) if intent in STATES]
    return {row["asked"]: {"state": states[0]}} if states and row.get("asked") and not row["facts"] else {}


def _count_rest(score: Score, row: dict[str, Any], read: Understanding, problems: list[str]) -> None:
    """Corrections, intents, questions back, tasks and unreadable messages."""
    if row.get("category") == "corrections":
        fixed = all(same(label, read.value(fact)) for fact, label in row["facts"].items())
        marked = all(_is_correction(read, fact) for fact in row.get("corrects", []))
        _note(score.corrections, fixed and marked, problems, "correction not handled")
    if row.get("category", "real") != "real":
        got = {intent.kind for intent in read.intents} - {"answer"} - {*row.get("optional_intents", [])}
        asked_for = {*row.get("intents", [])} - {*STATES}
        _note(score.intents, got - {"skip"} == asked_for - {"skip"}, problems, f"intents {sorted(got)}")
    asked = {BUDGETS.get(ambiguity.fact, ambiguity.fact) for ambiguity in read.questions_back}
    wanted = {BUDGETS.get(fact, fact) for fact in row.get("questions", [])}
    asked -= {*row.get("optional", [])} - wanted
    if wanted or asked:
        _note(score.asked_back, asked == wanted, problems, f"asked back {sorted(asked)}, not {sorted(wanted)}")
    if "tasks" in row:
        tasks = [task.task for task in read.tasks]
        _note(score.tasks, tasks == row["tasks"], problems, f"tasks {tasks}, not {row['tasks']}")
    if "unread" in row or read.unread:
        _note(score.unread, bool(read.unread) == bool(row.get("unread")), problems, f"unread {read.unread!r}")


def _is_correction(read: Understanding, fact: str) -> bool:
    return any(said.fact == fact and said.correction for said in read.statements)


def _note(outcomes: list[bool], right: bool, problems: list[str], problem: str) -> None:
    outcomes.append(right)
    if not right:
        problems.append(problem)


def table(name: str, score: Score) -> str:
    """The score as text."""
    facts = sorted({*score.right, *score.wrong_value, *score.missed, *score.invented})
    lines = [f"{name}: {score.messages} messages", f"{'fact':24}{'stated':>8}{'precision':>11}{'recall':>8}{'F1':>7}"]
    for fact in facts:
        lines.append(f"{fact:24}{_stated(score, fact):>8}{_prf(*_counts(score, [fact]))}")
    lines.append(f"{'all (micro)':24}{sum(_stated(score, fact) for fact in facts):>8}{_prf(*_counts(score, facts))}")
    found = sum(score.right.values()) + sum(score.wrong_value.values())
    lines.append(f"value accuracy where the fact was found: {sum(score.right.values()) / max(1, found):.3f}")
    lines.append(f"messages with an invented fact: {score.messages_with_invention / score.messages:.1%}")
    for title, outcomes in (
        ("corrections handled", score.corrections), ("gap accuracy", score.gaps), ("intent accuracy", score.intents),
        ("questions back", score.asked_back), ("tasks separated", score.tasks), ("unreadable told", score.unread),
        ("cases with all numbers right", score.cases_with_right_numbers),
    ):  # fmt: skip
        if outcomes:
            lines.append(f"{title}: {sum(outcomes) / len(outcomes):.3f} of {len(outcomes)}")
    times = sorted(score.milliseconds)
    lines.append(f"latency: p50 {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95) - 1]:.1f} ms")
    return "\n".join(lines)


def micro_f1(score: Score) -> float:
    """F1 over all facts, a wrong value counting as neither found nor right."""
    right, said, stated = _counts(score, sorted({*score.right, *score.wrong_value, *score.missed, *score.invented}))
    return 2 * right / (said + stated)


def _stated(score: Score, fact: str) -> int:
    return score.right[fact] + score.wrong_value[fact] + score.missed[fact]


def _counts(score: Score, facts: Iterable[str]) -> tuple[int, int, int]:
    names = list(facts)
    right = sum(score.right[fact] for fact in names)
    said = right + sum(score.wrong_value[fact] + score.invented[fact] for fact in names)
    return right, said, sum(_stated(score, fact) for fact in names)


def _prf(right: int, said: int, stated: int) -> str:
    precision, recall = (right / said if said else 1.0), (right / stated if stated else 1.0)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}"


if __name__ == "__main__":
    chosen = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "development")
    result = measure(rows(chosen))
    if "--failures" in sys.argv:
        print("\n".join(result.failures))
    print(table(chosen, result))
