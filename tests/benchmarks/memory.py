"""How the memory of one worker grows with the turns that it has answered, as fast as it answers them.

python -m tests.benchmarks.memory [TURNS] [--sessions 400] [--postgres]

The turns are those of `tests.benchmarks.load`, whose ten minutes are 1,200 turns of warm-up and 12,000 of load: the
defaults. Counting turns rather than minutes makes the figure independent of how busy the machine is. A row stands for a
tenth of the load; a leak goes on rising, caches that fill up do not.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from agent.consultation import Consultant
from agent.operation.admission import AT_ONCE
from agent.operation.collection import settle
from knowledge.errors import ConsultError
from tests.benchmarks.load import ENVIRONMENT, GROWTH, consultant_at, resident_mb, script
from tests.peers.postgres import postgres

TURNS, ROWS = 12_000, 10


def work(home: str, url: str | None, turns: int, sessions: int) -> None:
    """One worker process: prints its memory and whether it kept the bar."""
    consultant = consultant_at(home, url)
    consultant.check_ready()
    settle()
    begun = [consultant.start().session for _ in range(sessions)]
    print("| turns | memory MB | CPU s | refused |\n|---:|---:|---:|---:|")
    step, errors = turns // ROWS, Counter[str]()
    grown = list(_memory_after_each(consultant, begun, step, errors))
    growth, later = grown[-1] / grown[0] - 1, grown[-1] / grown[len(grown) // 2] - 1
    kept = "kept  " if growth < GROWTH else "MISSED"
    print(f"\n{kept} memory grows less than {GROWTH:.0%}: {growth:+.1%}, in the second half {later:+.1%}")
    for words, times in errors.items():
        print(f"{times} × {words}…")
    consultant.close()


def _memory_after_each(consultant: Consultant, sessions: list[str], step: int, errors: Counter[str]) -> Iterator[float]:
    """The memory, in MB, after the warm-up and after each tenth of the load."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row in range(ROWS + 1):
            first = row * step
            list(pool.map(lambda place: _send(consultant, sessions, place, errors), range(first, first + step)))
            yield resident_mb()
            print(
                f"| {first + step:,} | {resident_mb():.1f} | {time.process_time():.0f} | {errors.total()} |", flush=True
            )


def _send(consultant: Consultant, sessions: list[str], place: int, errors: Counter[str]) -> None:
    round_of, whose = divmod(place, len(sessions))
    said = script(1_000 + place * 7)
    try:
        consultant.send(sessions[whose], said[(round_of + whose) % len(said)], f"{place}")
    except ConsultError as error:
        errors[str(error)[:60]] += 1


def main() -> None:
    """Starts the worker as an operator's would be started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("turns", nargs="?", type=int, default=TURNS, help="turns after the warm-up (%(default)s)")
    parser.add_argument("--sessions", type=int, default=400, help="sessions that take turns (%(default)s)")
    parser.add_argument("--postgres", action="store_true", help="sessions in a real PostgreSQL instead of SQLite")
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(postgres()).get_uri() if options.postgres else None
        worker = multiprocessing.get_context("spawn").Process(
            target=work, args=(home, url, options.turns, options.sessions)
        )
        worker.start()
        worker.join()


if __name__ == "__main__":
    main()
