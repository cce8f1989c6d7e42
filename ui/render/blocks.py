"""Block Kit within its limits: every block that the bot shows is made here."""

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
LONGEST_HINT: Final = 2_000
LONGEST_PLACEHOLDER: Final = 150
LONGEST_TITLE: Final = 24
LONGEST_VALUE: Final = 2_000
MOST_BUTTONS: Final = 25
MOST_OPTIONS: Final = 100
LONGEST_MESSAGE: Final = 12_000
"""Characters of all blocks together; Slack refuses messages from about 13,000."""


def sections(text: str, most: int = LONGEST_MESSAGE, too_long: str = "") -> list[Block]:
    """The text as sections, cut between paragraphs, lines or words; `too_long` ends it where it does not fit."""
    pieces = list(_pieces(text, LONGEST_SECTION))
    kept: list[str] = []
    for piece in pieces:
        if sum(map(len, kept)) + len(piece) > most - len(too_long):
            kept.append(too_long)
            break
        kept.append(piece)
    return [section(piece) for piece in kept if piece]


def section(text: str) -> Block:
    """A paragraph in Slack's markup; names and addresses in it are not made into links."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:LONGEST_SECTION], "verbatim": True}}


def context(text: str) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:LONGEST_CONTEXT], "verbatim": True}]}


def button(label: str, action: str, value: str = "", url: str = "", style: str = "") -> Block:
    """A button; `value` comes back with the click."""
    made: Block = {"type": "button", "action_id": action, "text": _plain(label, LONGEST_BUTTON)}
    optional = {"value": value, "url": url, "style": style}
    return made | {name: given for name, given in optional.items() if given}


def actions(elements: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements[:MOST_BUTTONS])}


def select(action: str, placeholder: str, options: Iterable[tuple[str, str]]) -> Block:
    """A menu of (label, value)."""
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": _plain(placeholder, LONGEST_PLACEHOLDER),
        "options": _options(options),
    }


def text_input(block: str, label: str, hint: str) -> Block:
    """A field of a form for typed text; may stay empty."""
    return _input(block, label, hint, {"type": "plain_text_input", "action_id": "given", "max_length": 3_000})


def choice_input(block: str, label: str, hint: str, placeholder: str, options: Iterable[tuple[str, str]]) -> Block:
    """A field of a form with choices; may stay empty."""
    return _input(block, label, hint, select("given", placeholder, options))


def form(title: str, submit: str, close: str, callback: str, remembered: str, blocks: Sequence[Block]) -> Block:
    """A modal; `remembered` comes back with the submission."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": remembered,
        "title": _plain(title, LONGEST_TITLE),
        "submit": _plain(submit, LONGEST_TITLE),
        "close": _plain(close, LONGEST_TITLE),
        "blocks": list(blocks[:MOST_VIEW_BLOCKS]),
    }


def _input(block: str, label: str, hint: str, element: Block) -> Block:
    made = {"type": "input", "block_id": block, "optional": True, "element": element}
    return made | {"label": _plain(label, LONGEST_LABEL), "hint": _plain(hint, LONGEST_HINT)}


def _options(options: Iterable[tuple[str, str]]) -> list[Block]:
    made = [{"text": _plain(label, LONGEST_OPTION), "value": value} for label, value in options]
    return made[:MOST_OPTIONS]


def _plain(text: str, longest: int) -> Block:
    shown = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _pieces(text: str, longest: int) -> Iterator[str]:
    """The text in pieces that fit, cut at the last paragraph, line or word before the limit."""
    while len(text) > longest:
        found = (text.rfind(mark, 1, longest) for mark in ("\n\n", "\n", " "))
        place = next((place for place in found if place > longest // 2), longest)
        yield text[:place].strip()
        text = text[place:].strip()
    if text.strip():
        yield text.strip()
