"""Random kills and double-sends: nothing acknowledged may be lost, applied twice, or stand in another session.

python -m tests.benchmarks.durability [KILLS] [--double-sends N] [--postgres] [--seed 1]

A worker process sends to several sessions from several threads and is killed at a random instant (SIGKILL); the next
one sends again, under the same ids, what was not acknowledged, as a messenger would. At the end every message must
stand once in its own session and its ledger, and each memo must have the bytes of a run that nobody disturbed.
"""

import argparse
import os
import random
import select
import signal
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from agent.consultation import Consultant
from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.protocol import Answered
from agent.settings import load_settings
from knowledge.errors import ConsultError
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.peers.postgres import postgres
from tests.scripted_language import ScriptedLanguage

SESSIONS = 6
LONGEST_LIFE_S = 1.0
FACTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("queries_per_day", (1_000, 5_000, 20_000)),
    ("gap", ("knowledge", "behavior", "both")),
    ("needs_citations", (True, False)),
    ("update_frequency", ("daily", "weekly", "monthly")),
    ("labeled_examples", (0, 500, 5_000)),
)


def answer(place: int) -> Answered:
    """The message of that place, the same in every run."""
    fact, values = FACTS[place % len(FACTS)]
    return Answered({fact: values[(place // len(FACTS)) % len(values)]}, by="Ann")


def consultant_at(folder: str, url: str | None, searcher: Searcher) -> Consultant:
    """A worker's consultant: on the shared database, or the shared folder."""
    settings = load_settings(home=Path(folder), database_url=SecretStr(url) if url else None, messages_per_hour=0)
    return Consultant(settings, ScriptedLanguage(), searcher)


def worker(folder: str, url: str | None, searcher: Searcher, next_of: dict[str, int], pipe: int) -> None:
    """Sends to every session from a thread of its own until it is killed, telling each answer on the pipe."""
    consultant = consultant_at(folder, url, searcher)
    os.write(pipe, b"ready -\n")

    def talk(session: str) -> None:
        for place in range(next_of[session], next_of[session] + 200):
            while True:
                try:
                    consultant.send(session, answer(place), f"{session[:8]}-{place}")
                    break
                except ConsultError:
                    time.sleep(0.01)
            os.write(pipe, f"{session} {place}\n".encode())

    with ThreadPoolExecutor(len(next_of)) as pool:
        list(pool.map(talk, next_of))


def life(folder: str, url: str | None, searcher: Searcher, next_of: dict[str, int], chance: random.Random) -> None:
    """One worker from its start to its violent end; `next_of` is moved on by what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            worker(folder, url, searcher, next_of, writing)
        finally:
            os._exit(0)
    os.close(writing)
    told, end = b"", time.monotonic() + 120
    while time.monotonic() < end:
        if select.select([reading], [], [], max(0.0, end - time.monotonic()))[0]:
            piece = os.read(reading, 65_536)
            if not piece:
                break
            if not told:  # ready: from here on at any instant
                end = time.monotonic() + chance.uniform(0, LONGEST_LIFE_S)
            told += piece
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as rest:
        told += rest.read()
    for line in told.decode().splitlines():
        session, place = line.split()
        if session in next_of:
            next_of[session] = int(place) + 1


def check(consultant: Consultant, undisturbed: Consultant, next_of: dict[str, int]) -> dict[str, int]:
    """Counts what went wrong."""
    wrong = {"lost": 0, "applied twice": 0, "crossed": 0, "memos that differ": 0}
    for session, count in next_of.items():
        consultant.resume(session)
        stored = consultant._store.transcript(session)
        ids = Counter(one.id for one in stored)
        entries = Counter(entry.turn for entry in consultant.ledger(session).entries if entry.kind == "stated")
        wrong["lost"] += sum(ids[f"{session[:8]}-{place}"] == 0 for place in range(count))
        wrong["applied twice"] += sum(times - 1 for times in ids.values()) + sum(one - 1 for one in entries.values())
        wrong["crossed"] += sum(not (one == "start" or one.startswith(session[:8])) for one in ids)
        alone = undisturbed.start().session
        for one in stored[1:]:
            undisturbed.send(alone, Answered(one.body["answers"], by="Ann"))
        wrong["memos that differ"] += memo(consultant, session) != memo(undisturbed, alone)
    return wrong


def memo(consultant: Consultant, session: str) -> str:
    """The memo of a session."""
    ledger = consultant.ledger(session)
    return render_markdown(write_memo(consultant._bureau.advise(ledger.profile), ledger.heard))


def double_sends(workers: list[Consultant], times: int) -> str:
    """Two messages at once through two workers, and one message twice: how many are not there exactly once."""
    session = workers[0].start().session
    with ThreadPoolExecutor(4) as pool:
        for place in range(times):
            sends = [(workers[0], f"a{place}"), (workers[1], f"b{place}"), (workers[1], f"a{place}")]
            for job in [pool.submit(one.send, session, answer(place), name) for one, name in sends]:
                job.result()
    ids = Counter(one.id for one in workers[0]._store.transcript(session))
    lost = sum(ids[f"{letter}{place}"] == 0 for letter in "ab" for place in range(times))
    return f"{times} double-sends: {lost} lost, {sum(one - 1 for one in ids.values())} applied twice."


def main() -> None:
    """Prints what was killed, what was acknowledged, and what went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", nargs="?", type=int, default=1_000)
    parser.add_argument("--double-sends", type=int, default=1_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, begun = random.Random(options.seed), time.monotonic()  # noqa: S311  (a run that can be repeated)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(postgres()).get_uri() if options.postgres else None
        searcher = open_searcher(Path(folder) / "index")
        with closing(consultant_at(f"{folder}/0", url, searcher)) as first:
            next_of = {first.start().session: 0 for _ in range(SESSIONS)}
        for _ in range(options.kills):
            life(f"{folder}/0", url, searcher, next_of, chance)
        with ExitStack() as opened:
            workers = [
                opened.enter_context(closing(consultant_at(f"{folder}/{place if url else 0}", url, searcher)))
                for place in (0, 1)
            ]
            alone = opened.enter_context(closing(consultant_at(f"{folder}/alone", None, searcher)))
            wrong = check(workers[0], alone, next_of)
            store = "PostgreSQL" if url else "SQLite"
            print(f"{store}: {options.kills} kills, {sum(next_of.values())} messages acknowledged; {wrong}")
            print(double_sends(workers, options.double_sends))
        print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
