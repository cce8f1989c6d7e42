"""An independent recomputation of every option's cost, written from the formulas, on random workloads."""

import math
import random
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
import pytest

from tools.cost import options
from tools.cost.horizon import calendar, totals
from tools.cost.inputs import Values, inputs_of
from tools.cost.lines import OptionModel
from tools.cost.rates import Rates, TierRates, TunedRates, rates_for
from tools.cost.training import Way
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
WORKLOADS = 500
MODELS = (None, "claude-haiku-5-5", "gpt-4.1", "claude-sonnet-4-5", "command-a")
D, HOURS = 365 / 12, 730


def random_values(rates: Rates, seed: int, count: int) -> dict[str, np.ndarray]:
    """Values of every input somewhere in its range, at random: facts over many orders of magnitude."""
    chance = random.Random(seed)  # noqa: S311
    values = {}
    for name, each in inputs_of(parse_profile({}), rates).items():
        ends = each.at(np.array([0.001, 0.999]))
        values[name] = np.array([chance.uniform(ends[0], ends[1]) for _ in range(count)])
    for name, top in {
        "queries_per_day": 7,
        "knowledge_tokens": 8,
        "prompt_tokens": 4.5,
        "context_tokens": 4.5,
        "output_tokens": 4,
        "labeled_examples": 6,
    }.items():
        values[name] = np.array([round(10 ** chance.uniform(0, top)) for _ in range(count)], dtype=float)
    for name in ("repetitive_queries", "self_hosting_required", "rag_in_production"):
        values[name] = np.array([float(chance.random() < 0.3) for _ in range(count)])
    values["update_frequency"] = np.array([float(chance.randrange(8)) for _ in range(count)])
    values["batch_share"] = np.array([chance.choice([0.0, chance.random()]) for _ in range(count)])
    values["discount_rate"] = np.array([chance.choice([0.0, 0.08]) for _ in range(count)])
    values["price_drift"] = np.array([chance.choice([1.0, 0.6]) for _ in range(count)])
    return values


