"""The vectors of words, from the table that ships inside its package."""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from agent.language.embedded.tokens import Text
from knowledge.embedding import EmbeddedEmbedder, Vectors, unit_rows


@cache
def embedder() -> EmbeddedEmbedder:
    """The embedding table, read once."""
    return EmbeddedEmbedder()


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
