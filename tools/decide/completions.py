"""Plausible completions of a profile: what is known stays, what is unknown is drawn from the priors.

The draws are a Latin hypercube from a fixed seed, made once: the same profile always has the same completions, and
profiles that differ in one fact have completions that differ in nothing else. The priors are only our judgement, so
they are doubted twice: any single fact may stray from them (then it is drawn evenly over its plausible range), and
they may not describe the situation at all (then every fact is). How likely the second is follows from what is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from knowledge.facts import FactSpec
from knowledge.rulebook import load_rulebook
from tools.decide.boxes import Array, Columns, Indices, Mask, decision_facts, encode
from tools.decide.priors import EVENLY, draw, gaps, mass
from tools.decide.settled import is_settled, settled_value
from tools.profile import Known, Profile, Range

SEED = 20_261_120


@dataclass(frozen=True)
class Sampling:
    """How completions are drawn.

    `size` is how many; `uniform_share` the share of them drawn evenly in every fact before anything is known, and
    `uniform_share_least` and `uniform_share_most` what that share is kept between afterwards; `stray_share` the share
    of a fact's other draws that stray from its prior; `unsure_share` in how many an unsure value is another one.
    """

    size: int
    uniform_share: float
    uniform_share_least: float
    uniform_share_most: float
    stray_share: float
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
def _drawn(name: str, size: int, stray_share: float) -> Array:
    """A fact's draws, one kind of gap behind the other and the even ones last; some stray from the prior."""
    shares = _shares(size)[name]
    evenly, strays = draw(name, EVENLY, shares), _strays(name, size, stray_share)
    return np.concatenate([*(np.where(strays, evenly, draw(name, gap, shares)) for gap in gaps()), evenly])


def _strays(name: str, size: int, stray_share: float) -> Mask:
    """In which draws a fact strays from its prior; neighbours in a hypercube know nothing of each other."""
    return np.asarray(np.roll(_shares(size)[name], 2) < stray_share)


def complete(profile: Profile, sampling: Sampling) -> Columns:
    """The plausible completions of a profile: one column of values per fact."""
    if all(is_settled(profile, name) for name in decision_facts()):
        return {name: _constant(profile, spec, sampling) for name, spec in decision_facts().items()}
    evenly = _shares(sampling.size)[EVENLY] < even_share(profile, sampling)
    gap = _gap_column(profile, sampling, evenly | _strays("gap", sampling.size, sampling.stray_share))
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
    plausible = _drawn(spec.name, sampling.size, sampling.stray_share).take(places)
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
    chances = np.array(list(gap_chances(profile, sampling.stray_share).values()))
    drawn = np.minimum(np.searchsorted(np.cumsum(chances), shares, side="right"), len(chances) - 1)
    even = np.minimum((shares * len(chances)).astype(np.intp), len(chances) - 1)
    plausible = np.where(evenly, even, drawn).astype(np.float64)
    if value is None:
        return plausible
    other = np.roll(shares, 1) < sampling.unsure_share
    return np.where(other, plausible, encode(spec, value))


def gap_chances(profile: Profile, stray_share: float) -> dict[str, float]:
    """The chance of each kind of gap, from its prior and from how well each explains the facts that are known."""
    logs = _log_fits(profile, stray_share)
    best = max(logs.values())
    scaled = {gap: float(np.exp(log - best)) for gap, log in logs.items()}
    total = sum(scaled.values())
    return {gap: value / total for gap, value in scaled.items()}


def even_share(profile: Profile, sampling: Sampling) -> float:
    """The chance that the priors do not describe this situation, from how surprising they find what is known.

    Bayes' rule, kept between the sampling's two ends: our priors are judgement. Since any single fact may stray, one
    surprise makes the odds greater by no more than one over `stray_share`; it takes several to distrust all priors.
    """
    beforehand = sampling.uniform_share
    if beforehand == 0:
        return 0.0
    logs = _log_fits(profile, sampling.stray_share)
    stated = profile.known("gap")
    by_priors = logs[str(stated)] if stated is not None else float(np.logaddexp.reduce(list(logs.values())))
    evenly = -np.log(len(logs)) if stated is not None else 0.0
    odds = np.log(beforehand / (1 - beforehand)) + evenly - by_priors
    return float(np.clip(1 / (1 + np.exp(-odds)), sampling.uniform_share_least, sampling.uniform_share_most))


def _log_fits(profile: Profile, stray_share: float) -> dict[str, float]:
    """For each kind of gap the log of its prior chance times how well it fits the known facts, next to evenly."""
    prior = decision_facts()["gap"].prior
    assert prior is not None and prior.weights is not None  # noqa: S101
    total = sum(prior.weights.values())
    return {
        gap: float(np.log(prior.weights[gap] / total))
        + sum(_fit(profile, name, gap, stray_share) for name in profile.facts)
        for gap in gaps()
    }


def _fit(profile: Profile, name: str, gap: str, stray_share: float) -> float:
    """The log of how likely a known fact is under one kind of gap, next to how likely it is evenly."""
    spec = decision_facts().get(name)
    if spec is None or name == "gap" or spec.prior is None:
        return 0.0
    near = _neighbourhood(profile, spec)
    if near is None:
        return 0.0
    evenly = max(mass(name, EVENLY, *near), 1e-12)
    return float(np.log((1 - stray_share) * mass(name, gap, *near) / evenly + stray_share))


def _neighbourhood(profile: Profile, spec: FactSpec) -> tuple[float, float] | None:
    """The values that count as like the known one, if there is one: the same choice, or near it by the rules' scale."""
    fact, value = profile.facts[spec.name], profile.known(spec.name)
    if isinstance(fact, Range):
        return fact.low, fact.high
    if value is None or not isinstance(fact, Known):
        return None
    number = encode(spec, value)
    if not spec.numeric:
        return number, number
    scale = load_rulebook().scale
    if spec.kind == "share":
        return number - scale.alike_shares, number + scale.alike_shares
    return number / scale.alike_factor, number * scale.alike_factor
