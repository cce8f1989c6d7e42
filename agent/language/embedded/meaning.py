"""Yes/no facts by likeness: a sentence that no phrase reads is compared with labelled sentences."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.lexicon import mapping
from agent.language.embedded.tokens import Text
from knowledge.embedding import EmbeddedEmbedder, Vectors, unit_rows
from tools.profile import Known

LIKENESS = 0.65
"""Cosine above which a sentence says what a labelled one says."""
MARGIN = 0.06
"""By how much it must be likelier than any other fact, and than saying nothing of the kind."""
SHORTEST, LONGEST = 4, 24
"""Words of the sentences that are compared; an average over more words says little."""


class _Label(NamedTuple):
    fact: str
    positive: bool


@cache
def embedder() -> EmbeddedEmbedder:
    """The embedding table, read once."""
    return EmbeddedEmbedder()


@cache
def _exemplars() -> tuple[list[_Label], Vectors]:
    rows = [
        (_Label(fact, answer == "yes"), sentence)
        for fact, answers in mapping("meanings.yaml").items()
        for answer, sentences in answers.items()
        for sentence in sentences
    ]
    return [label for label, _ in rows], embedder().embed([sentence for _, sentence in rows])


def read_meanings(reading: Reading, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yes/no facts of the sentences in which nothing else was found."""
    runs = [run for run in reading.text.sentences if _comparable(reading, run, found)]
    if not runs:
        return
    labels, exemplars = _exemplars()
    likeness = vectors_of(reading, runs) @ exemplars.T
    for run, row in zip(runs, likeness, strict=True):
        best = labels[int(np.argmax(row))]
        rival = max(float(value) for value, label in zip(row, labels, strict=True) if label.fact != best.fact)
        likest = float(row.max())
        if best.fact != "other" and likest >= LIKENESS and likest - rival >= MARGIN:
            negated = sum(run[0] <= index < run[1] for index in reading.scope.negations) % 2 == 1
            value = best.positive != negated if best.positive else False
            yield Candidate(best.fact, Known(value), *run, confidence=round(likest, 2))


def vectors_of(reading: Reading, runs: Sequence[tuple[int, int]]) -> Vectors:
    """The vectors of some sentences as they were written, one row each."""
    return unit_rows(np.stack([_sum_of(reading.text.quote(*run)) for run in runs]))


def vectors_of_runs(text: Text, runs: Sequence[tuple[int, int]]) -> Vectors:
    """The vectors of runs of tokens as they were understood, one row each: slips put right, contractions opened."""
    words = [token.raw if token.kind != "symbol" else "" for token in text.tokens]
    before = np.cumsum(np.stack([_sum_of(""), *map(_sum_of, words)]), axis=0)
    firsts, ends = np.array(runs, dtype=int).reshape(-1, 2).T
    return unit_rows(before[ends] - before[firsts])


def vectors_of_words(words: Sequence[str]) -> Vectors:
    """The vectors of words, one row each."""
    return unit_rows(np.stack([_sum_of(word) for word in words]))


@lru_cache(maxsize=8_192)
def _sum_of(words: str) -> Vectors:
    """The tokenizer's worker threads cost more than they save on a few words, so each is embedded once, by itself."""
    return np.asarray(embedder().sums([words])[0])


def _comparable(reading: Reading, run: tuple[int, int], found: Sequence[Candidate]) -> bool:
    words = sum(token.kind == "word" for token in reading.text.tokens[run[0] : run[1]])
    silent = not any(candidate.first < run[1] and run[0] < candidate.end for candidate in found)
    return SHORTEST <= words <= LONGEST and silent and not reading.scope.excludes(*run)
