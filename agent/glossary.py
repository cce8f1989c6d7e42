"""What words mean: the glossary's definitions, and what is asked by "what does that mean?"."""

import re
from functools import cache

from pydantic import RootModel

from knowledge.files import DATA, Part, read_yaml

MOST_DEFINED = 2

_POINTING = frozenset(
    "what do does did is are you your by with that this it the question mean meant means please explain to me i not "
    "understand dont don t so and but s exactly actually really here".split()
)


_MEANING = re.compile(r"(what (is|are|s|do you mean)\b|define\b|what do(es)?\b.*\b(mean|stand for)$)")


class Term(Part):
    """A word, the names that people ask for it by, and what it means."""

    names: tuple[str, ...]
    text: str


@cache
def glossary() -> tuple[Term, ...]:
    """All words that are explained."""
    return tuple(read_yaml(DATA / "wording" / "glossary.yaml", RootModel[tuple[Term, ...]]).root)


def definitions(asked: str, most: int = MOST_DEFINED) -> list[str]:
    """What the words of a question mean, in its order; a longer name goes before one that is part of it."""
    found = (by_name()[name] for name in _names().findall(_plain(asked)))
    return list(dict.fromkeys(found))[:most]


def asks_meaning(asked: str) -> bool:
    """Whether a question asks what something is, not what it does: "what is reranking?"."""
    return _MEANING.match(_plain(asked)) is not None


def only_points(asked: str) -> bool:
    """Whether a question only points at what was said before: "what does that mean?"."""
    return set(_plain(asked).split()) <= _POINTING


@cache
def by_name() -> dict[str, str]:
    """Every name of a word to what it means."""
    return {_plain(name): term.text for term in glossary() for name in term.names}


@cache
def _names() -> re.Pattern[str]:
    longest_first = sorted(by_name(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
