"""Mutation testing of the evaluator: how many small faults in its code the decision's tests notice.

    python -m tests.benchmarks.code_mutation --modules value,flips
    python -m tests.benchmarks.code_mutation --most 200

Comparisons, operators, signs, numbers, flags and the names of reductions are changed one at a time. Everything that
does not depend on the decision is loaded once; for each mutant a child process loads the decision with the one changed
module and runs the tests until the first failure, those written for the module first. Mutants that cannot change any
result, each with the reason, stand in EQUIVALENT.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import hypothesis  # noqa: F401  (loaded once, for all mutants)
import pytest

import tools.cost.rates  # noqa: F401  (loaded once, for all mutants)
from knowledge.files import DATA

ROOT = Path(str(DATA.parent))
FOLDER = ROOT / "tools" / "decide"
SECONDS = 240
"""A mutant that keeps the tests running longer than this (they take a tenth of it) is killed."""

OWN: Mapping[str, tuple[str, ...]] = {
    "conditions": ("test_conditions.py", "test_evaluator_and_priors.py"),
    "boxes": ("test_conditions.py", "test_partial_profiles.py"),
    "evaluate": ("test_evaluator_and_priors.py", "test_rule_checks.py"),
    "engine": ("test_evaluator_and_priors.py", "test_partial_profiles.py"),
    "limits": ("test_decision_relations.py",),
    "settled": ("test_partial_profiles.py",),
    "certificate": ("test_partial_profiles.py",),
    "search": ("test_partial_profiles.py",),
    "flips": ("test_partial_profiles.py", "test_consequences.py"),
    "value": ("test_evaluator_and_priors.py", "test_partial_profiles.py"),
    "completions": ("test_partial_profiles.py",),
    "priors": ("test_evaluator_and_priors.py", "test_partial_profiles.py"),
}
"""The modules that evaluate, with the tests that are run first."""

EQUIVALENT: Mapping[tuple[str, str], str] = {}
"""Module and piece of the line: why no mutant on such a line can change a result."""

SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}  # fmt: skip
RENAMED: Mapping[str, str] = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all", "all": "any",
    "argmax": "argmin", "argmin": "argmax", "logical_and": "logical_or", "logical_or": "logical_and",
    "left": "right", "right": "left", "low": "high", "high": "low", "certain": "possible", "possible": "certain",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One small fault in a module."""

    module: str
    line: int
    what: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every single mutation of a module's code, but for those that are listed as equivalent."""
    source = (FOLDER / f"{module}.py").read_text("utf-8")
    lines, count = source.splitlines(), len(list(ast.walk(ast.parse(source))))
    for place in range(count):
        for way in range(2):
            tree = ast.parse(source)
            node = list(ast.walk(tree))[place]
            line = getattr(node, "lineno", 0)
            if id(node) in _untouched(tree) or _equivalent(module, lines, node):
                continue
            changed = _change(tree, node, way)
            if changed:
                yield Mutant(module, line, changed, ast.unparse(tree))


def _equivalent(module: str, lines: list[str], node: ast.AST) -> bool:
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    text = "\n".join(lines[first - 1 : last])
    return any(name == module and piece in text for name, piece in EQUIVALENT)


def _untouched(tree: ast.AST) -> set[int]:
    """Annotations, assertions, decorators and texts: they decide nothing."""
    left = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Assert | ast.ImportFrom):
            parts = [node]
        left |= {id(inner) for part in parts if part is not None for inner in ast.walk(part)}
    return left


