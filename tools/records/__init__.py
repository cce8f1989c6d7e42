"""Records out of files: rows streamed from CSV, JSON lines and spreadsheets in bounded memory.

A record that cannot be used comes out as a `BadRow` with its line and the reason; nothing is dropped
silently. A file that cannot be used at all raises InputError with one sentence.
"""

from tools.records.digest import digest
from tools.records.rows import BadRow, Progress, Row, RowErrors
from tools.records.tables import Table, open_table
from tools.records.text_lines import json_rows
from tools.records.text_output import inert

__all__ = ["BadRow", "Progress", "Row", "RowErrors", "Table", "digest", "inert", "json_rows", "open_table"]
