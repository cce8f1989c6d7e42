"""What options cost over time: the first month, a thousand queries, a year, two years."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tools.cost import formulas as f
from tools.cost.inputs import Values
from tools.cost.lines import PEOPLE, OptionModel
from tools.cost.sampling import Array
from tools.units import DAYS_PER_MONTH

YEAR, LONGEST = 12, 24
"""The horizons of a total, in months."""

HORIZONS = (YEAR, LONGEST)


@dataclass(frozen=True)
class Calendar:
    """The queries of every month in every draw, and what a dollar of then is worth; rows are months."""

    queries: Array
    token_prices: Array
    worth: Array

    @property
    def first(self) -> Array:
        """Queries of the first month."""
        return np.asarray(self.queries[0])


@dataclass(frozen=True)
class Totals:
    """What an option costs in every draw, in USD; `paid` is what is paid in each month (rows)."""

    model: OptionModel
    fits: NDArray[np.bool_]
    upfront: Array
    monthly: Array
    monthly_cash: Array
    per_1k: Array
    marginal_per_1k: Array
    paid: Array
    tco: Mapping[int, Array]

    @cached_property
    def spent(self) -> Array:
        """What has been paid by the end of each month (rows)."""
        return np.asarray(np.cumsum(self.paid, axis=0))


def month_one(values: Values) -> Array:
    """The queries of the first month."""
    return np.asarray(values["queries_per_day"] * DAYS_PER_MONTH)


def calendar(values: Values) -> Calendar:
    """The months of an estimate: growth, price drift and discount."""
    first = month_one(values)
    rows = np.arange(LONGEST, dtype=float).reshape(-1, 1)
    return Calendar(
        queries=f.queries_by_month(first, f.monthly_growth(values["annual_growth"]), LONGEST),
        token_prices=_power(values["price_drift"], rows / 12),
        worth=_power(1 + values["discount_rate"], -(rows + 1) / 12),
    )


def _power(base: Array, exponents: Array) -> Array:
    """Base to each exponent, one row each; a single column where the base never differs."""
    return np.asarray((base[:1] if np.all(base == base[0]) else base) ** exponents)


@dataclass(frozen=True)
class FirstMonth:
    """What the first month of an option costs in every draw, in USD, and in which draws it can be built."""

    monthly: Array
    fits: NDArray[np.bool_]


def first_month(model: OptionModel, queries: Array) -> FirstMonth:
    """The first month with so many queries, retraining spread evenly."""
    first = np.asarray(model.monthly_usd(queries))
    fits = np.ones(first.shape, dtype=bool) if model.fits is None else np.broadcast_to(model.fits, first.shape)
    return FirstMonth(first, fits)


def totals(model: OptionModel, months: Calendar) -> Totals:
    """What the option costs: the first month with retraining spread evenly, the totals with each retraining booked."""
    bills = _bills(model, months) * months.worth
    retrains = _booked(model) * months.worth
    began = first_month(model, months.first)
    first, fits = began.monthly, began.fits
    per_query = np.broadcast_to(np.asarray(model.per_query_usd()), first.shape)
    upfront = np.broadcast_to(np.asarray(model.upfront_usd()), first.shape)
    return Totals(
        model=model,
        fits=fits,
        upfront=upfront,
        monthly=first,
        monthly_cash=first - model.monthly_usd(months.first, *PEOPLE),
        per_1k=np.asarray(f.per_1k_usd(first, months.first)),
        marginal_per_1k=np.where(months.first > 0, f.PER_QUERIES * per_query, 0.0),
        paid=bills + retrains,
        tco={span: upfront + bills[:span].sum(axis=0) + retrains[: span - 1].sum(axis=0) for span in HORIZONS},
    )


def _bills(model: OptionModel, months: Calendar) -> Array:
    """The bill of every month without retraining."""
    if np.all(months.token_prices == 1.0):
        return model.monthly_usd(months.queries, "tokens", "cash", "people")
    tokens = model.monthly_usd(months.queries, "tokens") * months.token_prices
    return np.asarray(tokens + model.monthly_usd(months.queries, "cash", "people"))


def _booked(model: OptionModel) -> Array:
    """What retraining costs in each month; a horizon leaves out its last, in which none is begun."""
    if not np.any(model.retrain_usd):
        return np.zeros((LONGEST, 1))
    return f.retrains_by_month(np.atleast_1d(model.retrains_per_year), LONGEST + 1)[:LONGEST] * model.retrain_usd
