"""The words that the embedded understanding knows: read once from the files under `knowledge/language`."""

from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from agent.language.embedded.phrases import Phrasebook, words_of
from agent.language.embedded.tokens import stem
from knowledge.files import DATA, read_yaml, read_yaml_list
from tools.units import Period, Size

FOLDER = DATA / "language"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quantities(_Entry):
    """How numbers, units and the things counted are said."""

    digits: dict[str, int]
    scales: dict[str, int]
    letters: list[str]
    groups: dict[str, int]
    vague: dict[str, list[float] | None]
    plural_scales: dict[str, int]
    fractions: dict[str, float]
    increase: list[str]
    shared: list[str]
    before_whole: list[str]
    after_shares: list[str]
    approximate: list[str]
    unsure: list[str]
    bounds: list[str]
    periods: dict[str, Period]
    adverbs: dict[str, Period]
    rates: dict[str, Period]
    durations: dict[str, str]
    sizes: dict[str, Size]
    currencies: dict[str, float]
    documents: list[str]
    text_kinds: list[str]
    lengths: list[str]
    queries: list[str]
    items: list[str]
    people: list[str]
    examples: list[str]
    goods: list[str]


class Reading(_Entry):
    """What some phrases say about a fact."""

    fact: str
    value: bool | str
    phrases: list[str]


class Says(NamedTuple):
    """What a phrase says: a fact and its value."""

    fact: str
    value: bool | str


@cache
def mapping(name: str) -> dict[str, Any]:
    class Document(BaseModel):
        model_config = ConfigDict(extra="allow")

    return dict(read_yaml(FOLDER / name, Document).model_extra or {})


@cache
def word_classes() -> dict[str, list[str]]:
    """The word classes that phrases name with @."""
    classes = {name: list(words) for name, words in mapping("classes.yaml").items()}
    return {**classes, **{name: list(words) for name, words in scope_document()["classes"].items()}}


@cache
def scope_document() -> dict[str, Any]:
    """The cues of negation, supposition, history, other people and instructions."""
    return mapping("scope.yaml")


@cache
def quantities() -> Quantities:
    """The words of numbers and units."""
    return read_yaml(FOLDER / "quantities.yaml", Quantities)


@cache
def stems_of(name: str) -> frozenset[str]:
    """The stems of one list of the words of quantities."""
    return frozenset(stem(word) for word in getattr(quantities(), name))


@cache
def context_words(name: str) -> frozenset[str]:
    """The stems of one list of words that tell what a figure beside them is about."""
    return frozenset(stem(word) for word in mapping("context.yaml")[name])


@cache
def readings() -> Phrasebook[Says]:
    """The phrases that state yes/no facts and choices."""
    entries = read_yaml_list(FOLDER / "readings.yaml", Reading)
    return Phrasebook(
        ((phrase, Says(entry.fact, entry.value)) for entry in entries for phrase in entry.phrases), word_classes()
    )


@cache
def book(file: str) -> Phrasebook[str]:
    """The phrases of a file `{meaning: [phrase, …]}`."""
    return Phrasebook(
        ((phrase, meaning) for meaning, phrases in mapping(file).items() for phrase in phrases), word_classes()
    )


@cache
def cues(name: str) -> Phrasebook[bool]:
    """The cues of one kind of scope: True where they open it, False where they only look like it."""
    document = scope_document()[name]
    pairs = [(phrase, True) for phrase in document["phrases"]]
    return Phrasebook(pairs + [(phrase, False) for phrase in document.get("except", [])], word_classes())


@cache
def vocabulary() -> frozenset[str]:
    """Every word that a phrase or a unit is written with."""
    words: set[str] = set()
    for file in sorted(FOLDER.glob("*.yaml")):
        words |= words_of(file.read_text(encoding="utf-8").lower())
    return frozenset(words)
