"""The least that each option could plausibly cost, for many profiles at once: what a budget gate compares with.

Every uncertain figure stands at its favourable end, every cached prompt is found, and upkeep by one's own people is
left out of the monthly figure. Each bound is monotone in the volume and in every count of tokens, so that the bound
over a box of profiles is the bound at its lowest corner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.facts import fact_specs
from knowledge.options import Option
from tools.cost import formulas as f
from tools.cost.rates import Rates, flat_tier
from tools.units import DAYS_PER_MONTH

Array: TypeAlias = NDArray[np.float64]
Columns: TypeAlias = Mapping[str, Array]

LABEL_TASKS = ("classification", "extraction")
"""Tasks that a small trained model can take over, seen favourably; which form is advised is for the rules to say."""


@dataclass(frozen=True)
class OptimisticCost:
    """The least an option costs, per profile: cash a month, and building it with engineers at the low rate."""

    monthly_usd: Array
    upfront_usd: Array


@dataclass(frozen=True)
class _Load:
    """A column of workloads at their favourable end; tokens as the profile counts them."""

    queries_per_day: Array
    prompt: Array
    context: Array
    output: Array
    knowledge: Array
    examples: Array
    retrains_per_year: Array
    own_only: NDArray[np.bool_]
    labels_only: NDArray[np.bool_]
    retrieval_live: NDArray[np.bool_]

    @property
    def queries_per_month(self) -> Array:
        return self.queries_per_day * DAYS_PER_MONTH


def optimistic_costs(columns: Columns, rates: Rates) -> dict[Option, OptimisticCost]:
    """The least each option could cost for every profile of the columns (arrays of one length)."""
    load = _load(columns, rates)
    tuned_prompt = load.prompt * _low(rates, "tuned_prompt_share")
    retrieval = _retrieval_usd(load, rates)
    training = _training_usd(load, rates)
    upfront = _upfront(load, rates, training)
    nothing = np.zeros_like(load.prompt)
    monthly: dict[Option, Array] = {
        "prompting": _base_usd(load, rates, fresh=nothing, cached=load.prompt),
        "long_context": _base_usd(load, rates, fresh=nothing, cached=load.prompt + load.knowledge),
        "rag": _base_usd(load, rates, fresh=load.context, cached=load.prompt) + retrieval,
        "fine_tuning": _tuned_usd(load, rates, tuned_prompt, training, may_classify=True),
        "hybrid": _tuned_usd(load, rates, tuned_prompt + load.context, training, may_classify=False) + retrieval,
    }
    return {option: OptimisticCost(monthly[option], upfront[option]) for option in monthly}


def fits_window_tokens(rates: Rates, prompt_tokens: Array | float = 0.0, output_tokens: Array | float = 0.0) -> Array:
    """Knowledge tokens (as o200k counts) that fit into the model's window beside prompt, answer and a reserve."""
    usable = rates.window_tokens * (1 - _low(rates, "window_reserve")) / rates.tokenizer.low
    left: Array = np.maximum(usable - np.asarray(prompt_tokens) - np.asarray(output_tokens), 0.0)
    return left


def _low(rates: Rates, name: str) -> float:
    return rates.figures[name].low


def _high(rates: Rates, name: str) -> float:
    return rates.figures[name].high


def any_of(column: Array, codes: Sequence[int]) -> NDArray[np.bool_]:
    """Where a column of codes holds one of a few."""
    found: NDArray[np.bool_] = reduce(np.logical_or, [column == code for code in codes])
    return found


def _load(columns: Columns, rates: Rates) -> _Load:
    answered = np.where(columns["repetitive_queries"] > 0, _high(rates, "answer_cache_share_repetitive"), 0.0)
    answered = np.maximum(answered, _high(rates, "answer_cache_share"))
    updates = np.asarray(rates.updates_per_year)[columns["update_frequency"].astype(np.intp)]
    retrains = np.maximum(updates * _low(rates, "behaviour_share"), _low(rates, "retrains_least"))
    codes = fact_specs()["task"].codes
    return _Load(
        queries_per_day=columns["queries_per_day"] * (1 - answered) * _low(rates, "calls_per_query"),
        prompt=columns["prompt_tokens"],
        context=columns["context_tokens"],
        output=columns["output_tokens"],
        knowledge=columns["knowledge_tokens"],
        examples=np.minimum(columns["labeled_examples"], _high(rates, "examples_most")),
        retrains_per_year=np.minimum(retrains, _low(rates, "retrains_most")),
        own_only=columns["self_hosting_required"] > 0,
        labels_only=any_of(columns["task"], [codes.index(task) for task in LABEL_TASKS]),
        retrieval_live=columns["rag_in_production"] > 0,
    )


