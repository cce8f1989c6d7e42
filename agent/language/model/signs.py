"""Signs in a quote that it is about a fact, and which way: too weak to read from, enough to bear out a reading."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from agent.language.embedded.lexicon import mapping, word_classes
from agent.language.embedded.phrases import Found, Phrasebook
from agent.language.embedded.scope import Scope
from agent.language.embedded.tokens import Text, stem

FILE = "model/signs.yaml"
REACH = 12
"""Tokens before a sign, within its clause, in which a negation turns it round."""


class Sign(NamedTuple):
    """What a sign speaks for: a fact, and a value of it; None where it names the subject alone."""

    fact: str
    value: bool | str | None


class Signs:
    """The signs of one message."""

    def __init__(self, text: Text, scope: Scope) -> None:
        self._text = text
        self._found: list[Found[Sign]] = _book().find(text)
        negations = {index for index, token in enumerate(text.tokens) if token.stem in _negations()}
        self._negations = negations | set(scope.negations)

    def names(self, fact: str, first: int, end: int) -> bool:
        """Whether tokens first to end name the subject of a number or a choice, or hold a sign of a yes/no fact."""
        return any(not isinstance(hit.meaning.value, str) for hit in self._of(fact, first, end))

    def flag(self, fact: str, first: int, end: int) -> bool | None:
        """Which way tokens first to end say a yes/no fact; None where no sign tells.

        A sign for no outweighs those for yes, as it is the more particular: "no server of ours leaves the house".
        """
        said = [hit for hit in self._of(fact, first, end) if isinstance(hit.meaning.value, bool)]
        against = [hit for hit in said if not hit.meaning.value]
        values = {bool(hit.meaning.value) != self._turned(hit) for hit in against or said}
        if len(values) != 1 or (values == {False} and not against and fact not in mapping(FILE)["turned"]):
            return None
        return values.pop()

    def choices(self, fact: str, first: int, end: int) -> set[str]:
        """The values of a choice that tokens first to end hold signs of."""
        return {hit.meaning.value for hit in self._of(fact, first, end) if isinstance(hit.meaning.value, str)}

    def any(self, first: int, end: int) -> bool:
        """Whether tokens first to end hold a sign of whichever fact."""
        return any(first <= hit.first and hit.end <= end for hit in self._found)

    def _of(self, fact: str, first: int, end: int) -> Iterator[Found[Sign]]:
        return (hit for hit in self._found if hit.meaning.fact == fact and first <= hit.first and hit.end <= end)

    def _turned(self, hit: Found[Sign]) -> bool:
        clause, _ = self._text.clause_of(hit.first)
        return sum(index in self._negations for index in range(max(clause, hit.first - REACH), hit.first)) % 2 == 1


@cache
def _book() -> Phrasebook[Sign]:
    document = mapping(FILE)
    pairs: list[tuple[str, Sign]] = []
    for fact, answers in document["flags"].items():
        pairs += [(phrase, Sign(fact, answer == "yes")) for answer, said in answers.items() for phrase in said]
    for fact, values in document["choices"].items():
        pairs += [(phrase, Sign(fact, value)) for value, said in values.items() for phrase in said]
    pairs += [(phrase, Sign(fact, None)) for fact, said in document["about"].items() for phrase in said]
    return Phrasebook(pairs, word_classes())


@cache
def _negations() -> frozenset[str]:
    words: Sequence[str] = mapping(FILE)["negation"]
    return frozenset(stem(word) for word in words)
