"""Rulebooks of a few rules whose advice is plain to see."""

from collections.abc import Mapping
from dataclasses import replace

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Evidence
from tests.decide_profiles import engine
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator

CLAIM = engine().book.evidence[0].claims[0]


def rule(number: int, condition: Mapping[str, object], effects: Mapping[Option, float]) -> Evidence:
    return Evidence.model_validate(
        {
            "id": f"made-up-{number}",
            "when": condition,
            "effects": effects,
            "reason": "r",
            "against": "a",
            "claims": [CLAIM],
        }
    )


def small(*rules: tuple[Mapping[str, object], Mapping[Option, float]], **ladder: float) -> Engine:
    """An engine with these rules alone; every option starts at 0 unless said otherwise, but hybrid far behind."""
    starts = dict.fromkeys(OPTIONS, 0.0) | {"hybrid": -9.0} | ladder
    scale = engine().book.scale.model_copy(update={"ladder": starts})
    evidence = tuple(rule(number, *each) for number, each in enumerate(rules))
    return Engine(Evaluator(replace(engine().book, scale=scale, gates=(), evidence=evidence), engine().evaluator.rates))
