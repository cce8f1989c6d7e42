"""Plausible completions of a profile: what is known stays, what is unknown is drawn from the priors.

The draws are a Latin hypercube from a fixed seed, made once: the same profile always has the same completions, and
profiles that differ in one fact have completions that differ in nothing else. A fixed share of the draws is taken
evenly over the whole plausible range, since the priors are only our judgement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from knowledge.facts import FactSpec
from tools.decide.boxes import Array, Columns, Indices, Mask, decision_facts, encode
from tools.decide.priors import EVENLY, draw, gaps, mass
from tools.decide.settled import is_settled, settled_value
from tools.profile import Known, Profile, Range

SEED = 20_261_120

LEAST_FIT = 0.02
"""How unlikely, next to evenly, a single fact may make a kind of gap: no one fact rules a kind of gap out."""

LEAST_DOUBT, MOST_DOUBT = 0.2, 0.9
"""Bounds of the share drawn evenly: at least this part of what it was beforehand, and at most this."""


@dataclass(frozen=True)
class Sampling:
    """How completions are drawn: how many, what share of them evenly, and in what share an unsure value is another."""

    size: int
    uniform_share: float
    unsure_share: float


@cache
def _shares(size: int) -> Mapping[str, Array]:
    """A Latin hypercube: for every fact `size` shares of 0 to 1, one in each stratum, in an order of its own."""
    bits = np.random.PCG64(SEED)
    columns = {}
    for name in (*decision_facts(), EVENLY):
        order = np.argsort(bits.random_raw(size), kind="stable")
        jitter = (bits.random_raw(size) >> np.uint64(11)).astype(np.float64) / 2.0**53
        columns[name] = (order + jitter) / size
    return columns


@cache
def _drawn(name: str, size: int) -> Mapping[str, Array]:
    """A fact's draws for every kind of gap, and evenly."""
    return {given: draw(name, given, _shares(size)[name]) for given in (*gaps(), EVENLY)}


@cache
def _all_drawn(name: str, size: int) -> Array:
    """The same draws in one array, one kind behind the other."""
    return np.concatenate([_drawn(name, size)[given] for given in (*gaps(), EVENLY)])


def complete(profile: Profile, sampling: Sampling) -> Columns:
    """The plausible completions of a profile: one column of values per fact."""
    if all(is_settled(profile, name) for name in decision_facts()):
        return {name: _constant(profile, spec, sampling) for name, spec in decision_facts().items()}
    evenly = _shares(sampling.size)[EVENLY] < even_share(profile, sampling.uniform_share)
    gap = _gap_column(profile, sampling, evenly)
    places = np.where(evenly, len(gaps()), gap).astype(np.intp) * sampling.size + np.arange(sampling.size)
    columns = {"gap": gap}
    for name, spec in decision_facts().items():
        if name != "gap":
            columns[name] = _column(profile, spec, places, sampling)
    return columns


def _column(profile: Profile, spec: FactSpec, places: Indices, sampling: Sampling) -> Array:
    """The fact's values; `places` says which of its draws each completion takes, by its own kind of gap."""
    fact = profile.facts.get(spec.name)
    value = profile.known(spec.name)
    if is_settled(profile, spec.name):
        return _constant(profile, spec, sampling)
    if isinstance(fact, Range):
        return _within(spec, fact, _shares(sampling.size)[spec.name])
    plausible = _all_drawn(spec.name, sampling.size).take(places)
    if value is None:
        return plausible
    other = np.roll(_shares(sampling.size)[spec.name], 1) < sampling.unsure_share
    return np.where(other, plausible, encode(spec, value))


def _constant(profile: Profile, spec: FactSpec, sampling: Sampling) -> Array:
    return np.full(sampling.size, settled_value(profile, spec.name))


def _within(spec: FactSpec, fact: Range, shares: Array) -> Array:
    if spec.kind == "share":
        return fact.low + shares * (fact.high - fact.low)
    low, high = np.log1p(fact.low), np.log1p(fact.high)
    values = np.expm1(low + shares * (high - low))
    rounded = np.round(values) if spec.kind == "integer" else values
    return np.asarray(np.clip(rounded, fact.low, fact.high), dtype=np.float64)


def _gap_column(profile: Profile, sampling: Sampling, evenly: Mask) -> Array:
    value, spec = profile.known("gap"), decision_facts()["gap"]
    if is_settled(profile, "gap"):
        return _constant(profile, spec, sampling)
    shares = _shares(sampling.size)["gap"]
    chances = np.array(list(gap_chances(profile).values()))
    drawn = np.minimum(np.searchsorted(np.cumsum(chances), shares, side="right"), len(chances) - 1)
    even = np.minimum((shares * len(chances)).astype(np.intp), len(chances) - 1)
    plausible = np.where(evenly, even, drawn).astype(np.float64)
    if value is None:
        return plausible
    other = np.roll(shares, 1) < sampling.unsure_share
    return np.where(other, plausible, encode(spec, value))


def gap_chances(profile: Profile) -> dict[str, float]:
    """The chance of each kind of gap, from its prior and from how well each explains the facts that are known."""
    logs = _log_fits(profile)
    best = max(logs.values())
    scaled = {gap: float(np.exp(log - best)) for gap, log in logs.items()}
    total = sum(scaled.values())
    return {gap: value / total for gap, value in scaled.items()}


def even_share(profile: Profile, beforehand: float) -> float:
    """The chance that the priors do not describe this situation, from how surprising they find what is known.

    `beforehand` is that chance before anything is known. The posterior is kept off 0 and 1: our priors are judgement.
    """
    logs = _log_fits(profile)
    stated = profile.known("gap")
    by_priors = logs[str(stated)] if stated is not None else float(np.logaddexp.reduce(list(logs.values())))
    evenly = -np.log(len(logs)) if stated is not None else 0.0
    odds = np.log(beforehand / (1 - beforehand)) + evenly - by_priors if beforehand > 0 else -np.inf
    return float(np.clip(1 / (1 + np.exp(-odds)), beforehand * LEAST_DOUBT, MOST_DOUBT)) if beforehand > 0 else 0.0


def _log_fits(profile: Profile) -> dict[str, float]:
    """For each kind of gap the log of its prior chance times how well it fits the known facts, next to evenly."""
    prior = decision_facts()["gap"].prior
    assert prior is not None and prior.weights is not None  # noqa: S101
    total = sum(prior.weights.values())
    return {
        gap: float(np.log(prior.weights[gap] / total)) + sum(_fit(profile, name, gap) for name in profile.facts)
        for gap in gaps()
    }


def _fit(profile: Profile, name: str, gap: str) -> float:
    """The log of how likely a known fact is under one kind of gap, next to how likely it is evenly."""
    spec = decision_facts().get(name)
    if spec is None or name == "gap" or spec.prior is None:
        return 0.0
    low, high = _neighbourhood(profile, spec)
    if high < low:
        return 0.0
    evenly = max(mass(name, EVENLY, low, high), 1e-12)
    return float(np.log(max(mass(name, gap, low, high) / evenly, LEAST_FIT)))


def _neighbourhood(profile: Profile, spec: FactSpec) -> tuple[float, float]:
    """The values that count as like the known one: the same choice, or within a factor of three."""
    fact, value = profile.facts[spec.name], profile.known(spec.name)
    if isinstance(fact, Range):
        return fact.low, fact.high
    if value is None or not isinstance(fact, Known):
        return 1.0, 0.0
    number = encode(spec, value)
    if not spec.numeric:
        return number, number
    return (number - 0.1, number + 0.1) if spec.kind == "share" else (number / 3, number * 3)
