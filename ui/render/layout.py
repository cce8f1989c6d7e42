"""The memo as plain lists and strings for typesetting: runs of text with emphasis and source numbers."""

import re
from typing import Any

from agent.memo.outline import Block, Bullets, Memo, Paragraph, Sentence, Table

LONG_WORD = re.compile(r"\S{40,}")
EVERY = 24
BREAK = "\u200b"


def run(memo: Memo, sentences: tuple[Sentence, ...]) -> list[dict[str, Any]]:
    """Sentences as runs `{text, strong, cited}`, spaces between them included."""
    runs: list[dict[str, Any]] = []
    for sentence in sentences:
        text = sentence.text
        before = bool(runs) and not runs[-1]["text"].endswith(" ") and not text.startswith(" ")
        cited = [memo.number(citation.claim) for citation in sentence.citations]
        shown = (" " if before else "") + (text.rstrip() if cited else text)
        runs.append({"text": shown, "strong": sentence.template.endswith(".head"), "cited": cited})
        if cited and text.endswith(" "):
            runs.append({"text": " ", "strong": False, "cited": []})
    return runs


def leads(blocks: tuple[Block, ...], place: int) -> bool:
    """Whether a block introduces the table or list after it, and must not be parted from it."""
    introduces = isinstance(blocks[place], Paragraph) and place + 1 < len(blocks)
    return introduces and isinstance(blocks[place + 1], Table | Bullets)


def breakable(text: str) -> str:
    """The text with places to break in words that are too long for a line."""
    return LONG_WORD.sub(lambda word: BREAK.join(_pieces(word[0])), text)


def _pieces(word: str) -> list[str]:
    return [word[start : start + EVERY] for start in range(0, len(word), EVERY)]
