"""The language port: what a message says, and how a question or an answer is worded.

Two implementations stand behind it, the embedded one and one that asks a language model. Neither decides
anything: both hand over facts, each with the user's own words, and receive text to word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from agent.ledger import Origin
from tools.profile import FactValue, Known, Open, Profile, Range

IntentKind = Literal[
    "answer",
    "why",
    "why_not",
    "what_if",
    "what_would_change",
    "confidence",
    "cost",
    "concept",
    "back",
    "skip",
    "memo",
    "restart",
    "thanks",
    "off_topic",
]


@dataclass(frozen=True)
class Statement:
    """One fact that a message states, with the words it came from.

    `quote` stands verbatim at `span` of the message as it was read (`Understanding.message`). `derived` values
    were converted or multiplied out (tokens from pages, dollars from euros). `correction` marks a value that takes
    the place of an earlier one. `confidence` is 1.0 for what the grammar read and lower for what meaning suggested.
    """

    fact: str
    value: FactValue
    quote: str
    span: tuple[int, int]
    origin: Origin = "user"
    confidence: float = 1.0
    correction: bool = False


@dataclass(frozen=True)
class Ambiguity:
    """Something that can be read in several ways and matters; `readings` are values, or facts, to choose from."""

    fact: str
    quote: str
    readings: tuple[FactValue, ...]
    question: str


@dataclass(frozen=True)
class Intent:
    """What a message asks for. `about` is an option, a fact or a concept, where the words name one."""

    kind: IntentKind
    about: str | None = None
    quote: str = ""


@dataclass(frozen=True)
class TaskMention:
    """One of the jobs that a message describes, with the kind of task and what is missing where it says so."""

    task: str
    quote: str
    span: tuple[int, int]
    gap: str | None = None


@dataclass(frozen=True)
class Understanding:
    """Everything that was read in one message.

    `message` is the text after cleaning; all quotes stand in it. `suppositions` are what a what-if question supposes:
    never facts. `unread` names what could not be read (another language); `notes` are sentences to show the user.
    """

    message: str = ""
    statements: tuple[Statement, ...] = ()
    intents: tuple[Intent, ...] = ()
    questions_back: tuple[Ambiguity, ...] = ()
    tasks: tuple[TaskMention, ...] = ()
    suppositions: tuple[Statement, ...] = ()
    unread: str | None = None
    notes: tuple[str, ...] = ()

    def value(self, fact: str) -> FactValue | None:
        """The value that the message states for a fact; None where it states none."""
        return next((said.value for said in self.statements if said.fact == fact), None)

    def asks_for(self, kind: IntentKind) -> bool:
        """Whether the message has an intent of that kind."""
        return any(intent.kind == kind for intent in self.intents)


@dataclass(frozen=True)
class Question:
    """A question to be worded: the fact, and the guidance that goes with it."""

    fact: str
    because: str | None = None


@dataclass(frozen=True)
class Evidence:
    """One passage that an explanation may rest on, as the search returned it."""

    id: str
    text: str
    source: str
    section: str = ""
    score: float = 0.0


@dataclass(frozen=True)
class Outline:
    """The sentences of a text section by section, complete as templates; narrating may only reword them."""

    sections: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Language(Protocol):
    """Reads messages and words texts."""

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        """The facts, intents and ambiguities of a message.

        `asked` is the fact that was asked for; `previous` are the facts the last message stated, latest last, which a
        correction without a name refers to. Raises InputError for an empty message and one over the limit.
        """
        ...

    def phrase(self, question: Question) -> str:
        """The question in words, with its reason and its choices."""
        ...

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """An answer to a free question that rests on the evidence alone, each sentence with its source."""
        ...

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """The outline's sentences, section by section, ready to be shown."""
        ...


@runtime_checkable
class Attends(Protocol):
    """A language that keeps apart what it does for each session, and may look things up for it."""

    def at(self, session: str, counsel: Any = None) -> "Attending":
        """The language for one session; `counsel` are the read-only tools over what was said in it."""
        ...

    def close(self) -> None:
        """Gives connections back."""
        ...


class Attending(Language, Protocol):
    """A language at work for one session; `memo_note` tells why a memo is not in its words, where it is not."""

    memo_note: str | None


def read_facts_document(understanding: Understanding) -> dict[str, Any]:
    """The document of `consult read --json`: each fact with value, quote and origin, and a state where it is open."""
    return {"facts": {said.fact: fact_entry(said) for said in understanding.statements}}


def fact_entry(said: Statement) -> dict[str, Any]:
    """One fact as it stands in the JSON documents."""
    entry: dict[str, Any] = {"value": None, "quote": said.quote, "origin": said.origin}
    match said.value:
        case Known(value, unsure):
            entry["value"] = value
            if unsure:
                entry["unsure"] = True
        case Range(low, high):
            entry["value"] = {"low": low, "high": high}
        case Open(state):
            entry["state"] = state
    return entry
