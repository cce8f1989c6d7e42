"""Everything a cost is computed from besides the profile: prices and figures for one model on one day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from knowledge.facts import fact_specs
from knowledge.figures import Figure, Spread, Tokenizer, cost_figures, latency_figures, references
from knowledge.price_rows import GpuPrice, TokenPrice
from knowledge.price_table import ModelPrice, PriceTable, load_prices
from tools.cost.availability import Availability, fine_tuning_availability
from tools.cost.overrides import SET_BY_USER, as_spread, check_figures

CERTAIN = Spread(low=1, mode=1, high=1)


@dataclass(frozen=True)
class TierRates:
    """A model's rates in USD per million tokens, for requests with more than `above_tokens` input tokens."""

    above_tokens: float
    input: float
    output: float
    cache_read: float
    cache_write: float
    cache_write_1h: float
    batch_input: float
    batch_output: float


def flat_tier(input_usd_per_mtok: float, output_usd_per_mtok: float) -> TierRates:
    """Rates without tiers, cache or batch prices."""
    plain, output = input_usd_per_mtok, output_usd_per_mtok
    return TierRates(0.0, plain, output, plain, plain, plain, plain, output)


@dataclass(frozen=True)
class TunedRates:
    """A managed tuned model: rates in USD per million tokens, and the rent of its deployment an hour."""

    service: str
    model: str
    training: float
    input: float
    output: float
    hosting_usd_per_hour: float
    source: str


@dataclass(frozen=True)
class StoreRates:
    """A vector store: monthly minimum, storage and reads."""

    name: str
    minimum_usd: float
    usd_per_gb: float
    usd_per_m_read_units: float
    source: str


@dataclass(frozen=True)
class Rates:
    """Prices and figures for one model on one day; `named` is false where a reference model stands in."""

    as_of: date
    snapshot: str
    model: str
    named: bool
    tiers: tuple[TierRates, ...]
    caches: bool
    caches_long: bool
    window_tokens: float
    price_level: Spread
    tokenizer: Tokenizer
    managed: TunedRates | None
    availability: Availability
    embedding_usd_per_mtok: float
    embedding_usd_per_mtok_least: float
    dimensions: float
    rerank_usd_per_1k: float
    store: StoreRates
    store_least: StoreRates
    gpu_usd_per_hour: Spread
    vram_gb: float
    figures: Mapping[str, Figure]
    stages: Mapping[str, Figure]
    updates_per_year: tuple[float, ...]
    sources: Mapping[str, str]
    notices: tuple[str, ...]
    hosted_notices: tuple[str, ...]
    """What holds of a provider's models and services only, and so of nothing that runs on own machines."""


def rates_for(
    model: str | None,
    as_of: date,
    prices: PriceTable | None = None,
    overrides: Mapping[str, float | Spread] | None = None,
) -> Rates:
    """The rates of a model on a day; without a model a typical one stands in and its price level is uncertain.

    `overrides` replaces figures by name. Raises InputError for an unknown model or figure.
    """
    set_by_user = {name: as_spread(value) for name, value in (overrides or {}).items()}
    check_figures(set_by_user)
    table = prices or load_prices(as_of)
    refs = references()
    chosen = table.model(model or refs.models.typical)
    availability = fine_tuning_availability(model, as_of, table)
    embedding = table.embeddings[refs.embedding]
    gpus = [table.gpus[name] for name in (refs.gpus.low, refs.gpus.mode, refs.gpus.high)]
    reranker = table.rerankers[refs.reranker]
    return Rates(
        as_of=as_of,
        snapshot=table.snapshot,
        model=chosen.model,
        named=model is not None,
        tiers=tuple(_tier_rates(tier) for tier in chosen.tiers),
        caches=chosen.tiers[0].cache_read_usd_per_mtok is not None,
        caches_long=chosen.tiers[0].cache_write_1h_usd_per_mtok is not None,
        window_tokens=chosen.context_window,
        price_level=_set("price_level", CERTAIN if model else _price_level(table, chosen), set_by_user),
        tokenizer=_set("tokenizer", refs.tokenizer(chosen.model), set_by_user),
        managed=_managed(table, availability),
        availability=availability,
        embedding_usd_per_mtok=embedding.usd_per_mtok,
        embedding_usd_per_mtok_least=min(row.usd_per_mtok for row in table.embeddings.values()),
        dimensions=embedding.dimensions,
        rerank_usd_per_1k=reranker.usd_per_1k_searches,
        store=_store(table, refs.vector_store),
        store_least=_store(table, refs.vector_store_least),
        gpu_usd_per_hour=_set("gpu_rent", _gpu_rent(gpus), set_by_user),
        vram_gb=min(gpu.vram_gb for gpu in gpus),
        figures={name: _set(name, figure, set_by_user) for name, figure in cost_figures().items()},
        stages={name: _set(name, figure, set_by_user) for name, figure in latency_figures().items()},
        updates_per_year=tuple(refs.updates_per_year[code] for code in fact_specs()["update_frequency"].codes),
        sources={
            "model": _cited(chosen.tiers[0].source, chosen.tiers[0].checked_on),
            "embedding": _cited(embedding.source, embedding.checked_on),
            "rerank": _cited(reranker.source, reranker.checked_on),
            "gpu": _cited(gpus[1].source, gpus[1].checked_on),
        },
        notices=tuple(_notices(table)),
        hosted_notices=tuple(_hosted_notices(table, chosen.model, named=model is not None, availability=availability)),
    )


