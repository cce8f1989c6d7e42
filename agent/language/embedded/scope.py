"""What holds for whom: which tokens are negated, supposed, past, about others, or instructions to the program.

Phrases tell, so it is a guess: "if the answer isn't there in two seconds they leave" supposes nothing. The models see
these guesses among other things and may hear a statement all the same; what is barred they are not asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.language.embedded.lexicon import book, cues, scope_document
from agent.language.embedded.tokens import Text, stem
from knowledge.facts import fact_specs

GUESSED = ("supposed", "someday", "past", "others")
"""The scopes of which phrases tell by guess."""
NEAR = 4
"""Words between a negation and what it negates."""

_TURNS = {",", ":", "unless"}
"""What a negation before it does not reach over."""

_QUESTION_WORDS = {
    "what",
    "how",
    "whi",
    "when",
    "who",
    "which",
    "where",
    "should",
    "would",
    "could",
    "can",
    "do",
    "is",
    "doe",
    "are",
    "will",
}
_ROLES = {"system", "assistant"}
_BEFORE_ORDERS = {
    "and",
    "then",
    "please",
    "now",
    "must",
    "should",
    "to",
    "you",
    "just",
    "instead",
    "also",
    "or",
    "so",
    "first",
}


@dataclass(frozen=True)
class Scope:
    """Sets of token indices by what covers them."""

    supposed: frozenset[int]
    someday: frozenset[int]
    past: frozenset[int]
    others: frozenset[int]
    instructed: frozenset[int]
    asked: frozenset[int]
    negations: tuple[int, ...]
    left_out: frozenset[int] = frozenset()
    """What is not read: another language, what a what-if supposes, and beside a supposition that is read the rest."""

    def excludes(self, first: int, end: int, past_counts: bool = True) -> bool:
        """Whether tokens first to end seem to state no fact of the user's present."""
        guessed = [self.supposed, self.someday, self.others, *([self.past] if past_counts else [])]
        return self.bars(first, end) or _touch(guessed, first, end)

    def bars(self, first: int, end: int) -> bool:
        """Whether tokens first to end state nothing for certain."""
        return _touch([self.instructed, self.asked, self.left_out], first, end)

    def negated(self, text: Text, first: int, end: int) -> bool:
        """Whether an odd number of negations of the same clause stands just before or inside tokens first to end."""
        clause_first, _ = text.clause_of(first)
        reach = max(clause_first, first - NEAR)
        commas = [index for index in range(reach, first + 1) if text.tokens[index].stem in _TURNS]
        reach = commas[-1] + 1 if commas else reach
        return sum(reach <= index < end for index in self.negations) % 2 == 1


def _touch(areas: Sequence[frozenset[int]], first: int, end: int) -> bool:
    return not all(area.isdisjoint(range(first, end)) for area in areas)


def read_scope(text: Text) -> Scope:
    """The scopes of a message."""
    supposed = _covered(text, "hypothetical")
    what_if = any(hit.meaning == "what_if" for hit in book("intents.yaml").find(text))
    return Scope(
        supposed=supposed,
        someday=_covered(text, "maybe_some_day"),
        past=_past(text),
        others=_covered(text, "others"),
        instructed=_instructed(text) | _settings(text),
        asked=_questions(text),
        negations=_negations(text),
        left_out=supposed if what_if else frozenset(),
    )


def _negations(text: Text) -> tuple[int, ...]:
    words = {stem(word) for word in scope_document()["negation"]}
    found = [index for index, token in enumerate(text.tokens) if token.stem in words]
    return tuple(index for index in found if not _idle(text, index))


def _idle(text: Text, index: int) -> bool:
    """ "Not only", "no more than", "no wait", "not sure": negations that negate nothing stated."""
    after = text.tokens[index + 1].stem if index + 1 < len(text.tokens) else ""
    return after in {
        "onli",
        "just",
        "more",
        "wait",
        "sure",
        "less",
        "later",
        "matter",
        "longer",
        "doubt",
        "idea",
        ",",
        ".",
    }


def _covered(text: Text, name: str) -> frozenset[int]:
    found = cues(name).find(text)
    only_looks = {index for hit in found if not hit.meaning for index in range(hit.first, hit.end)}
    covered: set[int] = set()
    for hit in found:
        if hit.meaning and hit.first not in only_looks:
            if scope_document()[name]["reach"] == "sentence":
                first, end = text.sentence_of(hit.first)
                covered |= set(range(first, end))
            else:
                covered |= set(range(*text.clause_of(hit.first)))
    return frozenset(covered)


def _instructed(text: Text) -> frozenset[int]:
    """Sentences that tell the program what to do; "it ignores the instructions" tells what something else does."""
    covered, hits = set[int](), cues("instructions").find(text)
    for hit in hits:
        before = text.tokens[hit.first - 1] if hit.first else None
        orders = before is None or before.kind == "symbol" or before.raw in _BEFORE_ORDERS
        if orders and not text.tokens[hit.first].raw.endswith(("s", "ed")):
            covered |= set(range(*text.sentence_of(hit.first)))
        elif text.tokens[hit.first].raw in _ROLES:
            covered |= set(range(*text.sentence_of(hit.first)))
    roles = [hit.first for hit in hits if text.tokens[hit.first].raw in _ROLES]
    if roles and len(hits) > len(roles):  # "System: you are now …": a role that is played goes on to the end
        covered |= set(range(roles[0], len(text.tokens)))
    return frozenset(covered)


def _past(text: Text) -> frozenset[int]:
    """Past clauses and sentences that open with a year, up to a word like "now"."""
    covered = set(_covered(text, "history"))
    for index, token in enumerate(text.tokens[1:], 1):
        before = text.tokens[index - 1].stem
        if token.kind == "number" and re.fullmatch(r"(19|20)\d\d", token.raw) and before in {"in", "dure", "until"}:
            covered |= set(range(*text.clause_of(index)))
    for hit in cues("now").find(text):
        for index in range(hit.first, text.clause_of(hit.first)[1]):
            covered.discard(index)
    return frozenset(covered)


def _settings(text: Text) -> frozenset[int]:
    """Sentences that assign to a fact by its internal name."""
    names = "|".join(name for name in fact_specs() if "_" in name)
    covered: set[int] = set()
    for match in re.finditer(rf"\b(?:{names})\b", text.message):
        inside = [index for index, token in enumerate(text.tokens) if token.start >= match.start()][:1]
        for index in inside:
            covered |= set(range(*text.sentence_of(index)))
    return frozenset(covered)


def _questions(text: Text) -> frozenset[int]:
    """Sentences that ask something: what stands in them is not stated."""
    covered: set[int] = set()
    for first, end in text.sentences:
        opening = first + 2 if text.raw_at(first + 1) == "," else first  # "sorry, what is that?"
        if text.tokens[end - 1].raw == "?" and {text.tokens[first].stem, stem(text.raw_at(opening))} & _QUESTION_WORDS:
            covered |= set(range(first, end))
    return frozenset(covered)
