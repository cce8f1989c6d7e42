"""Mutation testing of the rules: how many small faults in their files the tests notice.

    python -m tests.benchmarks.mutation

Every effect is turned round, dropped, tripled and divided by three; every bound moved; every choice dropped or added;
every gate's list shortened and lengthened; severities and ladder changed. Each mutated rulebook is held against the
expectations per rule and the static checks, in one process. `code_mutation` does the like to the evaluator's code.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.facts import fact_specs
from knowledge.files import DATA
from knowledge.options import OPTIONS
from knowledge.rulebook import AddOn, Evidence, Gate, Rulebook, Scale, Variant, load_rulebook
from tests.benchmarks.interview import AS_OF
from tests.rule_expectations import unmet
from tools.decide.checks import all_checks
from tools.decide.engine import Engine, engine_for
from tools.decide.evaluate import Evaluator

KINDS: dict[str, type[Any]] = {"gates": Gate, "evidence": Evidence, "variants": Variant, "add_ons": AddOn}


@dataclass(frozen=True)
class Mutant:
    """One small fault: where, what, and the rulebook that has it."""

    what: str
    book: Rulebook


def rule_mutants() -> Iterator[Mutant]:
    """Every single mutation of the rules' files."""
    book = load_rulebook()
    for name, kind in KINDS.items():
        rules = yaml.safe_load((Path(str(DATA)) / "rules" / f"{name}.yaml").read_text(encoding="utf-8"))
        for place, rule in enumerate(rules):
            for what, changed in _changed(rule):
                try:
                    parsed = kind.model_validate(changed)
                except ValidationError:
                    continue  # refused when loaded: not a mutant that could ever run
                mutated = [*getattr(book, name)]
                mutated[place] = parsed
                in_place: dict[str, Any] = {name: tuple(mutated)}
                yield Mutant(f"{rule['id']}: {what}", replace(book, **in_place))
    yield from _scale_mutants(book)


def _changed(rule: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for option, effect in rule.get("effects", {}).items():
        for what, other in (("turned", -effect), ("tripled", 3 * effect), ("a third", effect / 3), ("dropped", 0.0)):
            yield f"{option} {what}", {**rule, "effects": {**rule["effects"], option: other}}
    for option in OPTIONS if "blocks" in rule else ():
        blocks = [each for each in rule["blocks"] if each != option]
        yield f"blocks and {option}", {**rule, "blocks": blocks if option in rule["blocks"] else [*blocks, option]}
    for what, condition in _changed_condition(rule["when"]):
        yield what, {**rule, "when": condition}


def _changed_condition(condition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in ("all", "any"):
        if key in condition:
            yield f"{key} exchanged", {"any" if key == "all" else "all": condition[key]}
            for place, part in enumerate(condition[key]):
                rest = [*condition[key][:place], *condition[key][place + 1 :]]
                if rest:
                    yield f"without {part}", {key: rest}
                for what, other in _changed_condition(part):
                    yield what, {key: [*condition[key][:place], other, *condition[key][place + 1 :]]}
            return
    if "fact" in condition:
        yield "denied", {"not": condition}
        yield from _changed_fact(condition)


def _changed_fact(condition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    spec = fact_specs()[condition["fact"]]
    for key in ("at_least", "below"):
        if key in condition:
            bound = condition[key]
            step = 1 if spec.kind == "integer" else 0.01 * bound
            yield f"{key} a little more", {**condition, key: bound + step}
            yield f"{key} a little less", {**condition, key: bound - step}
    if spec.categorical:
        yield from _changed_choice(condition, list(spec.codes))


def _changed_choice(condition: dict[str, Any], codes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in ("from", "to"):
        if key in condition:
            for other in (codes.index(condition[key]) - 1, codes.index(condition[key]) + 1):
                if 0 <= other < len(codes):
                    yield f"{key} {codes[other]}", {**condition, key: codes[other]}
    for value in condition.get("in", ()):
        left = [each for each in condition["in"] if each != value]
        if left:
            yield f"in without {value}", {**condition, "in": left}
    for value in codes if "in" in condition else ():
        if value not in condition["in"]:
            yield f"in with {value}", {**condition, "in": [*condition["in"], value]}
    if isinstance(condition.get("is"), str):
        following = codes[(codes.index(condition["is"]) + 1) % len(codes)]
        yield f"is {following}", {**condition, "is": following}


def _scale_mutants(book: Rulebook) -> Iterator[Mutant]:
    severities = list(book.scale.severities)
    for name in severities:
        for factor in (0.1, 3.0):
            changed = deepcopy(book.scale.model_dump())
            changed["severities"][name] *= factor
            scale = TypeAdapter(Scale).validate_python(changed)
            yield Mutant(f"severity {name} times {factor}", replace(book, scale=scale))
    for option in OPTIONS:
        for step in (-1.0, 1.0):
            changed = deepcopy(book.scale.model_dump())
            changed["ladder"][option] += step
            scale = TypeAdapter(Scale).validate_python(changed)
            yield Mutant(f"ladder {option} {step:+}", replace(book, scale=scale))


def noticed(book: Rulebook) -> bool:
    """Whether an expectation, or a static check, fails for these rules."""
    if next(unmet(book), None) is not None:
        return True
    return bool(all_checks(Engine(Evaluator(book, engine_for(None, AS_OF).evaluator.rates))))


def measure_rules() -> float:
    """Prints the mutants of the rules that nothing noticed; returns the share that was."""
    mutants = list(rule_mutants())
    alive = [mutant.what for mutant in mutants if not noticed(mutant.book)]
    for what in alive:
        print(f"alive: {what}")
    print(f"rules: {len(mutants) - len(alive)} of {len(mutants)} killed ({1 - len(alive) / len(mutants):.1%})")
    return 1 - len(alive) / len(mutants)


if __name__ == "__main__":
    measure_rules()
