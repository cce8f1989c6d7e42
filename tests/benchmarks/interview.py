"""How many questions settle the advice: our order against fixed and entropy order, on drawn clients.

    python -m tests.benchmarks.interview --clients 2000 --others 500

Clients are complete profiles, as many drawn from the documented priors as evenly over the plausible ranges. Each is
interviewed from an empty start and again from five stated facts; every question is answered, and the advice at the stop
is compared with the advice for the full profile. All three orders stop by the same certificate. The column "to 98 %"
compares them at equal agreement: the number of questions after which, were everybody cut off there, the advice would
be that of the full profile for 98 clients in 100. The other two orders take several times as long and are played with
fewer clients, the first ones of the same draw. A question that is asked twice ends the run with an error.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from multiprocessing import Pool

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

AT_ONCE = 20
"""Clients that one process plays before it reports."""

LEVEL = 0.98
"""The agreement at which the orders are compared."""


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
    return max(names, key=lambda name: (_entropy(name), name))


@cache
def _entropy(name: str) -> float:
    engine = engine_for(None, AS_OF)
    values = complete(parse_profile({}), engine.sampling)[name]
    cuts = np.array(engine.cuts.get(name) or np.quantile(values, [0.25, 0.5, 0.75]))
    shares = np.bincount(np.searchsorted(cuts, values, side="right")) / len(values)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


ORDERS: dict[str, Callable[[State], str]] = {"value": by_value, "fixed": fixed, "entropy": by_entropy}


@dataclass(frozen=True)
class Played:
    """An interview: how it stopped, the advice before each question and at the stop, and what each look took."""

    certainty: str
    advice: list[int]
    seconds: list[float]
    known: Profile

    @property
    def asked(self) -> int:
        """How many questions were put."""
        return len(self.advice) - 1


def play(engine: Engine, truth: Profile, known: Profile, choose: Callable[[State], str]) -> Played:
    """An interview in which every question is answered from the truth, until the certificate allows to stop."""
    advice, seconds, asked = [], [], set[str]()
    while True:
        state = look(engine, known)
        advice.append(state.winner)
        seconds.append(state.seconds)
        if state.certificate.certainty != "open":
            return Played(state.certificate.certainty, advice, seconds, known)
        name = choose(state)
        if name in asked or is_settled(known, name):
            raise AssertionError(f"{name} is asked twice")
        asked.add(name)
        known = known.replace(**{name: truth.facts[name]})


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


@dataclass(frozen=True)
class Task:
    """Some clients to be interviewed, as plain values that another process can be given."""

    kind: str
    start: str
    order: str
    clients: int
    seed: int
    first: int
    last: int


@dataclass(frozen=True)
class Result:
    """One client's interview against the truth."""

    certainty: str
    right: list[bool]
    """Whether the advice was that of the full profile before each question and at the stop."""
    seconds: list[float]


def run(task: Task) -> tuple[Task, list[Result]]:
    """Plays the clients of one task."""
    engine = engine_for(None, AS_OF)
    return task, [_result(engine, task, truth) for truth in _drawn(task)[task.first : task.last]]


def _drawn(task: Task) -> list[Profile]:
    return _clients(task.clients, task.kind == "even", task.seed)


@cache
def _clients(count: int, evenly: bool, seed: int) -> list[Profile]:
    return clients(count, evenly, seed)


def _result(engine: Engine, task: Task, truth: Profile) -> Result:
    known = Profile({fact: truth.facts[fact] for fact in OPENING} if task.start == "five" else {})
    played = play(engine, truth, known, ORDERS[task.order])
    settled = most_frequent(engine.judge(engine.complete(truth)).winners)
    return Result(played.certainty, [winner == settled for winner in played.advice], played.seconds)


def to_level(results: list[Result], level: float = LEVEL) -> int | None:
    """After how many questions, with everybody cut off there, that share of the clients would be advised right."""
    for most in range(max(len(result.right) for result in results)):
        if np.mean([result.right[min(most, len(result.right) - 1)] for result in results]) >= level:
            return most
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=2000, help="profiles drawn of each kind")
    parser.add_argument(
        "--others", type=int, default=500, help="those of them that the two other orders are played with"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    start = time.perf_counter()
    print(
        f"{'clients':12} {'start':6} {'order':8} {'agree':>7} {'proven':>7} {'wrong proven':>12} "
        f"{'median':>6} {'mean':>5} {'p90':>4} {'max':>4} {f'to {LEVEL:.0%}':>7} {'ms p95':>7}"
    )
    with Pool(chosen.processes) as pool:
        for order, begin, kind in product(ORDERS, ("empty", "five"), ("prior", "even")):
            count = chosen.clients if order == "value" else min(chosen.others, chosen.clients)
            if count:
                tasks = [
                    Task(kind, begin, order, chosen.clients, chosen.seed, first, min(first + AT_ONCE, count))
                    for first in range(0, count, AT_ONCE)
                ]
                found = [result for _, part in pool.imap_unordered(run, tasks) for result in part]
                print(_line(kind, begin, order, found), flush=True)
    print(f"No question was asked twice. {time.perf_counter() - start:,.0f} s on {chosen.processes} processes.")


def _line(kind: str, begin: str, order: str, found: list[Result]) -> str:
    right = np.array([result.right[-1] for result in found])
    proven = np.array([result.certainty == "proven" for result in found])
    asked = np.array([len(result.right) - 1 for result in found])
    seconds = [each for result in found for each in result.seconds]
    level = to_level(found)
    first, ninth = np.quantile(asked, [0.5, 0.9])
    return (
        f"{len(found):5,d} {kind:6} {begin:6} {order:8} {right.mean():7.2%} {proven.mean():7.1%} "
        f"{int((proven & ~right).sum()):12d} {first:6.0f} {asked.mean():5.1f} {ninth:4.0f} {asked.max():4d} "
        f"{'–' if level is None else level:>7} {1000 * np.quantile(seconds, 0.95):7.1f}"
    )


if __name__ == "__main__":
    main()
