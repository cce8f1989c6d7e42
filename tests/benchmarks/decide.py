"""How fast the decision is: a next question, a traced decision, a batch, a document with flips.

python -m tests.benchmarks.decide
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.benchmarks.interview import AS_OF, clients, look
from tools.decide.batch import decide_batch, profile_columns
from tools.decide.completions import complete
from tools.decide.decide import decide
from tools.decide.engine import engine_for
from tools.profile import parse_profile

REPEATS = 30
PARAGRAPH = {
    "gap": "knowledge",
    "task": "question_answering",
    "knowledge_tokens": 200_000,
    "update_frequency": "weekly",
    "queries_per_day": 2_000,
}


def milliseconds(run: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Median and 95th percentile of a few runs after a first one."""
    run()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        spent.append(1000 * (time.perf_counter() - start))
    return float(np.median(spent)), float(np.quantile(spent, 0.95))


def main() -> None:
    engine = engine_for(None, AS_OF)
    empty, told = parse_profile({}), parse_profile(PARAGRAPH)
    whole = clients(1, evenly=False, seed=3)[0]
    many = complete(empty, replace(engine.sampling, size=100_000))
    rows: list[tuple[str, Callable[[], object], int, str]] = [
        ("next question, empty profile", lambda: look(engine, empty), REPEATS, "p95 <= 50"),
        ("next question, five facts", lambda: look(engine, told), REPEATS, "p95 <= 50"),
        ("decision with trace, complete profile", lambda: decide(whole, AS_OF), REPEATS, "<= 5"),
        ("decision with trace, five facts", lambda: decide(told, AS_OF), REPEATS, ""),
        ("decision with flips, five facts", lambda: decide(told, AS_OF, with_flips=True), 5, "typically <= 300"),
        ("decision with flips, complete profile", lambda: decide(whole, AS_OF, with_flips=True), 5, "<= 300"),
        ("100,000 profiles in a batch", lambda: decide_batch(many, AS_OF), 3, "<= 2,000"),
        ("1,000 profiles to columns", lambda: profile_columns([whole] * 1000), 3, ""),
    ]
    print(f"{'what':40} {'median ms':>10} {'p95 ms':>10}  aim (ms)")
    for what, run, repeats, aim in rows:
        median, p95 = milliseconds(run, repeats)
        print(f"{what:40} {median:10.1f} {p95:10.1f}  {aim}", flush=True)


if __name__ == "__main__":
    main()
