"""A reply that grows in the terminal ends as it would look written at once."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agent.hearing import PARAGRAPH
from ui.cli.growing import Growing, markdown

WIDTH = 30
SENTENCES = [
    "Reranking reads query and passage together.",
    "It *often* pays.",
    "Retrieval (RAG) leads.",
    "A word_that_is_longer_than_the_line_by_far.",
]


def terminal() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=True, width=WIDTH, highlight=False, color_system=None), file


def on_screen(written: str) -> list[str]:
    """What a screen shows after carriage returns and erased lines."""
    lines = [line.rpartition("\r\x1b[2K")[2] for line in written.split("\n")]
    return [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in lines]


def grown(pieces: list[str]) -> list[str]:
    console, file = terminal()
    growing = Growing(console)
    for piece in pieces:
        growing.add(piece)
    growing.finish()
    return on_screen(file.getvalue())


def at_once(paragraphs: list[str]) -> list[str]:
    console, file = terminal()
    for place, paragraph in enumerate(paragraphs):
        if place:
            console.print()
        console.print(markdown(paragraph))
    return on_screen(file.getvalue())


@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6), min_size=1, max_size=4))
def test_what_has_grown_looks_as_if_written_at_once(paragraphs: list[list[str]]) -> None:
    pieces = [
        (PARAGRAPH if number and not place else " " if place else "") + sentence
        for number, sentences in enumerate(paragraphs)
        for place, sentence in enumerate(sentences)
    ]
    assert grown(pieces) == at_once([" ".join(sentences) for sentences in paragraphs])


def test_a_piece_is_shown_before_the_next_one_comes() -> None:
    console, file = terminal()
    growing = Growing(console)
    growing.add("One sentence.")
    assert "One sentence." in file.getvalue()


def test_what_would_steer_the_terminal_is_left_out() -> None:
    assert "\x1b[31m" not in "".join(grown(["red \x1b[31m text"]))


def test_in_a_pipe_the_reply_is_written_once_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    growing = Growing(Console(width=WIDTH))
    growing.add("One sentence.")
    assert capsys.readouterr().out == ""
    growing.add(" Another.")
    growing.finish()
    assert capsys.readouterr().out.split() == ["One", "sentence.", "Another."]
