"""The parts that options are put together from: model calls, retrieval, a tuned model, people."""

from functools import partial

import numpy as np

from tools.cost import formulas as f
from tools.cost.formulas import Number
from tools.cost.inputs import Values, updates_per_year
from tools.cost.lines import Line, UpfrontLine
from tools.cost.rates import Rates, TunedRates
from tools.cost.sampling import Array
from tools.cost.training import LABEL_INPUTS, RETRAINS_INPUTS, Training
from tools.units import DAYS_PER_MONTH

CALLS_INPUTS = (
    "queries_per_day",
    "calls_per_query",
    "repetitive_queries",
    "answer_cache_share",
    "answer_cache_share_repetitive",
)
SERVER_INPUTS = (*CALLS_INPUTS, "peak_to_mean", "target_utilisation", "replicas_least")
OWN_GPU_INPUTS = (
    "prefill_tokens_per_second cached_tokens_per_second decode_tokens_per_second bytes_per_parameter kv_cache_gb"
    " gpu_rent output_tokens"
).split()
PREFIX_INPUTS = ("active_hours", "cache_keys", "cache_ttl_short", "cache_ttl_long", "cache_prefix_least")
SPLIT_INPUTS = ("prompt_tokens", "static_prompt_share")
TUNED_PROMPT_INPUTS = ("prompt_tokens", "tuned_prompt_share")
OWN_GPU_FORMULA = "GPUs that carry the peak, at least the replicas kept for safety, times their rent around the clock"


def calls_per_query(values: Values) -> Number:
    """Model calls that reach the model for one query: answers from a cache reach none."""
    cached = np.where(values["repetitive_queries"] > 0, values["answer_cache_share_repetitive"], 0.0)
    asked: Array = values["calls_per_query"] * (1 - np.maximum(cached, values["answer_cache_share"]))
    return asked


def hosted_call_lines(
    values: Values, rates: Rates, prefix: Number, question: Number, context: Number, in_prefix: tuple[str, ...]
) -> list[Line]:
    """The bill of a hosted model by parts of the request; tokens as the profile counts them."""
    size = values["tokenizer"]
    prefix, question, context = prefix * size, question * size, context * size
    at = f.rates_at(rates.tiers, prefix + question + context)
    calls = calls_per_query(values) * np.where(values["self_hosting_required"] > 0, 0.0, values["price_level"])
    waiting = values["batch_share"]
    fresh = f.mixed_usd(waiting, at.input, at.batch_input)
    output = f.mixed_usd(waiting, at.output, at.batch_output)
    cached = f.mixed_usd(waiting, cached_prefix_usd(values, rates, prefix, at), f.tokens_usd(prefix, at.batch_input))
    written = f.tokens_usd(values["output_tokens"] * size, output)
    added = tuple(f"{part}_tokens" for part in in_prefix)
    name = " and ".join(("instructions", *in_prefix))
    sent = "tokens of the fixed part, read from the cache, written into it or sent anew"
    usual = "tokens times the input rate"
    lines = [
        _tokens(name, sent, calls * cached, *SPLIT_INPUTS, *added, *PREFIX_INPUTS),
        _tokens("question", usual, calls * f.tokens_usd(question, fresh), *SPLIT_INPUTS),
        _tokens("retrieved context", usual, calls * f.tokens_usd(context, fresh), "context_tokens"),
        _tokens("answer", "tokens times the output rate", calls * written, "output_tokens"),
    ]
    used = [line for line in lines if np.any(line.per_query)]
    whole = ("prompt_tokens", *added, *(("context_tokens",) if np.any(context) else ()))
    return [line.with_inputs(*whole) for line in used] if len(rates.tiers) > 1 else used


def _tokens(name: str, formula: str, per_query: Number, *inputs: str) -> Line:
    """A line of token fees."""
    asked = (*CALLS_INPUTS, "self_hosting_required", "tokenizer", "price_level", "batch_share", *inputs)
    return Line(name, f"queries times calls times {formula}", asked, "tokens", per_query=per_query, prices=("model",))


def prefix_hit_rate(values: Values, ttl: str) -> Number:
    """Chance that a call finds its fixed prefix in the cache, whose life is the input `ttl`."""
    hourly = values["queries_per_day"] * calls_per_query(values) / (values["active_hours"] * values["cache_keys"])
    return f.hit_rate(hourly, values[ttl])


