"""Counts and latencies of this process, as Prometheus reads them. No label holds anything that a person said."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Literal

from knowledge.errors import StoreError

Count = Literal["turns", "refusals", "faults", "fallbacks", "verifier_rejections", "sessions_expired"]

MEANING: dict[Count, str] = {
    "turns": "Messages that were answered.",
    "refusals": "Messages that were refused because too much was asked at once.",
    "faults": "Messages that could not be saved, refused ones among them.",
    "fallbacks": "Calls of a language model that gave nothing usable, so that the built-in words were used.",
    "verifier_rejections": "Sentences that failed their check and were not shown.",
    "sessions_expired": "Sessions that were removed because they were older than the retention.",
}
BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """Counters and one histogram, safe to use from all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Count] = Counter()
        self._buckets = [0] * (len(BOUNDS_S) + 1)
        self._seconds = 0.0

    def count(self, name: Count, by: int = 1) -> None:
        """Counts something that happened."""
        with self._lock:
            self._counts[name] += by

    def turn(self, seconds: float) -> None:
        """Counts an answered message and how long it took."""
        with self._lock:
            self._counts["turns"] += 1
            self._buckets[bisect_left(BOUNDS_S, seconds)] += 1
            self._seconds += seconds

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Times the answering of a message; what the product could not save is counted as a fault."""
        begun = time.perf_counter()
        try:
            yield
        except StoreError:
            self.count("faults")
            raise
        self.turn(time.perf_counter() - begun)

    def value(self, name: Count) -> int:
        """How often something happened since the process began."""
        with self._lock:
            return self._counts[name]

    def text(self) -> str:
        """Everything in Prometheus' text format 0.0.4."""
        with self._lock:
            counts, buckets, seconds = dict(self._counts), list(self._buckets), self._seconds
        lines: list[str] = []
        for name, meaning in MEANING.items():
            metric = f"consult_{name}_total"
            lines += [f"# HELP {metric} {meaning}", f"# TYPE {metric} counter", f"{metric} {counts.get(name, 0)}"]
        metric, total = "consult_turn_seconds", 0
        lines += [f"# HELP {metric} How long a message took to be answered.", f"# TYPE {metric} histogram"]
        for bound, found in zip([*map(str, BOUNDS_S), "+Inf"], buckets, strict=True):
            total += found
            lines.append(f'{metric}_bucket{{le="{bound}"}} {total}')
        return "\n".join([*lines, f"{metric}_sum {seconds:.6f}", f"{metric}_count {total}", ""])


METRICS = Metrics()
"""Those of this process."""
