"""A number in a message, and what only looks like one."""

import re
from dataclasses import dataclass

from agent.language.embedded.tokens import Text, Token

_LABEL_BEFORE = re.compile(r"[A-Za-z][-]?$")

_NAMED = re.compile(
    r"\b(?:v\.?|version|release|phase|step|section|chapter|room|python|ubuntu|postgres|llama|gpt|claude|gemini|chatgpt"
    r"|level|tier) ?$",
    re.IGNORECASE,
)

_NAME_AFTER = re.compile(
    r"[bB][- ](?:class|model|open|param|llama)|[- ]?bit\b|:\d\d|x\d|/7\b|th\b|st\b|nd\b|rd\b|[°#]"
    r"|[ -]?GB of RAM|(?:\.\d+)+"
)

_RANGE_BEFORE = re.compile(r"(?<![A-Za-z\d])\d+(?:[.,]\d+)?(?:k|m|bn?|ms|s|%)[-–]$", re.IGNORECASE)
"""The lower end of a range with its unit: the number after it is the upper end."""


@dataclass(frozen=True)
class Number:
    """A number at tokens first to end: `low` equals `high` unless it is a range; `other` is a second reading."""

    first: int
    end: int
    low: float
    high: float
    other: float | None = None
    percent: bool = False
    usd: float | None = None
    unsure: bool = False
    share: bool = False
    scale: float = 1.0
    bare_year: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high

    @property
    def middle(self) -> float:
        """The value, or the middle of the range."""
        return (self.low + self.high) / 2


def is_label(text: Text, token: Token) -> bool:
    """Digits that are part of a name: GPT-4, v2, H100, p95, Q3, 70B models, #12."""
    before = text.message[max(0, token.start - 24) : token.start]
    if _RANGE_BEFORE.search(before):
        return False
    if before.endswith("#") or (
        _LABEL_BEFORE.search(before) and not re.search(r"(?:\b(?:USD|EUR|GBP|sub|ca|top)-?)$", before, re.IGNORECASE)
    ):
        return True
    after = text.message[token.end : token.end + 14]
    return bool(_NAMED.search(before) or _NAME_AFTER.match(after))


def word_at(text: Text, index: int) -> str:
    """The word, or "" outside the message."""
    return text.tokens[index].raw if 0 <= index < len(text.tokens) else ""
