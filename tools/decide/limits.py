"""Computed limits: whether an option's cost, wait or size is beyond its ceiling, even seen optimistically."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from knowledge.facts import fact_specs
from knowledge.options import Option
from knowledge.rulebook import Limit
from tools.cost.bounds import fits_window_tokens, optimistic_costs
from tools.cost.rates import Rates
from tools.decide.boxes import Array, Boxes, Columns
from tools.decide.conditions import Truth
from tools.latency.floor import optimistic_latency_ms

FALLING = ("repetitive_queries", "rag_in_production", "update_frequency")
"""Facts that make an option cheaper as they grow; all others make it dearer, or are tried out one by one."""

BOUND_FACTS = (
    "queries_per_day",
    "prompt_tokens",
    "context_tokens",
    "output_tokens",
    "knowledge_tokens",
    "labeled_examples",
    "repetitive_queries",
    "update_frequency",
    "rag_in_production",
)
"""What the least cost and the least wait of an option depend on, besides the task and where it has to run."""

KINDS_OF_TASK = ("classification", "search", "generation")
"""One task of each kind that costs and waits tell apart: labels, whole answers, prose."""

CEILINGS: dict[Limit, str] = {
    "monthly_budget": "monthly_budget_usd",
    "upfront_budget": "upfront_budget_usd",
    "latency_budget": "latency_budget_ms",
}

LIMIT_FACTS = (*CEILINGS.values(), "prompt_tokens", "context_tokens", "output_tokens", "repetitive_queries")
"""Facts that computed limits rest on, whether or not a rule names them too."""

Figures = dict[Option, Array]


def facts_of_limit(limit: Limit) -> tuple[str, ...]:
    """The facts on which a computed limit and what is compared with it depend."""
    return (*BOUND_FACTS, "task", "self_hosting_required", *([CEILINGS[limit]] if limit in CEILINGS else []))


@dataclass(frozen=True)
class Limits:
    """The computed limits of some boxes at one set of prices; each figure is computed at most once."""

    boxes: Boxes
    rates: Rates
    _made: dict[tuple[Limit, bool], Figures] = field(default_factory=dict)

    def test(self, _: Boxes, limit: Limit, option: Option) -> Truth:
        """Whether the option is beyond the limit in all of a box, and in some of it."""
        if limit == "context_window":
            return self._beyond_window
        ceiling = CEILINGS[limit]
        certain = self._figures(limit, upper=False)[option] > self.boxes.high[ceiling]
        if self._are_points:
            return Truth(certain, certain)
        return Truth(certain, self._figures(limit, upper=True)[option] > self.boxes.low[ceiling])

    @property
    def _are_points(self) -> bool:
        return self.boxes.low is self.boxes.high

    @cached_property
    def _beyond_window(self) -> Truth:
        low, high = self.boxes.low, self.boxes.high
        least = fits_window_tokens(self.rates, high["prompt_tokens"], high["output_tokens"])
        most = fits_window_tokens(self.rates, low["prompt_tokens"], low["output_tokens"])
        certain = low["knowledge_tokens"] > most
        return Truth(certain, certain if self._are_points else high["knowledge_tokens"] > least)

    def _figures(self, limit: Limit, upper: bool) -> Figures:
        key = (limit, upper)
        if key not in self._made:
            self._compute(limit, upper)
        return self._made[key]

    def _compute(self, limit: Limit, upper: bool) -> None:
        if limit == "latency_budget":
            self._made[limit, upper] = self._bound(lambda c: optimistic_latency_ms(c, self.rates), upper)
            return
        costs = self._bound_costs(upper)
        self._made["monthly_budget", upper] = costs[0]
        self._made["upfront_budget", upper] = costs[1]

    def _bound_costs(self, upper: bool) -> tuple[Figures, Figures]:
        costs = optimistic_costs(self._corners(upper), self.rates)
        monthly = {option: cost.monthly_usd for option, cost in costs.items()}
        upfront = {option: cost.upfront_usd for option, cost in costs.items()}
        return self._extreme(monthly, upper), self._extreme(upfront, upper)

    def _bound(self, figure: Callable[[Columns], Figures], upper: bool) -> Figures:
        return self._extreme(figure(self._corners(upper)), upper)

    def _extreme(self, figures: Figures, upper: bool) -> Figures:
        """The greatest or the least of each box's corners, which lie behind one another."""
        if self._are_points:
            return figures
        pick = np.maximum.reduce if upper else np.minimum.reduce
        return {option: pick(each.reshape(-1, self.boxes.size)) for option, each in figures.items()}

    def _corners(self, upper: bool) -> Columns:
        """The profiles of all boxes at which a figure is greatest or least: all first corners, all second, …"""
        if self._are_points:
            return self.boxes.low
        ends = (self.boxes.high, self.boxes.low) if upper else (self.boxes.low, self.boxes.high)
        corner = {**ends[0], **{name: ends[1][name] for name in FALLING}}
        codes = fact_specs()["task"].codes
        fixed = self.boxes.low["task"] == self.boxes.high["task"]
        tasks = [np.where(fixed, self.boxes.low["task"], codes.index(task)) for task in KINDS_OF_TASK]
        owns = [self.boxes.low["self_hosting_required"], self.boxes.high["self_hosting_required"]]
        repeated = {name: np.concatenate([corner[name]] * (len(owns) * len(tasks))) for name in BOUND_FACTS}
        own = np.concatenate([one for one in owns for _ in tasks])
        return {**repeated, "self_hosting_required": own, "task": np.concatenate(tasks * len(owns))}
