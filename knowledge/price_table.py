"""The price table: dated CSV snapshots under prices/, read as of an explicit date. Nothing is guessed.

A snapshot is written once and never changed; a later one is added beside it. Within a snapshot a rate carries the days
it is valid from and to (both included) and the day it was checked. A price file of the user's own overrides by model.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from knowledge.errors import ConsultError, InputError, KnowledgeError
from knowledge.files import DATA

FOLDER = DATA / "prices"


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
    """A service or model family that is being retired, and by when; dates are the first day without it."""

    service: str
    kind: str
    models: str
    closed_to_new_on: date | None
    last_jobs_on: date | None
    ends_on: date | None
    replacement: str
    checked_on: date
    source: str


@dataclass(frozen=True)
class ModelPrice:
    """A model's rates on a day, by tier from the lowest; the tier is chosen by the whole input of a request."""

    model: str
    provider: str
    tiers: tuple[TokenPrice, ...]

    @property
    def context_window(self) -> float:
        """Tokens of input and answer that fit into one request."""
        return self.tiers[0].context_window


@dataclass(frozen=True)
class PriceTable:
    """All prices that apply on one day."""

    as_of: date
    snapshot: str
    models: Mapping[str, ModelPrice]
    embeddings: Mapping[str, EmbeddingPrice]
    rerankers: Mapping[str, RerankerPrice]
    vector_stores: Mapping[str, VectorStorePrice]
    gpus: Mapping[str, GpuPrice]
    fine_tunes: Mapping[tuple[str, str], FineTunePrice]
    services: tuple[Service, ...]

    def model(self, name: str) -> ModelPrice:
        """The rates of a model; raises InputError that offers the nearest names, or a retired model's replacement."""
        retired = self.retirement(name)
        if retired is not None:
            raise InputError(
                f"{name} is retired since {retired.ends_on} ({retired.source}); price {retired.replacement} instead."
            )
        if name in self.models:
            return self.models[name]
        near = get_close_matches(name, self.models, n=3, cutoff=0.4)
        hint = f" The nearest are {', '.join(near)}." if near else ""
        raise InputError(
            f"There is no price for the model '{name[:60]}' on {self.as_of}.{hint}"
            " `consult prices` lists all; an own price file (CONSULT_PRICES) can add it."
        )

    def retirement(self, name: str) -> Service | None:
        """The retirement that has taken this model away by the day of the table, if any."""
        gone = (s for s in self.services if s.kind == "model" and s.ends_on is not None and self.as_of >= s.ends_on)
        return next((service for service in gone if name.startswith(service.models)), None)

    def ending(self, name: str) -> Service | None:
        """The announced end of a model that is still there on the day of the table, if any."""
        coming = (s for s in self.services if s.kind == "model" and s.ends_on is not None and self.as_of < s.ends_on)
        return next((service for service in coming if name.startswith(service.models)), None)

    def rows(self) -> Iterable[Dated]:
        """Every price of the table."""
        yield from (tier for model in self.models.values() for tier in model.tiers)
        for prices in (self.embeddings, self.rerankers, self.vector_stores, self.gpus, self.fine_tunes):
            yield from prices.values()

    def age_days(self, today: date) -> int:
        """Days since the price that was checked longest ago was checked."""
        return max((today - min(row.checked_on for row in self.rows())).days, 0)


@cache
def load_prices(as_of: date, own: Path | None = None) -> PriceTable:
    """The prices that apply on `as_of`; the rows of an own token price file override by model.

    Raises KnowledgeError with file and line, or InputError for the own file.
    """
    path = _snapshot("tokens", as_of)
    models = _models(_read(path, TokenPrice), as_of)
    if own is not None:
        models.update(_models(_read_own(own, as_of), as_of))
    return PriceTable(
        as_of=as_of,
        snapshot=path.stem.removeprefix("tokens-"),
        models=models,
        embeddings=_named("embeddings", EmbeddingPrice, as_of),
        rerankers=_named("rerankers", RerankerPrice, as_of),
        vector_stores=_named("vector_stores", VectorStorePrice, as_of),
        gpus=_named("gpus", GpuPrice, as_of),
        fine_tunes=_fine_tunes(as_of),
        services=tuple(_read(FOLDER / "services.csv", Service)),
    )


def _snapshot(kind: str, as_of: date) -> Path:
    """The newest snapshot that was there on the day; before the first, the first with its history."""
    paths = sorted(FOLDER.glob(f"{kind}-*.csv"))
    if not paths:
        raise KnowledgeError(f"prices: there is no {kind}-DATE.csv; run scripts/update_prices.")
    there = [path for path in paths if path.stem.removeprefix(f"{kind}-") <= as_of.isoformat()]
    return there[-1] if there else paths[0]


def _models(rows: Iterable[TokenPrice], as_of: date) -> dict[str, ModelPrice]:
    tiers: dict[str, list[TokenPrice]] = {}
    for row in rows:
        if row.valid_on(as_of):
            tiers.setdefault(row.model, []).append(row)
    ordered = {name: tuple(sorted(found, key=lambda row: row.above_tokens)) for name, found in tiers.items()}
    return {name: ModelPrice(name, found[0].provider, found) for name, found in ordered.items()}


NamedPrice = TypeVar("NamedPrice", EmbeddingPrice, RerankerPrice, VectorStorePrice, GpuPrice)


def _named(kind: str, row: type[NamedPrice], as_of: date) -> dict[str, NamedPrice]:
    return {price.name: price for price in _read(_snapshot(kind, as_of), row) if price.valid_on(as_of)}


def _fine_tunes(as_of: date) -> dict[tuple[str, str], FineTunePrice]:
    rows = _read(_snapshot("fine_tuning", as_of), FineTunePrice)
    return {(row.service, row.model): row for row in rows if row.valid_on(as_of)}


Row = TypeVar("Row")


def _read(path: Path, row: type[Row]) -> list[Row]:
    """The rows of a price file; raises KnowledgeError with file, line and reason."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [_row(path.name, line, entry, row) for line, entry in enumerate(csv.DictReader(file), start=2)]
    except OSError as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error.strerror}.") from error


def _row(file: str, line: int, entry: Mapping[str, str | None], row: type[Row]) -> Row:
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


OWN_COLUMNS = ("model", "input_usd_per_mtok", "output_usd_per_mtok", "context_window")


def _read_own(path: Path, as_of: date) -> list[TokenPrice]:
    """An own price file: model, input, output and window are needed; what else is left out is filled plainly."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            entries = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The price file {path} cannot be read: {error}.") from error
    missing = [column for column in OWN_COLUMNS if not entries or column not in entries[0]]
    if missing:
        raise InputError(f"The price file {path} needs the columns {', '.join(OWN_COLUMNS)}; missing: {missing[0]}.")
    plain = {"provider": "own", "above_tokens": "0", "checked_on": as_of.isoformat(), "source": f"own file {path.name}"}
    try:
        rows = [
            _row(path.name, line, {**plain, **{k: v for k, v in entry.items() if v}}, TokenPrice)
            for line, entry in enumerate(entries, start=2)
        ]
    except ConsultError as error:
        raise InputError(str(error)) from error
    return [replace(row, model=row.model.strip()) for row in rows]
