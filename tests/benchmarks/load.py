"""Many people at once: latency, loss, memory, and what happens at four times the load.

python -m tests.benchmarks.load [SECONDS] [--rate 20] [--sessions 400] [--workers 1] [--postgres]
    [--restart-every SECONDS]

Messages arrive at a fixed rate whether or not earlier ones are answered, and a latency counts from the moment a message
was due. A warm-up of a tenth of the time is followed by the load, by four times the load for a tenth of the time, and
by the load again, without a pause. Real rules, real retrieval, the embedded language; nothing is kept in memory that a
restart would lose. At the end every acknowledged message must stand in its session exactly once, and none in another.
Workers run with the environment of `deploy/`. The bars are those for ten minutes on two cores:

    python -m tests.benchmarks.load 600
    python -m tests.benchmarks.load 600 --postgres --workers 2
    python -m tests.benchmarks.load 60 --postgres --workers 2 --restart-every 10

How memory grows with the number of turns is told faster by `python -m tests.benchmarks.memory`.
"""

import argparse
import multiprocessing
import os
import secrets
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.operation.collection import settle
from agent.protocol import Message, Said
from agent.settings import load_settings
from knowledge.errors import ConsultError
from tests.benchmarks.turns import messages
from tests.peers.postgres import postgres

ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
"""What workers are started with, as in `deploy/`."""
SENDERS = 96
RESTARTING, LOCK = Event(), Lock()
RESTARTING.set()
OVERLOAD = 4
AFTER_S = 20.0
P95_S, P99_S, REFUSAL_S, RECOVERY_S, GROWTH = 0.3, 0.6, 1.0, 10.0, 0.10
"""What is asked of the load phase (latencies, growth of memory) and of the overload (slowest refusal, recovery)."""
CALM_S = 3
"""Seconds in a row without a refusal and with the p95 in bounds before the worker counts as recovered."""
WARM_UP, LOAD, AFTER = "warm-up", "load", "after"


@dataclass
class Phase:
    """What one worker saw while messages came at one rate; times in seconds."""

    name: str
    taken: list[tuple[float, float]] = field(default_factory=list)
    """When a message was due, counted from the beginning of the phase, and how long it took from then on."""
    refused: list[tuple[float, float]] = field(default_factory=list)
    """When a refused message was due, and how long the refusal took from the moment it was sent."""
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Faults that are no refusals in words."""
    rss_mb: float = 0.0
    """At the end of the phase."""
    cpu_s: float = 0.0


def consultant_at(home: str, url: str | None) -> Consultant:
    """A worker's own consultant; the data folder is its own where the database is shared."""
    settings = load_settings(home=Path(home), database_url=SecretStr(url) if url else None, messages_per_hour=0)
    return Consultant(settings)


def script(number: int) -> list[Message]:
    """What one session says over and over, each beginning at another place: figures that differ, words, questions."""
    return [*messages(number), Said("what would change your advice?")]


def hold(
    consultant: Consultant,
    pool: ThreadPoolExecutor,
    phase: Phase,
    rate: float,
    seconds: float,
    sessions: list[str],
    offset: int,
) -> None:
    """Sends at the rate for so long; every message to the next session. Does not wait for the last answers."""
    begun, cpu_before = time.perf_counter(), time.process_time()

    def send(place: int, due: float) -> None:
        round_of, whose = divmod(offset + place, len(sessions))
        session = sessions[whose]
        said = script(1_000 + (offset + place) * 7)
        message_id = f"{session[:8]}-{offset + place}-{secrets.token_hex(4)}"
        entered = time.perf_counter()
        try:
            consultant.send(session, said[(round_of + whose) % len(said)], message_id)
        except ConsultError as error:
            phase.refused.append((due - begun, time.perf_counter() - entered))
            phase.errors[str(error)[:60]] += 1
            return
        except Exception as error:  # whatever it is, it is no answer and must be seen
            phase.broken.append(f"{type(error).__name__}: {error}"[:120])
            return
        phase.taken.append((due - begun, time.perf_counter() - due))
        phase.acknowledged.append((session, message_id))

    for place in range(int(rate * seconds)):
        due = begun + place / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        pool.submit(send, place, due)
    time.sleep(max(0.0, begun + seconds - time.perf_counter()))
    phase.rss_mb, phase.cpu_s = resident_mb(), time.process_time() - cpu_before


