"""A message cut into tokens that keep their place in it, each in a plain form that spellings share."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import Stemmer

Kind = Literal["word", "number", "symbol"]

_TOKEN = re.compile(
    r"(?P<number>(?<![A-Za-z\d-])[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?![\d.,]*\d)"
    r"|\d+(?:[.,'’]\d{3}(?!\d))*(?:[.,]\d+)?(?:[eE][+]?\d{1,2}(?![\w]))?|(?<!\d)\.\d+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<symbol>\n+|[^\w\s]|_)"
)
_ABBREVIATIONS = {
    "eg",
    "ie",
    "approx",
    "ca",
    "vs",
    "etc",
    "incl",
    "max",
    "min",
    "avg",
    "no",
    "p",
    "g",
    "e",
    "i",
    "pgs",
    "pp",
}
_NEGATED = {
    "dont": "do", "doesnt": "does", "didnt": "did", "isnt": "is", "arent": "are", "wasnt": "was", "werent": "were",
    "wont": "will", "cant": "can", "couldnt": "could", "wouldnt": "would", "shouldnt": "should", "havent": "have",
    "hasnt": "has", "hadnt": "had", "neednt": "need", "mustnt": "must", "aint": "is", "shant": "shall",
}  # fmt: skip
_ENDINGS = {"ve": "have", "re": "are", "ll": "will", "d": "would", "m": "am"}
_IS_AFTER = {"it", "that", "there", "what", "who", "how", "he", "she", "here", "where", "why", "this", "everything"}
_AMERICAN = (
    (re.compile(r"(\w{2}[^aeiou])is(e|ed|es|er|ers|ing|ation|ations)$"), r"\1iz\2"),
    (re.compile(r"(\w{2,})our(s|ed|ing|al|ful|ite|ites)?$"), r"\1or\2"),
    (re.compile(r"(\w{3,})ogue(s)?$"), r"\1og\2"),
    (re.compile(r"(\w{3,}[aeiou])ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"(\w{3,})tre(s)?$"), r"\1ter\2"),
    (re.compile(r"(\w{3,})ence(s)?$"), r"\1ense\2"),
)
LONGEST_WORD = 40
"""Longer rows of letters are no words and are left as they are."""
_STEMMER = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign: `raw` in lower case, `stem` as patterns compare it, and its place in the message."""

    raw: str
    stem: str
    kind: Kind
    start: int
    end: int


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """The form that British and American spelling and all inflections of a word share."""
    if len(word) > LONGEST_WORD:
        return word
    for pattern, replacement in _AMERICAN:
        changed = pattern.sub(replacement, word)
        if changed != word:
            word = changed
            break
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=4_096)
def expand(word: str) -> tuple[str, ...]:
    """A word in lower case with its contraction written out: "isn't" is "is not"."""
    if "'" not in word:
        return (_NEGATED[word], "not") if word in _NEGATED else ("can", "not") if word == "cannot" else (word,)
    head, _, ending = word.rpartition("'")
    if ending == "t" and head.endswith("n"):
        return (_NEGATED.get(head + "t", head[:-1]), "not")
    if ending in _ENDINGS:
        return (head, _ENDINGS[ending])
    if ending == "s":
        return (head, "is") if head in _IS_AFTER else ("let", "us") if head == "let" else (head,)
    return tuple(part for part in word.split("'") if part)


@dataclass(frozen=True)
class Text:
    """A message as tokens. `view` holds the stems with a space around each, for patterns to run over."""

    message: str
    tokens: tuple[Token, ...]

    @cached_property
    def view(self) -> str:
        """All stems in a row; sentence ends are "." and clause ends ";"."""
        return " " + "".join(token.stem + " " for token in self.tokens)

    @cached_property
    def _places(self) -> list[int]:
        """Where each token, and the end, starts in the view."""
        places = [1]
        for token in self.tokens:
            places.append(places[-1] + len(token.stem) + 1)
        return places

    @cached_property
    def _indices(self) -> dict[int, int]:
        return {place: index for index, place in enumerate(self._places)}

    def raw_at(self, index: int) -> str:
        """A token as it was written, in lower case; nothing past the end."""
        return self.tokens[index].raw if index < len(self.tokens) else ""

    def view_of(self, index: int) -> int:
        """The position of the view at which a token starts."""
        return self._places[index]

    def token_at(self, position: int) -> int:
        """The token that starts at a position of the view."""
        return self._indices[position]

    @cached_property
    def found(self) -> dict[int, list[Any]]:
        """What each phrasebook found here, so that none looks twice."""
        return {}

    @cached_property
    def sentence_stems(self) -> list[frozenset[str]]:
        """The stems of each sentence."""
        return [frozenset(token.stem for token in self.tokens[first:end]) for first, end in self.sentences]

    @cached_property
    def stems(self) -> frozenset[str]:
        """All stems that occur."""
        return frozenset(token.stem for token in self.tokens)

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The sentences as runs of tokens, end excluded."""
        return _runs(self.tokens, {"."})

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """The clauses as runs of tokens: cut at sentence and clause ends and before words of contrast."""
        return _runs(self.tokens, {".", ";"}, before={"but", "wherea", "though", "although", "yet", "while", "howev"})

    @cached_property
    def _sentence_at(self) -> list[tuple[int, int]]:
        return [run for run in self.sentences for _ in range(*run)]

    @cached_property
    def _clause_at(self) -> list[tuple[int, int]]:
        return [run for run in self.clauses for _ in range(*run)]

    def sentence_of(self, index: int) -> tuple[int, int]:
        """The sentence that a token stands in."""
        return self._sentence_at[index] if index < len(self.tokens) else (0, len(self.tokens))

    def clause_of(self, index: int) -> tuple[int, int]:
        """The clause that a token stands in."""
        return self._clause_at[index] if index < len(self.tokens) else (0, len(self.tokens))

    def span(self, first: int, end: int) -> tuple[int, int]:
        """The place in the message of tokens first to end, end excluded."""
        return self.tokens[first].start, self.tokens[end - 1].end

    def quote(self, first: int, end: int) -> str:
        """The user's words of tokens first to end, end excluded."""
        start, stop = self.span(first, end)
        return self.message[start:stop]


def _runs(
    tokens: tuple[Token, ...], ends: set[str], before: frozenset[str] | set[str] = frozenset()
) -> tuple[tuple[int, int], ...]:
    runs, first = [], 0
    for index, token in enumerate(tokens):
        if token.stem in ends:
            runs.append((first, index + 1))
            first = index + 1
        elif token.stem in before and index > first:
            runs.append((first, index))
            first = index
    if first < len(tokens):
        runs.append((first, len(tokens)))
    return tuple(runs)
