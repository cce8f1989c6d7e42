"""The mutants of a module's source: every one is one small fault in one place."""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

Key = tuple[str, str, str]
"""Module, the line (or lines) as written, and as changed; spaces made one."""

EQUIVALENT: Mapping[Key, str] = {}
"""Mutants that cannot change a result that is right or wrong, each with the reason."""

SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}  # fmt: skip
PAIRS = (
    ("minimum", "maximum"), ("min", "max"), ("any", "all"), ("argmin", "argmax"), ("logical_and", "logical_or"),
    ("left", "right"), ("low", "high"), ("certain", "possible"),
)  # fmt: skip
RENAMED: Mapping[str, str] = {**dict(PAIRS), **{second: first for first, second in PAIRS}}


@dataclass(frozen=True)
class Mutant:
    """A module's source with one fault; `lines` are those changed, `around` those of the function they stand in."""

    module: str
    source: str
    before: str
    after: str
    lines: range
    around: range

    @property
    def key(self) -> Key:
        return self.module, self.before, self.after

    @property
    def first(self) -> int:
        return self.lines.start


def unchanged(module: str, source: str) -> Mutant:
    """The module as it is, for the control."""
    everything = range(1, source.count("\n") + 1)
    return Mutant(module, source, "", "", everything, everything)


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Every single mutation of a module's code, in the order of its lines."""
    tree = ast.parse(source)
    untouched, tests = _untouched(tree), _tests(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.AugAssign)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if id(node) in untouched:
            continue
        inside = [each for each in functions if each.lineno <= node.lineno <= (each.end_lineno or 0)]
        around = range(inside[-1].lineno, (inside[-1].end_lineno or 0) + 1) if inside else range(0)
        for text in _changes(node, id(node) in tests):
            yield _mutant(module, source, node, text, around)


def _mutant(module: str, source: str, node: ast.expr | ast.AugAssign, text: str, around: range) -> Mutant:
    """The module with other text in the node's place."""
    lines = source.encode().splitlines(keepends=True)
    first, last = node.lineno, node.end_lineno or node.lineno
    start = sum(map(len, lines[: first - 1])) + node.col_offset
    end = sum(map(len, lines[: last - 1])) + (node.end_col_offset or 0)
    changed = (source.encode()[:start] + text.encode() + source.encode()[end:]).decode()
    before = source.splitlines()[first - 1 : last]
    after = changed.splitlines()[first - 1 : last + changed.count("\n") - source.count("\n")]
    return Mutant(module, changed, _one_line(before), _one_line(after), range(first, last + 1), around)


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _untouched(tree: ast.AST) -> set[int]:
    """Annotations, assertions, decorators and whether `zip` is strict: they decide nothing."""
    left = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict"):
            parts = [node]
        left |= {id(inner) for part in parts if part is not None for inner in ast.walk(part)}
    return left


def _tests(tree: ast.AST) -> set[int]:
    """What conditions ask."""
    found = [node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While)]
    found += [test for node in ast.walk(tree) if isinstance(node, ast.comprehension) for test in node.ifs]
    return {id(test) for test in found}


def _changes(node: ast.expr | ast.AugAssign, is_test: bool) -> Iterator[str]:
    """What may stand in the node's place; `is_test` where a condition asks for it."""
    other: ast.AST = deepcopy(node)
    match other:
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield from (repr(value - 1), repr(value + 1))
        case ast.Constant(value="left" | "right" as value):
            yield repr(RENAMED[value])
        case ast.Compare(ops=[op, *others]) if type(op) in SWAPPED:
            other.ops = [SWAPPED[type(op)](), *others]  # type: ignore[list-item]
            yield f"({ast.unparse(other)})"
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPPED:
            other.op = SWAPPED[type(op)]()  # type: ignore[assignment]
            yield ast.unparse(other) if isinstance(other, ast.AugAssign) else f"({ast.unparse(other)})"
        case ast.UnaryOp(operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.Attribute(attr=name) if name in RENAMED:
            other.attr = RENAMED[name]
            yield ast.unparse(other)
        case ast.Name(id="min" | "max" | "any" | "all" as name):
            yield RENAMED[name]
        case ast.Call() | ast.Name() | ast.Attribute() if is_test:
            yield f"(not {ast.unparse(other)})"
        case _:
            pass
