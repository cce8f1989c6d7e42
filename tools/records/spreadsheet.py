"""Rows of the first sheet of an XLSX workbook, read one by one; formulas stay text."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.audits import audit_parameters
from knowledge.errors import InputError
from tools.records.rows import Progress
from tools.records.text_lines import check_file

_REPORT_EVERY_ROWS = 1000
_FIRST_BYTES = 1024
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,  # both XML parsers derive their errors from it
    AttributeError,  # openpyxl takes parts of the workbook for granted
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    OSError,
    EOFError,
)


def sheet_rows(path: Path, progress: Progress | None = None) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows as texts; raises InputError for what is no workbook, is encrypted or expands too far."""
    size = check_file(path)
    _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which no row depends on
            workbook = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        expected_rows = max(sheet.max_row or 0, 1)
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_text(cell) for cell in cells]
            if progress and number % _REPORT_EVERY_ROWS == 0:
                progress(min(size * number // expected_rows, size), size)
        workbook.close()
    except _UNREADABLE as error:
        raise InputError(
            f"{path.name} cannot be read as an XLSX workbook; save it again as .xlsx or export it as CSV."
        ) from error
    if progress:
        progress(size, size)


def _check_archive(path: Path) -> None:
    limit = int(audit_parameters().files.largest_workbook_expanded_bytes)
    try:
        with zipfile.ZipFile(path) as archive:
            expanded = sum(member.file_size for member in archive.infolist())
            if expanded > limit:
                raise InputError(f"{path.name} expands past {limit // 1_000_000} MB; split it or export it as CSV.")
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as file:
                        _refuse_doctype(file.read(_FIRST_BYTES), path.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise InputError(
            f"{path.name} is not an XLSX workbook, or it is encrypted; save it as a plain .xlsx or as CSV."
        ) from error


def _refuse_doctype(start: bytes, name: str) -> None:
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise InputError(f"{name} refers to external content, which is refused; export it as CSV.")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
