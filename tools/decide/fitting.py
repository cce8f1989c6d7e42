"""Which of the blueprints' entries are meant for an advice."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from knowledge.blueprints import Practice, Risk, Step
from knowledge.facts import fact_specs
from knowledge.options import Option
from knowledge.rulebook import FactIs
from tools.decide.boxes import Boxes, encode
from tools.decide.conditions import evaluate, untabulated


def fits(
    entry: Practice | Risk | Step, option: Option, variant: str | None = None, facts: Mapping[str, Any] | None = None
) -> bool:
    """Whether an entry is meant for the option, its variant and the facts, by their values, that are known."""
    if option not in entry.options:
        return False
    if isinstance(entry, Step):
        return True
    if entry.variants and variant not in entry.variants:
        return False
    if entry.unless is not None and _holds(entry.unless, facts or {}):
        return False
    return entry.when is None or _holds(entry.when, facts or {})


def _holds(condition: FactIs, facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds, as it would in a rule; it does not where its fact is unknown."""
    if condition.fact not in facts:
        return False
    value = np.array([encode(fact_specs()[condition.fact], facts[condition.fact])])
    return bool(evaluate(condition, Boxes.points({condition.fact: value}), None, untabulated).certain[0])
