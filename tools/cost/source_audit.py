"""The worked figures of the articles, computed again: what was claimed, what comes out, and the verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from pydantic import Field

from knowledge.errors import KnowledgeError
from knowledge.files import DATA, Part, read_yaml_list
from tools.cost import formulas as f
from tools.units import DAYS_PER_MONTH

Ends: TypeAlias = tuple[float, float]
Verdict = Literal["right", "loose", "wrong", "inconsistent", "unsupported", "misleading", "fragile"]

TOLERANCE = 0.01
"""How far a printed figure may be from the computed one and still agree: printed figures are rounded."""


class WorkedFigure(Part):
    """A figure that an article works out, with the inputs of its own computation."""

    id: str
    claims: tuple[str, ...] = Field(min_length=1)
    says: str
    claimed: Ends
    unit: str
    check: str
    inputs: dict[str, Ends]
    verdict: Verdict
    finding: str


@dataclass(frozen=True)
class AuditedFigure:
    """A worked figure beside what the cost functions make of the same inputs."""

    figure: WorkedFigure
    computed: Ends

    @property
    def agrees(self) -> bool:
        """Whether both ends of what is printed are what comes out, but for rounding."""
        pairs = zip(self.figure.claimed, self.computed, strict=True)
        return all(abs(printed - found) <= TOLERANCE * abs(found) for printed, found in pairs)


def audit_sources() -> list[AuditedFigure]:
    """Every worked figure of the articles, recomputed; raises KnowledgeError for an unknown check or missing input."""
    return [AuditedFigure(figure, _compute(figure)) for figure in worked_figures()]


@cache
def worked_figures() -> tuple[WorkedFigure, ...]:
    """The worked figures of the articles, in the order of the file."""
    return tuple(read_yaml_list(DATA / "source_audit.yaml", WorkedFigure))


def _compute(figure: WorkedFigure) -> Ends:
    if figure.check not in CHECKS:
        raise KnowledgeError(f"source_audit.yaml: {figure.id}: no check is named {figure.check}; {', '.join(CHECKS)}.")
    try:
        low, high = CHECKS[figure.check](figure.inputs)
    except KeyError as error:
        raise KnowledgeError(f"source_audit.yaml: {figure.id}: the check {figure.check} needs {error}.") from error
    return float(low), float(high)


Inputs: TypeAlias = Mapping[str, Ends]


def _token_bill(inputs: Inputs) -> Ends:
    low, high = (
        f.tokens_usd(tokens * queries, usd)
        for tokens, queries, usd in zip(inputs["tokens"], inputs["queries"], inputs["usd_per_mtok"], strict=True)
    )
    return float(low), float(high)


def _tokens_for(inputs: Inputs) -> Ends:
    """How many tokens a query such a bill pays for."""
    ends = zip(inputs["usd"], inputs["queries"], inputs["usd_per_mtok"], strict=True)
    low, high = (usd / queries / f.tokens_usd(1.0, rate) for usd, queries, rate in ends)
    return float(low), float(high)


def _sum_of_parts(inputs: Inputs) -> Ends:
    return sum(low for low, _ in inputs.values()), sum(high for _, high in inputs.values())


def _one_of_two(inputs: Inputs) -> Ends:
    """The range that two ways span of which one excludes the other."""
    return min(low for low, _ in inputs.values()), max(high for _, high in inputs.values())


def _product(inputs: Inputs) -> Ends:
    return float(np.prod([low for low, _ in inputs.values()])), float(np.prod([high for _, high in inputs.values()]))


def _quotient(inputs: Inputs) -> Ends:
    (low, high), (under_low, under_high) = inputs["over"], inputs["under"]
    return low / under_high, high / under_low


def _payback_weeks(inputs: Inputs) -> Ends:
    """Upfront over the monthly saving at the unit costs of the article's example (months of 30 days)."""
    scale = inputs["queries_per_day"][0] / inputs["example_per_day"][0]
    variable, fixed = inputs["retrieval"]
    saving = [(variable - inputs["tuned_variable"][0]) * scale + fixed - serving for serving in inputs["serving"]]
    weeks = 30 / 7
    return inputs["upfront"][0] / saving[0] * weeks, inputs["upfront"][1] / saving[1] * weeks


def _crossover_per_day(inputs: Inputs) -> Ends:
    """The least and the greatest break-even volume over the stated upfront costs and horizons (months of 30 days)."""
    ends = zip(inputs["upfront_tuned"], inputs["upfront_retrieval"], strict=True)
    found = [
        f.break_even_queries(tuned, retrieval, months, *inputs["fixed"], *inputs["per_query"])
        for tuned, retrieval in ends
        for months in inputs["months"]
    ]
    volumes = [volume / 30 for volume in found if volume is not None]
    return min(volumes), max(volumes)


def _own_servers_per_1k(inputs: Inputs) -> Ends:
    ends = zip(inputs["replicas"], inputs["usd_per_hour"], inputs["queries_per_day"], strict=True)
    low, high = (f.per_1k_usd(f.hosting_usd(n, usd), per_day * DAYS_PER_MONTH) for n, usd, per_day in ends)
    return float(low), float(high)


def _cache_saving(inputs: Inputs) -> Ends:
    """What caching saves on a prefix whose arrivals keep it alive part of the time."""
    read, write = inputs["read_over_input"][0], inputs["write_over_input"][0]
    hourly = [per_day / inputs["active_hours"][0] for per_day in inputs["queries_per_day"]]
    low, high = (1 - _relative(float(f.hit_rate(rate, inputs["ttl_hours"][0])), read, write) for rate in hourly)
    return low, high


def _relative(hit: float, read: float, write: float) -> float:
    return hit * read + (1 - hit) * write


def _short_answer_ms(inputs: Inputs) -> Ends:
    """Network, start and reading, then every token after the first."""
    ends = zip(inputs["before"], inputs["output_tokens"], inputs["ms_per_token"], strict=True)
    low, high = (before + (tokens - 1) * ms for before, tokens, ms in ends)
    return low, high


def _labels_and_run(inputs: Inputs) -> Ends:
    ends = zip(inputs["examples"], inputs["usd_per_example"], inputs["run"], strict=True)
    low, high = (examples * usd + run for examples, usd, run in ends)
    return low, high


def _training_run(inputs: Inputs) -> Ends:
    ends = zip(inputs["examples"], inputs["tokens"], inputs["epochs"], inputs["usd_per_mtok"], strict=True)
    low, high = (f.tokens_usd(f.training_tokens(examples, tokens, n), usd) for examples, tokens, n, usd in ends)
    return float(low), float(high)


def _shares_of(inputs: Inputs) -> Ends:
    """The least and the greatest of several shares, each the first value over the second."""
    shares = [part / whole for part, whole in inputs.values()]
    return min(shares), max(shares)


CHECKS: dict[str, Callable[[Inputs], Ends]] = {
    "token_bill": _token_bill,
    "tokens_for": _tokens_for,
    "sum_of_parts": _sum_of_parts,
    "one_of_two": _one_of_two,
    "product": _product,
    "quotient": _quotient,
    "payback_weeks": _payback_weeks,
    "crossover_per_day": _crossover_per_day,
    "own_servers_per_1k": _own_servers_per_1k,
    "cache_saving": _cache_saving,
    "short_answer_ms": _short_answer_ms,
    "labels_and_run": _labels_and_run,
    "training_run": _training_run,
    "shares_of": _shares_of,
}
