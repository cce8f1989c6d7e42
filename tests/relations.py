"""The relations that the advice keeps, the tests that hold each of them, and the page that lists both."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reference" / "relations.md"


@dataclass(frozen=True)
class Group:
    """Relations of one kind: why they are kept together, and what each says by its id."""

    group: str
    why: str
    relations: Mapping[str, str]


@dataclass(frozen=True)
class Holder:
    """A test that bears the mark of a relation; `drawn` where it runs on many drawn examples."""

    path: str
    name: str
    drawn: bool
    relations: tuple[str, ...]


@cache
def groups() -> tuple[Group, ...]:
    return tuple(Group(**entry) for entry in yaml.safe_load((TESTS / "relations.yaml").read_text("utf-8")))


@cache
def holders() -> tuple[Holder, ...]:
    """Every marked test, read from the source of the tests: nothing need be installed or run for it."""
    return tuple(holder for path in sorted(TESTS.rglob("test_*.py")) for holder in _marked(path))


def held_by(relation: str) -> list[Holder]:
    return [holder for holder in holders() if relation in holder.relations]


def relations_page() -> str:
    """The relations in words, with the tests that hold them."""
    drawn = "with many drawn examples (Hypothesis)"
    parts = [
        "# Relations",
        "<!-- Written by scripts/update_docs from the marks of the tests; change those, not this page. -->",
        "What must hold between the advice for one situation and for another. A test names the relation that it holds "
        f'by its mark, `@pytest.mark.relation("…")`; every relation has at least one {drawn}, here without a star. '
        "Those with a star try chosen examples.",
    ]
    for group in groups():
        rows = [f"| `{name}` | {says} | {_listed(held_by(name))} |" for name, says in group.relations.items()]
        parts += [
            f"## {group.group}",
            group.why,
            "\n".join(["| Relation | Says | Held by |", "| --- | --- | --- |", *rows]),
        ]
    return "\n\n".join(parts) + "\n"


def _listed(found: list[Holder]) -> str:
    ordered = sorted(found, key=lambda holder: not holder.drawn)
    return "<br>".join(f"`{holder.path}::{holder.name}`{'' if holder.drawn else ' *'}" for holder in ordered)


def _marked(path: Path) -> Iterator[Holder]:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "mark.relation" in text else ():
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            calls = [decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
            named = [ast.literal_eval(given) for call in calls if _called(call) == "relation" for given in call.args]
            drawn = any(_called(call) == "given" for call in calls)
            if named:
                yield Holder(path.relative_to(TESTS.parent).as_posix(), node.name, drawn, tuple(named))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
