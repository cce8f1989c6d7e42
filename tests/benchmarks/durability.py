"""Random kills, crashes of the database and double-sends: nothing acknowledged is lost, applied twice, or crosses over.

python -m tests.benchmarks.durability [KILLS] [--postgres [--crash-every 10]] [--double-sends N] [--seed 1]

Two worker processes send to the same sessions from several threads each. Each is killed (SIGKILL) at a random instant
after it acknowledged a random number of messages, so that the load of the machine does not matter; the next one sends
again, under the same ids, what was not acknowledged, as a messenger would. With `--crash-every` PostgreSQL itself is
ended without notice every so many seconds and started again. Every fifty kills the sessions are looked at: each
acknowledged message must stand once in its own session and once in its ledger, and the memo and every reply must have
the bytes of a run that nobody disturbed. Then new sessions are taken.

Workers are forked from a process that has everything loaded, and inherit decisions already worked out (they are
functions of the profile), so that a kill mostly meets the writing, which is what is tried here.
"""

import argparse
import itertools
import multiprocessing
import os
import random
import select
import signal
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.consultation import Consultant
from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.protocol import Answered
from knowledge.errors import ConsultError
from knowledge.facts import fact_specs
from knowledge.library import open_searcher
from tests.agent.dying import Place
from tests.peers.postgres import crash, postgres
from tools.profile import parse_profile

SESSIONS = 6
SLOTS = 2
KILLS_A_ROUND = 50
MOST_MESSAGES = 12
LONGEST_LIFE_S = 10.0
"""What a worker may take for its messages before it is killed for taking so long."""
JITTER_S = 0.05
DOUBLE_SENDS_A_SESSION = 25
FACTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("queries_per_day", (1_000, 20_000)),
    ("gap", ("knowledge", "both")),
    ("needs_citations", (True, False)),
    ("update_frequency", ("daily", "monthly")),
)


@dataclass
class Worker:
    """A running worker as its parent sees it; it dies soon after its last line, which is drawn when it begins."""

    slot: int
    pid: int
    pipe: int
    last_line: int
    dies_at: float = float("inf")
    told: bytes = b""


@dataclass
class Tally:
    """What happened so far."""

    kills: int = 0
    crashes: int = 0
    acknowledged: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


NextOf = dict[tuple[int, str], int]
"""For each worker and session the first message that was not acknowledged."""


def work_out(place: Place) -> None:
    """Works out the decision on every profile that the messages can lead to, once for all processes."""
    facts = {fact: values for fact, values in FACTS}
    order = [fact for fact in fact_specs() if fact in facts]
    with closing(place.alone()) as consultant:
        for chosen in itertools.product(*((None, *facts[fact]) for fact in order)):
            said = {fact: value for fact, value in zip(order, chosen, strict=True) if value is not None}
            profile = parse_profile(said)
            consultant._bureau.monthly_usd(profile, consultant._bureau.decide(profile).recommendation.option)
        place.decisions.update(consultant._bureau._kept)


