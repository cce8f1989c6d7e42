"""How long a turn takes, end to end and durable: from one sender and from several, by kind, and where the time goes.

python -m tests.benchmarks.turns [SESSIONS]
python -m tests.benchmarks.turns [SESSIONS] --profile

The profile counts processor time of one sender, sampled while it works, so that it can be compared on a busy machine.
A turn that is refused because too many are worked on is sent again; its time counts from the first try.
"""

import argparse
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from types import FrameType
from typing import Any

import numpy as np

from agent.consultation import Consultant
from agent.operation.metrics import METRICS
from agent.protocol import Answered, Commanded, Message, Said
from agent.settings import load_settings
from knowledge.errors import StoreError

TRY_AGAIN_S = 0.05
SAMPLE_S = 0.001

PURPOSES = (
    ("flips: what would change the advice", "agent/bureau.py", "flips"),
    ("outcomes: what each answer would lead to", "agent/bureau.py", "foresee"),
    ("decisions", "agent/bureau.py", "decide"),
    ("running costs", "agent/bureau.py", "monthly_usd"),
    ("the memo", "agent/answering.py", "_write_memo"),
    ("reading the message", "agent/desk.py", "_read"),
    ("guidance and other retrieval", "agent/lookup.py", ""),
    ("the store of sessions", "agent/store.py", ""),
    ("leases", "agent/sqlite.py", "lease"),
    ("wording the reply", "agent/reply.py", ""),
    ("graph and checkpoints", "langgraph/", ""),
)
"""What a turn spends its time on: the first that is found in the stack of calls counts."""


def messages(number: int) -> list[Message]:
    """A consultation in which no two sessions state the same volume, so that no decision is remembered."""
    return [
        Said("A support bot over our product documentation, updated every week; the model does not know our product."),
        Answered({"queries_per_day": 10_000 + number}),
        Said("why do you ask?"),
        Answered({"knowledge_tokens": 2_000_000 + number}),
        Said(f"sorry, {20_000 + number} a day, not {10_000 + number}"),
        Answered({"latency_budget_ms": 2_000}),
        Said("what if we had 5,000 labelled examples?"),
        Answered({"needs_citations": True}),
    ]


def every_kind(number: int) -> list[tuple[str, Message]]:
    """One turn of each kind; the facts differ between sessions."""
    said = messages(number)
    return [
        ("facts in words", said[0]),
        ("a fact answered", said[1]),
        ("why do you ask", said[2]),
        ("a fact answered", said[3]),
        ("correction", said[4]),
        ("what if", said[6]),
        ("why not fine-tuning", Said("why not fine-tuning?")),
        ("a fact answered", said[5]),
        ("what would change", Said("what would change your advice?")),
        ("a question of its own", Said("what is prompt caching?")),
        ("memo", Commanded("memo")),
    ]


def consult(consultant: Consultant, number: int) -> list[float]:
    """Plays one consultation; the milliseconds of each turn."""
    session, taken = consultant.start().session, []
    for place, message in enumerate(messages(number)):
        begun = time.perf_counter()
        _until_answered(consultant, session, message, f"{place}")
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


def _until_answered(consultant: Consultant, session: str, message: Message, message_id: str) -> None:
    for _ in count():
        try:
            consultant.send(session, message, message_id)
            return
        except StoreError:
            time.sleep(TRY_AGAIN_S)


def speeds(consultant: Consultant, sessions: int) -> None:
    """Prints latencies with one sender and with several."""
    print("| senders | turns | turns a second | p50 ms | p95 ms | p99 ms | refused at first |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for start, senders in ((1_000, 1), (2_000, 4), (3_000, 16)):
        begun, refused = time.perf_counter(), METRICS.value("refusals")
        with ThreadPoolExecutor(senders) as pool:
            numbers = range(start, start + sessions)
            taken = np.concatenate(list(pool.map(lambda number: consult(consultant, number), numbers)))
        rate = len(taken) / (time.perf_counter() - begun)
        p50, p95, p99 = np.percentile(taken, [50, 95, 99])
        refused = METRICS.value("refusals") - refused
        print(f"| {senders} | {len(taken)} | {rate:.0f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {refused} |")


def profile(consultant: Consultant, sessions: int) -> None:
    """Prints the processor time of each kind of turn, and what it is spent on."""
    cpu: dict[str, list[float]] = defaultdict(list)
    samples: Counter[str] = Counter()
    for number in range(4_000, 4_000 + sessions):
        session = consultant.start().session
        for kind, message in every_kind(number):
            with _sampled(samples):
                begun = time.thread_time()
                consultant.send(session, message)
                cpu[kind].append((time.thread_time() - begun) * 1_000)
    print("| kind of turn | turns | CPU ms p50 | CPU ms p95 |\n|---|---:|---:|---:|")
    for kind, taken in cpu.items():
        p50, p95 = np.percentile(taken, [50, 95])
        print(f"| {kind} | {len(taken)} | {p50:.0f} | {p95:.0f} |")
    every = [one for taken in cpu.values() for one in taken]
    print(f"| mean of all | {len(every)} | {np.mean(every):.0f} | |\n")
    print("| where the time goes | share | CPU ms a turn |\n|---|---:|---:|")
    for purpose, found in samples.most_common():
        share = found / samples.total()
        print(f"| {purpose} | {share:.0%} | {share * np.mean(every):.1f} |")


@contextmanager
def _sampled(samples: Counter[str]) -> Iterator[None]:
    """Counts, each millisecond of processor time, what the main thread is at."""

    def sample(_: int, frame: FrameType | None) -> None:
        samples[_purpose(frame)] += 1

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_S, SAMPLE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _purpose(frame: Any) -> str:
    stack = []
    while frame is not None:
        stack.append((frame.f_code.co_filename, frame.f_code.co_name))
        frame = frame.f_back
    for purpose, file, function in PURPOSES:
        if any(file in where and function in ("", name) for where, name in stack):
            return purpose
    return "the rest"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sessions", nargs="?", type=int, default=20)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        consultant = Consultant(load_settings(home=home))
        consult(consultant, 0)
        (profile if options.profile else speeds)(consultant, options.sessions)
        consultant.close()


if __name__ == "__main__":
    main()