def cached_prefix_usd(values: Values, rates: Rates, prefix: Number, at: f.CallRates) -> Number:
    """Price of the fixed prefix of a call, by whichever is cheapest: not cached, cached for minutes, for an hour."""
    plain = f.tokens_usd(prefix, at.input)
    if not rates.caches:
        return plain
    hit = prefix_hit_rate(values, "cache_ttl_short")
    least = np.minimum(plain, f.prefix_usd(prefix, hit, at.cache_read, at.cache_write))
    if rates.caches_long:
        hit = prefix_hit_rate(values, "cache_ttl_long")
        least = np.minimum(least, f.prefix_usd(prefix, hit, at.cache_read, at.cache_write_1h))
    return np.where(prefix < values["cache_prefix_least"], plain, least)


def own_gpu_line(
    values: Values, rates: Rates, size: str, fresh: Number, cached: Number, share: Number, read: tuple[str, ...]
) -> Line:
    """GPUs of one's own for a model of the size input `size`; `share` is 0 in the draws that need none.

    `read` names the inputs that the tokens to be read, `fresh` and `cached`, are made of.
    """
    billion = values[size]
    speed = 1 / f.relative_size(billion)
    each = f.gpus_per_replica(billion, values["bytes_per_parameter"], values["kv_cache_gb"], rates.vram_gb)
    seconds = f.gpu_seconds(
        fresh,
        cached,
        values["output_tokens"],
        values["prefill_tokens_per_second"] * speed * each,
        values["cached_tokens_per_second"],
        values["decode_tokens_per_second"] * speed * each,
    )
    rent = f.hosting_usd(each, values["gpu_rent"]) * share
    bill = partial(_replicas_usd, seconds, values["target_utilisation"], values["replicas_least"], rent, values)
    inputs = (*SERVER_INPUTS, *OWN_GPU_INPUTS, size, *read)
    return Line("own GPUs", OWN_GPU_FORMULA, inputs, stepped=bill, prices=("gpu",))


def _replicas_usd(
    seconds: Number, utilisation: Number, least: Number, rent: Number, values: Values, queries_per_month: Array
) -> Array:
    per_day = queries_per_month / DAYS_PER_MONTH * calls_per_query(values)
    peak = f.peak_per_second(per_day, values["peak_to_mean"])
    return np.asarray(f.replicas(peak, seconds, utilisation, least) * rent)


def classifier_line(values: Values) -> Line:
    """Small servers for a tuned classifier, as many as the peak asks for."""
    seconds = 1 / values["classifier_requests_per_second"]
    bill = partial(
        _replicas_usd,
        seconds,
        values["target_utilisation"],
        values["replicas_least"],
        values["classifier_replica"],
        values,
    )
    inputs = (*SERVER_INPUTS, "classifier_requests_per_second", "classifier_replica")
    return Line("classifier servers", "servers that carry the peak times their rent", inputs, stepped=bill)


def managed_lines(values: Values, managed: TunedRates, prompt: Number, context: Number) -> list[Line]:
    """The bill of a tuned model at a service: tokens at the tuned rates and the rent of its deployment."""
    calls = calls_per_query(values)
    usual = "queries times calls times tokens times the tuned rate"
    parts: dict[str, tuple[Number, tuple[str, ...]]] = {
        "shortened prompt": (f.tokens_usd(prompt, managed.input), TUNED_PROMPT_INPUTS),
        "retrieved context": (f.tokens_usd(context, managed.input), ("context_tokens",)),
        "answer": (f.tokens_usd(values["output_tokens"], managed.output), ("output_tokens",)),
    }
    lines = [
        Line(name, usual, (*CALLS_INPUTS, *inputs), "tokens", per_query=calls * usd, prices=("tuned",))
        for name, (usd, inputs) in parts.items()
        if np.any(np.asarray(usd) > 0)
    ]
    rent = f.hosting_usd(1, managed.hosting_usd_per_hour)
    return [*lines, Line("deployment", "rent of the deployment around the clock", (), fixed=rent, prices=("tuned",))]


def retrieval_lines(values: Values, rates: Rates, question: Number) -> list[Line]:
    """What retrieval costs besides the model; on own infrastructure embedding and reranking carry no fee."""
    knowledge = values["knowledge_tokens"]
    fees = np.where(values["self_hosting_required"] > 0, 0.0, 1.0)
    updates = updates_per_year(values, rates)
    changed = updates / 12 * values["changed_share"] * knowledge
    embedding = rates.embedding_usd_per_mtok * fees
    rerank = values["rerank_share"] * rates.rerank_usd_per_1k / 1000 * fees
    return [
        Line(
            "embedding of questions",
            "question tokens times the embedding rate",
            ("queries_per_day", *SPLIT_INPUTS, "self_hosting_required"),
            per_query=f.tokens_usd(question, embedding),
            prices=("embedding",),
        ),
        Line(
            "reranking",
            "queries times the share that is reranked times the rate",
            ("queries_per_day", "rerank_share", "self_hosting_required"),
            per_query=rerank,
            prices=("rerank",),
        ),
        _store_line(values, rates, fees),
        Line("orchestration", "hosting of the retrieval service", ("orchestration",), fixed=values["orchestration"]),
        Line(
            "embedding of changes",
            "updates a month times the share each changes times the knowledge times the embedding rate",
            ("update_frequency", "changed_share", "knowledge_tokens", "self_hosting_required"),
            fixed=f.tokens_usd(changed, embedding),
            prices=("embedding",),
        ),
    ]