def answer(place: int) -> Answered:
    """The message of that place, the same in every run."""
    fact, values = FACTS[place % len(FACTS)]
    return Answered({fact: values[(place // len(FACTS)) % len(values)]}, by="Ann")


def name_of(session: str, slot: int, place: int) -> str:
    """The id of a message, which tells whose it is."""
    return f"{session[:8]}-{slot}-{place}"


def work(place: Place, slot: int, next_of: NextOf, pipe: int) -> None:
    """Sends to every session from a thread of its own until it is killed, telling each answer on the pipe."""
    consultant = _opened(place, slot)
    os.write(pipe, b"ready -\n")

    def talk(session: str) -> None:
        for number in range(next_of[slot, session], next_of[slot, session] + 1_000):
            _send(consultant, session, answer(number), name_of(session, slot, number))
            os.write(pipe, f"{session} {number}\n".encode())

    sessions = [session for one, session in next_of if one == slot]
    with ThreadPoolExecutor(len(sessions)) as pool:
        list(pool.map(talk, sessions))


def _opened(place: Place, slot: int) -> Consultant:
    """The consultant, as soon as the database can be reached."""
    while True:
        try:
            return place.consultant(slot)
        except ConsultError:
            time.sleep(0.05)


def _send(consultant: Consultant, session: str, message: Answered, name: str) -> None:
    """Sends until it is acknowledged, always under the same id."""
    while True:
        try:
            consultant.send(session, message, name)
            return
        except ConsultError:
            time.sleep(0.01)


def begin(place: Place, slot: int, next_of: NextOf, chance: random.Random) -> Worker:
    """A new worker in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(place, slot, next_of, writing)
        finally:
            os._exit(0)
    os.close(writing)
    return Worker(slot, child, reading, chance.randint(1, 1 + MOST_MESSAGES))


def end(worker: Worker, next_of: NextOf) -> int:
    """Kills a worker; how many messages it acknowledged."""
    os.kill(worker.pid, signal.SIGKILL)
    os.waitpid(worker.pid, 0)
    with os.fdopen(worker.pipe, "rb") as rest:
        worker.told += rest.read()
    lines = [line.split() for line in worker.told.decode().splitlines()]
    acknowledged = [(session, int(number)) for session, number in lines if session != "ready"]
    for session, number in acknowledged:
        next_of[worker.slot, session] = number + 1
    return len(acknowledged)


def disturb(place: Place, next_of: NextOf, kills: int, chance: random.Random, crashes: "Crashes", tally: Tally) -> None:
    """Lets the workers work and kills one after the other, each at an instant of its own."""
    workers = [begin(place, slot, next_of, chance) for slot in range(SLOTS)]
    while kills:
        for worker in workers:
            _listen(worker, chance)
        due = min(workers, key=lambda worker: worker.dies_at)
        if time.monotonic() >= due.dies_at:
            tally.acknowledged += end(due, next_of)
            workers[workers.index(due)] = begin(place, due.slot, next_of, chance)
            tally.kills, kills = tally.kills + 1, kills - 1
        tally.crashes += crashes.happen()
    for worker in workers:
        tally.acknowledged += end(worker, next_of)


def _listen(worker: Worker, chance: random.Random) -> None:
    """Reads what a worker has told; with its last line its hour is set."""
    if not select.select([worker.pipe], [], [], 0.002)[0]:
        return
    if not worker.told:
        worker.dies_at = time.monotonic() + LONGEST_LIFE_S
    worker.told += os.read(worker.pipe, 65_536)
    if worker.told.count(b"\n") >= worker.last_line:
        worker.dies_at = min(worker.dies_at, time.monotonic() + chance.uniform(0, JITTER_S))


@dataclass
class Crashes:
    """PostgreSQL ends without notice every so many seconds; never, where there is no server."""

    server: Any
    every_s: float
    last: float = field(default_factory=time.monotonic)

    def happen(self) -> bool:
        """Crashes the server where it is time to."""
        if self.server is None or not self.every_s or time.monotonic() - self.last < self.every_s:
            return False
        crash(self.server)
        self.last = time.monotonic()
        return True


def check(place: Place, next_of: NextOf) -> Counter[str]:
    """Counts what went wrong in the sessions of a round."""
    wrong: Counter[str] = Counter()
    with closing(place.consultant(0)) as consultant, closing(place.alone()) as undisturbed:
        for session in dict.fromkeys(session for _, session in next_of):
            _check_session(consultant, undisturbed, session, next_of, wrong)
    return wrong


def _check_session(
    consultant: Consultant, undisturbed: Consultant, session: str, next_of: NextOf, wrong: Counter[str]
) -> None:
    consultant.resume(session)  # answers what was received and never answered
    stored = consultant._store.transcript(session)
    ids = Counter(one.id for one in stored)
    ledger = consultant.ledger(session)
    applied = Counter(entry.turn for entry in ledger.entries if entry.kind in ("stated", "parked"))
    acknowledged = [name_of(session, slot, n) for slot in range(SLOTS) for n in range(next_of[slot, session])]
    wrong["lost"] += sum(ids[name] == 0 for name in acknowledged)
    wrong["lost"] += sum(applied[one.number] == 0 or one.reply is None for one in stored[1:])
    wrong["applied twice"] += sum(times - 1 for times in (*ids.values(), *applied.values()))
    wrong["crossed"] += sum(not (name == "start" or name.startswith(session[:8])) for name in ids)
    alone = undisturbed.start().session
    for one in stored[1:]:
        undisturbed.send(alone, Answered(one.body["answers"], by="Ann"), one.id)
    wrong["memos that differ"] += memo(consultant, session) != memo(undisturbed, alone)
    wrong["replies that differ"] += replies(consultant, session) != replies(undisturbed, alone)


def memo(consultant: Consultant, session: str) -> str:
    """The memo of a session."""
    ledger = consultant.ledger(session)
    return render_markdown(write_memo(consultant._bureau.advise(ledger.profile), ledger.heard))


def replies(consultant: Consultant, session: str) -> list[dict[str, Any] | None]:
    """All answers of a session, without its own name."""
    stored = [one.reply for one in consultant._store.transcript(session)]
    return [None if reply is None else {**reply, "session": ""} for reply in stored]


def double_sends(place: Place, times: int) -> str:
    """Two processes send at the same instant: a message of their own each, and one that is the same for both."""
    with closing(place.consultant(0)) as first:
        sessions = [first.start().session for _ in range(-(-times // DOUBLE_SENDS_A_SESSION))]
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(SLOTS)
    senders = [context.Process(target=_double_send, args=(place, slot, sessions, times, barrier)) for slot in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    lost = twice = 0
    with closing(place.consultant(0)) as consultant:
        for part, session in enumerate(sessions):
            stored = consultant._store.transcript(session)
            applied = Counter(entry.turn for entry in consultant.ledger(session).entries if entry.kind == "stated")
            ids = Counter(one.id for one in stored)
            here = range(part * DOUBLE_SENDS_A_SESSION, min(times, (part + 1) * DOUBLE_SENDS_A_SESSION))
            lost += sum(ids[f"{who}-{number}"] == 0 for who in ("0", "1", "both") for number in here)
            lost += sum(applied[one.number] == 0 for one in stored[1:])
            twice += sum(one - 1 for one in (*ids.values(), *applied.values()))
    ended = [sender.exitcode for sender in senders]
    return f"{times} double-sends by two processes (ended with {ended}): {lost} lost, {twice} applied twice"


def _double_send(place: Place, slot: int, sessions: list[str], times: int, barrier: Any) -> None:
    with closing(place.consultant(slot)) as consultant:
        for number in range(times):
            session = sessions[number // DOUBLE_SENDS_A_SESSION]
            barrier.wait(120)
            _send(consultant, session, answer(2 * number + slot), f"{slot}-{number}")
            barrier.wait(120)
            _send(consultant, session, answer(2 * number + 3), f"both-{number}")


def main() -> None:
    """Prints what was killed, what was acknowledged, and what went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", nargs="?", type=int, default=1_000)
    parser.add_argument("--double-sends", type=int, default=1_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--crash-every", type=float, default=0, help="seconds between crashes of PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, begun, tally = random.Random(options.seed), time.monotonic(), Tally()  # noqa: S311  (can be repeated)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(postgres()) if options.postgres else None
        place = Place(folder, server.get_uri() if server else None, open_searcher(Path(folder) / "index"))
        work_out(place)
        crashes = Crashes(server, options.crash_every)
        while tally.kills < options.kills:
            kills = min(KILLS_A_ROUND, options.kills - tally.kills)
            with closing(place.consultant(0)) as first:
                sessions = [first.start().session for _ in range(SESSIONS)]
            next_of = {(slot, session): 0 for slot in range(SLOTS) for session in sessions}
            disturb(place, next_of, kills, chance, crashes, tally)
            tally.wrong += check(place, next_of)
            _tell(options, tally, begun)
        if options.double_sends:
            print(double_sends(place, options.double_sends), f"({time.monotonic() - begun:.0f} s)", flush=True)


def _tell(options: argparse.Namespace, tally: Tally, begun: float) -> None:
    store = "PostgreSQL" if options.postgres else "SQLite"
    kinds = ("lost", "applied twice", "crossed", "memos that differ", "replies that differ")
    wrong = ", ".join(f"{tally.wrong[kind]} {kind}" for kind in kinds)
    crashes = f", {tally.crashes} crashes of the database" if options.crash_every else ""
    seconds = time.monotonic() - begun
    told = (
        f"{store}: {tally.kills} kills{crashes}, {tally.acknowledged} messages acknowledged: {wrong} ({seconds:.0f} s)"
    )
    print(told, flush=True)


if __name__ == "__main__":
    main()
