"""What each rule should do (`tests/cases/rules.yaml`), held against a rulebook; also used to count killed mutants."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Condition, Evidence, Rulebook
from tools.decide.boxes import Boxes, decision_facts, encode
from tools.decide.conditions import Truth, evaluate, facts_in

STRENGTHS = {"slight": (0.19, 0.5), "clear": (0.5, 1.499), "strong": (1.499, 4.0)}
"""Log-odds, above the first and up to the second."""

LADDER: tuple[Option, ...] = OPTIONS
SEVEREST_FIRST = (
    {"adequacy", "window"},
    {"permission"},
    {"citations"},
    {"latency"},
    {"examples", "deadline"},
    {"budget"},
)
GATED = {
    "training-does-not-teach-facts": ("adequacy", {"fine_tuning"}),
    "retrieval-does-not-teach-behaviour": ("adequacy", {"rag", "long_context"}),
    "a-prompt-does-not-hold-the-knowledge": ("adequacy", {"prompting"}),
    "knowledge-beyond-the-window": ("window", {"long_context"}),
    "weights-cannot-cite": ("citations", {"fine_tuning"}),
    "training-not-permitted": ("permission", {"fine_tuning", "hybrid"}),
    "too-few-examples": ("examples", {"fine_tuning"}),
    "too-late-for-training": ("deadline", {"fine_tuning", "hybrid"}),
    "too-slow": ("latency", set(OPTIONS)),
    "over-the-monthly-budget": ("budget", set(OPTIONS)),
    "over-the-upfront-budget": ("budget", set(OPTIONS)),
}
"""What each gate shuts out, and how grave that is: nobody can buy permission, everybody can raise a budget."""


@cache
def expectations() -> list[dict[str, Any]]:
    path = Path(__file__).parent / "cases" / "rules.yaml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))


def unmet(book: Rulebook) -> Iterator[str]:
    """Every expectation that the rules do not meet, in words."""
    rules = {rule.id: rule for rule in book.grounded()}
    for expected in expectations():
        rule = rules.get(expected["rule"])
        if rule is None:
            yield f"{expected['rule']} is gone"
            continue
        yield from _unmet_condition(rule.id, rule.when, expected["fires"], expected["silent"])
        if isinstance(rule, Evidence):
            yield from _unmet_effects(rule, expected["moves"])
    yield from (f"{rule} has no expectation" for rule in rules.keys() - _expected_ids())
    yield from _unmet_gates(book)


def _unmet_condition(
    rule: str, condition: Condition, fires: list[dict[str, Any]], silent: list[dict[str, Any]]
) -> Iterator[str]:
    if any(set(each) != set(facts_in(condition)) for each in (*fires, *silent)):
        yield f"{rule} should speak of exactly {', '.join(fires[0])}"
        return
    yield from (f"{rule} should fire for {each}" for each in fires if not _holds(condition, each))
    yield from (f"{rule} should be silent for {each}" for each in silent if _holds(condition, each))


def _expected_ids() -> set[str]:
    return {str(expected["rule"]) for expected in expectations()} | set(GATED)


def _holds(condition: Condition, values: dict[str, Any]) -> bool:
    """Whether the condition holds where its facts have these values, and certainly so or certainly not."""
    facts = decision_facts()
    boxes = Boxes.points({name: np.array([encode(facts[name], value)]) for name, value in values.items()})
    found = evaluate(condition, boxes, None, _no_limit)
    assert bool(found.certain[0]) == bool(found.possible[0])
    return bool(found.certain[0])


def _no_limit(*_: object) -> Truth:
    raise AssertionError("rules on computed limits are expected elsewhere")


def _unmet_effects(rule: Evidence, moves: dict[str, str]) -> Iterator[str]:
    if set(rule.effects) != set(moves):
        yield f"{rule.id} should move exactly {', '.join(moves)}"
    for option, words in moves.items():
        sign, strength = words.split()
        effect = rule.effects.get(option, 0.0) * (1 if sign == "+" else -1)  # type: ignore[call-overload]
        low, high = STRENGTHS[strength]
        if not low < effect <= high:
            yield f"{rule.id} should move {option} by {words}, not {effect:g}"


def _unmet_gates(book: Rulebook) -> Iterator[str]:
    if {gate.id for gate in book.gates} != set(GATED):
        yield "the gates are not those expected"
    for gate in book.gates:
        if (gate.severity, set(gate.blocks)) != GATED.get(gate.id):
            yield f"{gate.id} should block {GATED.get(gate.id)}"
    taken = book.scale.severities
    steps = [[taken[name] for name in group] for group in SEVEREST_FIRST]  # type: ignore[index]
    if any(min(graver) <= max(lesser) for graver, lesser in pairwise(steps)):
        yield "a lesser severity takes more than a graver one"
    if any(len(set(group)) > 1 for group in steps):
        yield "severities that are alike should take the same"
    starts = [book.scale.ladder[option] for option in LADDER]
    if any(simpler <= richer for simpler, richer in pairwise(starts)) or starts[0] - starts[-1] > 1:
        yield "the ladder should fall with every rung, by no more than a clear hint in all"