def work(home: str, url: str | None, options: Any, sessions: list[str], offset: int, results: Any) -> None:
    """One worker process: a warm-up, the load, four times the load, and the load again."""
    consultant = consultant_at(home, url)
    consultant.check_ready()
    settle()
    rate = options.rate / options.workers
    plan = [
        (WARM_UP, rate, max(10.0, options.seconds / 10)),
        (LOAD, rate, options.seconds),
        (f"{OVERLOAD} × load", rate * OVERLOAD, max(5.0, options.seconds / 10)),
        (AFTER, rate, AFTER_S),
    ]
    done = []
    with ThreadPoolExecutor(SENDERS) as pool:
        for name, phase_rate, seconds in plan:
            done.append(Phase(name))
            hold(consultant, pool, done[-1], phase_rate, seconds, sessions, offset)
            offset += int(phase_rate * seconds)
    consultant.close()
    results.put(done)


def main() -> None:
    """Prints the table and whether anything was lost, doubled or crossed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add(
        "seconds", nargs="?", type=float, default=60, help="how long the load lasts; the bars are for 600 (%(default)s)"
    )
    add("--rate", type=float, default=20, help="messages a second, over all workers (%(default)s)")
    add("--sessions", type=int, default=400, help="sessions that take turns (%(default)s)")
    add("--workers", type=int, default=1, help="processes that share the database (%(default)s)")
    add("--postgres", action="store_true", help="sessions in a real PostgreSQL instead of SQLite")
    add("--restart-every", type=float, default=0, help="seconds between restarts of PostgreSQL, 0 for none")
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(postgres()) if options.postgres else None
        url = server.get_uri() if server else None
        homes = [f"{folder}/{place if options.postgres else 0}" for place in range(options.workers)]
        first = consultant_at(homes[0], url)
        sessions = [first.start().session for _ in range(options.sessions)]
        if server and options.restart_every:
            Thread(target=_restart, args=(server, options.restart_every), daemon=True).start()
        phases = _run(homes, url, options, sessions)
        with LOCK:
            RESTARTING.clear()
        _print(phases)
        print(_verdict(first, sessions, [one for phase in phases for one in phase.acknowledged]))
        first.close()


def _run(homes: list[str], url: str | None, options: Any, sessions: list[str]) -> list[Phase]:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=work, args=(home, url, options, sessions, place * 10_000_000, results))
        for place, home in enumerate(homes)
    ]
    for worker in workers:
        worker.start()
    told = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return [phase for phases in told for phase in phases]


def _restart(server: Any, every_s: float) -> None:
    """Stops and starts PostgreSQL again and again, as long as the load lasts."""
    while True:
        time.sleep(every_s)
        with LOCK:
            if not RESTARTING.is_set():
                return
            server.stop()
            server.start()


def _print(phases: list[Phase]) -> None:
    print("| phase | answered | p50 ms | p95 ms | p99 ms | refused | slowest refusal ms | CPU ms a turn | memory MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(phase.name for phase in phases):
        mine = _of(phases, name)
        p50, p95, p99 = (1_000 * one for one in _percentiles(mine))
        answered, refused = (
            sum(len(part) for part in parts) for parts in zip(*((p.taken, p.refused) for p in mine), strict=True)
        )
        cpu = 1_000 * sum(phase.cpu_s for phase in mine) / max(1, answered)
        memory = ", ".join(f"{phase.rss_mb:.0f}" for phase in mine)
        slowest = f"{1_000 * _slowest_refusal(mine):.0f}" if refused else "-"
        figures = f"{answered} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {refused} | {slowest} | {cpu:.0f} | {memory}"
        print(f"| {name} | {figures} |")
    for words, times in sum((phase.errors for phase in phases), Counter[str]()).items():
        print(f"{times} × {words}…")
    print()
    for bar, measured, kept in _bars(phases):
        print(f"{'kept  ' if kept else 'MISSED'} {bar}: {measured}")


def _of(phases: list[Phase], name: str) -> list[Phase]:
    return [phase for phase in phases if phase.name == name]


def _percentiles(phases: list[Phase]) -> tuple[float, float, float]:
    taken = [one for phase in phases for _, one in phase.taken] or [float("nan")]
    p50, p95, p99 = np.percentile(taken, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def _slowest_refusal(phases: list[Phase]) -> float:
    return max((one for phase in phases for _, one in phase.refused), default=0.0)


def _bars(phases: list[Phase]) -> Iterator[tuple[str, str, bool]]:
    """Each bar in words, what was measured, and whether it was kept."""
    load = _of(phases, LOAD)
    _, p95, p99 = _percentiles(load)
    yield f"p95 of the load at most {P95_S * 1_000:.0f} ms", f"{p95 * 1_000:.0f} ms", p95 <= P95_S
    yield f"p99 of the load at most {P99_S * 1_000:.0f} ms", f"{p99 * 1_000:.0f} ms", p99 <= P99_S
    broken = [one for phase in phases for one in phase.broken]
    yield "no fault without words", f"{len(broken)}: {Counter(broken).most_common(2)}" if broken else "none", not broken
    refused = sum(len(phase.refused) for phase in load)
    yield "nothing of the load refused", f"{refused} refused", refused == 0
    grown = max(b.rss_mb / a.rss_mb - 1 for a, b in zip(_of(phases, WARM_UP), load, strict=True))
    yield f"memory grows less than {GROWTH:.0%} during the load", f"{grown:+.1%}", grown < GROWTH
    slowest = _slowest_refusal(phases)
    yield f"refusals within {REFUSAL_S:g} s", f"slowest {slowest * 1_000:.0f} ms", slowest <= REFUSAL_S
    recovered = _recovered_after_s(_of(phases, AFTER))
    told = "not within the measurement" if recovered is None else f"{recovered} s"
    yield f"recovery within {RECOVERY_S:g} s", told, recovered is not None and recovered <= RECOVERY_S


def _recovered_after_s(phases: list[Phase]) -> int | None:
    """The first second after the overload from which on, for a few in a row, nothing is refused and the p95 holds."""
    calm = []
    for second in range(int(AFTER_S)):
        taken = [one for phase in phases for due, one in phase.taken if int(due) == second]
        refused = any(int(due) == second for phase in phases for due, _ in phase.refused)
        calm.append(bool(taken) and not refused and float(np.percentile(taken, 95)) <= P95_S)
    return next((s for s in range(len(calm) - CALM_S + 1) if all(calm[s : s + CALM_S])), None)


def _verdict(consultant: Consultant, sessions: list[str], acknowledged: list[tuple[str, str]]) -> str:
    stored: dict[str, Counter[str]] = {
        session: Counter(one.id for one in consultant._store.transcript(session)) for session in sessions
    }
    wanted: dict[str, set[str]] = defaultdict(set)
    for session, message_id in acknowledged:
        wanted[session].add(message_id)
    lost = sum(message_id not in stored[session] for session, message_id in acknowledged)
    twice = sum(times - 1 for counts in stored.values() for times in counts.values())
    crossed = sum(
        not (one == "start" or one.startswith(session[:8])) for session in sessions for one in stored[session]
    )
    return f"{len(acknowledged)} acknowledged: {lost} lost, {twice} applied twice, {crossed} crossed between sessions."


def resident_mb() -> float:
    """The memory that this process holds, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


if __name__ == "__main__":
    main()
