"""A spreadsheet file to read in a test."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook


def workbook(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """An XLSX file whose only sheet holds the rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path
