"""Whether a quote that only a model read carries evidence of the fact it is said to state."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np

from agent.language.embedded.lexicon import mapping, quantities
from agent.language.embedded.meaning import embedder
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import Scope, read_scope
from agent.language.embedded.spelling import spelling
from agent.language.embedded.tokens import Text, stem
from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.parameters import parameters
from agent.language.model.signs import Signs
from agent.memo.numerals import numerals
from knowledge.embedding import Vectors
from knowledge.facts import FactSpec, Scalar, fact_specs
from tools.profile import FactValue, Known, Open, Profile, Range

NOTHING = Profile({})
NO_FACT = "other"
"""Under this name stand labelled sentences that state no yes-or-no fact."""
LASTING = {"labeled_examples", "prompting_success", "annual_growth", "needs_citations", "task_stable"}
"""Facts that hold on when they are told in the past tense, as in the embedded reading."""


class Witness:
    """One message, and what its words bear out."""

    def __init__(self, message: str, asked: str | None, embedded: EmbeddedLanguage) -> None:
        self.message = message
        self._asked = asked
        self._embedded = embedded
        self._text: Text = read_text(message, spelling().correct)
        self._scope: Scope = read_scope(self._text)
        self._signs = Signs(self._text, self._scope)

    def place(self, quote: str) -> tuple[int, int] | None:
        """Where a quote stands in the message, letter by letter; None where it does not, or is no quote."""
        if not quote.strip() or len(quote) > parameters().longest_quote_characters:
            return None
        start = self.message.find(quote.strip())
        return None if start < 0 else (start, start + len(quote.strip()))

    def stated(self, fact: str, span: tuple[int, int]) -> bool:
        """Whether words of one sentence state a fact of the present: not supposed, asked, past, of others, ordered."""
        inside, past_counts = self._tokens(span), fact not in LASTING
        one_sentence = bool(inside) and inside[-1] < self._text.sentence_of(inside[0])[1]
        return one_sentence and not self._scope.excludes(inside[0], inside[-1] + 1, past_counts)

    def borne_out(self, fact: str, value: FactValue, span: tuple[int, int]) -> FactValue | None:
        """The value that the quote bears out for a fact, in the words' own reckoning; None where it does not."""
        spec, quote = fact_specs()[fact], self.message[slice(*span)]
        if isinstance(value, Open):
            return None
        read = self._embedded.understand(quote, None, NOTHING).value(fact)
        if read is not None:
            return self._own_reckoning(read, value, quote)
        if not self._speaks_of(spec, span):
            return None
        if spec.numeric:
            return self._number(spec, value, quote)
        return value if isinstance(value, Known) and self._chosen(spec, value.value, span) else None

    def _number(self, spec: FactSpec, value: FactValue, quote: str) -> FactValue | None:
        """The embedded grammar's reading of the quote, where the model's agrees; else the number that stands there."""
        if spec.name != self._asked and not _measured(spec, quote):
            return None
        read = self._embedded.understand(quote, spec.name, NOTHING).value(spec.name)
        if read is not None:
            return self._own_reckoning(read, value, quote)
        found = [one.value for one in numerals(quote)]
        plain = isinstance(value, Known) and len(found) == 1 and _close(found[0], value.value)
        return value if plain and spec.unit in (None, "", "examples") else None

    def _own_reckoning(self, read: FactValue, value: FactValue, quote: str) -> FactValue | None:
        """The value that the grammar reads, where the model's is the same, or the number as it stands in the quote."""
        standing = isinstance(value, Known) and any(_close(one.value, value.value) for one in numerals(quote))
        if isinstance(read, Range) and isinstance(value, Known) and value.value == read.low:
            return value
        return _with_doubt(read, value) if standing or same_value(read, value) else None

    def _speaks_of(self, spec: FactSpec, span: tuple[int, int]) -> bool:
        """Whether the sentence of a quote is about a fact: it was asked for, or it is among the likeliest."""
        if spec.name == self._asked:
            return True
        tokens = self._tokens(span)
        first, end = self._text.sentence_of(tokens[0])
        if self._signs.names(spec.name, *((tokens[0], tokens[-1] + 1) if spec.kind == "flag" else (first, end))):
            return True
        wanted = parameters().evidence
        found = (_likeness(words) for words in (self._text.quote(first, end), self.message[slice(*span)]))
        return any(
            scores[spec.name] >= wanted.likeness and _place(spec.name, scores) <= wanted.best_of for scores in found
        )

    def _chosen(self, spec: FactSpec, value: Scalar, span: tuple[int, int]) -> bool:
        """Whether a quote is likest to that value of a fact; a negation turns a flag round."""
        tokens, quote = self._tokens(span), self.message[slice(*span)]
        if spec.name != self._asked and len(tokens) < parameters().evidence.fewest_words:
            return False
        signed = (spec.name, tokens[0], tokens[-1] + 1)
        if spec.kind == "flag" and self._signs.names(*signed):
            return value is self._signs.flag(*signed)
        if spec.kind != "flag" and spec.name != self._asked:
            choices = self._signs.choices(*signed)
            return choices == {value} or (value in choices and _nearest_value(spec.name, quote) == value)
        negated = sum(tokens[0] <= index <= tokens[-1] for index in self._scope.negations) % 2 == 1
        near = _nearest_value(spec.name, quote)
        if spec.kind == "flag" and spec.name != self._asked:
            return value is True and near is True and not negated
        if spec.kind == "flag":
            fits = near is not None or self._bare_answer(tokens, quote)
            return fits and value is (not negated if near in (None, True) else False)
        return near == value

    def _bare_answer(self, tokens: list[int], quote: str) -> bool:
        """Whether a quote may say yes or no to whatever was asked: it is short and speaks of no other fact."""
        short = len(quote.split()) <= parameters().evidence.most_bare_words
        signed = self._signs.any(tokens[0], tokens[-1] + 1)
        return short and not signed and not self._embedded.understand(quote, None, NOTHING).statements

    def _tokens(self, span: tuple[int, int]) -> list[int]:
        start, end = span
        return [place for place, token in enumerate(self._text.tokens) if token.start < end and start < token.end]


