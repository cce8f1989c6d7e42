"""Many people at once: latency, loss, memory, and what happens at four times the load.

python -m tests.benchmarks.load [SECONDS] [--rate 20] [--sessions 400] [--workers 1] [--postgres]
    [--restart-every SECONDS]

Messages arrive at a fixed rate whether or not earlier ones are answered, and a latency counts from the moment a message
was due. Real rules, real retrieval, the embedded language; nothing is kept in memory that a restart would lose. At the
end every acknowledged message must stand in its session exactly once, and none in another.
"""

import argparse
import multiprocessing
import secrets
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.protocol import Message, Said
from agent.settings import load_settings
from knowledge.errors import ConsultError
from tests.benchmarks.turns import messages
from tests.peers.postgres import postgres

SENDERS = 96
RESTARTING, LOCK = Event(), Lock()
RESTARTING.set()
OVERLOAD = 4


@dataclass
class Phase:
    """What one worker saw while messages came at one rate; times in seconds."""

    name: str
    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    rss_mb: float = 0.0


def consultant_at(home: str, url: str | None) -> Consultant:
    """A worker's own consultant; the data folder is its own where the database is shared."""
    settings = load_settings(home=Path(home), database_url=SecretStr(url) if url else None, messages_per_hour=0)
    return Consultant(settings)


def script(number: int) -> list[Message]:
    """What one session says over and over: figures that differ, words, questions."""
    return [*messages(number), Said("what would change your advice?")]


def hold(consultant: Consultant, phase: Phase, rate: float, seconds: float, sessions: list[str], offset: int) -> None:
    """Sends at the rate for so long; every message to the next session."""
    begun = time.perf_counter()

    def send(place: int, due: float) -> None:
        session = sessions[(offset + place) % len(sessions)]
        round_of = (offset + place) // len(sessions)
        said = script(1_000 + (offset + place) * 7)
        message_id = f"{session[:8]}-{offset + place}-{secrets.token_hex(4)}"
        entered = time.perf_counter()
        try:
            consultant.send(session, said[round_of % len(said)], message_id)
        except ConsultError as error:
            phase.refused.append(time.perf_counter() - entered)
            phase.errors[str(error)[:60]] += 1
            return
        phase.taken.append(time.perf_counter() - due)
        phase.acknowledged.append((session, message_id))

    with ThreadPoolExecutor(SENDERS) as pool:
        for place in range(int(rate * seconds)):
            due = begun + place / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(send, place, due)
    phase.rss_mb = _rss_mb()


def work(home: str, url: str | None, options: Any, sessions: list[str], offset: int, results: Any) -> None:
    """One worker process: a warm-up, the load, four times the load, and the load again."""
    consultant = consultant_at(home, url)
    consultant.check_ready()
    rate = options.rate / options.workers
    plan = [
        ("warm-up", rate, max(10.0, options.seconds / 10)),
        ("load", rate, options.seconds),
        (f"{OVERLOAD} × load", rate * OVERLOAD, max(5.0, options.seconds / 10)),
        ("after", rate, 10.0),
    ]
    done = []
    for name, phase_rate, seconds in plan:
        done.append(Phase(name))
        hold(consultant, done[-1], phase_rate, seconds, sessions, offset)
        offset += int(phase_rate * seconds)
    consultant.close()
    results.put(done)


def main() -> None:
    """Prints the table and whether anything was lost, doubled or crossed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", nargs="?", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--sessions", type=int, default=400)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--restart-every", type=float, default=0, help="seconds between restarts of PostgreSQL")
    options = parser.parse_args()
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
    print("| phase | answered | p50 ms | p95 ms | p99 ms | refused | slowest refusal ms | memory MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(phase.name for phase in phases):
        mine = [phase for phase in phases if phase.name == name]
        taken = [1_000 * one for phase in mine for one in phase.taken] or [float("nan")]
        refused = [1_000 * one for phase in mine for one in phase.refused]
        p50, p95, p99 = np.percentile(taken, [50, 95, 99])
        memory = ", ".join(f"{phase.rss_mb:.0f}" for phase in mine)
        shown = f"{max(refused):.0f}" if refused else "-"
        print(f"| {name} | {len(taken)} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {len(refused)} | {shown} | {memory} |")
    for words, times in sum((phase.errors for phase in phases), Counter[str]()).items():
        print(f"{times} × {words}…")


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


def _rss_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


if __name__ == "__main__":
    main()
