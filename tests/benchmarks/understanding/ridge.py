"""Weighted ridge regression on rare words and dense vectors, one column of weights for each label."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from agent.language.embedded.arrays import Floats
from tests.benchmarks.understanding.logistic import words_of_rows

STEPS = 80
"""Steps of conjugate gradients at most; some thirty are needed."""
NEAR = 1e-3
"""Remaining error, relative to the right-hand side, at which a solution is near enough."""
VECTOR = 1.2
"""How much the vector of a row counts beside its words."""


@dataclass(frozen=True)
class Design:
    """What is seen of each row: weighed words (rows x words, sparse), then vector and constant (rows x width)."""

    words: csr_array
    dense: Floats

    def zeros(self, labels: int) -> Floats:
        """Weights of nothing to begin with."""
        return np.zeros((self.words.shape[1] + self.dense.shape[1], labels), dtype=np.float32)

    @cached_property
    def _turned(self) -> csr_array:
        return csr_array(self.words.T)

    def scores(self, weights: Floats) -> Floats:
        """Rows x labels from weights of (words + width) x labels."""
        count = self.words.shape[1]
        return np.asarray(self.words @ weights[:count] + self.dense @ weights[count:], dtype=np.float32)

    def gathered(self, values: Floats) -> Floats:
        """The transposed design times values of rows x labels."""
        return np.concatenate([self._turned @ values, self.dense.T @ values]).astype(np.float32)

    def squares(self, weights: Floats) -> Floats:
        """The weighted sums of each column's squares, for each label."""
        squared = csr_array(self._turned.multiply(self._turned))
        return np.concatenate([squared @ weights, (self.dense**2).T @ weights]).astype(np.float32)


def design_of(
    features: Sequence[Iterable[str]], vectors: Sequence[Floats], places: dict[str, int], idf: Floats
) -> Design:
    """The words of each row weighed by rarity to length one, and its vector."""
    words = csr_array(words_of_rows(features, places, idf))
    dense = np.hstack([VECTOR * np.stack(vectors), np.ones((len(features), 1))]).astype(np.float32)
    return Design(words, dense)


def solve(design: Design, targets: Floats, weights: Floats, stiffness: float, start: Floats) -> Floats:
    """The weights that bring the scores nearest to the targets, each target counting by its own weight.

    `targets` and `weights` are rows x labels, the result (words + width) x labels. Conjugate gradients on the normal
    equations, scaled by their diagonal: the same result as the closed form, without a matrix of rows x rows.
    """
    scale = design.squares(weights) + np.float32(stiffness)
    right = design.gathered(weights * targets)

    def applied(values: Floats) -> Floats:
        return design.gathered(weights * design.scores(values)) + np.float32(stiffness) * values

    solved, rest = start, right - applied(start)
    near = NEAR * np.linalg.norm(right, axis=0)
    scaled = rest / scale
    direction, fall = scaled, _products(rest, scaled)
    for _ in range(STEPS):
        if (np.linalg.norm(rest, axis=0) <= near).all():
            break
        image = applied(direction)
        length = _quotients(fall, _products(direction, image))
        solved, rest = solved + length * direction, rest - length * image
        scaled = rest / scale
        before, fall = fall, _products(rest, scaled)
        direction = scaled + _quotients(fall, before) * direction
    return solved


def unscaled(weights: Floats, count: int) -> Floats:
    """Weights for vectors of length one, so that use need not know how they were weighed in learning."""
    plain = weights.astype(np.float32)
    plain[count:-1] *= VECTOR
    return plain


def _products(one: Floats, other: Floats) -> Floats:
    """The inner product of each label's columns."""
    return np.asarray((one * other).sum(axis=0), dtype=np.float32)


def _quotients(one: Floats, other: Floats) -> Floats:
    return np.asarray(one / np.maximum(other, 1e-20), dtype=np.float32)
