"""What is plausible while a fact is unknown: the priors of the facts as distributions, per kind of gap."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np

from knowledge.facts import QUANTILE_SHARES, FactSpec, Prior, fact_specs
from tools.decide.boxes import Array

EVENLY = "evenly"
"""The name under which every fact's even spread over its whole plausible range stands beside the kinds of gap."""


def gaps() -> tuple[str, ...]:
    """The kinds of gap."""
    return fact_specs()["gap"].codes


@cache
def plausible_range(name: str) -> tuple[float, float]:
    """The lowest and highest plausible value, over all kinds of gap; codes for flags and choices."""
    spec = fact_specs()[name]
    if not spec.numeric:
        return 0.0, float(max(1, len(spec.codes) - 1))
    quantiles = [_quantiles(spec, gap) for gap in gaps()]
    return min(q[0] for q in quantiles), max(q[-1] for q in quantiles)


def draw(name: str, given: str, shares: Array) -> Array:
    """Values of a fact at these shares (0 to 1) of its distribution, given a kind of gap or `EVENLY`."""
    spec = fact_specs()[name]
    if spec.numeric:
        return _draw_number(spec, given, shares)
    edges = np.cumsum(weights(name, given))
    return np.minimum(np.searchsorted(edges, shares, side="right"), len(edges) - 1).astype(np.float64)


@lru_cache(maxsize=8192)
def mass(name: str, given: str, low: float, high: float) -> float:
    """The prior chance that a fact lies from low to high (both included), given a kind of gap or `EVENLY`."""
    spec = fact_specs()[name]
    if not spec.numeric:
        return float(weights(name, given)[int(low) : int(high) + 1].sum())
    scale = _scale_of(spec)
    xs = [scale(np.float64(q)) for q in _points(spec, given)]
    rounding = 0.5 if spec.kind == "integer" else 0.0
    # A step of the distribution (many at exactly one value) belongs to that value.
    upper = _share_at(xs, scale(np.float64(high + rounding)), bisect_right)
    lower = _share_at(xs, scale(np.float64(low - rounding)), bisect_left)
    return upper - lower


def weights(name: str, given: str) -> Array:
    """The chances of a flag's or choice's values, in code order; they sum to 1."""
    spec = fact_specs()[name]
    if given == EVENLY:
        count = max(2, len(spec.codes))
        return np.full(count, 1.0 / count)
    stated = _stated(spec, given)
    if spec.kind == "flag":
        assert isinstance(stated, float)  # noqa: S101
        return np.array([1.0 - stated, stated])
    assert isinstance(stated, dict)  # noqa: S101
    values: Array = np.array([stated[code] for code in spec.codes], dtype=np.float64)
    return np.asarray(values / values.sum())


def _stated(spec: FactSpec, gap: str) -> float | dict[str, float] | list[float] | None:
    prior = _prior(spec)
    if gap in prior.by_gap:
        return prior.by_gap[gap]
    if spec.numeric:
        return prior.quantiles
    return prior.chance if spec.kind == "flag" else prior.weights


def _prior(spec: FactSpec) -> Prior:
    assert spec.prior is not None, f"{spec.name} has a prior, or the facts would not have loaded"  # noqa: S101
    return spec.prior


def _quantiles(spec: FactSpec, gap: str) -> list[float]:
    stated = _stated(spec, gap)
    assert isinstance(stated, list)  # noqa: S101
    return stated


def _points(spec: FactSpec, given: str) -> list[float]:
    return list(plausible_range(spec.name)) if given == EVENLY else _quantiles(spec, given)


def _shares(points: list[float]) -> tuple[float, ...]:
    return (0.0, 1.0) if len(points) == 2 else QUANTILE_SHARES


def _scale_of(spec: FactSpec) -> np.ufunc:
    """Numbers spread over orders of magnitude; shares do not."""
    return np.positive if spec.kind == "share" else np.log1p


def _draw_number(spec: FactSpec, given: str, shares: Array) -> Array:
    points = _points(spec, given)
    scale = _scale_of(spec)
    drawn = np.interp(shares, _shares(points), scale(np.array(points, dtype=np.float64)))
    values = drawn if spec.kind == "share" else np.expm1(drawn)
    if spec.kind == "integer":
        values = np.round(values)
    return np.asarray(np.clip(values, points[0], points[-1]), dtype=np.float64)


def _share_at(xs: list[float], x: float, passed_by: Callable[[list[float], float], int]) -> float:
    """The share of all before x, with what lies at x itself (`bisect_right`) or without (`bisect_left`)."""
    shares, passed = _shares(xs), passed_by(xs, x)
    if passed in (0, len(xs)):
        return float(passed > 0)
    left, right = passed - 1, passed
    return shares[left] + (shares[right] - shares[left]) * (x - xs[left]) / (xs[right] - xs[left])
