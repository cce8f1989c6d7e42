"""Lines of a UTF-8 text file, one at a time, whatever their length; and JSON objects out of them."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from knowledge.audits import audit_parameters
from knowledge.errors import InputError
from tools.records.rows import BadRow, Progress, Row

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_REPORT_EVERY_BYTES = 1 << 20
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_lines(path: Path, progress: Progress | None = None) -> Iterator[tuple[int, str] | BadRow]:
    """Numbered lines with their line end; a line over the limit is a BadRow and is never held whole.

    Raises InputError for a file that is missing, empty, binary or not UTF-8. A byte order mark is skipped.
    """
    total = check_file(path)
    reported = 0
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(_bounded_lines(file), 1):
                if raw is None:
                    yield BadRow(number, "line_too_long", _too_long())
                else:
                    yield number, _decoded(raw, number, path.name)
                if progress and file.tell() - reported >= _REPORT_EVERY_BYTES:
                    reported = file.tell()
                    progress(reported, total)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    if progress:
        progress(total, total)


def json_rows(path: Path, progress: Progress | None = None) -> Iterator[Row | BadRow]:
    """The JSON objects of a JSON lines file; blank lines are passed over, anything else is a BadRow."""
    for item in text_lines(path, progress):
        if isinstance(item, BadRow):
            yield item
        elif text := item[1].strip():
            yield _json_row(item[0], text)


def check_file(path: Path) -> int:
    """The size in bytes of a file that can be read as text; raises InputError with the reason where it cannot."""
    if not path.exists():
        raise InputError(f"There is no file {path.name}; check the path.")
    if not path.is_file():
        raise InputError(f"{path.name} is a folder, not a file; name one file.")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path.name} is empty (0 bytes); export it again.")
    return size


def _bounded_lines(file: IO[bytes]) -> Iterator[bytes | None]:
    """Each line's bytes, or None for one longer than the limit."""
    limit = int(audit_parameters().files.largest_line_bytes)
    while raw := file.readline(limit + 1):
        if len(raw) <= limit or raw.endswith(b"\n"):
            yield raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(limit)
        yield None


def _decoded(raw: bytes, number: int, name: str) -> str:
    if number == 1:
        if raw.startswith(_WIDE_MARKS):
            raise InputError(f"{name} is UTF-16 or UTF-32 text; save it as UTF-8 and try again.")
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        raise InputError(f"{name} holds a NUL byte on line {number}, so it is not a text file; export it as UTF-8.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = raw[error.start]
        raise InputError(
            f"{name} is not UTF-8: byte 0x{byte:02x} on line {number} cannot be read; save it as UTF-8 and try again."
        ) from error


def _too_long() -> str:
    limit = int(audit_parameters().files.largest_line_bytes)
    return f"The line is longer than {limit:,} bytes."


def _json_row(line: int, text: str) -> Row | BadRow:
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return BadRow(line, "not_json", f"Not valid JSON: {error.msg.lower()} at column {error.colno}.")
    except (ValueError, RecursionError) as error:
        return BadRow(line, "not_json", f"Not usable JSON: {_short(error)}.")
    if _ESCAPED_HALF.search(text) and not _encodable(value):
        return BadRow(line, "not_json", "Not usable text: half of a character pair stands alone.")
    if not isinstance(value, dict):
        return BadRow(line, "not_object", f"Expected an object in braces, found {json_type(value)}.")
    return Row(line, value)


def _encodable(value: object) -> bool:
    """Whether the value can be written as UTF-8 again; an unpaired surrogate escape cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _short(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error).partition(";")[0]


def json_type(value: object) -> str:
    """What a JSON value is, in a plain word."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
