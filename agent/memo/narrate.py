"""A language model's words for the memo: each sentence is checked against its template, and falls back to it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from agent.language.port import Language, Outline
from agent.memo.forms import plain
from agent.memo.numerals import numerals
from agent.memo.outline import Block, Bullets, Paragraph, Replacement, Section, Sentence
from knowledge.claims import load_claims
from knowledge.lexical import terms
from knowledge.options import LABELS

LEAST_COVERED = 0.45
"""Share of a sentence's content words that must stand in its template or its claims."""

LONGEST = 2.0
"""Times the length of the template that a sentence may have, with some room for short ones."""

NEGATIONS = frozenset(
    {"no", "not", "never", "none", "nothing", "without", "cannot", "neither", "nor", "hardly", "less"}
)
FORBIDDEN = ("http", "www.", "[", "]", "<", ">", "`", "|", "\\", "*", "_", "#")
"""What only markup and links need."""

Worded = Mapping[str, str]
"""Sentences in a model's words, by section and place: `costs/3`."""


def wordings(sections: tuple[Section, ...], language: Language) -> dict[str, str]:
    """What a language makes of the sentences, as far as they pass; what fails is asked for once more.

    A language that answers with another number of sentences for a section changes nothing there.
    """
    templates = dict(places(sections))
    passed: dict[str, str] = {}
    for _ in range(2):
        wanted = {place: each for place, each in templates.items() if place not in passed}
        if not wanted:
            break
        passed |= _asked(wanted, language)
    return {place: text for place, text in passed.items() if text != templates[place].text.strip()}


def _asked(wanted: Mapping[str, Sentence], language: Language) -> dict[str, str]:
    grouped: dict[str, list[str]] = {}
    for place in wanted:
        grouped.setdefault(place.partition("/")[0], []).append(place)
    outline = Outline({name: [wanted[place].text.strip() for place in places] for name, places in grouped.items()})
    told = language.narrate(outline)
    passed: dict[str, str] = {}
    for name, places in grouped.items():
        said = told.get(name, ())
        if len(said) == len(places):
            pairs = zip(places, (plain(str(text)).strip() for text in said), strict=True)
            passed |= {place: text for place, text in pairs if not objections(text, wanted[place])}
    return passed


def reworded(sections: tuple[Section, ...], worded: Worded) -> tuple[tuple[Section, ...], tuple[Replacement, ...]]:
    """The sections with a model's words where they pass; where they do not, the template stays and that is noted."""
    noted: list[Replacement] = []
    counted: Counter[str] = Counter()

    def said(section: str, sentence: Sentence) -> Sentence:
        place = _next_place(section, sentence, counted)
        text = worded.get(place) if place else None
        if text is None:
            return sentence
        if problems := objections(text, sentence):
            noted.append(Replacement(section, text, "; ".join(problems), sentence.text))
            return sentence
        space = " " if sentence.text.endswith(" ") else ""
        return replace(sentence, parts=(text + space,), anchors=sentence.values, basis="anchored")

    told = tuple(
        replace(section, blocks=tuple(_told(section.id, block, said) for block in section.blocks))
        for section in sections
    )
    return told, tuple(noted)


def places(sections: tuple[Section, ...]) -> Iterator[tuple[str, Sentence]]:
    """The sentences that may be reworded, by section and place: prose of the main part, no headings, no tables."""
    counted: Counter[str] = Counter()
    found: list[tuple[str, Sentence]] = []

    def note(section: str, sentence: Sentence) -> Sentence:
        if place := _next_place(section, sentence, counted):
            found.append((place, sentence))
        return sentence

    for section in sections:
        for block in section.blocks if not section.appendix else ():
            _told(section.id, block, note)
    yield from found


def _next_place(section: str, sentence: Sentence, counted: Counter[str]) -> str | None:
    if sentence.template.endswith(".head") or not sentence.text.strip():
        return None
    counted[section] += 1
    return f"{section}/{counted[section]}"


def _told(section: str, block: Block, said: Callable[[str, Sentence], Sentence]) -> Block:
    match block:
        case Paragraph(sentences):
            return Paragraph(tuple(said(section, sentence) for sentence in sentences))
        case Bullets(items):
            return Bullets(tuple(tuple(said(section, sentence) for sentence in item) for item in items))
        case _:
            return block


def objections(text: str, template: Sentence) -> list[str]:
    """Why a text may not stand for a sentence; nothing where it may.

    It must hold the same numbers, the same negations and options, no markup, and mostly words of the template and of
    its claims. These are signs, not proof: what passes is called anchored, never verified.
    """
    claims = load_claims()
    ground = " ".join([template.text, *(claims[citation.claim].text for citation in template.citations)])
    problems = []
    if not text or len(text) > LONGEST * len(template.text) + 40:
        problems.append("it is empty or much longer than what it stands for")
    if any(mark in text.lower() and mark not in template.text.lower() for mark in FORBIDDEN):
        problems.append("it holds markup or a link")
    if _numbers(text) != _numbers(template.text):
        problems.append("its numbers are not those that were computed")
    if _negations(text) != _negations(template.text):
        problems.append("it denies something else")
    if _options(text) - _options(ground):
        problems.append("it names another option")
    if _covered(text, ground) < LEAST_COVERED:
        problems.append("it says something that its sources do not")
    return problems


def _numbers(text: str) -> Counter[float]:
    return Counter(found.value for found in numerals(text))


def _negations(text: str) -> int:
    words = text.lower().replace("n't", " not").split()
    return sum(word.strip(".,;:!?()“”") in NEGATIONS for word in words)


def _options(text: str) -> set[str]:
    return {option for option, label in LABELS.items() if label.partition(" (")[0].lower() in text.lower()}


def _covered(text: str, ground: str) -> float:
    said, known = terms(text), set(terms(ground))
    return sum(word in known for word in said) / len(said) if said else 1.0
