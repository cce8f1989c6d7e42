"""An advice made from the real decision and made-up figures, for tests that need no cost model."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.claims import load_claims
from knowledge.options import OPTIONS
from tools.decide.decide import decide
from tools.decide.decision import Decision
from tools.profile import Profile, parse_profile

AS_OF = date(2026, 11, 20)


def spread(middle: float) -> dict[str, float]:
    """A range around a middle value."""
    return {"p10": round(middle * 0.61, 4), "p50": middle, "p90": round(middle * 1.83, 4)}


def costs() -> dict[str, Any]:
    """Figures in the shape of the record, different for each option."""
    found: dict[str, Any] = {}
    for place, option in enumerate(OPTIONS, start=1):
        upfront, monthly = 4_137.25 * place**2, 2_918.4 / place
        found[option] = {
            "upfront_usd": spread(upfront),
            "monthly_usd": spread(monthly),
            "per_1k_queries_usd": spread(monthly / 300),
            "tco_12_months_usd": spread(upfront + 12 * monthly),
            "tco_24_months_usd": spread(upfront + 24 * monthly),
            "upfront_lines": [],
            "lines": [
                {
                    "name": "retrieved context",
                    "monthly_usd": 375.0,
                    "inputs": [],
                    "formula": "10,000 × 500 tokens × $2.50 per Mtok",
                },
                {"name": "answers", "monthly_usd": 200.0, "inputs": [], "formula": "queries × output tokens × price"},
            ],
        }
    return found


def latency() -> dict[str, Any]:
    """Waits in the shape of the record."""
    return {
        option: {
            "ttft_ms": {"p50": 400.0 + 10 * place, "p95": 930.0 + 10 * place},
            "total_ms": {"p50": 1_900.0, "p95": 3_450.0},
            "stages": [{"name": "vector search", "p50": 61.0}, {"name": "first token", "p50": 350.0}],
        }
        for place, option in enumerate(OPTIONS)
    }


@dataclass(frozen=True)
class MadeAdvice:
    """Stands for `tools.advice.Advice`."""

    profile: Profile
    as_of: date
    decision: Decision

    def document(self) -> dict[str, Any]:
        """The record with made-up costs and waits."""
        option = self.decision.recommendation.option
        return {
            "costs": costs(),
            "latency": latency(),
            "tornado": [{"input": "labour rate", "option": option, "low_usd": 31_000.0, "high_usd": 88_000.0}],
            "break_even": [{"between": ["rag", "fine_tuning"], "queries_per_day": 71_403.0, "months": None}],
            "versions": {"consult": "0.1.0", "rules": "r1", "knowledge": "k1", "prices": "2026-11-20"},
        }


def made(document: dict[str, Any]) -> MadeAdvice:
    """The advice for a profile, with figures that are made up."""
    profile = parse_profile(document)
    assert load_claims()
    return MadeAdvice(profile, AS_OF, decide(profile, AS_OF, with_flips=True))
