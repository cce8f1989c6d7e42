"""JSON lines: one object a line in, one result a line out, in order; a line that cannot be used gets an error."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from knowledge.errors import ConsultError
from ui.cli.output import parse_json, print_json


def answer_lines(answer: Callable[[Any], Any]) -> None:
    """Answers each line of stdin on stdout."""
    for line in sys.stdin.buffer:
        try:
            print_json(answer(parse_json(line.decode("utf-8", errors="replace"), "The line")))
        except ConsultError as error:
            print_json({"error": str(error)})


def numbered_lines(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """The JSON documents of a file's lines with their numbers, blank lines left out; raises InputError."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, parse_json(line, f"{name}, line {number},")
