"""The browser app with clocks in it, for the benchmark: what engine and page script take, as lines of JSON in a file.

Started as `python -c "from tests.benchmarks.browser_times import main; main()" ui …`, with the file in BENCHMARK_TIMES.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

PROGRAM = "from tests.benchmarks.browser_times import main; main()"
FILE = "BENCHMARK_TIMES"


@dataclass(frozen=True)
class Span:
    """One piece of work: what it was, when it ended (seconds since 1970), its wall and processor time in seconds."""

    what: str
    ended: float
    wall_s: float
    cpu_s: float


def read_spans(file: Path, since: float = 0.0) -> list[Span]:
    """What has been written so far of work that ended after a moment."""
    spans = [Span(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
    return [span for span in spans if span.ended >= since]


def timed(function: Callable[..., Any], what: str, write: Callable[[Span], None]) -> Callable[..., Any]:
    """The function with a clock around it; processor time is that of its own thread."""

    def call(*given: Any, **named: Any) -> Any:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return function(*given, **named)
        finally:
            write(Span(what, time.time(), time.perf_counter() - wall, time.thread_time() - cpu))

    return call


def main() -> None:
    """Runs `consult` with the clocks."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

    from agent.consultation import Consultant
    from ui.browser import advice
    from ui.cli import main as consult

    lock = Lock()

    def write(span: Span) -> None:
        with lock, Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(span.__dict__) + "\n")

    Consultant.send = timed(Consultant.send, "answer", write)  # type: ignore[method-assign]
    Consultant.flips = timed(Consultant.flips, "flips", write)  # type: ignore[method-assign]
    advice._figures = timed(advice._figures, "costs", write)  # type: ignore[assignment]
    ScriptRunner._run_script = timed(ScriptRunner._run_script, "script", write)  # type: ignore[method-assign]
    consult()
