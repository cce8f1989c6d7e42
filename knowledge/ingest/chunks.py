"""Cutting an outline into passages that each stand under their headings and end where a thought does."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.ingest.limits import PassageSizes
from knowledge.ingest.outline import Block

CHUNKER = "1"  # part of every document's id: other cuts are other passages

LETTERS_PER_WORD = 12  # text without spaces counts as words of this length

_SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"”')\]]))\s+(?=[\"“'(\[]?[A-Z0-9])|\n+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text of one passage, the headings above it and the page it starts on."""

    text: str
    section: str
    page: int | None


def chunks(blocks: Iterable[Block], sizes: PassageSizes) -> list[Chunk]:
    """The passages in order; none crosses a heading and none has more than `sizes.most_words` words."""
    return [
        Chunk(text, section, page)
        for section, paragraphs in _sections(blocks)
        for text, page in _cut(paragraphs, sizes)
    ]


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[str, list[Block]]]:
    """The paragraphs under each heading, with the path of headings that leads there."""
    path: list[Block] = []
    paragraphs: list[Block] = []
    for block in blocks:
        if block.level:
            if paragraphs:
                yield _title(path), paragraphs
            path = [above for above in path if above.level < block.level] + [block]
            paragraphs = []
        else:
            paragraphs.append(block)
    if paragraphs:
        yield _title(path), paragraphs


def _title(path: list[Block]) -> str:
    return " › ".join(" ".join(block.text.split()) for block in path)


def _cut(paragraphs: list[Block], sizes: PassageSizes) -> Iterator[tuple[str, int | None]]:
    text, page = "", None
    for piece in _pieces(paragraphs, sizes):
        if text and _length(text) + _length(piece.text) > sizes.most_words:
            yield text, page
            text = ""
        page = page if text else piece.page
        text = f"{text}{piece.joint}{piece.text}" if text else piece.text
        if piece.ends_paragraph and _length(text) >= sizes.target_words:
            yield text, page
            text = ""
    if text:
        yield text, page


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    page: int | None
    joint: str  # what stood between it and the piece before
    ends_paragraph: bool


def _pieces(paragraphs: list[Block], sizes: PassageSizes) -> Iterator[_Piece]:
    """Whole paragraphs where they fit, else their sentences, else runs of words."""
    for block in paragraphs:
        whole = _length(block.text) <= sizes.most_words
        texts = [block.text] if whole else [run for part in _sentences(block.text) for run in _runs(part, sizes)]
        for number, text in enumerate(texts, 1):
            yield _Piece(text, block.page, "\n" if number == 1 else " ", number == len(texts))


def _length(text: str) -> int:
    return max(len(text.split()), len(text) // LETTERS_PER_WORD)


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _runs(sentence: str, sizes: PassageSizes) -> Iterator[str]:
    if _length(sentence) <= sizes.most_words:
        yield sentence
        return
    run, room = "", sizes.most_words * LETTERS_PER_WORD
    for word in sentence.split():
        for part in (word[start : start + room] for start in range(0, len(word), room)):
            if run and _length(f"{run} {part}") > sizes.most_words:
                yield run
                run = ""
            run = f"{run} {part}" if run else part
    if run:
        yield run