def _base_usd(load: _Load, rates: Rates, fresh: Array, cached: Array) -> Array:
    """A month on an untuned model: hosted, or on own GPUs where nothing may leave."""
    size = rates.tokenizer.low  # only the hosted model's own tokenizer counts other tokens than the profile does
    call = f.call_usd(rates.tiers, fresh * size, cached * size, np.zeros_like(fresh), load.output * size)
    hosted = load.queries_per_month * call * rates.price_level.low
    own = _own_gpus_usd(load, rates, fresh, cached, _low(rates, "parameters_base"))
    return np.where(load.own_only, own, hosted)


def _own_gpus_usd(load: _Load, rates: Rates, fresh: Array, cached: Array, billion: float) -> Array:
    speed = 1 / f.relative_size(billion)
    seconds = f.gpu_seconds(
        fresh,
        cached,
        load.output,
        _high(rates, "prefill_tokens_per_second") * speed,
        _high(rates, "cached_tokens_per_second"),
        _high(rates, "decode_tokens_per_second") * speed,
    )
    peak = f.peak_per_second(load.queries_per_day, _low(rates, "peak_to_mean"))
    count = f.replicas(peak, seconds, _high(rates, "target_utilisation"), _low(rates, "replicas_least"))
    each = f.gpus_per_replica(billion, _low(rates, "bytes_per_parameter"), _low(rates, "kv_cache_gb"), rates.vram_gb)
    return np.asarray(f.hosting_usd(count * each, rates.gpu_usd_per_hour.low))


def _tuned_usd(load: _Load, rates: Rates, prompt: Array, training: Array, may_classify: bool) -> Array:
    """A month on a tuned model, the cheapest way: as a service, on own GPUs, or as a small classifier."""
    least = _own_gpus_usd(load, rates, prompt, np.zeros_like(prompt), _low(rates, "parameters_tuned"))
    if may_classify:
        least = np.where(load.labels_only, np.minimum(least, _classifier_usd(load, rates)), least)
    if rates.managed is not None:
        managed = rates.managed
        tier = flat_tier(managed.input, managed.output)
        call = f.call_usd([tier], prompt, 0.0, 0.0, load.output)
        service = load.queries_per_month * call + f.hosting_usd(1, managed.hosting_usd_per_hour)
        least = np.where(load.own_only, least, np.minimum(least, service))
    return least + load.retrains_per_year / 12 * training


def _classifier_usd(load: _Load, rates: Rates) -> Array:
    peak = f.peak_per_second(load.queries_per_day, _low(rates, "peak_to_mean"))
    seconds = 1 / _high(rates, "classifier_requests_per_second")
    count = f.replicas(peak, seconds, _high(rates, "target_utilisation"), 1.0)
    return np.asarray(count * _low(rates, "classifier_replica"))


def _training_usd(load: _Load, rates: Rates) -> Array:
    """One training run, the cheapest way."""
    example = load.prompt * _low(rates, "tuned_prompt_share") + load.output
    tokens = f.training_tokens(load.examples, example, _low(rates, "epochs"))
    size = f.relative_size(_low(rates, "parameters_tuned"))
    hours = f.training_gpu_hours(tokens * size, _high(rates, "training_tokens_per_gpu_second"), 0.0)
    own = np.asarray(hours * rates.gpu_usd_per_hour.low)
    if rates.managed is None:
        return own
    return np.where(load.own_only, own, np.minimum(own, f.tokens_usd(tokens, rates.managed.training)))


def _retrieval_usd(load: _Load, rates: Rates) -> Array:
    """A month of the cheapest index, without the model."""
    chunks = load.knowledge / _high(rates, "chunk_tokens") * _low(rates, "chunk_overlap")
    gb = f.index_gb(chunks, rates.dimensions, _low(rates, "metadata_bytes"))
    store = rates.store_least
    bill = f.vector_store_usd(
        load.queries_per_month, gb, store.minimum_usd, store.usd_per_gb, store.usd_per_m_read_units
    )
    return np.asarray(bill + _low(rates, "orchestration"))


def _upfront(load: _Load, rates: Rates, training: Array) -> dict[Option, Array]:
    rate = _low(rates, "labour_rate")
    evaluation = _low(rates, "evaluation_examples") * _low(rates, "label_cost")
    embedding = np.where(load.own_only, 0.0, f.tokens_usd(load.knowledge, rates.embedding_usd_per_mtok_least))
    weeks_tuned = np.where(load.labels_only, _low(rates, "weeks_small_classifier"), _low(rates, "weeks_fine_tuning"))
    retrieval = np.where(load.retrieval_live, 0.0, f.labour_usd(_low(rates, "weeks_rag"), rate) + embedding)
    plain = np.full_like(load.prompt, evaluation)
    return {
        "prompting": plain + f.labour_usd(_low(rates, "weeks_prompting"), rate),
        "long_context": plain + f.labour_usd(_low(rates, "weeks_long_context"), rate),
        "rag": plain + retrieval,
        "fine_tuning": plain + f.labour_usd(weeks_tuned, rate) + training,
        "hybrid": plain + retrieval + f.labour_usd(_low(rates, "weeks_fine_tuning"), rate) + training,
    }
