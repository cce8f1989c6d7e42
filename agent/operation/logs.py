"""Logs as lines of JSON: what happened, where and how long it took, never what was said."""

import datetime as dt
import json
import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any, TextIO

from agent.operation.redaction import redacted

FIELDS = ("door", "milliseconds", "outcome", "sessions")
"""What a record may carry beside its message; everything else that is attached to it is left out."""
LONGEST_MESSAGE = 500


class JsonLines(logging.Formatter):
    """One JSON object a line; of an error its kind and its place alone, as its words may quote what was said."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        line["message"] = redacted(record.getMessage())[:LONGEST_MESSAGE]
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "at": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=True, default=str)


def log_as_json(stream: TextIO | None = None) -> None:
    """Sends all logs to a stream (stderr) as lines of JSON, in the place of every other way of logging."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for room in ("agent", "ui", "knowledge", "tools"):
        logging.getLogger(room).setLevel(logging.INFO)


def _places(trace: Any) -> list[str]:
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(trace)[-8:]]
