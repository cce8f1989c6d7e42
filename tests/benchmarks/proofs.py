"""Whether proven certificates hold and probable ones keep their rate, by brute force over what is still open.

    python -m tests.benchmarks.proofs --clients 20 --samples 100000

Every client is interviewed until the certificate allows to stop. Then completions are drawn anew, half of them at the
ends of the plausible ranges and on both sides of every threshold, and the advice is compared.
"""

import argparse
from dataclasses import replace

import numpy as np

from knowledge.options import OPTIONS
from tests.benchmarks.interview import AS_OF, by_value, clients, play
from tools.decide.boxes import Array, Boxes, Columns, decision_facts, just_below
from tools.decide.certificate import whole_box
from tools.decide.completions import complete
from tools.decide.engine import Engine, engine_for
from tools.profile import Known, Profile


def anywhere(engine: Engine, box: Boxes, size: int, seed: int) -> Columns:
    """Profiles anywhere in a box: half of each fact's values at its ends and thresholds, half spread between."""
    generator = np.random.Generator(np.random.PCG64(seed))
    return {name: _values(engine, box, name, size, generator) for name in decision_facts()}


def _values(engine: Engine, box: Boxes, name: str, size: int, generator: np.random.Generator) -> Array:
    low, high = float(box.low[name][0]), float(box.high[name][0])
    if low == high:
        return np.full(size, low)
    inside = [cut for cut in engine.cuts.get(name, ()) if low < cut <= high]
    edges = [low, high, *inside, *(just_below(name, cut) for cut in inside)]
    least = min(low, 0.0)  # growth may be negative
    spread = np.expm1(generator.uniform(np.log1p(low - least), np.log1p(high - least), size)) + least
    whole = spread if decision_facts()[name].kind in ("number", "share") else np.round(spread)
    return np.where(generator.random(size) < 0.5, generator.choice(edges, size), np.clip(whole, low, high))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20, help="profiles drawn of each kind")
    parser.add_argument("--samples", type=int, default=100_000)
    chosen = parser.parse_args()
    engine = engine_for(None, AS_OF)
    proven = broken = probable = 0
    rates: list[float] = []
    for seed, truth in enumerate([*clients(chosen.clients, False, seed=3), *clients(chosen.clients, True, seed=3)]):
        state, known = _interviewed(engine, truth)
        if state == "proven":
            proven += 1
            winner = _advice(engine, known)
            drawn = anywhere(engine, whole_box(known), chosen.samples, seed)
            broken += bool((engine.judge(drawn).winners != winner).any())
        else:
            probable += 1
            fresh = complete(known, replace(engine.sampling, size=chosen.samples))
            rates.append(float((engine.judge(fresh).winners != _advice(engine, known)).mean()))
    print(f"proven: {proven}, with a counterexample among {chosen.samples:,}: {broken}")
    if rates:
        print(f"probable: {probable}, chance of change: mean {np.mean(rates):.2%}, greatest {max(rates):.2%}")


def _interviewed(engine: Engine, truth: Profile) -> tuple[str, Profile]:
    asked: list[str] = []
    state, _, _ = play(engine, truth, Profile({}), lambda now: asked.append(by_value(now)) or asked[-1])
    known = Profile({name: Known(truth.known(name)) for name in asked})  # type: ignore[arg-type]
    return state.certificate.certainty, known


def _advice(engine: Engine, known: Profile) -> int:
    winners = engine.judge(engine.complete(known)).winners
    return int(np.argmax(np.bincount(winners, minlength=len(OPTIONS))))


if __name__ == "__main__":
    main()
