"""A reply on its way to a door: each piece is handed over when it is final, before the whole reply is there.

The pieces, put together, are the reply as it is stored: nothing that was handed over is taken back or changed. A
paragraph is final when it is made; a sentence of an explanation when it is verified.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Hear = Callable[[str], None]
"""Takes the next piece of a reply in Markdown."""

PARAGRAPH = "\n\n"
_HEARING: ContextVar["Hearing | None"] = ContextVar("hearing", default=None)


class Hearing:
    """Hands a reply to a listener piece by piece; a listener that fails is left alone and the reply goes on."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._whole, self._paragraph = "", ""
        self.failed: Exception | None = None

    def piece(self, text: str) -> None:
        """The next words of the paragraph at hand."""
        if not text:
            return
        handed = PARAGRAPH + text if self._whole and not self._paragraph else text
        self._whole, self._paragraph = self._whole + handed, self._paragraph + text
        self._give(handed)

    def paragraph(self, text: str) -> None:
        """A whole paragraph, of which the beginning may have been handed over already."""
        self.piece(text.removeprefix(self._paragraph))
        self._paragraph = ""

    def finish(self, reply: str) -> None:
        """The whole reply, of which the rest is handed over; raises what the listener raised."""
        rest = reply.removeprefix(self._whole)
        self._whole = reply
        if rest:
            self._give(rest)
        if self.failed is not None:
            raise self.failed

    def _give(self, piece: str) -> None:
        if self.failed is not None:
            return
        try:
            self._hear(piece)
        except Exception as error:  # of the door: the answer is still made and stored, then this is raised
            self.failed = error


@contextmanager
def heard_by(hearing: Hearing) -> Iterator[None]:
    """What is told inside goes to that hearing."""
    token = _HEARING.set(hearing)
    try:
        yield
    finally:
        _HEARING.reset(token)


def tell(words: str) -> None:
    """Hands verified words of the paragraph at hand to whoever listens."""
    if (hearing := _HEARING.get()) is not None:
        hearing.piece(words)


def tell_paragraph(text: str) -> None:
    """Hands a finished paragraph to whoever listens."""
    if (hearing := _HEARING.get()) is not None:
        hearing.paragraph(text)
