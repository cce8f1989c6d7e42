"""Tables as plain HTML: every cell is escaped text, the first column names the row, a line break parts two lines."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ui.browser.safe_text import visible


def draw_table(header: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> None:
    """Draws a table that scrolls within its own frame where it is too wide."""
    st.html(table_html(header, rows, label))


def table_html(header: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> str:
    """The table; `label` is what a screen reader calls it."""
    head = "".join(f'<th scope="col">{_cell(text)}</th>' for text in header)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(label)}">'
        f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<th scope="row">{_cell(first)}</th>' + "".join(f"<td>{_cell(text)}</td>" for text in rest)


def _cell(text: str) -> str:
    main, _, below = visible(text).partition("\n")
    return escape(main) + (f"<br><small>{escape(below)}</small>" if below else "")
