"""The message as it will be read: within the limit, without characters that hide or control something."""

import re
from dataclasses import dataclass

from knowledge.errors import InputError
from tools.profile import LONGEST_TEXT

REMOVED = "Invisible or control characters in your message were taken out; the rest was read as it stands."
NOTHING_TO_READ = (
    "There were no words in that message that I could read; answer in your own words, or say *unknown* to skip."
)

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff"  # zero width and direction marks
    "\u202a-\u202e\u2066-\u2069"  # embedding and isolating of directions
    "\ud800-\udfff\ufff9-\ufffb]"  # halves of surrogate pairs, annotation marks
    "|[\U000e0000-\U000e007f]"  # tags
)
_READABLE = re.compile(r"\w")


@dataclass(frozen=True)
class CleanMessage:
    """What is read, and what to tell the user about the cleaning."""

    text: str
    notes: tuple[str, ...]

    @property
    def readable(self) -> bool:
        """Whether it has any letter or digit."""
        return bool(_READABLE.search(self.text))


def clean_message(message: str) -> CleanMessage:
    """The message without hidden characters; raises InputError when it is longer than the limit."""
    if len(message) > LONGEST_TEXT:
        raise InputError(
            f"The message has {len(message):,} characters and the limit is {LONGEST_TEXT:,}; nothing was read. "
            "Shorten it, or attach the text as a file."
        )
    text = _HIDDEN.sub("", _ANSI.sub("", message))
    return CleanMessage(text, () if text == message else (REMOVED,))
