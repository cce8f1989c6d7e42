"""Removing what has been kept for long enough."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from threading import Lock

from agent.operation.metrics import METRICS
from agent.store import Store

logger = logging.getLogger(__name__)

DAY_S = 86_400.0


class Retention:
    """Erases the sessions in which nothing was said for so many days, once a day; 0 days keeps everything."""

    def __init__(self, store: Store, days: int, remove_all: Callable[[Iterable[str]], int]) -> None:
        """`remove_all` removes sessions with everything that is kept of them, and says how many there were."""
        self._store = store
        self._remove_all = remove_all
        self._days = days
        self._lock = Lock()
        self._checked_at: float | None = None

    def apply_daily(self) -> int:
        """Erases what is too old, if that was not done within a day; how many sessions that were."""
        now = time.monotonic()
        with self._lock:
            due = self._days > 0 and (self._checked_at is None or now - self._checked_at >= DAY_S)
            self._checked_at = now if due else self._checked_at
        return self.apply(dt.datetime.now(dt.UTC)) if due else 0

    def apply(self, now: dt.datetime) -> int:
        """Erases every session whose last message is older than the retention; how many those were."""
        too_old = self._store.idle_since(now - dt.timedelta(days=self._days))
        erased = self._remove_all(too_old)
        if erased:
            self._store.scrub()
            METRICS.count("sessions_expired", erased)
            logger.info("Sessions past the retention were erased.", extra={"sessions": erased})
        return erased
