"""Processes that are forked to hold a turn and are killed at a boundary of it, as a power cut would end them.

A forked process starts at once and has the program loaded, so every boundary of a turn can be tried. Whoever forks
must have closed its own database files before: SQLite may not be carried over a fork.
"""

import functools
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import agent.graph
from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage

STEPS = ("understand", "record", "decide", "estimate", "retrieve", "ask", "finish", "reply", "listen")


@dataclass(frozen=True)
class Place:
    """Where the workers work: one folder for SQLite; one database, and a folder each, for PostgreSQL."""

    folder: str
    url: str | None
    searcher: Searcher
    decisions: dict[Any, Any] = field(default_factory=dict)
    """What was worked out already, which is a function of the profile; every consultant begins with it."""

    def consultant(self, slot: int) -> Consultant:
        """The consultant of one worker."""
        return self._at(f"{self.folder}/{slot if self.url else 'shared'}", self.url)

    def alone(self) -> Consultant:
        """A consultant that nobody disturbs."""
        return self._at(f"{self.folder}/alone", None)

    def _at(self, home: str, url: str | None) -> Consultant:
        address = SecretStr(url) if url else None
        settings = load_settings(home=Path(home), database_url=address, messages_per_hour=0)
        consultant = Consultant(settings, ScriptedLanguage(), self.searcher)
        consultant._bureau._kept.update(self.decisions)
        return consultant


class Boundaries:
    """Counts the boundaries that a turn passes in this process and kills it at one of them; None kills nowhere."""

    def __init__(self, deadly: int | None) -> None:
        self.passed: list[str] = []
        self._deadly = deadly
        self._armed = False

    def arm(self) -> None:
        """From here on boundaries count."""
        self._armed = True

    def cross(self, name: str) -> None:
        """A boundary: nothing is killed before `arm`."""
        if not self._armed:
            return
        if len(self.passed) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)

    def watch_steps(self) -> None:
        """Makes the start of each step of the graph a boundary; to be called before a consultant is made."""
        for name in STEPS:
            setattr(agent.graph, name, self._around(getattr(agent.graph, name)))

    def watch_transactions(self, consultant: Consultant) -> None:
        """Makes the begin and both sides of each commit a boundary, those of the lease included."""
        write = consultant._database.write

        @contextmanager
        def watched() -> Iterator[Any]:
            self.cross("before a transaction")
            with write() as connection:
                yield connection
                self.cross("before a commit")
            self.cross("after a commit")

        consultant._database.write = watched  # type: ignore[method-assign]

    def _around(self, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def watched(*given: Any, **named: Any) -> Any:
            self.cross(f"before {step.__name__}")
            return step(*given, **named)

        return watched


def forked(work: Callable[[], object]) -> int:
    """Does the work in a process of its own; its exit code; a signal that ended it is negative."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
