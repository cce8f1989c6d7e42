"""What training costs: a run, a retraining, the labels, for each way to train."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.cost import formulas as f
from tools.cost.formulas import Number
from tools.cost.inputs import Values, updates_per_year
from tools.cost.rates import Rates

Way = Literal["managed", "lora", "qlora", "full", "small_classifier"]


@dataclass(frozen=True)
class Training:
    """The examples of a training, its run, and how often and at what price it is repeated."""

    examples: Number
    labels_bought: Number
    run_usd: Number
    retrain_usd: Number
    retrains_per_year: Number


def training_of(values: Values, rates: Rates, way: Way, retrieval_aware: bool) -> Training:
    """Labels up to what is wanted, runs until one is good, retraining as behaviour moves."""
    held = np.minimum(values["labeled_examples"], values["examples_most"])
    examples = np.maximum(held, np.minimum(values["examples_wanted"], values["examples_most"]))
    tokens = f.training_tokens(examples, _example_tokens(values, retrieval_aware), values["epochs"])
    run = _run_usd(values, rates, way, tokens * values["trials"])
    labels = values["labels_per_retrain"] * values["label_cost"]
    people = values["hours_per_retrain"] * values["labour_rate"]
    return Training(
        examples=examples,
        labels_bought=np.maximum(examples - held, 0.0),
        run_usd=run,
        retrain_usd=run + labels + people,
        retrains_per_year=_retrains_per_year(values, rates),
    )


def _example_tokens(values: Values, retrieval_aware: bool) -> Number:
    question = values["prompt_tokens"] * values["tuned_prompt_share"]
    if not retrieval_aware:
        return question + values["output_tokens"]
    documents, oracle = values["raft_documents"], values["raft_oracle_share"]
    return f.raft_example_tokens(question, values["output_tokens"], values["chunk_tokens"], documents, oracle)


def _run_usd(values: Values, rates: Rates, way: Way, tokens: Number) -> Number:
    if way == "managed" and rates.managed is not None:
        return f.tokens_usd(tokens, rates.managed.training)
    size = f.relative_size(values["parameters_tuned"])
    least = values["training_gpu_hours_least"] * values["trials"]
    hours = f.training_gpu_hours(tokens * size, values["training_tokens_per_gpu_second"], least)
    effort = {"full": values["full_over_adapter"], "qlora": values["qlora_over_adapter"]}.get(way, 1.0)
    return hours * effort * values["gpu_rent"]


def _retrains_per_year(values: Values, rates: Rates) -> Number:
    updates = updates_per_year(values, rates)
    moved = np.maximum(updates * values["behaviour_share"], values["retrains_least"])
    return np.minimum(moved, values["retrains_most"])
