"""Works through the mailbox: threads in parallel, the letters of one thread one after the other."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from agent.mailbox import Letter, Mailbox
from knowledge.errors import ConsultError, StoreError
from ui.slack.clerk import Clerk
from ui.slack.courier import Courier
from ui.slack.opening import Opening
from ui.slack.patience import Later

logger = logging.getLogger(__name__)

WORKERS = 16
COMPUTING = max(2, os.cpu_count() or 2)
"""Workers mostly wait for Slack; those that compute at once are as many as there are cores, so that acknowledging
never waits behind them."""

MOST_ATTEMPTS = 3
RETRY_S = 2.0
ANNOUNCE_AFTER_S = 4.0
"""An answer that takes longer is announced first."""
TIDY_S = 3_600.0
SWEEP_S = 30.0
"""How often to look for letters that another process left behind."""


class Workers:
    """The workers of one process; several processes may share a mailbox."""

    def __init__(self, mailbox: Mailbox, clerk: Clerk, courier: Courier, opening: Opening) -> None:
        self._mailbox = mailbox
        self._clerk = clerk
        self._courier = courier
        self._opening = opening
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="slack")
        self._computing = threading.BoundedSemaphore(COMPUTING)
        self._lock = threading.Lock()
        self._active: set[str] = set()
        self._again: set[str] = set()
        self._timers: set[threading.Timer] = set()
        self._attempts: dict[str, int] = {}
        self._closed = False

    def start(self) -> None:
        """Takes up what was left behind, looks for more from time to time, and forgets what is long done."""
        self._sweep()
        self._tidy()

    def nudge(self, address: str) -> None:
        """Says that there is something to do for a thread."""
        with self._lock:
            if self._closed:
                return
            if address in self._active:
                self._again.add(address)
                return
            self._active.add(address)
            self._pool.submit(self._work, address)

    def close(self) -> None:
        """Finishes what is being worked on; the rest stays in the mailbox."""
        with self._lock:
            self._closed = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _sweep(self) -> None:
        with _told():
            for address in self._mailbox.busy():
                self.nudge(address)
        self._after(SWEEP_S, self._sweep)

    def _tidy(self) -> None:
        with _told():
            self._mailbox.tidy()
        self._after(TIDY_S, self._tidy)

    def _work(self, address: str) -> None:
        wait = None
        try:
            with self._mailbox.lease(address):
                while not self._closed and self._step(address):
                    pass
        except Later as later:
            wait = later.seconds
        except StoreError as error:
            logger.error("%s", error)
            wait = RETRY_S
        except Exception:
            logger.exception("A letter of %s could not be answered", address)
            wait = RETRY_S
            self._count_failure(address)
        self._release(address, wait)

    def _step(self, address: str) -> bool:
        """Delivers the next answer, or else answers the next letter; False where there is neither."""
        answer = self._mailbox.next_out(address)
        if answer:
            self._courier.deliver(answer)
            return True
        letter = self._mailbox.next_in(address)
        if letter is None:
            return False
        moved = self._opening.post(letter)
        if moved:
            self.nudge(moved)
        elif self._attempts.get(letter.id, 0) >= MOST_ATTEMPTS:
            self._clerk.give_up(letter)
            self._attempts.pop(letter.id)
        else:
            self._courier.show_busy(address)
            with self._announced(letter), self._computing:
                self._clerk.answer(letter)
        return True

    @contextmanager
    def _announced(self, letter: Letter) -> Iterator[None]:
        """While something takes long, the thread is told once; what is said so comes before the answer."""
        timer = threading.Timer(ANNOUNCE_AFTER_S, self._announce, [letter])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _announce(self, letter: Letter) -> None:
        try:
            for ahead in self._clerk.announcement(letter):
                self._courier.deliver(ahead)
        except (Later, ConsultError) as error:  # it stays in the mailbox, before the answer
            logger.info("That an answer takes long could not be said yet: %s", error)

    def _count_failure(self, address: str) -> None:
        letter = self._mailbox.next_in(address)
        if letter:
            self._attempts[letter.id] = self._attempts.get(letter.id, 0) + 1

    def _release(self, address: str, wait: float | None) -> None:
        with self._lock:
            self._active.discard(address)
            again = address in self._again
            self._again.discard(address)
        if wait is not None:
            self._after(wait, lambda: self.nudge(address))
        elif again:
            self.nudge(address)

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        def act() -> None:
            with self._lock:
                self._timers.discard(timer)
            action()

        timer = threading.Timer(seconds, act)
        timer.daemon = True
        with self._lock:
            if not self._closed:
                self._timers.add(timer)
                timer.start()


@contextmanager
def _told() -> Iterator[None]:
    """What is done from time to time is tried again the next time."""
    try:
        yield
    except StoreError as error:
        logger.error("%s", error)
