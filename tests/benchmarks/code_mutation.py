"""Mutation testing of the evaluator: how many small faults in its code the decision's tests notice.

    python -m tests.benchmarks.code_mutation                       # every mutant of every module
    python -m tests.benchmarks.code_mutation --modules value,priors --sample 40 --seed 7

Comparisons, operators, signs, numbers, flags, conditions and the names of reductions are changed one at a time
(`code_mutants`). The tests are collected once, in one process without threads. One child of it runs them all and notes
which lines each test reaches; then every mutant gets a child, which takes over the changed code and runs the tests that
reach the changed line, the quickest first, until one fails. Before a module's mutants the same is done with nothing
changed. A child that takes ten times the processor time its tests need is endless: counted with the killed, and named.

Libraries were tried first: mutmut 3 leaves decorated functions alone, which here are the evaluator's sums, winners,
scores and cuts (cached properties); cosmic-ray starts the tests anew for every mutant, ten seconds each.
"""

import argparse
import functools
import gc
import os
import pickle
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Literal

import pytest
from hypothesis import Phase, settings

from knowledge.files import DATA
from tests.benchmarks.code_mutants import EQUIVALENT, Mutant, mutants_of, unchanged

FOLDER = Path(str(DATA.parent)) / "tools" / "decide"
TESTS = Path(str(DATA.parent)) / "tests" / "tools" / "decide"

MODULES = (
    "settled", "boxes", "conditions", "limits", "evaluate", "engine", "batch", "priors", "completions", "search",
    "certificate", "value", "steps", "decide", "plan", "conflicts", "flips",
)  # fmt: skip
"""All of the decision but what only names values (`decision`), checks the rules (`checks` and `plan_checks`, themselves
run as tests) and writes the advice down (`record`)."""

Fate = Literal["alive", "killed", "endless"]
Tracer = Callable[[FrameType, str, Any], Any]


@dataclass
class Reach:
    """The lines of a file that one test reaches, and the processor time that it takes."""

    seconds: float = 0.0
    lines: set[tuple[str, int]] = field(default_factory=set)


class MutationRun:
    """Takes the place of pytest's own loop over the collected tests."""

    def __init__(self, modules: list[str], sample: int | None, seed: int) -> None:
        self._modules, self._sample, self._seed = modules, sample, seed
        self._reached: dict[str, Reach] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for name in MODULES:
            import_module(f"tools.decide.{name}")
        _clear_caches()
        gc.freeze()
        self._reached = _reached_by_each(session.items)
        totals: Counter[Fate] = Counter()
        for module in self._modules:
            totals += self._judge_module(module, session.items)
        print(_summary("all", totals), f"{len(EQUIVALENT)} more change no result, each for a reason given.", sep="\n")
        return True

    def _judge_module(self, module: str, items: list[pytest.Item]) -> Counter[Fate]:
        source = (FOLDER / f"{module}.py").read_text("utf-8")
        control = unchanged(module, source)
        if self._fate(control, items) != "alive":
            raise SystemExit(f"The tests fail with {module}.py unchanged, so that none of its mutants can be judged.")
        every = list(mutants_of(module, source))
        stale = {key for key in EQUIVALENT if key[0] == module} - {mutant.key for mutant in every}
        if stale:
            raise SystemExit(f"Listed as equivalent, but no mutant any more: {stale}")
        mutants = [mutant for mutant in every if mutant.key not in EQUIVALENT]
        if self._sample and self._sample < len(mutants):
            mutants = random.Random(f"{module} {self._seed}").sample(mutants, self._sample)  # noqa: S311  (no secret)
        fates: Counter[Fate] = Counter()
        for mutant in mutants:
            fate = self._fate(mutant, items)
            fates[fate] += 1
            if fate != "killed":
                print(f"{fate}: {module}.py:{mutant.first} {mutant.before!r} -> {mutant.after!r}", flush=True)
        print(_summary(module, fates), flush=True)
        return fates

    def _fate(self, mutant: Mutant, items: list[pytest.Item]) -> Fate:
        chosen = sorted(self._that_reach(mutant, items), key=lambda item: self._reached[item.nodeid].seconds)
        if not chosen:
            return "alive"
        needed = sum(self._reached[item.nodeid].seconds for item in chosen)
        child = os.fork()
        if not child:
            _judge(mutant, chosen, allowed_s=10 * needed + 10)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in FATES:
            raise SystemExit(f"{mutant.module}.py:{mutant.first} {mutant.after!r} ended the process with {code}.")
        return FATES[code]

    def _that_reach(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that reach the changed lines, or else the function around them; all for what is run on import."""
        for lines in (mutant.lines, mutant.around):
            wanted = {(mutant.module, line) for line in lines}
            found = [item for item in items if wanted & self._reached[item.nodeid].lines]
            if found or not mutant.around:
                break
        return found if mutant.around else items


FATES: dict[int, Fate] = {0: "alive", 1: "killed", -signal.SIGPROF: "endless"}


def _summary(name: str, fates: Counter[Fate]) -> str:
    total = fates.total()
    killed = total - fates["alive"]
    share = killed / total if total else 1.0
    return f"{name}: {killed} of {total} killed ({share:.1%}), {fates['endless']} of them endless"


def _judge(mutant: Mutant, items: list[pytest.Item], allowed_s: float) -> None:
    """Ends this process with 1 at the first failing test, with 0 where all pass."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, allowed_s)
    _silence()
    try:
        take_over(sys.modules[f"tools.decide.{mutant.module}"], mutant.source)
    except Exception:  # what cannot be loaded fails every test
        os._exit(1)
    _clear_caches()
    items[0].config.pluginmanager.register(_EndAtFailure())
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    os._exit(0)


class _EndAtFailure:
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(1)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def take_over(module: ModuleType, source: str) -> None:
    """Puts the code and the constants of changed source into a loaded module, whoever has imported from it."""
    changed: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(source, str(module.__file__), "exec"), changed)  # noqa: S102
    for name, new in changed.items():
        old = vars(module).get(name)
        if isinstance(old, type) and old.__module__ == module.__name__:
            for part in vars(old):
                _take_code(vars(old)[part], vars(new).get(part), str(module.__file__))
        elif _function(old):
            _take_code(old, new, str(module.__file__))
        elif not name.startswith("__") and old is not new:
            for other in _of_the_decision():
                if vars(other).get(name) is old:
                    setattr(other, name, new)


