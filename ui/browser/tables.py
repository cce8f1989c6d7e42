"""Tables as plain HTML: every cell is escaped text, the first column names the row, a line break parts two lines."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from ui.browser.safe_text import visible

MANY = 5
"""Tables with so many columns scroll sideways on a phone rather than break every word."""

_FIGURE = re.compile(r"–|\$?[\d.,]+( (million|billion|ms|s|min))?")


def draw_table(header: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> None:
    """Draws a table that scrolls within its own frame where it is too wide."""
    st.html(table_html(header, rows, label))


def table_html(header: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> str:
    """The table; `label` is what a screen reader calls it."""
    figures = [_are_figures([row[place] for row in rows]) for place in range(len(header))]
    head = "".join(
        f'<th scope="col"{_side(right)}>{_cell(text)}</th>' for text, right in zip(header, figures, strict=True)
    )
    body = "".join(f"<tr>{_row(row, figures)}</tr>" for row in rows)
    size = "plain many" if len(header) >= MANY else "plain"
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(label)}">'
        f'<table class="{size}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(cells: Sequence[str], figures: Sequence[bool]) -> str:
    first, *rest = cells
    tail = "".join(f"<td{_side(right)}>{_cell(text)}</td>" for text, right in zip(rest, figures[1:], strict=True))
    return f'<th scope="row">{_cell(first)}</th>{tail}'


def _side(right: bool) -> str:
    return ' class="figure"' if right else ""


def _are_figures(column: Sequence[str]) -> bool:
    """Whether a column holds amounts, and nothing else but gaps."""
    return any(cell != "–" for cell in column) and all(_FIGURE.fullmatch(cell.partition("\n")[0]) for cell in column)


def _cell(text: str) -> str:
    main, _, below = visible(text).partition("\n")
    return escape(main) + (f"<br><small>{escape(below)}</small>" if below else "")
