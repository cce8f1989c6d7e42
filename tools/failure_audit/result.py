"""What a failure audit found, as values and as the JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.audits import Kind
from tools.evidence import Evidence
from tools.failure_audit.diagnosis import Gap, Share
from tools.records import RowErrors

Status = Literal["supported", "provisional", "undecided", "no_failures"]
"""Supported by given labels; only with suggested ones; by neither; or nothing failed."""

Basis = Literal["labelled", "labelled_or_suggested"]


@dataclass(frozen=True)
class Diagnosis:
    """The gap that the failures support and why; `more_to_label` failures would settle or confirm it."""

    status: Status
    gap: Gap | None
    confidence: float | None
    because: tuple[str, ...]
    citations: tuple[str, ...]
    more_to_label: int | None


@dataclass(frozen=True)
class Suggested:
    """A suggested label for one row, to be confirmed; `label` is None where no sign shows."""

    line: int
    query: str
    label: Kind | None
    sign: str | None
    evidence: str | None


@dataclass(frozen=True)
class FailureAudit:
    """Counts, shares over `basis`, diagnosis, suggestions for the first unlabelled failures, and broken rows."""

    file: str
    rows: int
    passed: int
    labelled: int
    suggested: int
    undecided: int
    basis: Basis
    shares: Mapping[Kind, Share]
    diagnosis: Diagnosis
    suggestions: tuple[Suggested, ...]
    errors: RowErrors
    evidence: Evidence | None

    @property
    def failures(self) -> int:
        """Usable rows whose answer was not what was expected."""
        return self.labelled + self.suggested + self.undecided

    def document(self) -> dict[str, Any]:
        """The JSON form of the audit."""
        return {
            "file": self.file,
            "rows": self.rows,
            "passed": self.passed,
            "failures": self.failures,
            "labelled": self.labelled,
            "suggested": self.suggested,
            "undecided": self.undecided,
            "basis": self.basis,
            "shares": {kind: vars(share) for kind, share in self.shares.items()},
            "diagnosis": {**vars(self.diagnosis), **_lists(self.diagnosis)},
            "suggestions": [vars(suggestion) for suggestion in self.suggestions],
            "errors": self.errors.document(),
            "evidence": vars(self.evidence) if self.evidence else None,
        }


def _lists(diagnosis: Diagnosis) -> dict[str, Any]:
    return {"because": list(diagnosis.because), "citations": list(diagnosis.citations)}
