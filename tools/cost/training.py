"""What training costs: a run, a retraining, the labels, for each way to train."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tools.cost import formulas as f
from tools.cost.formulas import Number
from tools.cost.inputs import Values, updates_per_year
from tools.cost.rates import Rates, TunedRates
from tools.decide.decision import Variants

Way = Literal["small_classifier", "managed", "lora", "qlora", "full"]

WAYS: tuple[Way, ...] = get_args(Way)

EFFORT: Mapping[Way, str] = {"full": "full_over_adapter", "qlora": "qlora_over_adapter"}
"""Ways that take longer on own GPUs than adapter training, with the figure that says how much."""

LABEL_INPUTS = ("labeled_examples", "examples_wanted", "examples_most")
EXAMPLES_INPUTS = (*LABEL_INPUTS, "prompt_tokens", "tuned_prompt_share", "output_tokens", "epochs", "trials")
RAFT_INPUTS = ("chunk_tokens", "raft_documents", "raft_oracle_share")
OWN_RUN_INPUTS = ("parameters_tuned", "training_tokens_per_gpu_second", "training_gpu_hours_least", "gpu_rent")
RETRAINS_INPUTS = ("update_frequency", "behaviour_share", "retrains_least", "retrains_most")


@dataclass(frozen=True)
class Training:
    """What a training costs at first, and how often and at what price it is repeated; `inputs` name what a run uses."""

    labels_bought: Number
    run_usd: Number
    retrain_labels_usd: Number
    retrain_people_usd: Number
    retrains_per_year: Number
    inputs: tuple[str, ...]
    prices: tuple[str, ...]

    @property
    def retrain_usd(self) -> Number:
        """Price of one retraining: the run, new labels and the work on it."""
        return self.run_usd + self.retrain_labels_usd + self.retrain_people_usd


def tuned_way(variants: Variants) -> Way:
    """The way in which fine-tuning alone is done, by the variant that the rules name."""
    return next((way for way in WAYS if way == variants["fine_tuning"]), "lora")


def generating_way(variants: Variants) -> Way:
    """The way in which a model that writes is tuned beside retrieval: as it would be alone, but no classifier."""
    alone = tuned_way(variants)
    return "lora" if alone == "small_classifier" else alone


def training_of(values: Values, rates: Rates, way: Way, retrieval_aware: bool) -> Training:
    """Labels up to what is wanted, runs until one is good, retraining as behaviour moves."""
    held = np.minimum(values["labeled_examples"], values["examples_most"])
    examples = np.maximum(held, np.minimum(values["examples_wanted"], values["examples_most"]))
    tokens = f.training_tokens(examples, _example_tokens(values, retrieval_aware), values["epochs"])
    run = _run_usd(values, rates, way, tokens * values["trials"])
    managed = _at_service(rates, way)
    return Training(
        labels_bought=np.maximum(examples - held, 0.0),
        run_usd=run,
        retrain_labels_usd=values["labels_per_retrain"] * values["label_cost"],
        retrain_people_usd=values["hours_per_retrain"] * values["labour_rate"],
        retrains_per_year=_retrains_per_year(values, rates),
        inputs=(
            *EXAMPLES_INPUTS,
            *(RAFT_INPUTS if retrieval_aware else ()),
            *(() if managed else OWN_RUN_INPUTS),
            *(figure for figure in (EFFORT.get(way),) if figure),
        ),
        prices=("tuned",) if managed else ("gpu",),
    )


def _at_service(rates: Rates, way: Way) -> TunedRates | None:
    """The rates of the service that trains, where one does."""
    return rates.managed if way == "managed" else None


def _example_tokens(values: Values, retrieval_aware: bool) -> Number:
    question = values["prompt_tokens"] * values["tuned_prompt_share"]
    if not retrieval_aware:
        return question + values["output_tokens"]
    documents, oracle = values["raft_documents"], values["raft_oracle_share"]
    return f.raft_example_tokens(question, values["output_tokens"], values["chunk_tokens"], documents, oracle)


def _run_usd(values: Values, rates: Rates, way: Way, tokens: Number) -> Number:
    managed = _at_service(rates, way)
    if managed is not None:
        return f.tokens_usd(tokens, managed.training)
    size = f.relative_size(values["parameters_tuned"])
    least = values["training_gpu_hours_least"] * values["trials"]
    hours = f.training_gpu_hours(tokens * size, values["training_tokens_per_gpu_second"], least)
    effort = values[EFFORT[way]] if way in EFFORT else 1.0
    return hours * effort * values["gpu_rent"]


def _retrains_per_year(values: Values, rates: Rates) -> Number:
    updates = updates_per_year(values, rates)
    moved = np.maximum(updates * values["behaviour_share"], values["retrains_least"])
    return np.minimum(moved, values["retrains_most"])
