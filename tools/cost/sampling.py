"""Draws for uncertain inputs: a Latin hypercube from raw generator bits, through inverse distribution functions.

Raw bits of PCG64 are the same in every numpy version; the methods of a Generator are not. Every input has a stream of
its own, named after it, so that two profiles that differ in one fact have draws that differ in nothing else.
"""

import math
from collections.abc import Sequence
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DECILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
"""The shares of the draws that a range is stated at."""

P90_IN_SIGMAS = 1.2815515655446004
"""How many standard deviations the ninth decile of a normal distribution lies above its mean."""


@cache
def shares(name: str, draws: int, seed: int) -> Array:
    """One share in each of `draws` equal slices of 0 to 1, in an order of the input's own."""
    bits = np.random.PCG64([seed, crc32(name.encode())]).random_raw(2 * draws)
    order = np.argsort(bits[:draws], kind="stable")
    within = (bits[draws:] >> np.uint64(11)) * 2.0**-53
    drawn: Array = (order + within) / draws
    drawn.setflags(write=False)
    return drawn


def triangular(at: Array, low: float, mode: float, high: float) -> Array:
    """Values of a triangular distribution at these shares."""
    if low == high:
        return np.full_like(at, low)
    width, rise, fall = high - low, mode - low, high - mode
    rising = low + np.sqrt(at * width * rise)
    falling = high - np.sqrt((1 - at) * width * fall)
    return np.where(at < rise / width, rising, falling)


def uniform(at: Array, low: float, high: float) -> Array:
    """Values that lie evenly from low to high, at these shares."""
    return low + at * (high - low)


def lognormal_sigma(p10: float, p90: float) -> float:
    """The standard deviation of the logarithm of a lognormal distribution with these deciles."""
    return math.log(p90 / p10) / (2 * P90_IN_SIGMAS)


def lognormal(at: Array, p10: float, p90: float) -> Array:
    """Values of a lognormal distribution with these deciles, at these shares."""
    from scipy.special import ndtri  # half the time of a cold start, and only latency needs it

    if p10 == p90:
        return np.full_like(at, p10)
    centre = (math.log(p10) + math.log(p90)) / 2
    return np.asarray(np.exp(centre + lognormal_sigma(p10, p90) * ndtri(at)))


def median(values: Array) -> float:
    """The middle value; of an even number the lower, so that it stays finite beside infinities."""
    return float(np.partition(values, (len(values) - 1) // 2)[(len(values) - 1) // 2])


def quantiles(values: Array, at: Sequence[float]) -> list[float]:
    """The values at these shares, linear between neighbours (np.quantile would load masked arrays to do the same)."""
    position = np.asarray(at) * (len(values) - 1)
    low, high = np.floor(position).astype(np.intp), np.ceil(position).astype(np.intp)
    ordered = np.partition(values, sorted({*low.tolist(), *high.tolist()}))
    found: list[float] = (ordered[low] + (position - low) * (ordered[high] - ordered[low])).tolist()
    return found


def deciles(amounts: Array, counted: NDArray[np.bool_]) -> dict[str, float | None]:
    """P10, P50 and P90 over the draws that count; None where there is none."""
    kept = amounts if counted.all() else amounts[counted]
    if kept.size == 0:
        return dict.fromkeys(DECILES)
    return dict(zip(DECILES, quantiles(kept, list(DECILES.values())), strict=True))