def _take_code(old: object, new: object, file: str) -> None:
    before, after = _function(old), _function(new)
    if before and after and before.__code__.co_filename == file:
        before.__code__ = after.__code__
        before.__defaults__, before.__kwdefaults__ = after.__defaults__, after.__kwdefaults__


def _function(thing: object) -> FunctionType | None:
    """The plain function within a property, a class method or a cache."""
    for inner in ("fget", "func", "__func__", "__wrapped__"):
        thing = getattr(thing, inner, thing)
    return thing if isinstance(thing, FunctionType) else None


def _of_the_decision() -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name.startswith(("tools.decide", "tests.")) or file.startswith(str(TESTS)):
            yield module


def _clear_caches() -> None:
    """Forgets what the decision has computed; what was read from files is kept."""
    for module in _of_the_decision():
        for thing in list(vars(module).values()):
            if isinstance(thing, functools._lru_cache_wrapper) and thing.__module__ == module.__name__:
                thing.cache_clear()


def _reached_by_each(items: list[pytest.Item]) -> dict[str, Reach]:
    """Runs every test once, in a child, from empty caches."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reached"
        child = os.fork()
        if not child:
            _silence()
            following = [*items[1:], None]
            reached = {item.nodeid: _reach(item, after) for item, after in zip(items, following, strict=True)}
            path.write_bytes(pickle.dumps(reached))
            os._exit(0)
        os.waitpid(child, 0)
        found: dict[str, Reach] = pickle.loads(path.read_bytes())  # noqa: S301  (written just now)
    print(f"{len(found)} tests take {sum(reach.seconds for reach in found.values()):.1f} s from empty caches")
    return found


def _reach(item: pytest.Item, following: pytest.Item | None) -> Reach:
    reach, start = Reach(), time.process_time()
    _clear_caches()
    modules: dict[CodeType, str | None] = {}

    def note(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code not in modules:
            file = Path(code.co_filename)
            modules[code] = file.stem if file.parent == FOLDER else None
        name = modules[code]
        if name is None:
            return None
        reach.lines.add((name, frame.f_lineno))
        return note

    sys.settrace(note)
    try:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    finally:
        sys.settrace(None)
    reach.seconds = time.process_time() - start
    return reach


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--sample", type=int, help="a fixed sample of this many mutants of every module")
    parser.add_argument("--seed", type=int, default=0, help="another sample for another number")
    chosen = parser.parse_args()
    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])  # a failure is enough
    settings.load_profile("mutants")
    run = MutationRun(chosen.modules.split(","), chosen.sample, chosen.seed)
    without = [option for plugin in ("terminal", "cacheprovider", "xdist") for option in ("-p", f"no:{plugin}")]
    loaded = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis is here already
    raise SystemExit(pytest.main(["-s", *without, "-W", loaded, str(TESTS)], plugins=[run]))


if __name__ == "__main__":
    main()
