"""How many questions settle the advice: our order against fixed and entropy order, on drawn clients.

    python -m tests.benchmarks.interview --clients 2000

Clients are complete profiles, half drawn from the documented priors and half evenly over the plausible ranges. Each is
interviewed from an empty start and again from five stated facts; the advice at the stop is compared with the advice
for the full profile.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from tools.decide.boxes import Columns, decision_facts, decode
from tools.decide.certificate import certify
from tools.decide.completions import complete
from tools.decide.decision import Certificate
from tools.decide.engine import Engine, engine_for
from tools.decide.flips import most_frequent
from tools.decide.priors import EVENLY, draw
from tools.decide.settled import is_settled
from tools.decide.value import open_facts
from tools.profile import Known, Profile, parse_profile

AS_OF = date(2026, 11, 20)
OPENING = ("gap", "task", "knowledge_tokens", "update_frequency", "queries_per_day")
"""What a first paragraph usually states."""


@dataclass(frozen=True)
class State:
    """Where an interview stands."""

    winner: int
    certificate: Certificate
    seconds: float


def look(engine: Engine, profile: Profile) -> State:
    """The advice and the open facts, most worth asking first."""
    start = time.perf_counter()
    columns = engine.complete(profile)
    verdicts = engine.judge(columns)
    winner = most_frequent(verdicts.winners)
    found = certify(engine, profile, verdicts, winner, open_facts(engine, profile, columns, verdicts))
    return State(winner, found, time.perf_counter() - start)


def by_value(state: State) -> str:
    """Our order."""
    return state.certificate.checked[0].fact


def fixed(state: State) -> str:
    """The order of the facts' file."""
    names = [fact.fact for fact in state.certificate.checked]
    return min(names, key=list(decision_facts()).index)


def by_entropy(state: State) -> str:
    """The fact whose answer is least certain beforehand."""
    names = [fact.fact for fact in state.certificate.checked]
    return max(names, key=lambda name: (ENTROPIES[name], name))


def _entropy(engine: Engine, name: str) -> float:
    values = complete(parse_profile({}), engine.sampling)[name]
    cuts = np.array(engine.cuts.get(name) or np.quantile(values, [0.25, 0.5, 0.75]))
    shares = np.bincount(np.searchsorted(cuts, values, side="right")) / len(values)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


ENTROPIES: dict[str, float] = {}


def play(
    engine: Engine, truth: Profile, known: Profile, choose: Callable[[State], str]
) -> tuple[State, int, list[float]]:
    """An interview in which every question is answered from the truth, until the certificate allows to stop."""
    asked, seconds = 0, []
    while True:
        state = look(engine, known)
        seconds.append(state.seconds)
        if state.certificate.certainty != "open":
            return state, asked, seconds
        name = choose(state)
        assert not is_settled(known, name), f"{name} is asked twice"
        known = known.replace(**{name: truth.facts[name]})
        asked += 1


def clients(count: int, evenly: bool, seed: int) -> list[Profile]:
    """Complete profiles from the priors, or evenly over the plausible ranges."""
    generator = np.random.Generator(np.random.PCG64(seed))
    columns = _columns(generator, count, evenly)
    facts = decision_facts()
    rows = ({name: Known(decode(facts[name], column[row])) for name, column in columns.items()} for row in range(count))
    return [Profile(row) for row in rows]


def _columns(generator: np.random.Generator, count: int, evenly: bool) -> Columns:
    facts = decision_facts()
    gaps = draw("gap", EVENLY if evenly else "knowledge", generator.random(count))
    columns = {"gap": gaps}
    for name in facts:
        if name != "gap":
            shares = generator.random(count)
            given = [EVENLY if evenly else facts["gap"].codes[int(gap)] for gap in gaps]
            columns[name] = np.array([draw(name, g, shares[i : i + 1])[0] for i, g in enumerate(given)])
    return columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=2000, help="profiles drawn of each kind")
    parser.add_argument("--policies", default="value,fixed,entropy")
    chosen = parser.parse_args()
    engine = engine_for(None, AS_OF)
    ENTROPIES.update({name: _entropy(engine, name) for name in engine.used_facts})
    policies = {"value": by_value, "fixed": fixed, "entropy": by_entropy}
    print(
        f"{'clients':8} {'start':6} {'order':8} {'agree':>7} {'proven':>7} {'wrong proven':>12} "
        f"{'median':>6} {'p90':>4} {'max':>4} {'ms p95':>7}"
    )
    for kind in ("prior", "even"):
        truths = clients(chosen.clients, kind == "even", seed=7)
        for start in ("empty", "five"):
            for name in chosen.policies.split(","):
                _report(engine, truths, kind, start, name, policies[name])


def _report(
    engine: Engine, truths: list[Profile], kind: str, start: str, name: str, choose: Callable[[State], str]
) -> None:
    agree = proven = wrong = 0
    counts, seconds = [], []
    for truth in truths:
        known = Profile({fact: truth.facts[fact] for fact in OPENING} if start == "five" else {})
        state, asked, spent = play(engine, truth, known, choose)
        right = state.winner == look(engine, truth).winner
        agree, proven = agree + right, proven + (state.certificate.certainty == "proven")
        wrong += state.certificate.certainty == "proven" and not right
        counts.append(asked)
        seconds += spent
    quantiles = np.quantile(counts, [0.5, 0.9, 1.0])
    print(
        f"{kind:8} {start:6} {name:8} {agree / len(truths):7.2%} {proven / len(truths):7.1%} {wrong:12d} "
        f"{quantiles[0]:6.0f} {quantiles[1]:4.0f} {quantiles[2]:4.0f} {1000 * np.quantile(seconds, 0.95):7.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
