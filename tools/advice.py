"""The whole advice: the decision, what every option costs, and how long each takes to answer."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from knowledge.price_table import PriceTable, load_prices
from knowledge.versions import versions
from tools.cost.document import CostReport
from tools.cost.report import estimate_costs
from tools.decide.decide import decide
from tools.decide.decision import Decision
from tools.decide.record import decision_document
from tools.decide.steps import StepAdvice, advise_steps
from tools.latency.report import LatencyReport, estimate_latency
from tools.profile import Profile

NOT_IN_RECORD = ("versions", "use_case")
"""What the decision record leaves out of the document: it names the advice and its figures, nothing else."""


@dataclass(frozen=True)
class Advice:
    """The advice for a profile on a day, complete; a function of profile, knowledge and date alone."""

    profile: Profile
    as_of: date
    decision: Decision
    costs: CostReport
    latency: LatencyReport
    steps: tuple[StepAdvice, ...]
    prices_version: str

    @cached_property
    def _document(self) -> dict[str, Any]:
        decided, costed = decision_document(self.decision), self.costs.document()
        return {
            **decided,
            "costs": costed["costs"],
            "latency": self.latency.document(),
            "tornado": costed["tornado"],
            "break_even": costed["break_even"],
            "payback": costed["payback"],
            "cheaper": costed["cheaper"],
            "assumptions": costed["assumptions"],
            "prices": costed["prices"],
            "warnings": costed["warnings"],
            "tuning": costed["tuning"],
            "tasks": [{"task": step.task, "option": step.option} for step in self.steps],
            "as_of": self.as_of.isoformat(),
            "versions": {**versions(), "prices": self.prices_version},
        }

    def document(self) -> dict[str, Any]:
        """The document of `consult decide --json`."""
        return dict(self._document)

    def record(self) -> dict[str, Any]:
        """The decision record: the document without what does not bear on the advice."""
        profile = {fact: value for fact, value in self._document["profile"].items() if fact not in NOT_IN_RECORD}
        return {key: value for key, value in self._document.items() if key not in NOT_IN_RECORD} | {"profile": profile}


def advise(profile: Profile, as_of: date, prices: PriceTable | None = None) -> Advice:
    """The advice for a profile at one day's rules and prices; raises InputError for an unknown model."""
    decision = decide(profile, as_of, prices, with_flips=True)
    return Advice(
        profile=profile,
        as_of=as_of,
        decision=decision,
        costs=estimate_costs(profile, as_of, prices, variants=decision.variants),
        latency=estimate_latency(profile, as_of, prices, variants=decision.variants),
        steps=advise_steps(profile, as_of, prices),
        prices_version=(prices or load_prices(as_of)).version,
    )