class Longhand:
    """One workload, computed with plain arithmetic."""

    def __init__(self, x: dict[str, float], r: Rates) -> None:
        self.x, self.r = x, r
        cached = x["answer_cache_share_repetitive"] if x["repetitive_queries"] else 0.0
        self.a = x["calls_per_query"] * (1 - max(cached, x["answer_cache_share"]))
        self.own = x["self_hosting_required"] == 1.0
        self.updates = r.updates_per_year[int(x["update_frequency"])]

    def tier(self, total: float) -> TierRates:
        return [tier for tier in self.r.tiers if tier.above_tokens == 0 or total > tier.above_tokens][-1]

    def hosted(self, prefix: float, question: float, context: float) -> float:
        """One query on the hosted model."""
        x, k = self.x, self.x["tokenizer"]
        p = self.tier((prefix + question + context) * k)
        prices = [p.input]
        lam = x["queries_per_day"] * self.a / (x["active_hours"] * x["cache_keys"])
        if self.r.caches and prefix * k >= x["cache_prefix_least"]:
            h = 1 - math.exp(-lam * x["cache_ttl_short"])
            prices.append(h * p.cache_read + (1 - h) * p.cache_write)
            if self.r.caches_long:
                h = 1 - math.exp(-lam * x["cache_ttl_long"])
                prices.append(h * p.cache_read + (1 - h) * p.cache_write_1h)
        live = prefix * min(prices) + (question + context) * p.input + x["output_tokens"] * p.output
        batch = (prefix + question + context) * p.batch_input + x["output_tokens"] * p.batch_output
        b = x["batch_share"]
        return self.a * x["price_level"] * k * ((1 - b) * live + b * batch) / 1e6

    def gpus(self, q_day: float, size: str, fresh: float, cached: float) -> float:
        """A month of own GPUs."""
        x = self.x
        each = math.ceil((x[size] * x["bytes_per_parameter"] * 1.2 + x["kv_cache_gb"]) / self.r.vram_gb)
        speed = 8 / x[size] * each
        seconds = fresh / (x["prefill_tokens_per_second"] * speed) + cached / x["cached_tokens_per_second"]
        seconds += x["output_tokens"] / (x["decode_tokens_per_second"] * speed)
        return self.servers(q_day, seconds) * each * x["gpu_rent"] * HOURS

    def servers(self, q_day: float, seconds: float) -> int:
        peak = q_day * self.a / 86400 * self.x["peak_to_mean"]
        return max(math.ceil(self.x["replicas_least"]), math.ceil(peak * seconds / self.x["target_utilisation"]))

    @property
    def managed(self) -> TunedRates:
        assert self.r.managed is not None
        return self.r.managed

    def store(self, q_month: float) -> float:
        x, s = self.x, self.r.store
        chunks = x["knowledge_tokens"] / x["chunk_tokens"] * x["chunk_overlap"]
        if self.own:
            return chunks * self.r.dimensions * 4 * 1.5 / 1e9 * x["ram_rent"]
        gb = chunks * (4 * self.r.dimensions + x["metadata_bytes"]) / 1e9
        return max(s.minimum_usd, gb * s.usd_per_gb + q_month * max(0.25, gb) / 1e6 * s.usd_per_m_read_units)

    def retrieval(self, q_month: float) -> tuple[float, float]:
        """Per query and fixed."""
        x, r = self.x, self.r
        if self.own:
            return 0.0, self.store(q_month) + x["orchestration"]
        question = x["prompt_tokens"] * (1 - x["static_prompt_share"])
        v = question * r.embedding_usd_per_mtok / 1e6 + x["rerank_share"] * r.rerank_usd_per_1k / 1000
        changed = self.updates / 12 * x["changed_share"] * x["knowledge_tokens"] * r.embedding_usd_per_mtok / 1e6
        return v, self.store(q_month) + x["orchestration"] + changed

    def training(self, way: str, raft: bool) -> dict[str, float]:
        x = self.x
        held = min(x["labeled_examples"], x["examples_most"])
        e = max(held, min(x["examples_wanted"], x["examples_most"]))
        tok = x["prompt_tokens"] * x["tuned_prompt_share"] + x["output_tokens"]
        if raft:
            tok += x["chunk_tokens"] * (x["raft_documents"] + x["raft_oracle_share"])
        tokens = e * tok * x["epochs"] * x["trials"]
        if way == "managed":
            run = tokens * self.managed.training / 1e6
        else:
            hours = tokens * x["parameters_tuned"] / 8 / x["training_tokens_per_gpu_second"] / 3600
            hours = max(hours, x["training_gpu_hours_least"] * x["trials"])
            factor = {"full": x["full_over_adapter"], "qlora": x["qlora_over_adapter"]}.get(way, 1)
            run = hours * factor * x["gpu_rent"]
        work = x["hours_per_retrain"] * x["labour_rate"]
        again = run + x["labels_per_retrain"] * x["label_cost"] + work
        n = min(max(self.updates * x["behaviour_share"], x["retrains_least"]), x["retrains_most"])
        return {"run": run, "labels": (e - held) * x["label_cost"], "again": again, "work": work, "n": n}

    def bill(self, option: str, way: str, q_month: float) -> tuple[float, float, float, float]:
        """Token fees, other cash, people of a month, and what one more query costs."""
        x, q_day = self.x, q_month / D
        s = x["prompt_tokens"] * x["static_prompt_share"]
        u = x["prompt_tokens"] - s
        short = x["prompt_tokens"] * x["tuned_prompt_share"]
        cash, v, other_v, tokens_fixed = x["observability"], 0.0, 0.0, 0.0
        if option in ("prompting", "long_context", "rag"):
            prefix = s + (x["knowledge_tokens"] if option == "long_context" else 0)
            context = x["context_tokens"] if option == "rag" else 0.0
            if self.own:
                cash += self.gpus(q_day, "parameters_base", u + context, prefix)
            else:
                v = self.hosted(prefix, u, context)
            if option == "long_context" and not self.own:
                k = x["tokenizer"]
                p = self.tier(prefix * k)
                extra = max(p.cache_write - p.cache_read, 0) * prefix * k / 1e6 * x["price_level"]
                tokens_fixed = min(self.updates / 12, q_month) * extra
        else:
            context = x["context_tokens"] if option == "hybrid" else 0.0
            if way == "small_classifier":
                cash += self.servers(q_day, 1 / x["classifier_requests_per_second"]) * x["classifier_replica"]
            elif way == "managed":
                m = self.managed
                v = self.a * ((short + context) * m.input + x["output_tokens"] * m.output) / 1e6
                cash += m.hosting_usd_per_hour * HOURS
            else:
                cash += self.gpus(q_day, "parameters_tuned", short + context, 0.0)
        hours = x[f"hours_{option}"] if option != "hybrid" else x["hours_rag"] + x["hours_fine_tuning"]
        if option in ("rag", "hybrid"):
            other_v, fixed = self.retrieval(q_month)
            cash += fixed + other_v * q_month
        return v * q_month + tokens_fixed, cash, hours * x["labour_rate"], v + other_v

    def upfront(self, option: str, way: str, raft: bool) -> float:
        x = self.x
        evaluation = x["evaluation_examples"] * x["label_cost"]
        rag = 0.0 if x["rag_in_production"] else x["weeks_rag"] * 40 * x["labour_rate"]
        rag += (
            0.0 if x["rag_in_production"] or self.own else x["knowledge_tokens"] * self.r.embedding_usd_per_mtok / 1e6
        )
        if option in ("prompting", "long_context"):
            return evaluation + x[f"weeks_{option}"] * 40 * x["labour_rate"]
        if option == "rag":
            return evaluation + rag
        weeks = x["weeks_small_classifier" if way == "small_classifier" else "weeks_fine_tuning"]
        weeks += x["weeks_raft"] if raft else 0
        t = self.training(way, raft)
        tuned = weeks * 40 * x["labour_rate"] + t["labels"] + t["run"]
        return evaluation + tuned + (rag if option == "hybrid" else 0)

    def total(self, option: str, way: str, raft: bool, months: int) -> float:
        x, tuned = self.x, option in ("fine_tuning", "hybrid")
        t = self.training(way, raft) if tuned else {"n": 0.0, "again": 0.0}
        usd, done = self.upfront(option, way, raft), 0
        for m in range(1, months + 1):
            q = x["queries_per_day"] * D * (1 + x["annual_growth"]) ** ((m - 1) / 12)
            tokens, cash, people, _ = self.bill(option, way, q)
            due = math.floor(m * t["n"] / 12 + 1e-9) if m < months else done
            spent = tokens * x["price_drift"] ** ((m - 1) / 12) + cash + people + (due - done) * t["again"]
            usd += spent / (1 + x["discount_rate"]) ** (m / 12)
            done = due
        return usd

    def expected(self, option: str, way: str, raft: bool) -> dict[str, float]:
        q = self.x["queries_per_day"] * D
        tokens, cash, people, marginal = self.bill(option, way, q)
        nothing = {"n": 0.0, "again": 0.0, "work": 0.0}
        t = self.training(way, raft) if option in ("fine_tuning", "hybrid") else nothing
        monthly = tokens + cash + people + t["n"] / 12 * t["again"]
        return {
            "upfront": self.upfront(option, way, raft),
            "monthly": monthly,
            "monthly_cash": monthly - people - t["n"] / 12 * t["work"],
            "per_1k": 1000 * monthly / q,
            "marginal_per_1k": 1000 * marginal,
            "tco_12": self.total(option, way, raft, 12),
            "tco_24": self.total(option, way, raft, 24),
        }


