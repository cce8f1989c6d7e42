"""Phrases: short patterns over the words of a message, in a form that a domain expert can read and edit.

A phrase is a row of words; inflection and spelling variants need not be listed. `a|b` is one word or the other,
`[in production|live]` one group of words or the other, `(really)` may be missing, `...` skips up to six words of
the same clause, `word*` is any word that starts so, `@name` is any word of that word class, `<n>` is a number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.language.embedded.tokens import Text, expand, stem

Meaning = TypeVar("Meaning")
_ELEMENT = re.compile(r"\[[^\]]*\]|\([^)]*\)|\S+")
_GAP = r"(?:(?![.;] )\S+ ){0,6}?"


@dataclass(frozen=True)
class Found(Generic[Meaning]):
    """A phrase found in a message: what it means, and the tokens it covers, end excluded."""

    meaning: Meaning
    first: int
    end: int


@dataclass(frozen=True)
class _Phrase(Generic[Meaning]):
    pattern: re.Pattern[str]
    anchors: tuple[frozenset[str], ...]
    meaning: Meaning


class Phrasebook(Generic[Meaning]):
    """Phrases with what each one means, found in a message in one pass."""

    def __init__(self, phrases: Iterable[tuple[str, Meaning]], classes: Mapping[str, Iterable[str]]) -> None:
        self._classes = {name: frozenset(stem(word) for word in words) for name, words in classes.items()}
        self._by_word: dict[str, list[_Phrase[Meaning]]] = {}
        self._anywhere: list[_Phrase[Meaning]] = []
        for phrase, meaning in phrases:
            self._file(self._compile(phrase, meaning))

    def find(self, text: Text) -> list[Found[Meaning]]:
        """All occurrences, in order, the longer of two that start together first. None crosses a sentence end."""
        if id(self) not in text.found:
            text.found[id(self)] = self._look(text)
        return [*text.found[id(self)]]

    def _look(self, text: Text) -> list[Found[Meaning]]:
        found = []
        for (first, end), stems in zip(text.sentences, text.sentence_stems, strict=True):
            start, stop = text.view_of(first), text.view_of(end)
            for phrase in self._candidates(stems):
                for match in phrase.pattern.finditer(text.view, start, stop):
                    if match.end() > match.start():
                        found.append(Found(phrase.meaning, text.token_at(match.start()), text.token_at(match.end())))
        return sorted(found, key=lambda hit: (hit.first, -hit.end))

    def _file(self, phrase: _Phrase[Meaning]) -> None:
        """Under the words of its most selective element, so that most sentences never meet it."""
        if not phrase.anchors:
            self._anywhere.append(phrase)
            return
        for word in min(phrase.anchors, key=len):
            self._by_word.setdefault(word, []).append(phrase)

    def _candidates(self, stems: frozenset[str]) -> list[_Phrase[Meaning]]:
        """The phrases all of whose fixed elements have a word in the sentence."""
        near = [phrase for word in sorted(self._by_word.keys() & stems) for phrase in self._by_word[word]]
        return [phrase for phrase in near if _all_meet(phrase.anchors, stems)] + self._anywhere

    def _compile(self, phrase: str, meaning: Meaning) -> _Phrase[Meaning]:
        source, anchors = "(?<= )", []
        for element in _ELEMENT.findall(phrase):
            if element == "...":
                source += _GAP
            elif element[0] == "(":
                source += f"(?:{self._group(element[1:-1])})?"
            elif element[0] == "[":
                source += self._group(element[1:-1])
            else:
                words = self._words(element)
                source += f"(?:{'|'.join(words)}) "
                if all(word.isalnum() for word in words):
                    anchors.append(frozenset(words))
        return _Phrase(re.compile(source), tuple(anchors), meaning)

    def _group(self, alternatives: str) -> str:
        if " " not in alternatives.strip():
            return f"(?:{'|'.join(self._words(alternatives))}) "
        rows = (
            "".join(f"(?:{'|'.join(self._words(word))}) " for word in row.split()) for row in alternatives.split("|")
        )
        return "(?:" + "|".join(rows) + ")"

    def _words(self, element: str) -> list[str]:
        words: set[str] = set()
        for word in element.split("|"):
            if word.startswith("@"):
                words |= self._classes[word[1:]]
            elif word == "<n>":
                words.add("#")
            elif word.endswith("*"):
                words.add(re.escape(word[:-1]) + r"\S*")
            else:
                words.add(re.escape(stem(word)) if word.isalpha() else re.escape(word))
        return sorted(words, key=lambda word: (-len(word), word))


def _all_meet(anchors: tuple[frozenset[str], ...], stems: frozenset[str]) -> bool:
    for anchor in anchors:  # a loop, because this is asked thousands of times a message
        if anchor.isdisjoint(stems):
            return False
    return True


def words_of(phrase: str) -> set[str]:
    """The whole words that a phrase is written with, for the spelling vocabulary."""
    return {part for word in re.findall(r"(?<![@\w])[a-z']+(?![\w*])", phrase) for part in expand(word)}