def _hosted_notices(table: PriceTable, model: str, named: bool, availability: Availability) -> Iterator[str]:
    """What a reader of the figures should know about the model and the services for it."""
    refs = references()
    provider = table.models[model].provider
    yield from (dispute.note for dispute in refs.disputed if dispute.provider == provider)
    if not named:
        level = f"with a price level from {refs.models.economy} to {refs.models.strong}"
        yield f"No model is named: {model} stands in, {level}."
    ending = table.ending(model)
    if ending is not None:
        yield f"{model} ends on {ending.ends_on} ({ending.source}); its named replacement is {ending.replacement}."
    if availability.state != "open":
        yield availability.text


def _notices(table: PriceTable) -> Iterator[str]:
    """What a reader of the figures should know about the prices."""
    age = table.age_days(table.as_of)
    if age > references().price_age_warning_days:
        yield f"Prices are up to {age} days old; check them before they bind anyone (`consult prices`)."


def _cited(source: str, checked_on: date) -> str:
    return f"{source}, checked {checked_on}"


def _tier_rates(tier: TokenPrice) -> TierRates:
    """The rates of a tier; where no cache or batch price is known the plain one stands."""
    plain = tier.input_usd_per_mtok
    write = plain if tier.cache_write_usd_per_mtok is None else tier.cache_write_usd_per_mtok
    return TierRates(
        above_tokens=tier.above_tokens,
        input=plain,
        output=tier.output_usd_per_mtok,
        cache_read=plain if tier.cache_read_usd_per_mtok is None else tier.cache_read_usd_per_mtok,
        cache_write=write,
        cache_write_1h=write if tier.cache_write_1h_usd_per_mtok is None else tier.cache_write_1h_usd_per_mtok,
        batch_input=plain if tier.batch_input_usd_per_mtok is None else tier.batch_input_usd_per_mtok,
        batch_output=tier.output_usd_per_mtok
        if tier.batch_output_usd_per_mtok is None
        else tier.batch_output_usd_per_mtok,
    )


def _price_level(table: PriceTable, typical: ModelPrice) -> Spread:
    """Prices of the economy and the strong reference model over those of the typical one."""
    models = references().models
    level = {name: table.model(name).tiers[0].input_usd_per_mtok for name in (models.economy, models.strong)}
    base = typical.tiers[0].input_usd_per_mtok
    return Spread(low=level[models.economy] / base, mode=1, high=level[models.strong] / base)


def _managed(table: PriceTable, availability: Availability) -> TunedRates | None:
    if availability.state != "open" or availability.offer is None:
        return None
    row = table.fine_tunes.get(availability.offer)
    if row is None or row.input_usd_per_mtok is None or row.output_usd_per_mtok is None:
        return None
    return TunedRates(
        service=row.service,
        model=row.model,
        training=row.training_usd_per_mtok,
        input=row.input_usd_per_mtok,
        output=row.output_usd_per_mtok,
        hosting_usd_per_hour=row.hosting_usd_per_hour or 0.0,
        source=_cited(row.source, row.checked_on),
    )


def _store(table: PriceTable, name: str) -> StoreRates:
    row = table.vector_stores[name]
    source = _cited(row.source, row.checked_on)
    return StoreRates(name, row.minimum_usd_per_month, row.usd_per_gb_month, row.usd_per_m_read_units, source)


def _gpu_rent(gpus: Sequence[GpuPrice]) -> Spread:
    low, mode, high = (gpu.usd_per_hour for gpu in gpus)
    return Spread(low=low, mode=mode, high=high)


AnySpread = TypeVar("AnySpread", bound=Spread)


def _set(name: str, spread: AnySpread, set_by_user: Mapping[str, Spread]) -> AnySpread:
    """The spread, or what the user put in its place; where it has a source, that says so."""
    if name not in set_by_user:
        return spread
    ends = set_by_user[name]
    stated = {"low": ends.low, "mode": ends.mode, "high": ends.high}
    return spread.model_copy(update=stated | ({"source": SET_BY_USER} if hasattr(spread, "source") else {}))
