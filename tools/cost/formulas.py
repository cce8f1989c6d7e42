"""The arithmetic of costs: one small function per formula, in USD, on numbers or arrays alike.

Rates are USD per million tokens, tokens are per query, a month is 365/12 days everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.figures import references
from tools.cost.rates import TierRates
from tools.units import HOURS_PER_MONTH

Number: TypeAlias = float | NDArray[np.float64]

SECONDS_PER_DAY = 86_400.0
HOURS_PER_WEEK = 40.0
MILLION = 1e6
BYTES_PER_GB = 1e9
BYTES_PER_DIMENSION = 4.0


def tokens_usd(tokens: Number, usd_per_mtok: Number) -> Number:
    """Price of tokens at a rate."""
    return tokens * usd_per_mtok / MILLION


@dataclass(frozen=True)
class CallRates:
    """The rates of one request once its tier is known, in USD per million tokens."""

    input: Number
    output: Number
    cache_read: Number
    cache_write: Number
    cache_write_1h: Number
    batch_input: Number
    batch_output: Number


def rates_at(tiers: Sequence[TierRates], total_input: Number) -> CallRates:
    """The rates of requests with so much input; the whole request is billed at the tier of its total input."""
    return CallRates(*(_by_tier(tiers, field.name, total_input) for field in fields(CallRates)))


def _by_tier(tiers: Sequence[TierRates], name: str, total_input: Number) -> Number:
    usd: Number = getattr(tiers[0], name)
    for tier in tiers[1:]:
        usd = np.where(total_input > tier.above_tokens, getattr(tier, name), usd)
    return usd


def call_usd(tiers: Sequence[TierRates], uncached: Number, read: Number, written: Number, output: Number) -> Number:
    """Price of one model call from its fresh, cached and newly cached input and its output."""
    rates = rates_at(tiers, uncached + read + written)
    inputs = uncached * rates.input + read * rates.cache_read + written * rates.cache_write
    return (inputs + output * rates.output) / MILLION


def prefix_usd(tokens: Number, hit: Number, read_usd_per_mtok: Number, write_usd_per_mtok: Number) -> Number:
    """Price of a cached prefix: read where it is still there, written anew where it is not."""
    return tokens_usd(tokens, hit * read_usd_per_mtok + (1 - hit) * write_usd_per_mtok)


def mixed_usd(batch_share: Number, live: Number, batch: Number) -> Number:
    """Price of a call of which a share waits for batch rates."""
    return (1 - batch_share) * live + batch_share * batch


def hit_rate(per_active_hour: Number, ttl_hours: Number) -> Number:
    """Chance that a cached prefix is still there: Poisson arrivals, a life that each use renews."""
    return -np.expm1(-per_active_hour * ttl_hours)


def index_gb(chunks: Number, dimensions: Number, metadata_bytes: Number) -> Number:
    """Size of a vector index in GB."""
    return chunks * (BYTES_PER_DIMENSION * dimensions + metadata_bytes) / BYTES_PER_GB


def index_ram_gb(chunks: Number, dimensions: Number) -> Number:
    """Memory that a self-hosted vector index asks for (Qdrant's capacity formula)."""
    return chunks * dimensions * BYTES_PER_DIMENSION * references().sizing.index_overhead / BYTES_PER_GB


def vector_store_usd(
    queries: Number, gb: Number, minimum: Number, usd_per_gb: Number, usd_per_m_read_units: Number
) -> Number:
    """Monthly bill of a serverless vector store: storage and reads, at least the minimum."""
    read_units = queries * np.maximum(references().sizing.least_read_units, gb) / MILLION
    return np.maximum(minimum, gb * usd_per_gb + read_units * usd_per_m_read_units)


def peak_per_second(queries_per_day: Number, peak_to_mean: Number) -> Number:
    """Requests a second in the busiest hour."""
    return queries_per_day / SECONDS_PER_DAY * peak_to_mean


def gpu_seconds(
    fresh: Number, cached: Number, output: Number, prefill: Number, cached_speed: Number, decode: Number
) -> Number:
    """GPU time of one request: reading the prompt and writing the answer, speeds in tokens a second."""
    return fresh / prefill + cached / cached_speed + output / decode


def replicas(per_second: Number, seconds: Number, utilisation: Number, least: Number) -> Number:
    """Replicas that carry the peak at the planned utilisation, at least `least`."""
    return np.maximum(np.ceil(least), np.ceil(per_second * seconds / utilisation))


def gpus_per_replica(billion: Number, bytes_per_parameter: Number, kv_cache_gb: Number, vram_gb: Number) -> Number:
    """GPUs that hold a model of that size and its running requests."""
    weights_gb = billion * bytes_per_parameter * references().sizing.weights_overhead
    return np.ceil((weights_gb + kv_cache_gb) / vram_gb)


def relative_size(billion: Number) -> Number:
    """How many times as large a model is as the one that speeds are stated for; its speeds fall in proportion."""
    return billion / references().sizing.speeds_at_billion


def hosting_usd(count: Number, usd_per_hour: Number) -> Number:
    """Monthly rent of machines that run around the clock."""
    return count * usd_per_hour * HOURS_PER_MONTH


def training_tokens(examples: Number, tokens_per_example: Number, epochs: Number) -> Number:
    """Tokens that one training run is billed for."""
    return examples * tokens_per_example * epochs


def raft_example_tokens(
    question: Number, answer: Number, document: Number, distractors: Number, oracle_share: Number
) -> Number:
    """Tokens of a retrieval-aware example: question, answer, distractors, and the right document in a share."""
    return question + answer + document * (distractors + oracle_share)


def training_gpu_hours(tokens: Number, tokens_per_second: Number, least_hours: Number) -> Number:
    """GPU hours of one training run."""
    return np.maximum(least_hours, tokens / tokens_per_second / 3600)


def labour_usd(weeks: Number, usd_per_hour: Number) -> Number:
    """Price of engineer-weeks of forty hours."""
    return weeks * HOURS_PER_WEEK * usd_per_hour


PER_QUERIES = 1000
"""The queries that a cost per query is stated for."""


def per_1k_usd(monthly_usd: Number, queries_per_month: Number) -> Number:
    """Cost of a thousand queries; zero where there are no queries."""
    queries = np.asarray(queries_per_month, dtype=float)
    return np.where(queries > 0, PER_QUERIES * np.asarray(monthly_usd) / np.where(queries > 0, queries, 1), 0.0)


def monthly_growth(annual_growth: Number) -> Number:
    """The growth a month that compounds to the growth a year."""
    grown: Number = np.power(1 + np.asarray(annual_growth, dtype=float), 1 / 12) - 1
    return grown


def queries_by_month(first: Number, growth_per_month: Number, months: int) -> NDArray[np.float64]:
    """Queries of each month, growing from the first: one row per month."""
    growth = np.asarray(growth_per_month, dtype=float)
    rows = np.arange(months, dtype=float).reshape(-1, *[1] * np.ndim(growth))
    return np.asarray(first * (1 + growth) ** rows)


def retrains_by_month(per_year: Number, months: int) -> NDArray[np.float64]:
    """Retrainings that fall into each month, evenly spaced; none is begun in the last."""
    rate = np.asarray(per_year, dtype=float) / 12
    rows = np.arange(months + 1, dtype=float).reshape(-1, *[1] * np.ndim(rate))
    booked = np.diff(np.floor(rows * rate + 1e-9), axis=0)
    booked[-1] = 0.0
    return np.asarray(booked)


def payback_months(saved: NDArray[np.float64], extra_upfront: Number) -> NDArray[np.float64]:
    """The first month by which what was saved repays the extra upfront cost, or infinity; rows are months."""
    repaid = saved >= extra_upfront
    first = np.argmax(repaid, axis=0) + 1.0
    return np.where(repaid.any(axis=0), first, np.inf)


def break_even_queries(
    upfront_a: float,
    upfront_b: float,
    months: float,
    fixed_a: float,
    fixed_b: float,
    variable_a: float,
    variable_b: float,
) -> float | None:
    """Monthly queries from which A is no dearer than B over the months; None where A's queries do not cost less."""
    if variable_b <= variable_a:
        return None
    return ((upfront_a - upfront_b) / months + fixed_a - fixed_b) / (variable_b - variable_a)
