"""From a message to its tokens: contractions written out, hyphens opened, one typo a word put right."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent.language.embedded.tokens import _ABBREVIATIONS, _TOKEN, LONGEST_WORD, Text, Token, expand, stem

SHORTEST_CORRECTED = 5
"""Shorter words are left as they are: one letter makes another word of them too easily."""

LONG_WORD = 8
"""From this length on a slip in the first letter is put right too."""

_SYMBOLS = {"!": ".", "?": ".", "…": ".", "(": ";", ")": ";", "[": ";", "]": ";", "—": ";", "•": ";", "&": "and"}
_KEPT = set(".,;:%$€£/+~<>=@#₹¥-")
_ENDINGS = ("s", "d", "ed", "ing", "ly", "er", "es")
_DASHES = {"-", "–", "‑", "−"}
_SPACES = re.compile(r"\s")


class Spelling:
    """Puts a misspelt word right where exactly one word that the patterns use is one slip away."""

    def __init__(self, vocabulary: Iterable[str], is_word: Callable[[str], bool]) -> None:
        words = {form for word in vocabulary for form in _forms(word)}
        self._known = frozenset(words)
        self._near = defaultdict[tuple[int, str], list[str]](list)
        """Words that may be meant, by the length of what was written and its first letter, or "" for any."""
        for word in sorted(words):
            for length in range(max(SHORTEST_CORRECTED, len(word) - 1), min(LONGEST_WORD, len(word) + 1) + 1):
                self._near[length, word[0]].append(word)
                self._near[length, ""].append(word)
        self._is_word = is_word
        self.correct = lru_cache(maxsize=4_096)(self._correct)

    def _correct(self, word: str) -> str:
        if not SHORTEST_CORRECTED <= len(word) <= LONGEST_WORD or not word.isalpha():
            return word
        if word in self._known or self._is_word(word):
            return word
        if any(word.endswith(ending) and self._is_word(word[: -len(ending)]) for ending in _ENDINGS):
            return word
        near = self._one_slip_from(word, word[0])
        if not near and len(word) >= LONG_WORD:  # a slip seldom hits the first letter
            near = self._one_slip_from(word, "")
        return near[0] if len({stem(choice) for choice in near}) == 1 else word

    def _one_slip_from(self, word: str, first_letter: str) -> list[str]:
        choices = self._near[len(word), first_letter]
        return [str(match[0]) for match in process.extract(word, choices, scorer=OSA.distance, score_cutoff=1, limit=8)]


def read_text(message: str, correct: Callable[[str], str]) -> Text:
    """The tokens of a cleaned message."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(message):
        start, end = match.span()
        if match.lastgroup == "word":
            tokens += _words(match.group(), start, end, correct)
        elif match.lastgroup == "number":
            tokens.append(Token(match.group(), "#", "number", start, end))
        else:
            sign = _sign(message, match.group(), start, end, tokens)
            if sign:
                raw = match.group() if sign != "-" else "-"
                tokens.append(Token(raw, sign, "symbol", start, end))
    return Text(message, tuple(tokens))


def _words(word: str, start: int, end: int, correct: Callable[[str], str]) -> list[Token]:
    plain = word.lower().replace("’", "'")
    parts = [correct(part) for part in expand(plain)]
    return [Token(part, stem(part), "word", start, end) for part in parts]


def _sign(message: str, sign: str, start: int, end: int, before: list[Token]) -> str | None:
    """What a sign stands for in patterns; None where it stands for nothing."""
    after = message[end : end + 1]
    open_ended = not after or bool(_SPACES.match(after)) or after in "\"')]”’*_"
    if sign.startswith("\n"):
        return "."
    if sign in _DASHES:
        return _dash(message, start, end)
    if sign == ".":
        last = before[-1].raw if before else ""
        return "." if open_ended and (last not in _ABBREVIATIONS or not message[end:].strip()) else None
    if sign in "?!":
        return "."
    sign = _SYMBOLS.get(sign, sign)
    return sign if sign in _KEPT or sign == "and" else None


def _dash(message: str, start: int, end: int) -> str | None:
    """A dash between numbers is a range, before one a minus, inside a word nothing, between spaces a break."""
    before, after = message[start - 1 : start], message[end : end + 1]
    if _SPACES.match(after or " ") and _SPACES.match(before or " "):
        return "-" if message[:start].rstrip()[-1:].isdigit() and message[end:].lstrip()[:1].isdigit() else ";"
    if after.isdigit() and (not before or _SPACES.match(before)):
        return "-"
    left_is_number = re.search(r"\d[a-zA-Z%]{0,2}$", message[:start]) is not None
    return "-" if left_is_number and (after.isdigit() or after in "$€£") else None


def _forms(word: str) -> tuple[str, ...]:
    return (word, word + "s", word + "ed", word + "ing", word + "d")
