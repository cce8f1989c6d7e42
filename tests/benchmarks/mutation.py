"""Mutation testing of the rules and of the evaluator: how many small faults the tests notice.

    python -m tests.benchmarks.mutation rules
    python -m tests.benchmarks.mutation code --most 60

Rules: every effect is turned round, dropped, tripled and divided by three; every bound moved; every choice dropped or
added; every gate's list shortened and lengthened; severities and ladder changed. Each mutated rulebook is held against
the expectations per rule, the static checks and the articles' cases, in one process.
Code: comparisons, operators, constants and calls of the evaluator's modules are changed one at a time, in a copy of
the project, and the decision's own tests are run there.
"""

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
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

ROOT = DATA.parent
MODULES = ("conditions", "evaluate", "limits", "completions", "priors", "certificate", "flips", "value")
TESTS = ("tests/tools/decide", "tests/tools/test_profile.py")
KINDS: dict[str, type[Any]] = {"gates": Gate, "evidence": Evidence, "variants": Variant, "add_ons": AddOn}


@dataclass(frozen=True)
class Mutant:
    """One small fault: where, what, and the rulebook or source that has it."""

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
                yield Mutant(f"{rule['id']}: {what}", replace(book, **{name: tuple(mutated)}))
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
        other = codes[(codes.index(condition["is"]) + 1) % len(codes)]
        yield f"is {other}", {**condition, "is": other}


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


SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def code_mutants(source: str) -> Iterator[tuple[str, str]]:
    """Every single mutation of a module's source, with the line it is on."""
    for place, node in enumerate(ast.walk(ast.parse(source))):
        for attribute in ("op", "ops"):
            if hasattr(node, attribute):
                tree = ast.parse(source)
                twin = list(ast.walk(tree))[place]
                changed = _swap(twin, attribute)
                if changed:
                    line = getattr(twin, "lineno", 0)
                    yield f"line {line}: {changed}", ast.unparse(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            tree = ast.parse(source)
            twin = list(ast.walk(tree))[place]
            assert isinstance(twin, ast.Constant) and isinstance(twin.value, int | float)
            twin.value = twin.value + 1
            yield f"line {node.lineno}: {node.value} plus 1", ast.unparse(tree)


def _swap(node: ast.AST, attribute: str) -> str:
    found = getattr(node, attribute)
    operator = found[0] if isinstance(found, list) else found
    other = SWAPPED.get(type(operator))
    if other is None:
        return ""
    setattr(node, attribute, [other(), *found[1:]] if isinstance(found, list) else other())
    return f"{type(operator).__name__} to {other.__name__}"


def measure_code(modules: list[str], most: int) -> float:
    """Prints the mutants of the code that survive the decision's tests; returns the share killed, of a fixed sample."""
    found = [
        (module, what, source)
        for module in modules
        for what, source in code_mutants((Path(str(ROOT)) / "tools" / "decide" / f"{module}.py").read_text("utf-8"))
    ]
    chosen = random.Random(7).sample(found, min(most, len(found)))  # noqa: S311  (a sample, no secret)
    killed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(str(ROOT), copy, ignore=shutil.ignore_patterns(".venv", ".git", "*.pyc", "__pycache__"))
        for module, what, source in chosen:
            file = copy / "tools" / "decide" / f"{module}.py"
            original = file.read_text("utf-8")
            file.write_text(source, "utf-8")
            dead = _tests_fail(copy)
            file.write_text(original, "utf-8")
            killed += dead
            if not dead:
                print(f"alive: {module}.py {what}", flush=True)
    print(f"code: {killed} of {len(chosen)} killed ({killed / len(chosen):.1%}), sampled from {len(found)}")
    return killed / len(chosen)


def _tests_fail(project: Path) -> bool:
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rules", "code"])
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--most", type=int, default=100, help="mutants of the code that are run, a fixed sample")
    chosen = parser.parse_args()
    if chosen.what == "rules":
        measure_rules()
    else:
        measure_code(chosen.modules.split(","), chosen.most)


if __name__ == "__main__":
    main()
