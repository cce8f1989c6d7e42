"""The rows of the price files: what each column holds, and reading them with file, line and reason."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args

from knowledge.errors import KnowledgeError


@dataclass(frozen=True)
class Dated:
    """What every price carries: the days it is valid from and to, the day it was checked, and where."""

    valid_from: date | None
    valid_to: date | None
    checked_on: date
    source: str

    def valid_on(self, day: date) -> bool:
        """Whether the price applies on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class TokenPrice(Dated):
    """Rates of a model for requests with more than `above_tokens` input tokens, in USD per million tokens."""

    model: str
    provider: str
    above_tokens: float
    input_usd_per_mtok: float
    cache_read_usd_per_mtok: float | None
    cache_write_usd_per_mtok: float | None
    cache_write_1h_usd_per_mtok: float | None
    output_usd_per_mtok: float
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    context_window: float


@dataclass(frozen=True)
class EmbeddingPrice(Dated):
    name: str
    provider: str
    usd_per_mtok: float
    dimensions: float


@dataclass(frozen=True)
class RerankerPrice(Dated):
    name: str
    provider: str
    usd_per_1k_searches: float


@dataclass(frozen=True)
class VectorStorePrice(Dated):
    name: str
    provider: str
    minimum_usd_per_month: float
    usd_per_gb_month: float
    usd_per_m_read_units: float


@dataclass(frozen=True)
class GpuPrice(Dated):
    name: str
    provider: str
    usd_per_hour: float
    vram_gb: float


@dataclass(frozen=True)
class FineTunePrice(Dated):
    """Training and use of a tuned model; use and hosting are None where the service does not serve it."""

    service: str
    model: str
    training_usd_per_mtok: float
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    hosting_usd_per_hour: float | None


@dataclass(frozen=True)
class Service:
    """A service or model family that is being retired, and by when.

    `closed_to_new_on` and `ends_on` are the first day without it; `last_jobs_on` is the last day that a job may begin.
    """

    service: str
    kind: str
    models: str
    closed_to_new_on: date | None
    last_jobs_on: date | None
    ends_on: date | None
    replacement: str
    checked_on: date
    source: str


Row = TypeVar("Row")


def read_rows(path: Path, row: type[Row]) -> list[Row]:
    """The rows of a price file; raises KnowledgeError with file, line and reason."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [read_row(path.name, line, entry, row) for line, entry in enumerate(csv.DictReader(file), start=2)]
    except OSError as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error.strerror}.") from error


def read_row(file: str, line: int, entry: Mapping[str, str | None], row: type[Row]) -> Row:
    values = {}
    for field in fields(row):  # type: ignore[arg-type]
        text = (entry.get(field.name) or "").strip()
        try:
            values[field.name] = _value(text, field.type)
        except ValueError as error:
            raise KnowledgeError(f"{file}, line {line}: {field.name}: '{text[:40]}' {error}.") from error
    return row(**values)


def _value(text: str, kind: Any) -> Any:
    optional = type(None) in get_args(kind)
    if not text and (optional or kind is str):
        return None if optional else ""
    if kind is str:
        return text
    if date in (kind, *get_args(kind)):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError("is not a date like 2026-11-20") from None
    try:
        number = float(text)
    except ValueError:
        raise ValueError("is not a number") from None
    if not 0 <= number < float("inf"):
        raise ValueError("is not a price; it takes zero or more")
    return number
