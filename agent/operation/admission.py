"""Who is let in: so many turns at once, so many messages of one person, and a short word to everyone else."""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from agent.operation.metrics import METRICS
from agent.settings import Settings
from knowledge.errors import InputError, StoreError
from tools.wording import counted

AT_ONCE = 4
"""Turns that are worked on at once: more would only slow each other down on the cores that a worker has."""
AT_ONCE_WAITING = 32
"""The same where a language model is set: such turns mostly wait for its answer, each holding a database connection."""
MOST_WAITING = 64
"""Messages that may wait for a place or for their session; one more is refused before anything is read for it."""
PATIENCE_S = 0.6
"""How long a message waits for its turn to be worked on, so that a refusal comes within a second."""
BUSY_S = 60.0
"""How long a message waits for another one to the same session, as long as for a session's lease."""
HOUR_S = 3_600.0
MOST_PEOPLE = 10_000


def at_once(settings: Settings) -> int:
    """How many turns a worker with these settings works on at once."""
    return AT_ONCE if settings.language_model is None else AT_ONCE_WAITING


class Admission:
    """Lets so many turns be worked on at once; the others wait for a moment and are then asked to come again."""

    def __init__(self, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self._places = BoundedSemaphore(at_once)
        self._queue = BoundedSemaphore(at_once + MOST_WAITING)
        self._patience_s = patience_s

    @contextmanager
    def place(self, until_s: float | None = None) -> Iterator[None]:
        """A place to be worked on; raises StoreError where none becomes free in time.

        `until_s`, of the monotonic clock, is what `queue` gave: what was waited before counts as well.
        """
        patience_s = self._patience_s if until_s is None else max(0.0, until_s - time.monotonic())
        if not self._places.acquire(timeout=patience_s):
            raise self._refusal()
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def queue(self) -> Iterator[float]:
        """A place in the queue, to be taken before anything is read; raises StoreError at once where it is full.

        Gives the time of the monotonic clock until which a place to be worked on is waited for.
        """
        until_s = time.monotonic() + self._patience_s
        if not self._queue.acquire(blocking=False):
            raise self._refusal()
        try:
            yield until_s
        finally:
            self._queue.release()

    def _refusal(self) -> StoreError:
        METRICS.count("refusals")
        return StoreError(
            "Too many messages are being answered at this moment. Nothing of this one was saved; "
            "send it again in a few seconds."
        )


class OneByOne:
    """Messages to one session wait for one another here, before one of them takes a place or a lease.

    Sessions that other processes work on are held by the lease; this only keeps what waits in this process from
    holding what others need.
    """

    def __init__(self, patience_s: float = BUSY_S) -> None:
        self._patience_s = patience_s
        self._guard = Lock()
        self._locks: dict[str, Lock] = {}
        self._users: Counter[str] = Counter()

    @contextmanager
    def of(self, session: str) -> Iterator[float | None]:
        """The next turn of a session in this process; raises StoreError after waiting for long.

        Gives None where nothing was in its way; else the time, of the monotonic clock, until which such a message waits
        for a place too: it has waited for too long already to be sent away for want of one.
        """
        with self._guard:
            lock = self._locks.setdefault(session, Lock())
            self._users[session] += 1
        try:
            free = lock.acquire(blocking=False)
            if not free and not lock.acquire(timeout=self._patience_s):
                raise StoreError(
                    f"The session is still busy with another message after {self._patience_s:g} seconds. "
                    "Nothing of this message was saved; send it again in a moment."
                )
            try:
                yield None if free else time.monotonic() + self._patience_s
            finally:
                lock.release()
        finally:
            with self._guard:
                self._users[session] -= 1
                if not self._users[session]:
                    del self._users[session], self._locks[session]


class Quota:
    """How many messages one person may send within an hour, counted in this process."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def take(self, person: str | None) -> None:
        """Counts a message of a person; raises InputError where it is one too many. 0 an hour means no limit."""
        if person is None or self._per_hour == 0:
            return
        now = time.monotonic()
        with self._lock:
            sent = self._sent.setdefault(person, deque())
            self._sent.move_to_end(person)
            while len(self._sent) > MOST_PEOPLE:
                self._sent.popitem(last=False)
            while sent and sent[0] <= now - HOUR_S:
                sent.popleft()
            if len(sent) < self._per_hour:
                sent.append(now)
                return
        METRICS.count("refusals")
        minutes = max(1, round((sent[0] + HOUR_S - now) / 60))
        raise InputError(
            f"This is more than {self._per_hour} messages within an hour, which is the limit for one person. "
            f"Nothing of this message was saved; send it again in {counted(minutes, 'minutes')}."
        )
