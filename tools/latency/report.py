"""How long each option lets a user wait: time to the first token and to the whole answer, by simulation.

Every stage is drawn from a lognormal distribution with its P10 and P90; percentiles are taken of the sums, since the
p95 of a sum is not the sum of the p95s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from knowledge.figures import references
from knowledge.options import Option
from knowledge.price_table import PriceTable
from tools.cost.inputs import Values, drawn, inputs_of
from tools.cost.parts import prefix_hit_rate
from tools.cost.rates import Rates, rates_for
from tools.cost.sampling import Array, lognormal, quantiles, shares
from tools.cost.training import generating_way, tuned_way
from tools.decide.decision import Variants
from tools.decide.variants import variants_for
from tools.latency.floor import WHOLE_ANSWER_TASKS
from tools.latency.formulas import reading_ms, writing_ms
from tools.profile import Profile

Stages = dict[str, Array]

WRITING = "writing the answer"
PERCENTILES = {"p50": 0.5, "p95": 0.95}
"""The shares of users who wait no longer than is stated."""

CACHE_DRAW, RERANK_DRAW = "prefix is cached", "query is reranked"


@dataclass(frozen=True)
class Latency:
    """The stages of one option in every draw, in ms; all but writing come before the first token."""

    stages: Mapping[str, Array]
    fits: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def ttft(self) -> Array:
        """Time to the first token."""
        return np.asarray(sum(ms for name, ms in self.stages.items() if name != WRITING))

    @property
    def total(self) -> Array:
        """Time to the whole answer."""
        return self.ttft + self.stages[WRITING]


@dataclass(frozen=True)
class LatencyReport:
    """The waits of all options against the budget; `whole_answer` tells which wait the budget is about."""

    options: Mapping[Option, Latency]
    whole_answer: bool
    budget_ms: float | None
    assumptions: tuple[dict[str, Any], ...]

    def document(self) -> dict[str, Any]:
        """The report as JSON, by option: percentiles, the stages with their shares, and the share within the budget."""
        return {option: self._option(found) for option, found in self.options.items()}

    def _option(self, found: Latency) -> dict[str, Any]:
        kept = found.fits
        wait = found.total if self.whole_answer else found.ttft
        shown = {n: ms for n, ms in found.stages.items() if self.whole_answer or n != WRITING}
        document: dict[str, Any] = {
            "ttft_ms": _percentiles(found.ttft, kept),
            "total_ms": _percentiles(found.total, kept),
            "stages": [
                {
                    "name": name,
                    **_percentiles(ms, kept),
                    "share": _share(shown[name], wait, kept) if name in shown else None,
                }
                for name, ms in found.stages.items()
            ],
            "budget_is_about": "total_ms" if self.whole_answer else "ttft_ms",
        }
        if self.budget_ms is not None:
            document["budget_ms"] = self.budget_ms
            document["within_budget"] = float(np.mean(wait[kept] <= self.budget_ms)) if kept.any() else 0.0
        return document


def estimate_latency(
    profile: Profile,
    as_of: date,
    prices: PriceTable | None = None,
    rates: Rates | None = None,
    variants: Variants | None = None,
) -> LatencyReport:
    """How long each option lets a user wait for this profile, in the form of `variants`, by default the rules' own.

    Seeded; raises InputError for an unknown model.
    """
    named = profile.known("model")
    rates = rates or rates_for(str(named) if named is not None else None, as_of, prices)
    refs = references()
    values = drawn(inputs_of(profile, rates), refs.draws, refs.seed)
    stage = {
        name: lognormal(shares(name, refs.draws, refs.seed), figure.low, figure.high)
        for name, figure in rates.stages.items()
    }
    chance = {name: shares(name, refs.draws, refs.seed) for name in (CACHE_DRAW, RERANK_DRAW)}
    task, budget = profile.known("task"), profile.known("latency_budget_ms")
    simulation = _Simulation(values, {**stage, **chance}, rates, variants or variants_for(profile, rates))
    return LatencyReport(
        options=simulation.options(),
        whole_answer=task in WHOLE_ANSWER_TASKS,
        budget_ms=None if budget is None else float(budget),
        assumptions=tuple(
            {"name": f.name, "label": f.label, "unit": f.unit, "p10": f.low, "p90": f.high, "source": f.source}
            for f in rates.stages.values()
        ),
    )


@dataclass(frozen=True)
class _Simulation:
    values: Values
    stage: Mapping[str, Array]
    rates: Rates
    variants: Variants

    def options(self) -> dict[Option, Latency]:
        prompt, context = self._tokens("prompt_tokens"), self._tokens("context_tokens")
        knowledge = self._tokens("knowledge_tokens")
        fixed = prompt * self.values["static_prompt_share"]
        short = prompt * self.values["tuned_prompt_share"]
        nothing = np.zeros_like(prompt)
        base = self.values["self_hosting_required"] > 0
        alone, beside = tuned_way(self.variants), generating_way(self.variants)
        classified = alone == "small_classifier"
        return {
            "prompting": self._generate({}, prompt, nothing, base),
            "long_context": self._generate({}, prompt - fixed, fixed + knowledge, base),
            "rag": self._generate(self._search(), prompt + context, nothing, base),
            "fine_tuning": self._classify()
            if classified
            else self._generate({}, short, nothing, base | (alone != "managed")),
            "hybrid": self._generate(self._search(), short + context, nothing, base | (beside != "managed")),
        }

    def _tokens(self, name: str) -> Array:
        return self.values[name] * self.values["tokenizer"]

    def _search(self) -> Stages:
        reranked = self.stage[RERANK_DRAW] < self.values["rerank_share"]
        return {
            "embedding": self.stage["embed_ms"],
            "vector search": self.stage["vector_ms"],
            "reranking": np.where(reranked, self.stage["rerank_ms"], 0.0),
        }

    def _generate(
        self, before: Stages, fresh: Array, prefix: Array, own: np.ndarray[Any, np.dtype[np.bool_]]
    ) -> Latency:
        speed = self._pick("prefill", own)
        cached = self.stage[CACHE_DRAW] < self._hit_rate()
        kept = np.where(cached, self.stage["cached_hosted"], speed)
        reading = np.asarray(reading_ms(fresh, speed) + reading_ms(prefix, kept))
        stages = {
            "network": np.where(own, self.stage["net_own_ms"], self.stage["net_ms"]),
            **before,
            "model start": np.where(own, self.stage["start_own_ms"], self.stage["start_hosted_ms"]),
            "reading the prompt": reading,
            WRITING: np.asarray(writing_ms(self._tokens("output_tokens"), self._pick("token", own, "_ms"))),
        }
        room = self.rates.window_tokens * (1 - self.values["window_reserve"])
        return Latency(stages, fresh + prefix + self._tokens("output_tokens") <= room)

    def _classify(self) -> Latency:
        nothing = np.zeros_like(self.stage["classifier_ms"])
        stages = {"network": self.stage["net_own_ms"], "classifier": self.stage["classifier_ms"], WRITING: nothing}
        return Latency(stages, np.ones(nothing.shape, dtype=bool))

    def _pick(self, name: str, own: np.ndarray[Any, np.dtype[np.bool_]], unit: str = "") -> Array:
        return np.where(own, self.stage[f"{name}_own{unit}"], self.stage[f"{name}_hosted{unit}"])

    def _hit_rate(self) -> Array:
        return np.asarray(prefix_hit_rate(self.values, "cache_ttl_short")) * float(self.rates.caches)


def _percentiles(ms: Array, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, float | None]:
    if not kept.any():
        return dict.fromkeys(PERCENTILES)
    return dict(zip(PERCENTILES, quantiles(ms[kept], list(PERCENTILES.values())), strict=True))


def _share(ms: Array, wait: Array, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> float | None:
    """The stage's part of the mean wait."""
    return float(ms[kept].sum() / wait[kept].sum()) if kept.any() else None