def _store_line(values: Values, rates: Rates, fees: Array) -> Line:
    """The index: at a service by size and reads, on own servers by the memory that it asks for."""
    chunks = values["knowledge_tokens"] / values["chunk_tokens"] * values["chunk_overlap"]
    gb = f.index_gb(chunks, rates.dimensions, values["metadata_bytes"])
    memory = f.index_ram_gb(chunks, rates.dimensions) * values["ram_rent"] * (1 - fees)
    size = ("knowledge_tokens", "chunk_tokens", "chunk_overlap", "metadata_bytes")
    inputs = (*size, "queries_per_day", "self_hosting_required", "ram_rent")
    formula = "storage and reads by size of the index, at least the monthly minimum; on own servers its memory"
    return Line(
        "vector store", formula, inputs, stepped=partial(_store_usd, rates, gb, memory, fees), prices=("store",)
    )


def _store_usd(rates: Rates, gb: Number, memory: Number, fees: Array, queries_per_month: Array) -> Array:
    store = rates.store
    bill = f.vector_store_usd(queries_per_month, gb, store.minimum_usd, store.usd_per_gb, store.usd_per_m_read_units)
    return np.asarray(bill * fees + memory)


def upkeep_lines(values: Values, *hours: str) -> list[Line]:
    """Monitoring, and the hours that people spend on an option a month."""
    spent = sum((values[name] for name in hours), np.zeros(1))
    return [
        Line("monitoring", "logging and monitoring", ("observability",), fixed=values["observability"]),
        Line(
            "people",
            "hours of upkeep times the labour rate",
            (*hours, "labour_rate"),
            "people",
            fixed=spent * values["labour_rate"],
        ),
    ]


def retraining_lines(training: Training) -> list[Line]:
    """Retraining spread evenly over the months, the work on it apart; totals book each one when it falls due."""
    each_month = training.retrains_per_year / 12
    return [
        Line(
            "retraining",
            "retrainings a month times training and new labels",
            (*RETRAINS_INPUTS, "labels_per_retrain", "label_cost", *training.inputs),
            "retraining",
            fixed=each_month * (training.run_usd + training.retrain_labels_usd),
            prices=training.prices,
        ),
        Line(
            "work on retraining",
            "retrainings a month times hours of work times the labour rate",
            (*RETRAINS_INPUTS, "hours_per_retrain", "labour_rate"),
            "retraining_people",
            fixed=each_month * training.retrain_people_usd,
        ),
    ]


def build_lines(values: Values, *weeks: str) -> list[UpfrontLine]:
    """Engineers' weeks, and the examples that any option is evaluated on."""
    spent = sum((values[name] for name in weeks), np.zeros(1))
    return [
        UpfrontLine(
            "engineering",
            "engineer-weeks of forty hours times the labour rate",
            (*weeks, "labour_rate"),
            f.labour_usd(spent, values["labour_rate"]),
        ),
        UpfrontLine(
            "evaluation set",
            "examples times the cost of a label",
            ("evaluation_examples", "label_cost"),
            values["evaluation_examples"] * values["label_cost"],
        ),
    ]


def embedding_upfront(values: Values, rates: Rates) -> UpfrontLine:
    """The first embedding of the whole knowledge; no fee where retrieval is live or own servers embed."""
    usd = f.tokens_usd(values["knowledge_tokens"], rates.embedding_usd_per_mtok)
    todo = np.where((values["rag_in_production"] > 0) | (values["self_hosting_required"] > 0), 0.0, usd)
    formula = "knowledge tokens times the embedding rate"
    inputs = ("knowledge_tokens", "rag_in_production", "self_hosting_required")
    return UpfrontLine("first embedding", formula, inputs, todo, ("embedding",))


def training_upfront(values: Values, training: Training) -> list[UpfrontLine]:
    """Labels that are still missing, and the training runs until one is good."""
    return [
        UpfrontLine(
            "labels",
            "examples still missing times the cost of a label",
            (*LABEL_INPUTS, "label_cost"),
            training.labels_bought * values["label_cost"],
        ),
        UpfrontLine(
            "training",
            "examples times their tokens times passes times runs, at the training rate or in GPU hours",
            training.inputs,
            training.run_usd,
            training.prices,
        ),
    ]
