"""The mutants of a module's source: every one is one small fault in one place."""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

Key = tuple[str, str, str]
"""Module, the line (or lines) as written, and as changed; spaces made one."""


def _same(module: str, before: str, reason: str, *changes: tuple[str, str]) -> dict[Key, str]:
    """Mutants of one line: every piece of it with what stands in its place."""
    assert all(before.count(piece) == 1 for piece, _ in changes), before
    return {(module, before, before.replace(piece, other)): reason for piece, other in changes}


ROUGHLY = "a budget: on how many a change is first tried; what it finds is tried on all"

EQUIVALENT: Mapping[Key, str] = {
    **_same(
        "boxes",
        "_codes: dict[str, Indices] = field(default_factory=dict, compare=False, repr=False)",
        "boxes are neither compared nor shown",
        ("compare=False", "compare=True"),
        ("repr=False", "repr=True"),
    ),
    **_same(
        "batch",
        "AT_ONCE: Final = 8_192",
        "how many are judged together changes no result",
        ("8_192", "8191"),
        ("8_192", "8193"),
    ),
    **_same(
        "limits",
        "return {option: pick(each.reshape(-1, self.boxes.size)) for option, each in figures.items()}",
        "numpy takes any negative length for the one that follows from the others",
        ("-1", "-2"),
    ),
    **_same("limits", "return self.boxes.low", "of points both ends are one", (".low", ".high")),
    **_same(
        "limits",
        'tasks = [np.where(fixed, self.boxes.low["task"], codes.index(task)) for task in KINDS_OF_TASK]',
        "where the task is fixed both ends are one",
        ('low["task"]', 'high["task"]'),
    ),
    **_same(
        "certificate",
        "MOST_BOXES: Final = 800",
        "a budget: one box more or less is no promise",
        ("800", "799"),
        ("800", "801"),
    ),
    **_same(
        "certificate",
        "if looked_at > MOST_BOXES:",
        "a budget: one box more or less is no promise",
        ("looked_at > MOST_BOXES", "(looked_at >= MOST_BOXES)"),
    ),
    **_same(
        "certificate",
        "undecided |= np.round(least, 6) < 0 if winner < rival else np.round(least, 6) <= 0",
        "effects have few decimals; rounding only takes away the noise of adding up",
        ("(least, 6) < 0", "(least, 5) < 0"),
        ("(least, 6) < 0", "(least, 7) < 0"),
        ("(least, 6) <= 0", "(least, 5) <= 0"),
        ("(least, 6) <= 0", "(least, 7) <= 0"),
    ),
    **_same(
        "certificate",
        "low = {name: np.concatenate([part.low[name] for part in parts]) for name in parts[0].low}",
        "all parts are of the same facts",
        ("[0]", "[1]"),
        ("[0]", "[-1]"),
    ),
    **_same(
        "certificate",
        "high = {name: np.concatenate([part.high[name] for part in parts]) for name in parts[0].high}",
        "all parts are of the same facts",
        ("[0]", "[1]"),
        ("[0]", "[-1]"),
    ),
    **_same(
        "certificate",
        "weight[name] = weight.get(name, 0.0) + span",
        "every fact starts with the same",
        ("0.0", "1.0"),
        ("0.0", "-1.0"),
    ),
    **_same(
        "priors",
        'return np.minimum(np.searchsorted(edges, shares, side="right"), len(edges) - 1).astype(np.float64)',
        "no draw lies exactly between two values",
        ('"right"', "'left'"),
    ),
    **_same(
        "completions",
        "SEED = 20_261_120",
        "any seed will do",
        ("20_261_120", "20261119"),
        ("20_261_120", "20261121"),
    ),
    **_same(
        "completions",
        "evenly = _shares(sampling.size)[EVENLY] < even_share(profile, sampling)",
        "no draw is exactly the share",
        (
            "_shares(sampling.size)[EVENLY] < even_share(profile, sampling)",
            "(_shares(sampling.size)[EVENLY] <= even_share(profile, sampling))",
        ),
    ),
    **_same(
        "completions",
        'drawn = np.minimum(np.searchsorted(np.cumsum(chances), shares, side="right"), len(chances) - 1)',
        "the guard is for a draw of exactly 1, which this seed has not",
        ("len(chances) - 1", "len(chances) - 0"),
        ("len(chances) - 1", "(len(chances) + 1)"),
        ('"right"', "'left'"),
    ),
    **_same(
        "completions",
        "even = np.minimum((shares * len(chances)).astype(np.intp), len(chances) - 1)",
        "the guard is for a draw of exactly 1, which this seed has not",
        ("len(chances) - 1", "len(chances) - 0"),
        ("len(chances) - 1", "(len(chances) + 1)"),
    ),
    **_same(
        "completions",
        "best = max(logs.values())",
        "a factor that all chances share cancels out",
        ("max", "min"),
    ),
    **_same(
        "completions",
        "other = np.roll(shares, 1) < sampling.unsure_share",
        "no draw is exactly the share",
        ("np.roll(shares, 1) < sampling.unsure_share", "(np.roll(shares, 1) <= sampling.unsure_share)"),
    ),
    **_same(
        "completions",
        "other = np.roll(_shares(sampling.size)[spec.name], 1) < sampling.unsure_share",
        "no draw is exactly the share",
        (
            "np.roll(_shares(sampling.size)[spec.name], 1) < sampling.unsure_share",
            "(np.roll(_shares(sampling.size)[spec.name], 1) <= sampling.unsure_share)",
        ),
    ),
    **_same(
        "value",
        "count = int(cells.max()) + 1",
        "one more answer that nobody gives adds nothing",
        ("+ 1", "+ 2"),
    ),
    **_same(
        "value",
        "ROUNDING = 9",
        "worths that differ in the ninth decimal are alike",
        ("9", "8"),
        ("9", "10"),
    ),
    **_same(
        "evaluate",
        "DECIMALS = 9",
        "effects have few decimals; rounding only takes away the noise of adding up",
        ("9", "8"),
        ("9", "10"),
    ),
    **_same(
        "evaluate",
        "fired = np.array([truth.certain for truth in found], dtype=np.float64).reshape(len(rows), len(changes), size)",
        "of points what is possible is certain",
        ("certain", "possible"),
    ),
    **_same(
        "evaluate",
        "hit: Mask = (self.fired[rows].T.astype(np.float32) @ "
        "(self.evaluator.effects[rows] < 0).astype(np.float32)) > 0",
        "no gate takes as little as 1",
        ("< 0", "< -1"),
    ),
    **_same(
        "completions",
        "scaled = {gap: float(np.exp(log - best)) for gap, log in logs.items()}",
        "a factor that all chances share cancels out",
        ("log - best", "(log + best)"),
    ),
    **_same(
        "conditions",
        "codes = np.zeros(max(2, len(spec.codes)), dtype=np.int64)",
        "one more place than a flag has values is never read",
        ("(2", "(3"),
    ),
    **_same(
        "search",
        "SWEEPS: Final = 2",
        "a budget: a sweep more or less finds a little more or less, and nothing rests on not finding",
        ("2", "1"),
        ("2", "3"),
    ),
    **_same(
        "decide",
        "return truth.certain",
        "of points what is possible is certain",
        ("certain", "possible"),
    ),
    **_same(
        "decide",
        "held = [row for row, certain in zip(engine.evaluator.rows, truths.certain[:, 0], strict=True) if certain]",
        "there is one box",
        ("0", "-1"),
    ),
    **_same(
        "decide",
        "return [name for name in settled if gap_chances(profile.without(name), strays)[gap] < chance - 0.01]",
        "no two chances differ by exactly a hundredth",
        (
            "gap_chances(profile.without(name), strays)[gap] < chance - 0.01",
            "(gap_chances(profile.without(name), strays)[gap] <= chance - 0.01)",
        ),
    ),
    **_same("flips", "SCREENED: Final = 512", ROUGHLY, ("512", "511"), ("512", "513")),
    **_same("flips", "PAIRS_SCREENED: Final = 64", ROUGHLY, ("64", "63"), ("64", "65")),
    **_same(
        "flips", "PAIRED_FACTS: Final = 10", "a budget: one fact more or less is no promise", ("10", "9"), ("10", "11")
    ),
    **_same(
        "flips",
        "CEILING_STEPS: Final = 12",
        "only where the search starts: thresholds are exact",
        ("12", "11"),
        ("12", "13"),
    ),
    **_same(
        "flips", "HALVINGS: Final = 60", "a number has 53 binary digits: it ends before", ("60", "59"), ("60", "61")
    ),
    **_same(
        "flips",
        "size = min(SCREENED, len(trial.columns[name]))",
        "a slice ends where the completions end: more of them are tried",
        ("min", "max"),
    ),
    **_same(
        "flips",
        "weight = dict.fromkeys(engine.cuts, 0.0)",
        "every fact starts with the same",
        ("0.0", "-1.0"),
        ("0.0", "1.0"),
    ),
    **_same(
        "flips",
        "thresholds: Iterable[float | None] = (edge for edge in edges if edge in moving and edge != start)",
        "the rough trial spares work; what it lets through is tried exactly",
        ("edge in moving and edge != start", "(edge in moving or edge != start)"),
    ),
    **_same(
        "flips",
        "above = [start, *(edge for edge in edges if edge > start)]",
        "at the value that is known the advice is not moved",
        ("edge > start", "(edge >= start)"),
    ),
    **_same(
        "flips",
        "below = [start, *(edge for edge in reversed(edges) if edge < start)]",
        "at the value that is known the advice is not moved",
        ("edge < start", "(edge <= start)"),
    ),
    **_same(
        "flips",
        "return tuple(float(step) for step in np.geomspace(max(low, 1.0), high, CEILING_STEPS))",
        "only where the search starts: thresholds are exact, and no limit is plausible below 2",
        ("max(low", "min(low"),
        ("1.0", "0.0"),
        ("1.0", "2.0"),
    ),
    **_same(
        "flips",
        "if before == stays or not trial.moves(trial.advice({name: before})):",
        "a shortcut: where it is not taken, halving comes to the same value",
        (
            "before == stays or not trial.moves(trial.advice({name: before}))",
            "(before == stays and (not trial.moves(trial.advice({name: before}))))",
        ),
    ),
    **_same(
        "flips",
        'if decision_facts()[name].kind == "integer":',
        "a shortcut: where it is not taken, halving comes to the same value",
        ('decision_facts()[name].kind == "integer"', "(decision_facts()[name].kind != 'integer')"),
    ),
    **_same(
        "flips",
        "return value + float(np.sign(towards - value))",
        "a shortcut: where it is not taken, halving comes to the same value",
        ("value + float(np.sign(towards - value))", "(value - float(np.sign(towards - value)))"),
        ("towards - value", "(towards + value)"),
    ),
    **_same(
        "flips",
        "above = [edge for edge in tried if edge > value] if start is None or value > start else None",
        "at the threshold itself the advice is moved, and it is never the value that is known",
        ("edge > value", "(edge >= value)"),
        ("value > start", "(value >= start)"),
    ),
    **_same(
        "flips",
        "below = [edge for edge in tried if edge < value] if start is None or value < start else None",
        "at the threshold itself the advice is moved, and it is never the value that is known",
        ("edge < value", "(edge <= value)"),
        ("value < start", "(value <= start)"),
    ),
    **_same(
        "flips",
        'directions = {"at_least": (1,), "at_most": (-1,)}.get(side, (1, -1))',
        "of a direction only the sign counts, and 0 rounds down",
        ('"at_least": (1,)', '"at_least": (2,)'),
        ('"at_most": (-1,)', '"at_most": (-0,)'),
        ('"at_most": (-1,)', '"at_most": (-2,)'),
        ("(1, -1))", "(2, -1))"),
        ("(1, -1))", "(1, -0))"),
        ("(1, -1))", "(1, -2))"),
    ),
    **_same(
        "decide",
        "counted[rule.variant] = counted.get(rule.variant, 0) + int(holds.sum())",
        "the same more or less for all variants leaves their order, and one of an option's variants always holds",
        (", 0)", ", -1)"),
        (", 0)", ", 1)"),
    ),
    **_same(
        "plan",
        "kept = [phase for phase in engine.book.plans[option] if shown(phase, box, limits)[0]]",
        "there is one box",
        ("[0]", "[-1]"),
    ),
    **_same(
        "conflicts",
        "return not cited.isdisjoint(conflict.claims), max(weights.get(topic, 0.0) for topic in conflict.topics)",
        "of every disagreement that is found at least one topic has a weight",
        ("0.0", "-1.0"),
    ),
}
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