WAYS: tuple[Way, ...] = ("managed", "lora", "qlora", "full", "small_classifier")
VARIANTS: dict[tuple[str, str, bool], Callable[[Values, Rates], OptionModel]] = {
    ("prompting", "", False): options.prompting,
    ("long_context", "", False): options.long_context,
    ("rag", "", False): options.rag,
    **{("fine_tuning", way, False): partial(options.fine_tuning, way=way) for way in WAYS},
    **{
        ("hybrid", way, raft): partial(options.hybrid, way=way, retrieval_aware=raft)
        for way in WAYS[:2]
        for raft in (False, True)
    },
}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(str(part) for part in v if part))
def test_every_amount_agrees_with_an_independent_recomputation(variant: tuple[str, str, bool]) -> None:
    for seed, model in enumerate(MODELS):
        rates = rates_for(model, AS_OF)
        if variant[1] == "managed" and rates.managed is None:
            continue
        values = random_values(rates, seed, WORKLOADS // len(MODELS))
        found = totals(VARIANTS[variant](values, rates), calendar(values))
        amounts = {
            "upfront": found.upfront,
            "monthly": found.monthly,
            "monthly_cash": found.monthly_cash,
            "per_1k": found.per_1k,
            "marginal_per_1k": found.marginal_per_1k,
            "tco_12": found.tco[12],
            "tco_24": found.tco[24],
        }
        for row in range(len(found.monthly)):
            longhand = Longhand({name: float(column[row]) for name, column in values.items()}, rates)
            for name, expected in longhand.expected(*variant).items():
                assert float(amounts[name][row]) == pytest.approx(expected, rel=1e-9, abs=1e-12), (model, row, name)
