"""What a memo consists of: sections of blocks, whose sentences know where every value and claim comes from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from knowledge.options import Option

Spelling = Literal["british", "american"]
Basis = Literal["supported", "anchored"]
"""`supported`: a template over traced values. `anchored`: a model's words that passed every check there is."""


@dataclass(frozen=True)
class Traced:
    """A value as it is shown: `path` says where it stands among the memo's grounds, `form` how it was put in words."""

    text: str
    path: str
    form: str


@dataclass(frozen=True)
class Citation:
    """A claim, and what it is cited for: an option (or the choice as such) and one or more topics."""

    claim: str
    option: Option | None
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One statement: words of the template and traced values in turn, and the claims it rests on."""

    template: str
    parts: tuple[str | Traced, ...]
    citations: tuple[Citation, ...] = ()
    basis: Basis = "supported"
    anchors: tuple[Traced, ...] = ()
    """The values of the template that a model's words stand for."""

    @property
    def text(self) -> str:
        """The sentence as it reads, without its citations."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def values(self) -> tuple[Traced, ...]:
        """The traced values, in order."""
        return (*(part for part in self.parts if isinstance(part, Traced)), *self.anchors)


@dataclass(frozen=True)
class Paragraph:
    """Sentences that run on."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Bullets:
    """A list; each item is one or more sentences."""

    items: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class Quote:
    """The user's own words."""

    sentence: Sentence


@dataclass(frozen=True)
class Table:
    """A table whose cells are sentences; `widths` are the columns' shares, `right` those with figures."""

    header: tuple[Sentence, ...]
    rows: tuple[tuple[tuple[Sentence, ...], ...], ...]
    widths: tuple[int, ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a chart: US dollars spent by the end of each month of `months`, with a band for the chosen option."""

    label: Traced
    amount: Traced
    chosen: bool
    usd: tuple[float, ...]
    low_usd: tuple[float, ...]
    high_usd: tuple[float, ...]


@dataclass(frozen=True)
class Mark:
    """A month of a chart to point at, and what happens there."""

    month: float
    text: Sentence


@dataclass(frozen=True)
class Chart:
    """Cumulative cost by month; the text says in words what the picture shows."""

    title: Sentence
    caption: Sentence
    months: tuple[int, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    description: tuple[Sentence, ...]


@dataclass(frozen=True)
class Sources:
    """The numbered list of the claims cited."""

    entries: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class Reproduction:
    """Everything that is needed to compute the memo again, as JSON text."""

    text: str


Block = Paragraph | Bullets | Quote | Table | Chart | Sources | Reproduction


@dataclass(frozen=True)
class Section:
    """A heading with its blocks."""

    id: str
    heading: Sentence
    blocks: tuple[Block, ...]
    appendix: bool = False


@dataclass(frozen=True)
class Replacement:
    """A sentence that failed a check: what it said, why it failed, and what stands there now (empty: nothing)."""

    section: str
    said: str
    because: str
    now: str


@dataclass(frozen=True)
class Memo:
    """A decision memo with everything it rests on."""

    title: Sentence
    status: Sentence
    as_of: date
    spelling: Spelling
    sections: tuple[Section, ...]
    cited: tuple[str, ...]
    """Claim ids in the order of their numbers, the first being [1]."""
    grounds: Mapping[str, Any]
    """The profile, the ledger's words, the decision and the record of `consult decide --json`, as plain data."""
    replaced: tuple[Replacement, ...] = field(default=())

    def number(self, claim: str) -> int:
        """The number that a claim is cited by."""
        return self.cited.index(claim) + 1

    def sentences(self) -> Iterator[tuple[str, Sentence]]:
        """Every sentence with the id of its section, headings and table cells included, in reading order."""
        yield "title", self.title
        yield "title", self.status
        for section in self.sections:
            yield section.id, section.heading
            for block in section.blocks:
                yield from ((section.id, sentence) for sentence in sentences_of(block))


def joined(texts: Iterable[str]) -> str:
    """Sentences one after the other, a space between two; one that ends or starts with a space brings its own."""
    said = ""
    for text in texts:
        said += ("" if not said or said.endswith(" ") or text.startswith(" ") else " ") + text
    return said.strip()


def sentences_of(block: Block) -> Iterator[Sentence]:
    """The sentences of one block in reading order."""
    match block:
        case Paragraph(sentences):
            yield from sentences
        case Sources(items) | Bullets(items):
            for item in items:
                yield from item
        case Quote(sentence):
            yield sentence
        case Table(header, rows):
            yield from header
            for row in rows:
                for cell in row:
                    yield from cell
        case Chart(title=title, caption=caption, marks=marks, description=description):
            yield title
            yield caption
            yield from (mark.text for mark in marks)
            yield from description
        case Reproduction():
            return
