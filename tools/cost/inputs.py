"""The inputs of an estimate: what is known is fixed, what is open or ranged is drawn; each with unit and source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from knowledge.facts import FactSpec, fact_specs
from knowledge.figures import Spread
from tools.cost.rates import Rates
from tools.cost.sampling import Array, shares, triangular, uniform
from tools.decide.priors import draw
from tools.profile import Profile, Range
from tools.wording import lower_first

PRICED_FACTS = (
    "queries_per_day knowledge_tokens prompt_tokens context_tokens output_tokens annual_growth labeled_examples"
    " update_frequency repetitive_queries self_hosting_required rag_in_production"
).split()
"""Facts that a cost depends on, besides the model and the task."""

Values = Mapping[str, Array]


@dataclass(frozen=True)
class _Distribution:
    """Values at shares of a distribution; two of the same kind with the same parameters are equal."""

    kind: Callable[..., Array]
    parameters: tuple[float | str, ...]

    def __call__(self, at: Array) -> Array:
        return self.kind(at, *self.parameters)


@dataclass(frozen=True)
class Input:
    """One input: fixed where `at` is None, else drawn; `at` gives its values at shares of its distribution."""

    name: str
    label: str
    unit: str
    source: str
    fixed: float | None
    at: _Distribution

    @property
    def uncertain(self) -> bool:
        """Whether its value is drawn."""
        return self.fixed is None

    def document(self) -> dict[str, Any]:
        """The input as JSON: its value, or its P10, P50 and P90."""
        stated = {"name": self.name, "label": self.label, "unit": self.unit, "source": self.source}
        if self.fixed is not None:
            return {**stated, "value": self.fixed}
        p10, p50, p90 = self.at(np.array([0.1, 0.5, 0.9])).tolist()
        return {**stated, "p10": p10, "p50": p50, "p90": p90}


def inputs_of(profile: Profile, rates: Rates) -> dict[str, Input]:
    """Every input of an estimate for this profile, by name."""
    gap = str(profile.known("gap") or "")
    found = [_fact(fact_specs()[name], profile, gap) for name in PRICED_FACTS]
    found += [
        _spread(figure.name, figure.label, figure.unit, figure.source, figure) for figure in rates.figures.values()
    ]
    found.append(_spread("gpu_rent", "rent of a GPU", "USD/hour", rates.sources["gpu"], rates.gpu_usd_per_hour))
    found.append(
        _spread("tokenizer", "tokens of the model for one of o200k", "ratio", rates.tokenizer.source, rates.tokenizer)
    )
    found.append(_spread("price_level", "price level of the model", "ratio", rates.sources["model"], rates.price_level))
    return {each.name: each for each in found}


DRAWN_KEPT = 256
"""Inputs whose draws are kept in memory: the assumed ones are the same in nearly every estimate."""


def drawn(inputs: Mapping[str, Input], draws: int, seed: int) -> dict[str, Array]:
    """The values of every input in every draw, the same for all options; they are shared and may not be written."""
    return {
        name: _drawn(name, each.at, draws, seed) if each.uncertain else each.at(shares(name, draws, seed))
        for name, each in inputs.items()
    }


@lru_cache(maxsize=DRAWN_KEPT)
def _drawn(name: str, at: _Distribution, draws: int, seed: int) -> Array:
    values = at(shares(name, draws, seed))
    values.setflags(write=False)
    return values


def at_medians(inputs: Mapping[str, Input], rows: int) -> dict[str, Array]:
    """Every input at its median, repeated."""
    return {name: np.repeat(each.at(np.array([0.5])), rows) for name, each in inputs.items()}


def updates_per_year(values: Values, rates: Rates) -> Array:
    """How often the knowledge changes in a year."""
    return np.asarray(rates.updates_per_year)[values["update_frequency"].astype(np.intp)]


def _fact(spec: FactSpec, profile: Profile, gap: str) -> Input:
    value, stated = profile.known(spec.name), profile.facts.get(spec.name)
    unit = spec.unit or ("share" if spec.kind == "share" else "")
    made = partial(Input, spec.name, lower_first(spec.label), unit)
    if value is not None:
        number = float(spec.codes.index(str(value))) if spec.categorical else float(value)
        return made("stated in the profile", number, _Distribution(_constant, (number,)))
    if isinstance(stated, Range):
        return made("range stated in the profile", None, _Distribution(uniform, (stated.low, stated.high)))
    if spec.kind == "flag":
        return made("assumed until stated", 0.0, _Distribution(_constant, (0.0,)))
    assumed = f"assumed, not stated: {spec.prior.reason if spec.prior else ''}"
    return made(assumed, None, _Distribution(_prior, (spec.name, gap)))


def _spread(name: str, label: str, unit: str, source: str, spread: Spread) -> Input:
    fixed = spread.low if spread.low == spread.high else None
    return Input(name, label, unit, source, fixed, _Distribution(triangular, (spread.low, spread.mode, spread.high)))


def _constant(at: Array, value: float) -> Array:
    return np.full_like(at, value)


def _prior(at: Array, fact: str, gap: str) -> Array:
    return draw(fact, gap, at)
