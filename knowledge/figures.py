"""Figures that are ranges rather than prices: labour, traffic, throughput, stage times; each with unit and source."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from knowledge.errors import KnowledgeError
from knowledge.files import DATA, Part, read_yaml, read_yaml_list


class Spread(Part):
    """A value that is uncertain: low end, most likely, high end."""

    low: float = Field(ge=0, allow_inf_nan=False)
    mode: float = Field(ge=0, allow_inf_nan=False)
    high: float = Field(ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError("low, mode and high must not run backwards")
        return self


class Figure(Spread):
    """One ranged figure with what it means, its unit, where it comes from and when that was checked."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    unit: str
    source: str
    checked_on: date
    claims: tuple[str, ...] = ()


class Tokenizer(Spread):
    """How many tokens a model's tokenizer makes of what o200k makes one."""

    prefix: str
    source: str


class ReferenceModels(Part):
    economy: str
    typical: str
    strong: str


class ReferenceGpus(Part):
    low: str
    mode: str
    high: str


class Dispute(Part):
    """A vendor on whose prices two sources disagree."""

    provider: str
    note: str
    source: str


class Sizing(Part):
    """What machines are sized by; speeds fall in proportion to a model's size."""

    weights_overhead: float = Field(ge=1)
    index_overhead: float = Field(ge=1)
    least_read_units: float = Field(ge=0)
    speeds_at_billion: float = Field(gt=0)


class References(Part):
    """What stands in where a profile names nothing."""

    source: str
    checked_on: date
    models: ReferenceModels
    embedding: str
    reranker: str
    vector_store: str
    vector_store_least: str
    gpus: ReferenceGpus
    tokenizers: list[Tokenizer] = Field(min_length=1)
    updates_per_year: dict[str, float]
    sizing: Sizing
    price_age_warning_days: int
    disputed: list[Dispute] = Field(default_factory=list)
    draws: int = Field(gt=1)
    seed: int

    def tokenizer(self, model: str) -> Tokenizer:
        """The tokenizer with the longest prefix that the model's name starts with."""
        return max((t for t in self.tokenizers if model.startswith(t.prefix)), key=lambda t: len(t.prefix))


class TextSizes(Part):
    """How many tokens a text has whose size is said in other units."""

    source: str
    checked_on: date
    words_per_page: float = Field(gt=0)
    tokens_per_word: float = Field(gt=0)
    tokens_per_megabyte: float = Field(gt=0)


def read_figures(path: Path) -> dict[str, Figure]:
    """The figures of a file by name; raises KnowledgeError with file, line and reason."""
    figures: dict[str, Figure] = {}
    for figure in read_yaml_list(path, Figure):
        if figure.name in figures:
            raise KnowledgeError(f"{path.name}: the figure {figure.name} stands there twice; remove one.")
        figures[figure.name] = figure
    return figures


@cache
def cost_figures() -> dict[str, Figure]:
    """The ranged figures that a cost rests on, by name."""
    return read_figures(DATA / "parameters" / "cost.yaml")


@cache
def latency_figures() -> dict[str, Figure]:
    """The times of the stages of an answer, by name; low and high are P10 and P90."""
    return read_figures(DATA / "parameters" / "latency.yaml")


@cache
def references() -> References:
    """What stands in where a profile names nothing."""
    return read_yaml(DATA / "parameters" / "references.yaml", References)


@cache
def text_sizes() -> TextSizes:
    """What pages, words and megabytes of text are converted to tokens by."""
    return read_yaml(DATA / "parameters" / "text_sizes.yaml", TextSizes)
