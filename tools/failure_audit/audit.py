"""The failure audit: one pass to learn the file, one to judge its rows, then the diagnosis."""

import csv
from collections import Counter
from pathlib import Path
from typing import TextIO

from knowledge.audits import KINDS, FailureAuditParameters, Kind, audit_parameters
from knowledge.errors import InputError, StoreError
from tools.failure_audit.diagnosis import shares
from tools.failure_audit.explanation import diagnose, evidence_for
from tools.failure_audit.reading import Judged, judged_rows, open_audit, surroundings
from tools.failure_audit.result import FailureAudit, Suggested
from tools.records import BadRow, Progress, RowErrors, inert


def audit_failures(path: Path | str, progress: Progress | None = None) -> FailureAudit:
    """The shares of each kind of failure in a CSV, JSON lines or XLSX file, and the gap that they support.

    The file has a query, an expected and an actual answer in each row and may have a label. It is streamed
    twice, so `progress(done, total)` counts its bytes twice. Raises InputError for a file that cannot be used.
    """
    table = open_audit(Path(path))
    around = surroundings(table, _part(progress, 0))
    tally = _Tally(audit_parameters().failure_audit)
    for row in judged_rows(table, around, _part(progress, 1)):
        tally.add(row)
    return tally.result(Path(path).name)


def export_suggestions(path: Path | str, target: Path, progress: Progress | None = None) -> int:
    """Writes the file's failures as CSV with a suggested label each, to be confirmed; the number of rows written.

    What stands in `label` is what was given; a text that a spreadsheet would take for a formula is made inert.
    Raises InputError for a file that cannot be used or is the target too, StoreError where that cannot be written.
    """
    table = open_audit(Path(path))
    if target.exists() and target.samefile(path):
        raise InputError(f"{target} holds the failures themselves; write the suggestions to another file.")
    around = surroundings(table, _part(progress, 0))
    written = 0
    with _opened(target) as file:
        writer = csv.writer(file)
        writer.writerow(["line", "query", "expected", "actual", "label", "suggested_label", "evidence"])
        for row in judged_rows(table, around, _part(progress, 1)):
            if isinstance(row, Judged) and not row.passed:
                writer.writerow([row.line, *(inert(text) for text in _cells(row))])
                written += 1
    return written


def _opened(target: Path) -> TextIO:
    try:
        return target.open("w", encoding="utf-8", newline="")
    except OSError as error:
        reason = f"{target}: {error.strerror}"
        raise StoreError(f"The suggestions could not be written to {reason}. Choose another place.") from error


def _cells(row: Judged) -> list[str]:
    hint = row.suggestion
    texts = [row.texts.query, row.texts.expected, row.texts.actual, row.given]
    return [*texts, hint.kind if hint else "", hint.evidence if hint else ""]


def _part(progress: Progress | None, part: int) -> Progress | None:
    """The progress of one of the two passes as a part of the whole."""
    return None if progress is None else lambda done, total: progress(part * total + done, 2 * total)


class _Tally:
    """Counts judged rows; keeps no texts but those of the first suggestions."""

    def __init__(self, parameters: FailureAuditParameters) -> None:
        self._most_kept = int(parameters.most_suggestions_kept)
        self._most_excerpt = int(audit_parameters().files.longest_excerpt_characters)
        self._labelled: Counter[Kind] = Counter()
        self._suggested: Counter[Kind] = Counter()
        self._rows = self._passed = self._undecided = 0
        self._kept: list[Suggested] = []
        self._errors = RowErrors(int(audit_parameters().files.most_errors_listed))

    def add(self, row: Judged | BadRow) -> None:
        if isinstance(row, BadRow):
            self._errors.add(row)
            return
        self._rows += 1
        if row.problem:
            self._errors.add(row.problem)
        if row.passed:
            self._passed += 1
        elif row.label:
            self._labelled[row.label] += 1
        else:
            self._add_unlabelled(row)

    def _add_unlabelled(self, row: Judged) -> None:
        hint = row.suggestion
        if hint:
            self._suggested[hint.kind] += 1
        else:
            self._undecided += 1
        if len(self._kept) < self._most_kept:
            query = row.texts.query[: self._most_excerpt]
            found = (hint.kind, hint.sign, hint.evidence) if hint else (None, None, None)
            self._kept.append(Suggested(row.line, query, *found))

    def result(self, name: str) -> FailureAudit:
        diagnosis, basis = diagnose(self._labelled, self._suggested, self._rows, self._passed)
        counts = self._labelled if basis == "labelled" else self._labelled + self._suggested
        found = shares({kind: counts[kind] for kind in KINDS})
        return FailureAudit(
            file=name,
            rows=self._rows,
            passed=self._passed,
            labelled=self._labelled.total(),
            suggested=self._suggested.total(),
            undecided=self._undecided,
            basis=basis,
            shares=found,
            diagnosis=diagnosis,
            suggestions=tuple(self._kept),
            errors=self._errors,
            evidence=evidence_for(diagnosis, found, basis),
        )
