"""Load on the Slack bot: threads that each send a message every 20 s; acknowledgement, replies, losses, mix-ups.

    python -m tests.benchmarks.slack [threads] [rounds]

The bot runs as `consult slack --transport http` in a process of its own, with the embedded language and a real store;
the local Slack that feeds it runs in this one, on the same cores.
"""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from agent.database import open_database
from agent.mailbox import Mailbox
from agent.settings import load_settings
from agent.store import Store
from tests.peers.local import wait_until_up
from tests.peers.slack import Ack, SlackPeer, slack_peer
from tests.peers.slack_workspace import TEAM
from tests.ui.slack.conftest import environment

ROUNDS = (
    (
        "We want an assistant over our product manuals; the model lacks our facts. About {n} questions a day.",
        "queries_per_day",
    ),
    ("We have {n} labelled examples.", "labeled_examples"),
    ("We can spend {n} dollars a month on running it.", "monthly_budget_usd"),
)
EVERY_S = 20.0


def main(threads: int, rounds: int) -> None:
    """Runs the load and prints what was measured."""
    with tempfile.TemporaryDirectory() as home, slack_peer() as peer:
        os.environ |= {"CONSULT_HOME": home, "CONSULT_MESSAGES_PER_HOUR": "0"}  # one user sends for all
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            sys.executable,
            "-c",
            f"from ui.cli import main; main(['slack', '--transport', 'http', '--port', '{port}'])",
        ]
        with subprocess.Popen(command, env=environment(peer), cwd=Path(__file__).parent.parent.parent) as bot:
            peer.bot_url = f"http://127.0.0.1:{port}/slack/events"
            try:
                wait_until_up(peer.bot_url, bot)
                _warm(peer)
                Load(peer, threads, rounds).run()
            finally:
                bot.terminate()
                bot.wait()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"processor time of the bot, start included: {used.ru_utime + used.ru_stime:.1f} s")


class Load:
    """Many people talking at once, each in a thread of their own."""

    def __init__(self, peer: SlackPeer, threads: int, rounds: int) -> None:
        self._peer = peer
        self._threads = threads
        self._rounds = rounds
        self._acks: list[Ack] = []
        self._waits: list[float] = []
        self._roots: dict[int, str] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """Plays all conversations and prints the table."""
        start = time.monotonic()
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(lambda number: self._talk(number, start), range(self._threads)))
        lost, crossed = self._checked()
        ack, wait = ([1e3 * float(np.quantile(values, share)) for share in (0.5, 0.95, 0.99)] for values in
                     ([ack.seconds for ack in self._acks], self._waits))  # fmt: skip
        print(f"{self._threads} threads, {len(self._acks)} messages, load average {os.getloadavg()[0]:.1f}")
        print("| | p50 ms | p95 ms | p99 ms |\n|---|---:|---:|---:|")
        print(f"| acknowledgement | {ack[0]:.0f} | {ack[1]:.0f} | {ack[2]:.0f} |")
        print(f"| reply | {wait[0]:.0f} | {wait[1]:.0f} | {wait[2]:.0f} |")
        refused = sum(ack.status != 200 for ack in self._acks)
        print(f"replies lost: {lost}, crossed: {crossed}, not acknowledged: {refused}")

    def _talk(self, number: int, start: float) -> None:
        channel = f"D{number:04d}"
        for turn in range(self._rounds):
            time.sleep(max(0.0, start + EVERY_S * (turn + number / self._threads) - time.monotonic()))
            text = ROUNDS[turn][0].format(n=1_000 + number)
            root = self._roots.get(number)
            ts = self._peer.say("U1", text, channel, root, send=False)
            self._roots.setdefault(number, ts)
            sent = time.monotonic()
            (event,) = self._peer.events("U1", text, channel, ts, root)
            ack = self._peer.deliver(event)
            with self._lock:
                self._acks.append(ack)
            with contextlib.suppress(TimeoutError):  # a reply that never comes is counted as lost
                self._peer.wait_for_replies(self._roots[number], turn + 1, channel)
            with self._lock:
                self._waits.append(time.monotonic() - sent)

    def _checked(self) -> tuple[int, int]:
        """Replies that are missing or too many, and facts that stand in another session than they should."""
        database = open_database(load_settings())
        mailbox, store = Mailbox(database), Store(database)
        lost = crossed = 0
        for number, root in self._roots.items():
            channel = f"D{number:04d}"
            lost += abs(self._rounds - len(self._peer.replies(root, channel)))
            thread = mailbox.thread(f"slack:{TEAM}:{channel}:{root}")
            profile = store.ledger(thread.session).profile if thread and thread.session else None
            facts = [fact for _, fact in ROUNDS[: self._rounds]]
            crossed += sum(profile is None or profile.known(fact) != 1_000 + number for fact in facts)
        database.close()
        return lost, crossed


def _warm(peer: SlackPeer) -> None:
    """One conversation before the clock runs, as in any server that has been up for a minute."""
    root = peer.say("U1", ROUNDS[0][0].format(n=5), "DWARM")
    peer.wait_for_replies(root, 1, "DWARM")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else len(ROUNDS))
