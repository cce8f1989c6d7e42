"""Faults of the machine itself, for real: what is told, what is kept, and whether the next message works.

python -m tests.benchmarks.faults [--locked-seconds 60]     (as root: a small file system is mounted for it)

A disk that is full, a file system that is mounted read-only, and a session file that another program keeps locked for
a minute. Each fault meets a message; when it is over the next message has to work, and what the sentence said of the
first one has to be so.
"""

import argparse
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import Thread

from agent.consultation import Consultant
from agent.protocol import Answered
from agent.settings import load_settings
from knowledge.errors import ConsultError
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage

LATE = Answered({"use_case": "x" * 7_000})


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(home: Path) -> Iterator[None]:
    """Not a byte is free."""
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4_096):
                pass
        except OSError:
            pass
    yield
    filler.unlink()


@contextmanager
def read_only(home: Path) -> Iterator[None]:
    """The file system takes no more; nothing may be open for writing on it."""
    subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", str(home)], check=True)


@contextmanager
def locked(home: Path, seconds: float) -> Iterator[None]:
    """Another program keeps the session file for so long."""
    other = sqlite3.connect(home / "consult.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def release() -> None:
        time.sleep(seconds)
        other.execute("ROLLBACK")

    waiting = Thread(target=release)
    waiting.start()
    yield
    waiting.join()
    other.close()


def meet(name: str, home: Path, searcher: Searcher, fault: AbstractContextManager[None]) -> None:
    """One line: the fault, what was told and after how long, whether that was so, and the next message."""
    with closing(Consultant(load_settings(home=home), ScriptedLanguage(), searcher)) as consultant:
        session = consultant.start().session
        if name == "read-only":  # a mount is refused while a file is open for writing
            consultant.close()
        begun, told = time.monotonic(), "answered"
        with fault:
            begun = time.monotonic()
            try:
                consultant.send(session, LATE, "late")
            except ConsultError as error:
                told = str(error)
            taken = time.monotonic() - begun
        stored = len(consultant.transcript(session)) == 2
        following = consultant.send(session, Answered({"gap": "knowledge"})).facts.keys()
        so = stored != ("Nothing was saved" in told)
        print(f"{name} | {told} | {taken:.1f} s | true: {so} | next message: {'gap' in following}", flush=True)


def main() -> None:
    """Prints one line a fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--locked-seconds", type=float, default=60)
    seconds = parser.parse_args().locked_seconds
    with tempfile.TemporaryDirectory() as folder:
        searcher = open_searcher(Path(folder) / "index")
        with small_disk(Path(folder) / "small") as home:
            meet("disk full", home, searcher, full(home))
            meet("read-only", home, searcher, read_only(home))
        for held in (seconds - 5, seconds + 5):
            home = Path(folder) / f"locked-{held:g}"
            load = Consultant(load_settings(home=home), ScriptedLanguage(), searcher)
            load.close()
            meet(f"locked for {held:g} s", home, searcher, locked(home, held))


if __name__ == "__main__":
    main()
