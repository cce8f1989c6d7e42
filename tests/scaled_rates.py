"""The same rates in another currency: every price multiplied, what is no money as it is."""

from dataclasses import fields, replace
from typing import Any, TypeVar

from knowledge.figures import Spread
from tools.cost.rates import Rates

AnySpread = TypeVar("AnySpread", bound=Spread)


def scaled(rates: Rates, factor: float) -> Rates:
    """The rates with every price multiplied."""
    return replace(
        rates,
        tiers=tuple(_scale_fields(tier, factor, keep=("above_tokens",)) for tier in rates.tiers),
        managed=rates.managed and _scale_fields(rates.managed, factor),
        embedding_usd_per_mtok=rates.embedding_usd_per_mtok * factor,
        embedding_usd_per_mtok_least=rates.embedding_usd_per_mtok_least * factor,
        rerank_usd_per_1k=rates.rerank_usd_per_1k * factor,
        store=_scale_fields(rates.store, factor),
        store_least=_scale_fields(rates.store_least, factor),
        gpu_usd_per_hour=_times(rates.gpu_usd_per_hour, factor),
        figures={
            name: _times(figure, factor) if figure.unit.startswith("USD") else figure
            for name, figure in rates.figures.items()
        },
    )


def _times(spread: AnySpread, factor: float) -> AnySpread:
    ends = {"low": spread.low * factor, "mode": spread.mode * factor, "high": spread.high * factor}
    return spread.model_copy(update=ends)


def _scale_fields(record: Any, factor: float, keep: tuple[str, ...] = ()) -> Any:
    numbers = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in keep}
    return replace(record, **{name: value * factor for name, value in numbers.items() if isinstance(value, float)})
