"""What each option costs, put together from its parts: a function reads like the option's row of formulas."""

from dataclasses import replace

import numpy as np

from tools.cost import formulas as f
from tools.cost import parts
from tools.cost.inputs import Values, updates_per_year
from tools.cost.lines import Line, OptionModel, UpfrontLine
from tools.cost.rates import Rates
from tools.cost.sampling import Array
from tools.cost.training import Way, training_of

LIVE = ("rag_in_production",)


def prompting(values: Values, rates: Rates) -> OptionModel:
    """A better prompt on a model as it is."""
    prefix, question = _split(values)
    lines = [
        *_untuned(values, rates, prefix, question, np.zeros(1)),
        *parts.upkeep_lines(values, "hours_prompting"),
    ]
    built = tuple(parts.build_lines(values, "weeks_prompting"))
    return _fitted(OptionModel("prompting", None, _used(lines), built), values, rates, 0.0)


def long_context(values: Values, rates: Rates) -> OptionModel:
    """The whole knowledge in every prompt, cached; each update writes the cache anew."""
    fixed, question = _split(values)
    prefix = fixed + values["knowledge_tokens"]
    lines = [
        *_untuned(values, rates, prefix, question, np.zeros(1), "knowledge"),
        _rewrites(values, rates, prefix),
        *parts.upkeep_lines(values, "hours_long_context"),
    ]
    built = tuple(parts.build_lines(values, "weeks_long_context"))
    return _fitted(OptionModel("long_context", None, _used(lines), built), values, rates, values["knowledge_tokens"])


def rag(values: Values, rates: Rates) -> OptionModel:
    """Retrieved passages in every prompt, and the index they come from."""
    prefix, question = _split(values)
    lines = [
        *_untuned(values, rates, prefix, question, values["context_tokens"]),
        *parts.retrieval_lines(values, rates, question),
        *parts.upkeep_lines(values, "hours_rag"),
    ]
    model = OptionModel("rag", None, _used(lines), tuple(_retrieval_build(values, rates)))
    return _fitted(model, values, rates, values["context_tokens"])


def fine_tuning(values: Values, rates: Rates, way: Way) -> OptionModel:
    """A tuned model with a short prompt: at a service, on own GPUs, or as a small classifier."""
    training = training_of(values, rates, way, retrieval_aware=False)
    prompt = values["prompt_tokens"] * values["tuned_prompt_share"]
    lines = [
        *_serving(values, rates, way, prompt, np.zeros(1)),
        *parts.upkeep_lines(values, "hours_fine_tuning"),
        *parts.retraining_lines(training),
    ]
    weeks = "weeks_small_classifier" if way == "small_classifier" else "weeks_fine_tuning"
    built = (*parts.build_lines(values, weeks), *parts.training_upfront(values, training))
    model = OptionModel("fine_tuning", way, _used(lines), built, training.retrain_usd, training.retrains_per_year)
    return _allowed(model, values, way)


def hybrid(values: Values, rates: Rates, way: Way, retrieval_aware: bool = False) -> OptionModel:
    """Retrieval with a tuned model; retrieval-aware training (RAFT) trains on examples that hold documents."""
    training = training_of(values, rates, way, retrieval_aware)
    _, question = _split(values)
    prompt = values["prompt_tokens"] * values["tuned_prompt_share"]
    lines = [
        *_serving(values, rates, way, prompt, values["context_tokens"]),
        *parts.retrieval_lines(values, rates, question),
        *parts.upkeep_lines(values, "hours_rag", "hours_fine_tuning"),
        *parts.retraining_lines(training),
    ]
    weeks = ("weeks_fine_tuning", *(("weeks_raft",) if retrieval_aware else ()))
    tuned = [_renamed(line, "engineering for tuning") for line in parts.build_lines(values, *weeks)[:1]]
    built = (*_retrieval_build(values, rates), *tuned, *parts.training_upfront(values, training))
    variant = "raft" if retrieval_aware else "rag_then_fine_tuning"
    model = OptionModel("hybrid", variant, _used(lines), built, training.retrain_usd, training.retrains_per_year)
    return _allowed(model, values, way)


