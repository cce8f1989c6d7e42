"""A reply that grows in the terminal, piece by piece, while it is made."""

from rich.console import Console
from rich.control import Control
from rich.markdown import Markdown
from rich.segment import ControlType, Segment, Segments

from agent.hearing import PARAGRAPH
from ui.cli.output import printable


class Growing:
    """Lays out the paragraph at hand with every piece and writes what is new; in a pipe, the whole reply at its end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._whole, self._paragraph = "", ""
        self._lines: list[list[Segment]] = []

    def add(self, piece: str) -> None:
        """Shows the next piece at once."""
        self._whole += piece
        if not self._console.is_terminal:
            return
        if piece.startswith(PARAGRAPH):
            self._console.print("\n")
            self._paragraph, self._lines = "", []
        self._paragraph += piece.removeprefix(PARAGRAPH)
        self._grow(self._console.render_lines(markdown(self._paragraph), pad=False))

    def finish(self) -> None:
        """Ends the last line."""
        if self._console.is_terminal:
            self._console.print("", end="\n" if self._whole else "")
        elif self._whole:
            self._console.print(markdown(self._whole))

    def _grow(self, lines: list[list[Segment]]) -> None:
        """Writes the last line shown anew, as words were added to it, and the lines after it."""
        kept = max(len(self._lines) - 1, 0)
        if self._lines:
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
        for place, line in enumerate(lines[kept:], kept):
            ended = [] if place == len(lines) - 1 else [Segment.line()]
            self._console.print(Segments([*line, *ended]), end="")
        self._lines = lines


def markdown(text: str) -> Markdown:
    """Markdown for the terminal, with nothing in it that could steer it."""
    return Markdown(printable(text), hyperlinks=False)
