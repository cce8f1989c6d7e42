"""How long a turn takes, end to end and durable, from one sender and from several at once.

python -m tests.benchmarks.turns [SESSIONS]
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from agent.consultation import Consultant
from agent.protocol import Answered, Message, Said
from agent.settings import load_settings


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


def consult(consultant: Consultant, number: int) -> list[float]:
    """Plays one consultation; the milliseconds of each turn."""
    session, taken = consultant.start().session, []
    for message in messages(number):
        begun = time.perf_counter()
        consultant.send(session, message)
        taken.append((time.perf_counter() - begun) * 1_000)
    return taken


def main(sessions: int) -> None:
    """Prints the table."""
    print("| senders | turns | turns a second | p50 ms | p95 ms | p99 ms |\n|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        consultant = Consultant(load_settings(home=home))
        consult(consultant, 0)
        for start, senders in ((1_000, 1), (2_000, 4), (3_000, 16)):
            begun = time.perf_counter()
            with ThreadPoolExecutor(senders) as pool:
                taken = np.concatenate(
                    list(pool.map(lambda number: consult(consultant, number), range(start, start + sessions)))
                )
            rate = len(taken) / (time.perf_counter() - begun)
            p50, p95, p99 = np.percentile(taken, [50, 95, 99])
            print(f"| {senders} | {len(taken)} | {rate:.0f} | {p50:.0f} | {p95:.0f} | {p99:.0f} |")
        consultant.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
