"""A table with known columns out of CSV, JSON lines or XLSX, whatever the file calls its columns."""

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from knowledge.audits import audit_parameters
from knowledge.errors import InputError
from tools.records.rows import BadRow, Progress, Row
from tools.records.spreadsheet import sheet_rows
from tools.records.text_lines import json_rows, text_lines

Names = Mapping[str, Sequence[str]]
"""For each wanted column the names it may have, best first."""

Cells = Iterator[tuple[int, list[str]] | BadRow]


@dataclass(frozen=True)
class Table:
    """A file that holds rows with the wanted columns; `rows` streams it, each time from the start."""

    path: Path
    kind: Literal["csv", "jsonl", "xlsx"]
    names: Names
    required: tuple[str, ...]

    def rows(self, progress: Progress | None = None) -> Iterator[Row | BadRow]:
        """Rows with a text for each wanted column ("" where it is absent); raises InputError for a bad file."""
        if self.kind == "jsonl":
            yield from self._json_rows(progress)
            return
        cells = _csv_cells(self.path, self.names, progress) if self.kind == "csv" else sheet_rows(self.path, progress)
        yield from self._cell_rows(cells)

    def _cell_rows(self, cells: Cells) -> Iterator[Row | BadRow]:
        header = next(cells, None)
        if header is None or isinstance(header, BadRow) or not any(header[1]):
            raise InputError(f"{self.path.name} has no first row with column names; it needs {self._wanted()}.")
        places = self._places(header[1])
        width = len(header[1])
        for item in cells:
            if isinstance(item, BadRow):
                yield item
            elif any(cell.strip() for cell in item[1]):
                yield self._row(item[0], item[1], places, width)

    def _row(self, line: int, cells: list[str], places: Mapping[str, int], width: int) -> Row | BadRow:
        if len(cells) > width and any(cells[width:]):
            reason = f"The row has {len(cells)} cells, the header names {width} columns; quote cells that hold commas."
            return BadRow(line, "too_many_cells", reason)
        if self.kind == "csv" and len(cells) <= max(places[name] for name in self.required):
            reason = f"The row has {len(cells)} cells, the header names {width} columns."
            return BadRow(line, "too_few_cells", reason)
        return Row(line, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})

    def _json_rows(self, progress: Progress | None) -> Iterator[Row | BadRow]:
        known: dict[tuple[str, ...], Mapping[str, str]] = {}
        usable = False
        missing: BadRow | None = None
        for item in json_rows(self.path, progress):
            if isinstance(item, BadRow):
                yield item
                continue
            keys = tuple(item.values)
            found = known.get(keys) or self._columns(keys)
            if len(known) < len(self.names) ** 2:
                known[keys] = found
            row = self._json_row(item, found)
            usable = usable or isinstance(row, Row)
            missing = missing or (row if isinstance(row, BadRow) else None)
            yield row
        if missing is not None and missing.kind == "missing_column" and not usable:
            raise InputError(f"{self.path.name} has no usable row: {missing.reason} It needs {self._wanted()}.")

    def _json_row(self, item: Row, found: Mapping[str, str]) -> Row | BadRow:
        absent = [name for name in self.required if name not in found]
        if absent:
            return BadRow(item.line, "missing_column", f"The object has no field for {' and '.join(absent)}.")
        return Row(item.line, {name: _as_text(item.values[key]) for name, key in found.items()})

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        columns = self._columns(header)
        absent = [name for name in self.required if name not in columns]
        if absent:
            shown = ", ".join(cell.strip()[:30] for cell in header if cell.strip())[:200]
            raise InputError(
                f"{self.path.name} has no column for {' and '.join(absent)}; found: {shown}. It needs {self._wanted()}."
            )
        texts = list(header)
        return {name: texts.index(column) for name, column in columns.items()}

    def _columns(self, header: Sequence[str]) -> dict[str, str]:
        """Which of the file's columns stands for each wanted one: best synonym first, none used twice."""
        by_name: dict[str, str] = {}
        for column in header:
            by_name.setdefault(_plain(column), column)
        found: dict[str, str] = {}
        for rank in range(max(len(names) for names in self.names.values())):
            for name, synonyms in self.names.items():
                if name not in found and rank < len(synonyms) and synonyms[rank] in by_name:
                    found[name] = by_name.pop(synonyms[rank])
        return found

    def _wanted(self) -> str:
        return f"the columns {', '.join(self.required[:-1])} and {self.required[-1]}"


def open_table(path: Path, names: Names, required: Sequence[str]) -> Table:
    """The file as a table, its kind taken from its ending and checked against its first bytes; raises InputError."""
    kinds = audit_parameters().files.kinds
    kind = next((kind for kind, endings in kinds.items() if path.suffix.lower() in endings), None)
    if kind is None:
        endings = ", ".join(ending for group in kinds.values() for ending in group)
        raise InputError(f"{path.name} is of a kind that cannot be read here; use one of {endings}.")
    _check_magic(path, kind)
    return Table(path, kind, names, tuple(required))


def _check_magic(path: Path, kind: str) -> None:
    if not path.is_file():
        return  # the reader says what is wrong with it
    with path.open("rb") as file:
        start = file.read(8)
    if kind != "xlsx" and start.startswith(b"PK\x03\x04"):
        raise InputError(f"{path.name} is a spreadsheet or archive by its content; name it .xlsx or export it as CSV.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{path.name} is an old .xls or an encrypted workbook; save it as a plain .xlsx or as CSV.")
    if start.startswith(b"%PDF"):
        raise InputError(f"{path.name} is a PDF by its content; export the rows as CSV.")


class _Lines:
    """Feeds the CSV reader, remembers the lines of the record under way, and takes them back when it broke."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        self._source = text_lines(path, progress)
        self._waiting: deque[tuple[int, str] | BadRow] = deque()
        self._limit = int(audit_parameters().files.largest_csv_row_characters)
        self.taken: list[tuple[int, str]] = []
        self.too_long: list[BadRow] = []
        self._characters = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        item = self._waiting.popleft() if self._waiting else next(self._source)
        while isinstance(item, BadRow):
            self.too_long.append(item)
            item = self._waiting.popleft() if self._waiting else next(self._source)
        self.taken.append(item)
        self._characters += len(item[1])
        if self._characters > self._limit:
            raise csv.Error(f"the row is longer than {self._limit:,} characters; is a quote left open")
        return item[1]

    def finish(self) -> int:
        """Forgets the record's lines; the number of its first line."""
        line = self.taken[0][0] if self.taken else 0
        self.taken, self._characters = [], 0
        return line

    def retry(self) -> int:
        """Gives all lines of the broken record but its first back to be read again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        return self.finish()


def _csv_cells(path: Path, names: Names, progress: Progress | None) -> Cells:
    lines = _Lines(path, progress)
    reader = csv.reader(lines, delimiter=_delimiter(path, names), strict=True)
    while True:
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            cells = None
        except csv.Error as error:
            yield BadRow(lines.retry(), "broken_row", f"The row cannot be read: {error}.")
            continue
        yield from lines.too_long
        lines.too_long = []
        if cells is None:
            return
        yield lines.finish(), cells


def _delimiter(path: Path, names: Names) -> str:
    """The separator that makes most wanted columns appear in the first line."""
    known = {synonym for synonyms in names.values() for synonym in synonyms}
    first = next(iter(text_lines(path)), None)
    header = first[1] if isinstance(first, tuple) else ""

    def columns_found(delimiter: str) -> int:
        return sum(_plain(cell.strip().strip('"')) in known for cell in header.split(delimiter))

    return max(audit_parameters().files.delimiters, key=columns_found)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)
