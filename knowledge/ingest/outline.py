"""Headings and paragraphs of Markdown and plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING_WORDS = 12
PROSE_WORDS = 15


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 to 6) or a paragraph (level 0), with the page it starts on where there are pages."""

    text: str
    level: int = 0
    page: int | None = None


_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_UNDERLINE = re.compile(r"^(=+|-{2,})\s*$")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def markdown_blocks(text: str) -> list[Block]:
    """The headings and paragraphs; code fences stay whole, front matter is left out."""
    return list(_markdown(_FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1).split("\n")))


def _markdown(lines: list[str]) -> Iterator[Block]:
    paragraph: list[str] = []
    fenced = False
    for line in lines:
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _ATX.match(line)
        underline = None if fenced or len(paragraph) != 1 else _UNDERLINE.match(line)
        if underline:
            yield Block(paragraph.pop().strip(), 1 if line.startswith("=") else 2)
        elif heading or not (line.strip() or fenced):
            yield from _paragraph(paragraph)
            paragraph = []
            if heading:
                yield Block(heading.group(2), len(heading.group(1)))
        else:
            paragraph.append(line)
    yield from _paragraph(paragraph)


def _paragraph(lines: list[str], page: int | None = None) -> Iterator[Block]:
    if any(line.strip() for line in lines):
        yield Block("\n".join(line.rstrip() for line in lines).strip("\n"), 0, page)


def text_blocks(text: str, page: int | None = None, wrapped: bool = False) -> list[Block]:
    """The headings and paragraphs of plain text, where a heading is only a short line above prose.

    `wrapped` text (a PDF's) breaks lines inside sentences, so its lines are joined up to the end of a sentence.
    """
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    return list(_text(lines, page, wrapped))


def _text(lines: list[str], page: int | None, wrapped: bool) -> Iterator[Block]:
    paragraph: list[str] = []
    blanks = 2  # the top of the text is set apart like a section
    for number, line in enumerate(lines):
        if not line:
            blanks += 1
            yield from _paragraph(paragraph, page)
            paragraph = []
            continue
        if _is_heading(lines, number, blanks, paragraph):
            yield from _paragraph(paragraph, page)
            yield Block(line, 1 if blanks > 1 else 2, page)
            paragraph = []
        else:
            if paragraph and not wrapped:
                yield from _paragraph(paragraph, page)
                paragraph = []
            paragraph.append(line)
        blanks = 0
    yield from _paragraph(paragraph, page)


def _is_heading(lines: list[str], number: int, blanks: int, paragraph: list[str]) -> bool:
    """A short line that is set apart, or follows the end of a sentence, and has prose below it."""
    if not _short(lines[number]):
        return False
    above = lines[number - 1] if number else ""
    if not blanks and (_short(above) or not above.endswith((".", "!", "?", ":", ")", '"', "”"))):
        return False
    below = next((line for line in lines[number + 1 :] if line), "")
    return len(below.split()) >= PROSE_WORDS or below.endswith((".", ":"))


def _short(line: str) -> bool:
    return (
        0 < len(line.split()) <= HEADING_WORDS
        and (line[0].isupper() or line[0].isdigit())
        and not line.endswith((".", ",", ";", ":", "|"))
    )
