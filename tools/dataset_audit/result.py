"""What a training-data audit found, as values and as the JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.audits import Band
from tools.dataset_audit.labels import LabelBalance
from tools.dataset_audit.personal_data import PersonalData
from tools.evidence import Evidence
from tools.records import RowErrors

Verdict = Literal["ready", "pilot", "not_ready"]


@dataclass(frozen=True)
class Repeats:
    """Examples that repeat an earlier one, or answer its prompt differently; pairs are (line, earlier line)."""

    exact: int
    near: int
    contradicting: int
    first_exact: tuple[tuple[int, int], ...]
    first_near: tuple[tuple[int, int], ...]
    first_contradicting: tuple[int, ...]
    compared: int


@dataclass(frozen=True)
class Leakage:
    """Held-out examples that also stand in the training file; pairs are (held-out line, training line)."""

    file: str
    held_out: int
    leaked: int
    exact: int
    same_prompt: int
    near: int
    first: tuple[tuple[int, int], ...]
    errors: RowErrors


@dataclass(frozen=True)
class Lengths:
    """Estimated tokens of an example: distribution, total, and how many are too long to be trained on whole."""

    total_tokens: int
    mean_tokens: float
    least_tokens: int
    p5_tokens: int
    p50_tokens: int
    p95_tokens: int
    most_tokens: int
    too_long: int
    messages_per_example: float
    answer_share: float


@dataclass(frozen=True)
class TrainingCost:
    """What training once through the project costs: E · tokens · epochs · trials · price / 1e6, in USD."""

    way: str
    price_train_usd_per_mtok: float
    low_usd: float
    mode_usd: float
    high_usd: float


@dataclass(frozen=True)
class DatasetAudit:
    """Everything the audit found, with the verdict and what to do next."""

    file: str
    lines: int
    examples: int
    distinct: int
    band: Band
    band_meaning: str
    repeats: Repeats
    leakage: Leakage | None
    lengths: Lengths | None
    labels: LabelBalance | None
    personal_data: PersonalData
    training_costs: tuple[TrainingCost, ...]
    errors: RowErrors
    verdict: Verdict
    summary: str
    next_steps: tuple[str, ...]
    citations: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    def document(self) -> dict[str, Any]:
        """The JSON form of the audit."""
        return {
            "file": self.file,
            "verdict": self.verdict,
            "summary": self.summary,
            "next_steps": list(self.next_steps),
            "lines": self.lines,
            "examples": self.examples,
            "distinct": self.distinct,
            "band": {"name": self.band.name, "at_least": self.band.at_least, "meaning": self.band_meaning},
            "citations": list(self.citations),
            "duplicates": _plain(vars(self.repeats)),
            "leakage": self._leakage_document(),
            "lengths": vars(self.lengths) if self.lengths else None,
            "labels": _plain(vars(self.labels)) if self.labels else None,
            "personal_data": self.personal_data.document(),
            "training_costs": [vars(cost) for cost in self.training_costs],
            "errors": self.errors.document(),
            "evidence": [vars(each) for each in self.evidence],
        }

    def _leakage_document(self) -> dict[str, Any] | None:
        if self.leakage is None:
            return None
        return {**_plain(vars(self.leakage)), "errors": self.leakage.errors.document()}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Tuples as lists, as JSON has them."""
    return {name: _listed(value) for name, value in values.items()}


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value
