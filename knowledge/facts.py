"""The facts that the advice depends on: names, kinds, limits, questions, and what is plausible while one is unknown."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from knowledge.files import DATA, Part, read_yaml_list

Kind = Literal["text", "flag", "choice", "ordered", "number", "integer", "share"]
Scalar = bool | int | float | str
Weights = dict[str, float]
Quantiles = list[float]

QUANTILE_SHARES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""The shares of the prior at which its `quantiles` stand."""


class Prior(Part):
    """What is plausible while a fact is unknown: chance, weights or quantiles, and others per gap."""

    reason: str
    chance: float | None = Field(default=None, ge=0, le=1)
    weights: Weights | None = None
    quantiles: Quantiles | None = Field(default=None, min_length=5, max_length=5)
    by_gap: dict[str, float | Weights | Quantiles] = Field(default_factory=dict)


class FactSpec(Part):
    """One fact: how it is named, asked, limited, and what is plausible while it is unknown."""

    name: str = Field(pattern=r"^[a-z_]+$")
    kind: Kind
    label: str
    question: str
    because: str
    find_out: str
    effort: int = Field(ge=1, le=3)
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    values: dict[str, str] = Field(default_factory=dict)
    likely: list[float] = Field(default_factory=list)
    not_applicable: Scalar | None = None
    of_one_task: bool = False
    prior: Prior | None = None

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers on a scale."""
        return self.kind in ("number", "integer", "share")

    @property
    def categorical(self) -> bool:
        """Whether its values are named choices."""
        return self.kind in ("choice", "ordered")

    @property
    def listing(self) -> bool:
        """Whether its value names several of its choices, with commas between them."""
        return self.kind == "text" and bool(self.values)

    @property
    def codes(self) -> tuple[str, ...]:
        """The names of its choices, in order."""
        return tuple(self.values)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.numeric and (self.low is None or self.high is None or self.low > self.high):
            raise ValueError(f"the {self.kind} '{self.name}' needs low and high, low first")
        if self.categorical and len(self.values) < 2:
            raise ValueError(f"the {self.kind} '{self.name}' needs at least two values")
        if self.kind != "text":
            self._check_prior()
        return self

    def _check_prior(self) -> None:
        if self.prior is None:
            raise ValueError(f"'{self.name}' needs a prior")
        wanted = "quantiles" if self.numeric else "chance" if self.kind == "flag" else "weights"
        if getattr(self.prior, wanted) is None:
            raise ValueError(f"the prior of '{self.name}' needs {wanted}")
        for weights in (self.prior.weights, *self.prior.by_gap.values()):
            if isinstance(weights, dict) and set(weights) != set(self.values):
                raise ValueError(f"the prior of '{self.name}' must weigh exactly: {', '.join(self.values)}")


def read_facts(path: Path) -> dict[str, FactSpec]:
    """The facts of a file by name, in its order; raises KnowledgeError with file, line and reason."""
    return {spec.name: spec for spec in read_yaml_list(path, FactSpec)}


@cache
def fact_specs() -> dict[str, FactSpec]:
    """The facts that the product knows, by name, in the order of the file."""
    return read_facts(DATA / "facts.yaml")
