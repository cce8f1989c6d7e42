"""An audit file row by row: passed, failed with a known label, or failed and still without one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from knowledge.audits import Kind, audit_parameters, audit_wording
from tools.failure_audit.comparison import as_json, plain
from tools.failure_audit.signs import Failure, Suggestion, Surroundings, suggest
from tools.records import BadRow, Progress, Row, Table, digest, open_table

_REQUIRED = ("query", "expected", "actual")


@dataclass(frozen=True)
class Judged:
    """One usable row: passed, or failed with the given label, or with a suggested one, or with neither."""

    line: int
    texts: Failure
    given: str
    passed: bool
    label: Kind | None = None
    suggestion: Suggestion | None = None
    problem: BadRow | None = None


def open_audit(path: Path) -> Table:
    """The file as a table of query, expected, actual and perhaps label; raises InputError."""
    columns = audit_parameters().failure_audit.columns
    return open_table(path, columns.model_dump(), _REQUIRED)


def surroundings(table: Table, progress: Progress | None) -> Surroundings:
    """One pass over the file: which questions were answered rightly, and which expected answers are labels."""
    parameters = audit_parameters().failure_audit
    answered: set[int] = set()
    short: Counter[str] = Counter()
    for row in table.rows(progress):
        if isinstance(row, BadRow):
            continue
        texts = _texts(row)
        if _passed(texts, row.values.get("label", "")):
            answered.add(digest(plain(texts.query)))
        if len(texts.expected) < 100 and len(texts.expected.split()) <= int(parameters.signs.short_answer_words):
            short[plain(texts.expected)] += 1
        if len(short) > int(parameters.most_labels_seen):
            short = Counter(dict(short.most_common(int(parameters.most_labels_seen) // 2)))
    labels = frozenset(
        text for text, seen in short.items() if text and seen >= int(parameters.signs.label_seen_at_least)
    )
    return Surroundings(frozenset(answered), labels)


def judged_rows(table: Table, around: Surroundings, progress: Progress | None) -> Iterator[Judged | BadRow]:
    """Every row of the file in order; a row that cannot be used is a BadRow."""
    for row in table.rows(progress):
        yield row if isinstance(row, BadRow) else _judge(row, around)


def _judge(row: Row, around: Surroundings) -> Judged | BadRow:
    texts, given = _texts(row), row.values.get("label", "").strip()
    label = _labels().get(_plain_label(given)) if given else None
    if label is None and not texts.expected.strip():
        return BadRow(row.line, "nothing_to_compare", audit_wording().failures["nothing_to_compare"])
    if label is not None and label != "passed":
        return Judged(row.line, texts, given, passed=False, label=label)
    problem = _unknown_label(row.line, given) if given and label is None else None
    if _passed(texts, given):
        return Judged(row.line, texts, given, passed=True, problem=problem)
    return Judged(row.line, texts, given, passed=False, suggestion=suggest(texts, around), problem=problem)


def _texts(row: Row) -> Failure:
    most = int(audit_parameters().failure_audit.longest_compared_characters)
    return Failure(*(row.values[name][:most] for name in _REQUIRED))


def _passed(texts: Failure, given: str) -> bool:
    label = _labels().get(_plain_label(given)) if given.strip() else None
    if label is not None:
        return label == "passed"
    if not texts.expected.strip():
        return False
    if plain(texts.expected) == plain(texts.actual):
        return True
    wanted = as_json(texts.expected)
    return wanted is not None and wanted == as_json(texts.actual)


@cache
def _labels() -> dict[str, Kind | Literal["passed"]]:
    groups = audit_parameters().failure_audit.labels
    return {_plain_label(written): kind for kind, synonyms in groups.items() for written in [kind, *synonyms]}


def _plain_label(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def _unknown_label(line: int, given: str) -> BadRow:
    most = int(audit_parameters().files.longest_excerpt_characters)
    return BadRow(line, "unknown_label", audit_wording().failures["unknown_label"].format(label=given[:most]))