def same_value(one: FactValue, other: FactValue) -> bool:
    """Whether two values say the same, numbers within the tolerance of the parameters."""
    match one, other:
        case Known(a), Known(b):
            return _close(a, b)
        case Range(a, b), Range(c, d):
            return _close(a, c) and _close(b, d)
    return one == other


def _measured(spec: FactSpec, quote: str) -> bool:
    """Whether a quote holds the unit that a number needs to mean the fact: a bare number may count anything."""
    words = {stem(word) for word in re.findall(r"[^\W\d_]+", quote.lower())}
    known = quantities()
    if (spec.unit or "").startswith("tokens"):
        return bool(words & {stem(word) for word in known.sizes})
    if spec.unit == "queries a day":
        return bool(words & {stem(word) for word in (*known.periods, *known.adverbs, *known.rates)})
    return spec.unit != "examples" or not words & {stem(word) for word in known.durations}


def _with_doubt(read: FactValue, value: FactValue) -> FactValue:
    unsure = isinstance(value, Known) and value.unsure
    return Known(read.value, True) if unsure and isinstance(read, Known) else read


def _close(one: Scalar, other: Scalar) -> bool:
    if isinstance(one, bool | str) or isinstance(other, bool | str):
        return one == other
    return abs(one - other) <= parameters().same_value * max(abs(one), abs(other))


@cache
def _topics() -> tuple[list[str], Vectors]:
    """What is said of every fact, as vectors: its label, question, values, labelled sentences; and of none."""
    pairs = [(spec.name, said) for spec in fact_specs().values() for said in _said_of(spec)]
    pairs += [(NO_FACT, said) for said in mapping("meanings.yaml")[NO_FACT]["yes"]]
    return [name for name, _ in pairs], embedder().embed([said for _, said in pairs])


def _said_of(spec: FactSpec) -> list[str]:
    exemplars: Mapping[str, list[str]] = mapping("meanings.yaml").get(spec.name, {})
    labelled = [sentence for sentences in exemplars.values() for sentence in sentences]
    return [spec.label, spec.question, *(f"{spec.label}: {value}" for value in spec.values.values()), *labelled]


@lru_cache(maxsize=4_096)
def _likeness(sentence: str) -> dict[str, float]:
    """For every fact, and for stating none of them, the likeness to a sentence."""
    names, vectors = _topics()
    scores: dict[str, float] = {}
    for name, score in zip(names, vectors @ np.asarray(embedder().embed([sentence])[0]), strict=True):
        scores[name] = max(scores.get(name, -1.0), float(score))
    return scores


def _place(fact: str, scores: Mapping[str, float]) -> int:
    """The place of a fact among all by likeness; the last where the sentence is likelier to state no flag at all."""
    if fact_specs()[fact].kind == "flag" and scores[NO_FACT] >= scores[fact]:
        return len(scores)
    return 1 + sum(score > scores[fact] for name, score in scores.items() if name != NO_FACT)


@cache
def _value_texts(fact: str) -> tuple[list[Scalar], Vectors]:
    spec = fact_specs()[fact]
    if spec.kind == "flag":
        exemplars = mapping("meanings.yaml").get(fact, {})
        pairs = [(answer == "yes", sentence) for answer, said in exemplars.items() for sentence in said]
    else:
        pairs = [(code, text) for code, label in spec.values.items() for text in (label, code.replace("_", " "))]
    return [value for value, _ in pairs], embedder().embed([text for _, text in pairs] or [""])


@lru_cache(maxsize=4_096)
def _nearest_value(fact: str, quote: str) -> Scalar | None:
    values, vectors = _value_texts(fact)
    if not values:
        return None
    scores = vectors @ np.asarray(embedder().embed([quote])[0])
    nearest = int(np.argmax(scores))
    return values[nearest] if scores[nearest] >= parameters().evidence.least_likeness else None
