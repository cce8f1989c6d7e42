"""The house rules that a machine can check."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("ui", "agent", "tools", "knowledge")
"""Each room may import from itself and from those after it."""


def imports(path: Path) -> Iterator[str]:
    """The top-level names that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def full_imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_dependencies_point_one_way(room: str) -> None:
    above = set(ROOMS[: ROOMS.index(room)])
    wrong = [f"{path}: {name}" for path in (ROOT / room).rglob("*.py") for name in imports(path) if name in above]
    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / "tools").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_tools_have_no_network_no_chance_and_no_model(path: Path) -> None:
    banned = {
        "random",
        "socket",
        "requests",
        "httpx",
        "urllib",
        "langchain_core",
        "langchain_openai",
        "langgraph",
        "time",
    }
    assert banned.isdisjoint(imports(path))


@pytest.mark.parametrize("path", sorted((ROOT / "tools").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_tools_have_no_clock(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    assert {"today", "now", "utcnow"}.isdisjoint(names)


def test_only_the_consultation_imports_the_graph() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for name in full_imports(path)
        if name.startswith("langgraph")
    }
    assert users == {"agent/graph.py"}


def declared() -> set[str]:
    """The packages that the project names, with those of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return {re.split(r"[^\w-]", one)[0] for one in named} - {project["name"]}


def test_every_package_that_is_imported_is_declared() -> None:
    shipped_with_another = {"mcp-types", "langgraph-checkpoint", "langgraph-prebuilt"}
    known = {one.replace("_", "-") for one in declared() | shipped_with_another}
    homes = packages_distributions()
    names = {name for room in ROOMS for path in (ROOT / room).rglob("*.py") for name in imports(path)}
    foreign = names - sys.stdlib_module_names - set(ROOMS)
    stray = {name for name in foreign if known.isdisjoint(one.lower().replace("_", "-") for one in homes.get(name, []))}
    assert stray == set()


def test_every_declared_package_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    explained = {name for row in rows for cell in row[1:-2] for name in re.findall(r"[a-z][\w-]+", cell)}
    assert declared() - explained == set()