def _split(values: Values) -> tuple[Array, Array]:
    """The fixed part of the prompt and the question."""
    fixed = values["prompt_tokens"] * values["static_prompt_share"]
    return fixed, values["prompt_tokens"] - fixed


def _untuned(
    values: Values, rates: Rates, prefix: Array, question: Array, context: Array, *in_prefix: str
) -> list[Line]:
    """The model as it is: hosted, and on own GPUs in the draws where nothing may leave."""
    lines = parts.hosted_call_lines(values, rates, prefix, question, context, in_prefix)
    own = values["self_hosting_required"]
    if np.any(own > 0):
        read = (
            "self_hosting_required",
            *parts.SPLIT_INPUTS,
            *(f"{part}_tokens" for part in in_prefix),
            *_retrieved(context),
        )
        lines.append(parts.own_gpu_line(values, rates, "parameters_base", question + context, prefix, own, read))
    return lines


def _serving(values: Values, rates: Rates, way: Way, prompt: Array, context: Array) -> list[Line]:
    if way == "small_classifier":
        return [parts.classifier_line(values)]
    if way == "managed" and rates.managed is not None:
        return parts.managed_lines(values, rates.managed, prompt, context)
    read = (*parts.TUNED_PROMPT_INPUTS, *_retrieved(context))
    return [parts.own_gpu_line(values, rates, "parameters_tuned", prompt + context, 0.0, 1.0, read)]


def _retrieved(context: Array) -> tuple[str, ...]:
    """The input that retrieved passages are counted by, where there are any."""
    return ("context_tokens",) if np.any(context) else ()


def _rewrites(values: Values, rates: Rates, prefix: Array) -> Line:
    size = prefix * values["tokenizer"]
    at = f.rates_at(rates.tiers, size)
    updates = updates_per_year(values, rates) / 12
    extra = f.tokens_usd(size, np.maximum(at.cache_write - at.cache_read, 0.0)) * values["price_level"]
    extra = np.where(values["self_hosting_required"] > 0, 0.0, extra)

    def bill(queries_per_month: Array) -> Array:
        return np.minimum(updates, queries_per_month) * extra

    formula = "updates a month times writing the prompt into the cache anew"
    inputs = (
        *("update_frequency", "queries_per_day", *parts.SPLIT_INPUTS, "knowledge_tokens"),
        *("tokenizer", "price_level", "self_hosting_required"),
    )
    return Line("cache rewrites", formula, inputs, "tokens", stepped=bill, prices=("model",))


def _retrieval_build(values: Values, rates: Rates) -> list[UpfrontLine]:
    """Building retrieval; where it is live already, neither weeks nor embedding are left."""
    engineering, evaluation = parts.build_lines(values, "weeks_rag")
    todo = np.where(values["rag_in_production"] > 0, 0.0, engineering.usd)
    engineering = replace(engineering, usd=todo, inputs=(*engineering.inputs, *LIVE))
    return [engineering, evaluation, parts.embedding_upfront(values, rates)]


def _renamed(line: UpfrontLine, name: str) -> UpfrontLine:
    return replace(line, name=name)


def _used(lines: list[Line]) -> tuple[Line, ...]:
    """The lines that any draw uses."""
    return tuple(line for line in lines if line.stepped is not None or np.any(line.per_query) or np.any(line.fixed))


def _fitted(model: OptionModel, values: Values, rates: Rates, extra: Array | float) -> OptionModel:
    """The model with the draws marked in which a request fits the window."""
    wanted = (values["prompt_tokens"] + extra + values["output_tokens"]) * values["tokenizer"]
    fits = wanted <= rates.window_tokens * (1 - values["window_reserve"])
    return replace(model, fits=fits)


def _allowed(model: OptionModel, values: Values, way: Way) -> OptionModel:
    """The model with the draws marked in which a service may be used."""
    free = (
        values["self_hosting_required"] <= 0 if way == "managed" else np.ones_like(values["output_tokens"], dtype=bool)
    )
    return replace(model, fits=free)
