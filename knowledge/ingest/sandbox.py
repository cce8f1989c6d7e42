"""Handing a file to the limited worker process and telling how that went."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from knowledge.files import DATA
from knowledge.ingest.limits import DocumentKind, Limits, Refused
from knowledge.ingest.outline import Block
from knowledge.ingest.parse import Parsed

OUT_OF_MEMORY = 2


class Sandbox:
    """Reads files one after the other in a process of its own, started with the first one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[str] | None = None
        self._answer = tempfile.TemporaryFile(prefix="consult-ingest-")  # without a name, so that no kill leaves it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._answer.close()

    def parse(self, path: Path, kind: DocumentKind, name: str) -> Parsed:
        """The file's outline; raises Refused where it cannot be read within the limits."""
        self._answer.seek(0)
        self._answer.truncate()
        request = {"path": str(path.absolute()), "kind": kind, "name": name, "answer": self._answer.fileno()}
        ended = self._ask(json.dumps({**request, "limits": self._limits.model_dump()}))
        if ended.get("code") != 0:
            raise Refused(self._why(ended, name))
        self._answer.seek(0)
        told = json.loads(self._answer.read())
        if "refused" in told:
            raise Refused(told["refused"])
        outline = told["parsed"]
        return Parsed(outline["title"], [Block(**block) for block in outline["blocks"]], outline["pages"])

    def _ask(self, request: str) -> dict[str, int]:
        process = self._process = self._process or self._start()
        try:
            assert process.stdin and process.stdout  # noqa: S101  # both are pipes
            process.stdin.write(request + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:  # the parent itself is gone; the next file gets a new one
            self._stop()
            return {"code": 1, "signal": 0}
        ended: dict[str, int] = json.loads(line)
        return ended

    def _why(self, ended: dict[str, int], name: str) -> str:
        limits, remedy = self._limits, "save only its text and add that"
        if ended["signal"] == signal.SIGXCPU:
            return f"{name} takes more than {limits.cpu_s} s of processor time to read, which is the limit; {remedy}."
        if ended["signal"] == signal.SIGALRM:
            return f"{name} takes longer than {limits.wall_s} s to read, which is the limit; {remedy}."
        if ended["code"] == OUT_OF_MEMORY:
            return f"{name} takes more than {limits.memory_mb} MB of memory to read, which is the limit; {remedy}."
        if ended["signal"] == signal.SIGKILL:
            return f"{name} was not added: the system ended its reader, most likely for want of memory; {remedy}."
        return f"{name} was not added: the reader stopped on it; save it in another format and add that."

    def _start(self) -> "subprocess.Popen[str]":
        """Without the caller's environment: what reads files from outside needs no keys."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "knowledge.ingest.worker"],
            pass_fds=(self._answer.fileno(),),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**kept, "PYTHONPATH": str(DATA.parent)},
        )

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with process:  # closes the pipes, upon which the worker ends, and waits for it
            if process.stdin:
                process.stdin.close()
