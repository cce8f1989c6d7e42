"""Block Kit within its limits: every block that the bot shows is made here.

Text that may be long is split over sections and messages; nothing is cut off. What is short by nature, such as a label,
raises ValueError where it is not.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

Block = dict[str, Any]

MOST_BLOCKS: Final = 50
MOST_VIEW_BLOCKS: Final = 100
LONGEST_SECTION: Final = 3_000
LONGEST_CONTEXT: Final = 2_000
LONGEST_BUTTON: Final = 75
LONGEST_OPTION: Final = 75
LONGEST_LABEL: Final = 2_000
LONGEST_PLACEHOLDER: Final = 150
LONGEST_TITLE: Final = 24
LONGEST_VALUE: Final = 2_000
LONGEST_OPTION_VALUE: Final = 150
LONGEST_URL: Final = 3_000
LONGEST_REMEMBERED: Final = 3_000
MOST_BUTTONS: Final = 25
MOST_OPTIONS: Final = 100
LARGEST_VIEW: Final = 250_000
"""Bytes of a modal as JSON."""
LONGEST_MESSAGE: Final = 12_000
"""Characters of a message's blocks as JSON; Slack refuses messages from about 13,000."""


def sections(text: str) -> list[Block]:
    """The text as sections, split between paragraphs, lines or words, and never within a link."""
    return [section(piece) for piece in _pieces(text, LONGEST_SECTION)]


def messages(blocks: Iterable[Block]) -> list[list[Block]]:
    """The blocks in order, as many to a message as it takes."""
    split: list[list[Block]] = []
    room = 0
    for block in blocks:
        size = len(json.dumps(block, ensure_ascii=False)) + 2
        if not split or len(split[-1]) == MOST_BLOCKS or size > room:
            split.append([])
            room = LONGEST_MESSAGE
        split[-1].append(block)
        room -= size
    return split


def section(text: str) -> Block:
    """A paragraph in Slack's markup; names and addresses in it are not made into links."""
    return {"type": "section", "text": _mrkdwn(text, LONGEST_SECTION)}


def context(text: str) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [_mrkdwn(text, LONGEST_CONTEXT)]}


def button(label: str, action: str, value: str = "", url: str = "", style: str = "") -> Block:
    """A button; `value` comes back with the click."""
    made: Block = {"type": "button", "action_id": action, "text": _plain(label, LONGEST_BUTTON)}
    optional = {"value": _within(value, LONGEST_VALUE), "url": _within(url, LONGEST_URL), "style": style}
    return made | {name: given for name, given in optional.items() if given}


def actions(elements: Sequence[Block]) -> list[Block]:
    """Buttons and menus, in as many rows as it takes."""
    rows = (elements[start : start + MOST_BUTTONS] for start in range(0, len(elements), MOST_BUTTONS))
    return [{"type": "actions", "elements": list(row)} for row in rows]


def select(action: str, placeholder: str, options: Iterable[tuple[str, str]]) -> Block:
    """A menu of (label, value)."""
    made = [
        {"text": _plain(label, LONGEST_OPTION), "value": _within(value, LONGEST_OPTION_VALUE)}
        for label, value in options
    ]
    if not 0 < len(made) <= MOST_OPTIONS:
        raise ValueError(f"A menu has 1 to {MOST_OPTIONS} entries; this one has {len(made)}.")
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": _plain(placeholder, LONGEST_PLACEHOLDER),
        "options": made,
    }


def text_input(block: str, label: str, hint: str) -> Block:
    """A field of a form for typed text; may stay empty."""
    return _input(block, label, hint, {"type": "plain_text_input", "action_id": "given", "max_length": 3_000})


def choice_input(block: str, label: str, hint: str, placeholder: str, options: Iterable[tuple[str, str]]) -> Block:
    """A field of a form with choices; may stay empty."""
    return _input(block, label, hint, select("given", placeholder, options))


def form(title: str, submit: str, close: str, callback: str, remembered: str, blocks: Sequence[Block]) -> Block:
    """A modal; `remembered` comes back with the submission."""
    made = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": _within(remembered, LONGEST_REMEMBERED),
        "title": _plain(title, LONGEST_TITLE),
        "submit": _plain(submit, LONGEST_TITLE),
        "close": _plain(close, LONGEST_TITLE),
        "blocks": list(blocks),
    }
    if len(blocks) > MOST_VIEW_BLOCKS or len(json.dumps(made).encode()) > LARGEST_VIEW:
        raise ValueError(f"A form has at most {MOST_VIEW_BLOCKS} blocks in {LARGEST_VIEW:,} bytes.")
    return made


def _input(block: str, label: str, hint: str, element: Block) -> Block:
    made = {"type": "input", "block_id": block, "optional": True, "element": element}
    return made | {"label": _plain(label, LONGEST_LABEL), "hint": _plain(hint, LONGEST_LABEL)}


def _mrkdwn(text: str, longest: int) -> Block:
    return {"type": "mrkdwn", "text": _some(text, longest), "verbatim": True}


def _plain(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": _some(text, longest), "emoji": False}


def _some(text: str, longest: int) -> str:
    if not text:
        raise ValueError("A text of a block may not be empty.")
    return _within(text, longest)


def _within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(f"Block Kit takes {longest:,} characters here; this text has {len(text):,}.")
    return text


def _pieces(text: str, longest: int) -> Iterator[str]:
    """The text in pieces that fit, split at the last paragraph, line or word before the limit."""
    text = text.strip()
    while len(text) > longest:
        found = (text.rfind(mark, 1, longest) for mark in ("\n\n", "\n", " "))
        place = _outside(text, next((place for place in found if place > longest // 2), longest))
        yield text[:place].strip()
        text = text[place:].strip()
    if text:
        yield text


def _outside(text: str, place: int) -> int:
    """The place, or the one before it where it lies within a link or within a character that is written as a name."""
    link = text.rfind("<", 1, place)
    if link > text.rfind(">", 0, place):
        return link
    name = text.rfind("&", max(1, place - 5), place)
    return name if name > text.rfind(";", 0, place) else place