def _change(tree: ast.AST, node: ast.AST, way: int) -> str:
    """Changes the node in one of two ways; says how, or nothing where there is no such way."""
    if isinstance(node, ast.Constant):
        return _change_constant(node, way)
    if way:
        return ""
    if isinstance(node, ast.Compare):
        return _swap_compare(node)
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in SWAPPED:
        before, node.op = type(node.op).__name__, SWAPPED[type(node.op)]()  # type: ignore[assignment]
        return f"{before} to {type(node.op).__name__}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        before, node.op = type(node.op).__name__, ast.UAdd()
        return f"without {before}" if before == "USub" else _without(tree, node, before)
    if isinstance(node, ast.Attribute) and node.attr in RENAMED:
        before, node.attr = node.attr, RENAMED[node.attr]
        return f".{before} to .{node.attr}"
    if isinstance(node, ast.Name) and node.id in ("min", "max", "any", "all"):
        before, node.id = node.id, RENAMED[node.id]
        return f"{before} to {node.id}"
    return ""


def _change_constant(node: ast.Constant, way: int) -> str:
    before = node.value
    if isinstance(before, bool):
        node.value = not before
        return "" if way else f"{before} to {node.value}"
    if isinstance(before, int | float):
        node.value = before + (1 if way else -1)
        return f"{before} to {node.value}"
    if before in ("left", "right") and not way:
        node.value = RENAMED[str(before)]
        return f"{before} to {node.value}"
    return ""


def _swap_compare(node: ast.Compare) -> str:
    other = SWAPPED.get(type(node.ops[0]))
    if other is None:
        return ""
    before, node.ops = type(node.ops[0]).__name__, [other(), *node.ops[1:]]  # type: ignore[list-item]
    return f"{before} to {other.__name__}"


def _without(tree: ast.AST, node: ast.UnaryOp, before: str) -> str:
    """Puts what a negation stands before in its place."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, node.operand)
            elif isinstance(value, list) and node in value:
                value[value.index(node)] = node.operand
    return f"without {before}"


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module of the decision from changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname != f"tools.decide.{self._mutant.module}":
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(FOLDER / f"{self._mutant.module}.py"))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, f"<{self._mutant.module}>", "exec"), module.__dict__)  # noqa: S102


def survives(mutant: Mutant) -> bool:
    """Whether all tests pass with the mutant; decided in a child process."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    _run(mutant)
    raise AssertionError("the child has ended")


def _run(mutant: Mutant) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.meta_path.insert(0, _Changed(mutant))
    folder = ROOT / "tests" / "tools" / "decide"
    files = [*(folder / name for name in OWN[mutant.module]), *_others(folder, mutant.module)]
    quietly = "ignore::pytest.PytestAssertRewriteWarning"  # what was loaded once is not loaded again
    try:
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", quietly, *map(str, files)]))
    except BaseException:
        code = 1
    os._exit(code)


def _others(folder: Path, module: str) -> list[Path]:
    slow_last = sorted(folder.glob("test_*.py"), key=lambda path: path.name == "test_rule_expectations.py")
    return [path for path in slow_last if path.name not in OWN[module]]


def check_control(module: str) -> None:
    """Ends the run where the tests fail without any fault: then every mutant would count as killed."""
    source = (FOLDER / f"{module}.py").read_text("utf-8")
    if not survives(Mutant(module, 0, "nothing changed", ast.unparse(ast.parse(source)))):
        raise SystemExit(f"The tests fail with {module}.py unchanged, so that no mutant can be judged.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", default=",".join(OWN))
    parser.add_argument("--most", type=int, help="run a fixed sample of this many mutants")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    found = [mutant for module in chosen.modules.split(",") for mutant in mutants(module)]
    total = len(found)
    check_control(found[0].module)
    if chosen.most:
        found = random.Random(7).sample(found, min(chosen.most, total))  # noqa: S311  (a sample, no secret)
    alive = 0
    with ThreadPoolExecutor(chosen.processes) as pool:
        for mutant, alone in zip(found, pool.map(survives, found), strict=True):
            if alone:
                alive += 1
                print(f"alive: {mutant.module}.py line {mutant.line}: {mutant.what}", flush=True)
    killed = len(found) - alive
    print(f"code: {killed} of {len(found)} killed ({killed / len(found):.1%}); {total} mutants in all")
    print(f"{len(EQUIVALENT)} kinds of line are left out because no change there can change a result")


if __name__ == "__main__":
    main()
