"""Boxes: for every fact a low and a high end, many at once. A complete profile is a box without extent.

All facts are numbers here: flags 0 and 1, choices their position in the fact's list, numbers themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from knowledge.facts import FactSpec, Scalar, fact_specs

Array = NDArray[np.float64]
Columns = Mapping[str, Array]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Boxes:
    """`size` boxes; `low` and `high` hold one array of that length per fact, the same array where both ends are one."""

    low: Columns
    high: Columns
    size: int
    _codes: dict[str, Indices] = field(default_factory=dict, compare=False, repr=False)

    def codes(self, name: str) -> Indices:
        """The low end of a flag or choice as places in the list of its values."""
        if name not in self._codes:
            self._codes[name] = self.low[name].astype(np.intp)
        return self._codes[name]

    @classmethod
    def points(cls, columns: Columns) -> "Boxes":
        """Boxes without extent: complete profiles."""
        return cls(columns, columns, len(next(iter(columns.values()))))

    def take(self, rows: Indices | Mask) -> "Boxes":
        """Some of the boxes."""
        low = {name: column[rows] for name, column in self.low.items()}
        if self.low is self.high:
            return Boxes.points(low)
        high = {name: column[rows] for name, column in self.high.items()}
        return Boxes(low, high, len(next(iter(low.values()))))


@cache
def decision_facts() -> Mapping[str, FactSpec]:
    """The facts that can be decided on: all but free text."""
    return MappingProxyType({name: spec for name, spec in fact_specs().items() if spec.kind != "text"})


def encode(spec: FactSpec, value: Scalar) -> float:
    """A fact's value as a number."""
    return float(spec.codes.index(str(value))) if spec.categorical else float(value)


def decode(spec: FactSpec, number: float) -> Scalar:
    """The fact's value that a number stands for."""
    if spec.kind == "flag":
        return bool(number)
    if spec.categorical:
        return spec.codes[int(number)]
    return int(number) if spec.kind == "integer" or number == int(number) else float(number)


def just_below(name: str, value: float) -> float:
    """The last value of a fact below another."""
    return value - 1 if fact_specs()[name].kind == "integer" else float(np.nextafter(value, -np.inf))
