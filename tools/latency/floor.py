"""The least time in which each option could plausibly answer, for many profiles at once: what a latency gate needs."""

import numpy as np

from knowledge.facts import fact_specs
from knowledge.options import Option
from tools.cost.bounds import LABEL_TASKS, Array, Columns, any_of
from tools.cost.rates import Rates
from tools.latency.formulas import reading_ms

WHOLE_ANSWER_TASKS = ("classification", "extraction", "search")
"""Tasks whose wait lasts until the whole answer is there; elsewhere it lasts until the first token."""


def optimistic_latency_ms(columns: Columns, rates: Rates) -> dict[Option, Array]:
    """The least p95 wait of every option for every profile, with each stage at its favourable end, in ms."""
    factor = rates.tokenizer.low
    prompt, context, output, knowledge = (
        columns[name] * factor for name in ("prompt_tokens", "context_tokens", "output_tokens", "knowledge_tokens")
    )
    codes = fact_specs()["task"].codes
    whole = any_of(columns["task"], [codes.index(task) for task in WHOLE_ANSWER_TASKS])
    labels = any_of(columns["task"], [codes.index(task) for task in LABEL_TASKS])
    rest = np.where(whole, np.maximum(output - 1, 0.0), 0.0)
    own = columns["self_hosting_required"] > 0

    base = _start_ms(rates, own) + rest * np.where(own, _low(rates, "token_own_ms"), _low(rates, "token_hosted_ms"))
    tuned = _low(rates, "net_own_ms") + _low(rates, "start_own_ms") + rest * _low(rates, "token_own_ms")
    search = _low(rates, "embed_ms") + _low(rates, "vector_ms")
    kept = _tuned_share(rates)
    read = np.where(own, _high(rates, "prefill_own"), _high(rates, "prefill_hosted"))
    fine_tuned = tuned + reading_ms(prompt * kept, _high(rates, "prefill_own"))
    classifier = _low(rates, "net_own_ms") + _low(rates, "classifier_ms")
    return {
        "prompting": base + reading_ms(prompt, _high(rates, "cached_hosted")),
        "long_context": base + reading_ms(prompt + knowledge, _high(rates, "cached_hosted")),
        "rag": base + search + reading_ms(prompt, _high(rates, "cached_hosted")) + reading_ms(context, read),
        "fine_tuning": np.where(labels, np.minimum(fine_tuned, classifier), fine_tuned),
        "hybrid": tuned + search + reading_ms(prompt * kept + context, _high(rates, "prefill_own")),
    }


def _tuned_share(rates: Rates) -> float:
    """The part of the prompt that tuning leaves at least."""
    return rates.figures["tuned_prompt_share"].low


def _start_ms(rates: Rates, own: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    hosted = _low(rates, "net_ms") + _low(rates, "start_hosted_ms")
    return np.where(own, _low(rates, "net_own_ms") + _low(rates, "start_own_ms"), hosted)


def _low(rates: Rates, name: str) -> float:
    return rates.stages[name].low


def _high(rates: Rates, name: str) -> float:
    return rates.stages[name].high
