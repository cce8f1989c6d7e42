"""Logistic regression on rare words, one label at a time."""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier
from sklearn.utils.parallel import Parallel, delayed

from agent.language.embedded.arrays import Floats

STIFFNESS = 3e-7
"""How strongly large weights are held back."""
WEIGHT_OF_FINDS = 2.0
"""How much more a row counts for a label that it bears than for one that does not hold: most do not."""
EPOCHS = 20
NEVER = -6.0
"""The log-odds of a label that is too seldom borne to be learnt."""


def solve(words: csr_matrix, targets: Floats) -> Floats:
    """The weights of words, then a constant, that make the targets likeliest; shape (words + 1) x labels.

    A target (rows x labels) is 1 where the label holds, -1 where it does not, and 0 where that is not known.
    """
    columns = Parallel(n_jobs=os.cpu_count())(delayed(_weights)(words, column) for column in targets.T)
    return np.stack(columns, axis=1)


def words_of_rows(rows: Sequence[Iterable[str]], places: dict[str, int], idf: Floats) -> csr_matrix:
    """The words of each row weighed by rarity to length one; rows x words."""
    held = [sorted(places[name] for name in names if name in places) for names in rows]
    values = [idf[row] / np.linalg.norm(idf[row]) if row else np.zeros(0, dtype=np.float32) for row in held]
    starts = np.cumsum([0, *map(len, held)])
    columns = np.array([place for row in held for place in row])
    return csr_matrix((np.concatenate(values), columns, starts), shape=(len(held), len(places)), dtype=np.float32)


def log_odds(words: csr_matrix, weights: Floats) -> Floats:
    """Rows x labels."""
    return np.asarray(words @ weights[:-1] + weights[-1], dtype=np.float32)


def _weights(words: csr_matrix, targets: Floats) -> Floats:
    """The weights of one label, and its constant."""
    known = np.flatnonzero(targets)
    if (targets > 0).sum() < 2:
        return np.append(np.zeros(words.shape[1]), NEVER).astype(np.float32)
    weights = {-1: 1.0, 1: WEIGHT_OF_FINDS}
    model = SGDClassifier(
        loss="log_loss", alpha=STIFFNESS, class_weight=weights, max_iter=EPOCHS, tol=None, random_state=0
    )
    model.fit(words[known], targets[known])
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)
