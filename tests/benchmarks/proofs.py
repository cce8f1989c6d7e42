"""Whether proven certificates hold and probable ones keep their rate, by brute force over what is still open.

    python -m tests.benchmarks.proofs --clients 40 --samples 100000

Every client is interviewed until the certificate allows to stop. After a proof the advice is compared over what is
still open: over all combinations of the values at the ends of the plausible ranges and on both sides of every threshold
where there are no more than a million of them, and otherwise over a sample, half of each fact's values there and half
between. After a probable certificate fresh completions are drawn, and the share with another advice is compared with
what the certificate states.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from math import prod
from multiprocessing import Pool

import numpy as np

from tests.benchmarks.interview import AS_OF, by_value, clients, play
from tools.decide.boxes import Array, Boxes, Columns, decision_facts, just_below
from tools.decide.certificate import certify, whole_box
from tools.decide.completions import complete
from tools.decide.engine import Engine, engine_for
from tools.decide.flips import most_frequent
from tools.decide.value import open_facts
from tools.profile import Profile

MOST_COMBINATIONS = 1_000_000
AT_ONCE = 50_000


def anywhere(engine: Engine, box: Boxes, size: int, seed: int) -> Columns:
    """Profiles anywhere in a box: half of each fact's values at its ends and thresholds, half spread between."""
    generator = np.random.Generator(np.random.PCG64(seed))
    return {name: _values(engine, box, name, size, generator) for name in decision_facts()}


def _values(engine: Engine, box: Boxes, name: str, size: int, generator: np.random.Generator) -> Array:
    low, high = float(box.low[name][0]), float(box.high[name][0])
    if low == high:
        return np.full(size, low)
    least = min(low, 0.0)  # growth may be negative
    spread = np.expm1(generator.uniform(np.log1p(low - least), np.log1p(high - least), size)) + least
    whole = spread if decision_facts()[name].kind in ("number", "share") else np.round(spread)
    edges = _edges(engine, box, name)
    return np.where(generator.random(size) < 0.5, generator.choice(edges, size), np.clip(whole, low, high))


def _edges(engine: Engine, box: Boxes, name: str) -> list[float]:
    """Every choice of a fact; of a number both ends of the box and the values on each side of every cut in it."""
    low, high = float(box.low[name][0]), float(box.high[name][0])
    if not decision_facts()[name].numeric:
        return [float(code) for code in range(int(low), int(high) + 1)]
    inside = [cut for cut in engine.cuts.get(name, ()) if low < cut <= high]
    return sorted({low, high, *inside, *(just_below(name, cut) for cut in inside)})


def everywhere(engine: Engine, box: Boxes) -> Iterator[Columns] | None:
    """All combinations of telling values in a box, some at a time; None where there are more than a million."""
    edges = {name: _edges(engine, box, name) for name in engine.used_facts}
    if prod(len(values) for values in edges.values()) > MOST_COMBINATIONS:
        return None
    held = {name: box.low[name][0] for name in decision_facts() if name not in edges}
    rows = np.array(list(product(*edges.values())))
    return (_columns(rows[start : start + AT_ONCE], list(edges), held) for start in range(0, len(rows), AT_ONCE))


def _columns(rows: Array, names: list[str], held: dict[str, float]) -> Columns:
    known = {name: np.full(len(rows), value) for name, value in held.items()}
    return {**known, **{name: rows[:, place] for place, name in enumerate(names)}}


@dataclass(frozen=True)
class Checked:
    """One certificate held against brute force."""

    certainty: str
    exhaustive: bool
    broken: bool
    stated: float
    found: float


def check(samples: int, numbered: tuple[int, Profile]) -> Checked:
    """Interviews one client and holds the certificate against all, or many, completions."""
    seed, truth = numbered
    engine = engine_for(None, AS_OF)
    known = play(engine, truth, Profile({}), by_value).known
    columns = engine.complete(known)
    verdicts = engine.judge(columns)
    winner = most_frequent(verdicts.winners)
    certificate = certify(engine, known, verdicts, winner, open_facts(engine, known, columns, verdicts))
    if certificate.certainty == "proven":
        whole = everywhere(engine, whole_box(known))
        parts = whole if whole is not None else [anywhere(engine, whole_box(known), samples, seed)]
        broken = any(bool((engine.judge(part).winners != winner).any()) for part in parts)
        return Checked("proven", whole is not None, broken, 0.0, float(broken))
    fresh = complete(known, replace(engine.sampling, size=samples))
    moved = float((engine.judge(fresh).winners != winner).mean())
    return Checked("probable", False, moved > engine.book.scale.stop_below, certificate.chance_of_change, moved)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=40, help="profiles drawn of each kind")
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    drawn = [*clients(chosen.clients, False, chosen.seed), *clients(chosen.clients, True, chosen.seed)]
    with Pool(chosen.processes) as pool:
        found = pool.map(partial(check, chosen.samples), enumerate(drawn), chunksize=2)
    proven = [each for each in found if each.certainty == "proven"]
    whole = sum(each.exhaustive for each in proven)
    print(f"proven: {len(proven)}, {whole} of them checked whole, the others on {chosen.samples:,} completions")
    print(f"  with a counterexample: {sum(each.broken for each in proven)}")
    probable = [each for each in found if each.certainty == "probable"]
    if probable:
        stated, moved = np.array([[each.stated, each.found] for each in probable]).T
        print(
            f"probable: {len(probable)}, chance of change stated: mean {stated.mean():.2%}, greatest {stated.max():.2%}"
        )
        print(f"  found on {chosen.samples:,} fresh completions: mean {moved.mean():.2%}, greatest {moved.max():.2%}")


if __name__ == "__main__":
    main()
