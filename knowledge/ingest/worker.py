"""The process that reads files from outside: `python -m knowledge.ingest.worker`, started by `sandbox.py`.

It stays a small, warm parent. For each request line on stdin it forks a child that takes the limits upon itself, reads
one file and writes what it found to the open file that it inherited; a file that crashes or exhausts its child hurts
nothing else.
One JSON line a request goes to stdout: how the child ended.
"""

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bs4
import docx  # imported here once, so that each child starts with it
import pypdf

from knowledge.ingest.limits import MB, Limits, Refused
from knowledge.ingest.parse import parse

WARM = (bs4, docx, pypdf)


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _serve(request)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)  # a signal's number, negative, where one ended the child
        ended = {"signal": max(0, -code), "code": code}
        print(json.dumps(ended), flush=True)


def _serve(request: dict[str, Any]) -> None:
    """Reads the file, leaves the answer in the open file that the request numbers and ends this process."""
    code = 1
    try:
        limits = Limits.model_validate(request["limits"])
        _confine(limits)
        answer = json.dumps(_answer(request, limits)).encode("ascii")
        with open(request["answer"], "wb", closefd=False) as file:
            file.write(answer)
        code = 0
    except MemoryError:
        code = 2
    finally:
        os._exit(code)


def _answer(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    try:
        parsed = parse(Path(request["path"]), request["kind"], request["name"], limits)
    except Refused as refusal:
        return {"refused": str(refusal)}
    return {"parsed": asdict(parsed)}


def _confine(limits: Limits) -> None:
    """Processor seconds, memory and written bytes are limited by the system; the alarm ends a wait."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * MB, limits.memory_mb * MB))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * limits.expanded_mb * MB, 4 * limits.expanded_mb * MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.wall_s)
    sys.stdin.close()
    with open(os.devnull, "w", encoding="utf-8") as silence:
        os.dup2(silence.fileno(), 1)
        os.dup2(silence.fileno(), 2)


if __name__ == "__main__":
    main()
