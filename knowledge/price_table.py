"""The price table: dated CSV snapshots under prices/, read as of an explicit date. Nothing is guessed.

A snapshot is written once and never changed; a later one is added beside it. Within a snapshot a rate carries the days
it is valid from and to (both included) and the day it was checked. A price file of the user's own overrides by model.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TypeVar

from knowledge.errors import InputError, KnowledgeError
from knowledge.files import DATA
from knowledge.price_rows import (
    Dated,
    EmbeddingPrice,
    FineTunePrice,
    GpuPrice,
    RerankerPrice,
    Service,
    TokenPrice,
    VectorStorePrice,
    read_row,
    read_rows,
)
from knowledge.versions import digest

FOLDER = DATA / "prices"
KINDS = ("tokens", "embeddings", "rerankers", "vector_stores", "gpus", "fine_tuning")
"""What there are snapshots of."""
SERVICES = "services.csv"


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
    version: str
    """The snapshot's date with a digest of every price file in force, the user's own among them."""
    models: Mapping[str, ModelPrice]
    embeddings: Mapping[str, EmbeddingPrice]
    rerankers: Mapping[str, RerankerPrice]
    vector_stores: Mapping[str, VectorStorePrice]
    gpus: Mapping[str, GpuPrice]
    fine_tunes: Mapping[tuple[str, str], FineTunePrice]
    services: tuple[Service, ...]
    own: frozenset[str] = frozenset()
    """Models that the user's own price file prices."""

    def model(self, name: str) -> ModelPrice:
        """The rates of a model; raises InputError that offers the nearest names, or a retired model's replacement."""
        retired = self.retirement(name)
        if retired is not None and name not in self.own:
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
    models = _models(path.name, read_rows(path, TokenPrice), as_of)
    owned = _own_models(own, as_of) if own is not None else {}
    snapshot = path.stem.removeprefix("tokens-")
    return PriceTable(
        as_of=as_of,
        snapshot=snapshot,
        version=f"{snapshot}+{_digest(as_of, own)}",
        models={**models, **owned},
        embeddings=_named("embeddings", EmbeddingPrice, as_of),
        rerankers=_named("rerankers", RerankerPrice, as_of),
        vector_stores=_named("vector_stores", VectorStorePrice, as_of),
        gpus=_named("gpus", GpuPrice, as_of),
        fine_tunes=_fine_tunes(as_of),
        services=tuple(read_rows(FOLDER / SERVICES, Service)),
        own=frozenset(owned),
    )


def _digest(as_of: date, own: Path | None) -> str:
    """Changes whenever one of the files that prices of the day are read from does; an own file may have any name."""
    paths = [*(_snapshot(kind, as_of) for kind in KINDS), FOLDER / SERVICES]
    files = [(path.name, path.read_bytes()) for path in paths]
    return digest(files if own is None else [*files, ("own", own.read_bytes())])


def _snapshot(kind: str, as_of: date) -> Path:
    """The newest snapshot that was there on the day; before the first, the first with its history."""
    paths = sorted(FOLDER.glob(f"{kind}-*.csv"))
    if not paths:
        raise KnowledgeError(f"prices: there is no {kind}-DATE.csv; run scripts/update_prices.")
    there = [path for path in paths if path.stem.removeprefix(f"{kind}-") <= as_of.isoformat()]
    return there[-1] if there else paths[0]


def _models(file: str, rows: Iterable[TokenPrice], as_of: date) -> dict[str, ModelPrice]:
    """The models that have a price on the day; raises KnowledgeError where it is not one price."""
    tiers: dict[str, dict[float, TokenPrice]] = {}
    for row in (row for row in rows if row.valid_on(as_of)):
        known = tiers.setdefault(row.model, {})
        if row.above_tokens in known:
            raise KnowledgeError(f"{file}: {row.model} has two prices on {as_of}; end one of them (valid_to).")
        known[row.above_tokens] = row
    ordered = {name: tuple(known[above] for above in sorted(known)) for name, known in tiers.items()}
    for name, found in ordered.items():
        if found[0].above_tokens > 0:
            raise KnowledgeError(f"{file}: {name} has no price for short requests; add a row with above_tokens 0.")
    return {name: ModelPrice(name, found[0].provider, found) for name, found in ordered.items()}


NamedPrice = TypeVar("NamedPrice", EmbeddingPrice, RerankerPrice, VectorStorePrice, GpuPrice)


def _named(kind: str, row: type[NamedPrice], as_of: date) -> dict[str, NamedPrice]:
    return {price.name: price for price in read_rows(_snapshot(kind, as_of), row) if price.valid_on(as_of)}


def _fine_tunes(as_of: date) -> dict[tuple[str, str], FineTunePrice]:
    rows = read_rows(_snapshot("fine_tuning", as_of), FineTunePrice)
    return {(row.service, row.model): row for row in rows if row.valid_on(as_of)}


OWN_COLUMNS = ("model", "input_usd_per_mtok", "output_usd_per_mtok", "context_window")


def _own_models(path: Path, as_of: date) -> dict[str, ModelPrice]:
    """The models of an own price file; raises InputError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            entries = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"The price file {path} cannot be read: {reason}; check CONSULT_PRICES.") from error
    _check_columns(path, list(entries[0]) if entries else [])
    plain = {"provider": "own", "above_tokens": "0", "checked_on": as_of.isoformat(), "source": f"own file {path.name}"}
    try:
        rows = [
            read_row(path.name, line, {**plain, **{k: v for k, v in entry.items() if v}}, TokenPrice)
            for line, entry in enumerate(entries, start=2)
        ]
        return _models(path.name, rows, as_of)
    except KnowledgeError as error:
        raise InputError(str(error)) from error


def _check_columns(path: Path, columns: list[str]) -> None:
    """What is needed is there, and nothing is there that would be passed over in silence."""
    missing = [column for column in OWN_COLUMNS if column not in columns]
    if missing:
        raise InputError(f"The price file {path} needs the columns {', '.join(OWN_COLUMNS)}; missing: {missing[0]}.")
    known = [field.name for field in fields(TokenPrice)]
    unknown = next((column for column in columns if column not in known), None)
    if unknown is not None:
        raise InputError(f"The price file {path} has an unknown column '{unknown}'; it takes {', '.join(known)}.")
