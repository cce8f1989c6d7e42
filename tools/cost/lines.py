"""The cost of one option as a list of lines: what each query costs, what each month costs, what grows in steps."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.options import Option
from tools.cost.formulas import Number
from tools.cost.sampling import Array

Kind = Literal["tokens", "cash", "people", "retraining", "retraining_people"]
"""What is paid for, and when: retraining is booked in a total when it falls due, all else month by month."""

PEOPLE: tuple[Kind, ...] = ("people", "retraining_people")
"""What one's own people are paid for; a monthly budget is held against what is left without them."""


@dataclass(frozen=True)
class Line:
    """One line of a monthly bill; `formula` says in words what is multiplied, `inputs` names it."""

    name: str
    formula: str
    inputs: tuple[str, ...]
    kind: Kind = "cash"
    per_query: Number = 0.0
    fixed: Number = 0.0
    stepped: Callable[[Array], Array] | None = None
    prices: tuple[str, ...] = ()

    def monthly_usd(self, queries_per_month: Array) -> Array:
        """The line's bill of a month with so many queries."""
        usd = queries_per_month * self.per_query + self.fixed
        return np.asarray(usd if self.stepped is None else usd + self.stepped(queries_per_month))

    def with_inputs(self, *more: str) -> "Line":
        """The same line resting on further inputs, each named once."""
        return replace(self, inputs=tuple(dict.fromkeys((*self.inputs, *more))))


@dataclass(frozen=True)
class UpfrontLine:
    """One line of what is paid before the first answer."""

    name: str
    formula: str
    inputs: tuple[str, ...]
    usd: Number
    prices: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionModel:
    """What an option costs in every draw; `fits` tells in which draws it can be built at all."""

    option: Option
    variant: str | None
    lines: tuple[Line, ...]
    upfront: tuple[UpfrontLine, ...]
    retrain_usd: Number = 0.0
    retrains_per_year: Number = 0.0
    fits: NDArray[np.bool_] | None = None

    def monthly_usd(self, queries_per_month: Array, *kinds: Kind) -> Array:
        """The bill of a month with so many queries; of the named kinds of line only, where any are named."""
        chosen = [line for line in self.lines if not kinds or line.kind in kinds]
        per_query = sum((line.per_query for line in chosen), 0.0)
        usd = queries_per_month * per_query + sum((line.fixed for line in chosen), 0.0)
        return np.asarray(sum((line.stepped(queries_per_month) for line in chosen if line.stepped), usd))

    def per_query_usd(self) -> Number:
        """What one more query costs."""
        return sum((line.per_query for line in self.lines), 0.0)

    def upfront_usd(self) -> Number:
        """What is paid before the first answer."""
        return sum((line.usd for line in self.upfront), 0.0)
