"""Which sentences are in a language that is not read."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from agent.language.embedded.lexicon import mapping
from agent.language.embedded.tokens import Text

LEAST_WORDS = 3
_SHORT = 0.7


@dataclass(frozen=True)
class Unread:
    """The tokens that could not be read, and the languages they seem to be in."""

    tokens: frozenset[int]
    languages: tuple[str, ...]
    words: str


@cache
def _function_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words) for language, words in mapping("languages.yaml").items()}


def find_unread(text: Text) -> Unread | None:
    """The sentences in another language; None where all of it can be read."""
    covered: set[int] = set()
    languages, quotes = [], []
    for first, end in text.sentences:
        language = _language(text, first, end)
        if language:
            covered |= set(range(first, end))
            languages.append(language)
            quotes.append(text.quote(first, end).strip())
    if not covered:
        return None
    return Unread(frozenset(covered), tuple(dict.fromkeys(languages)), " ".join(quotes))


def _language(text: Text, first: int, end: int) -> str | None:
    words = [text.message[token.start : token.end].lower() for token in text.tokens[first:end] if token.kind == "word"]
    letters = [letter for word in words for letter in word]
    if not letters:
        return None
    scripts = [
        letter
        for letter in letters
        if not unicodedata.name(letter, "LATIN").startswith(("LATIN", "GREEK SMALL LETTER MU"))
    ]
    if len(scripts) > len(letters) / 3:
        return "another script"
    if len(words) < LEAST_WORDS:
        return None
    accents = sum(not letter.isascii() for letter in letters)
    counts = {language: _weight(language, words, bool(accents)) for language in _function_words()}
    best = max(counts, key=lambda language: counts[language])
    if best != "English" and counts[best] >= 2 and counts[best] > counts["English"] + 1:
        return best
    if (
        best != "English"
        and counts[best] >= 2
        and counts["English"] <= 1
        and (accents or counts[best] >= len(words) / 3)
    ):
        return best
    return None


def _weight(language: str, words: Iterable[str], accents: bool) -> float:
    """How many of a language's short words there are; one of two letters is often an abbreviation, and weighs less."""
    found = [word for word in words if word in _function_words()[language]]
    return sum(1.0 if len(word) > 2 or accents or language == "English" else _SHORT for word in found)


def unread_note(unread: Unread, read_something: bool) -> tuple[str, ...]:
    """What is said of words in a language that is not read."""
    names = " and ".join(
        language if language != "another script" else "a language I do not know" for language in unread.languages
    )
    read = "The rest was read. " if read_something else "Nothing was taken from it. "
    return (
        f"I read English only, and part of your message seems to be in {names}: “{_short(unread.words)}”. "
        f"{read}You can go on in English or choose from the answers.",
    )


def _short(words: str) -> str:
    return words if len(words) <= 120 else words[:117] + "…"
