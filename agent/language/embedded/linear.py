"""A linear model over words and vectors: small enough to ship as data, fast enough for every clause of a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.language.embedded.arrays import Floats, packed, read_arrays, unpacked
from knowledge.embedding import Vectors


@dataclass(frozen=True)
class Linear:
    """Scores of labels: the higher, the likelier a label holds.

    `places` gives each feature its row; `weights` has one row for each feature, then the vector's, if the model looks
    at one, then a constant.
    `idf` weighs features by how rare they are; `built_from` is the fingerprint of what it was learnt from.
    """

    labels: tuple[str, ...]
    places: dict[str, int]
    idf: Floats
    weights: Floats
    built_from: str

    def scores_of(self, features: Sequence[Iterable[str]], vectors: Vectors | None = None) -> Floats:
        """One row of scores for each of several, at once."""
        count = len(self.places)
        held = [sorted(self.places[name] for name in names if name in self.places) for names in features]
        sizes = np.array([len(row) for row in held])
        scores = np.tile(self.weights[-1], (len(features), 1))
        if vectors is not None:
            scores += vectors @ self.weights[count:-1]
        rows = np.array([place for row in held for place in row], dtype=np.int64)
        if len(rows):
            some, starts = sizes > 0, np.cumsum(sizes) - sizes
            idf = self.idf[rows]
            norms = np.sqrt(np.add.reduceat(idf**2, starts[some]))
            idf /= np.repeat(norms, sizes[some])
            weighed = idf[:, None] * self.weights[rows]
            scores[some] += np.add.reduceat(weighed, starts[some], axis=0)
        return scores

    def save(self, path: Path) -> None:
        """As one compressed file of plain arrays."""
        np.savez_compressed(
            path,
            labels=packed(self.labels),
            places=packed(self.places),
            idf=self.idf.astype(np.float16),
            weights=self.weights.astype(np.float16),
            built_from=packed([self.built_from]),
        )


def load(path: Path) -> Linear:
    """The model in a file; raises KnowledgeError where there is none that can be read."""
    with read_arrays(path) as arrays:
        return Linear(
            unpacked(arrays["labels"]),
            {name: place for place, name in enumerate(unpacked(arrays["places"]))},
            arrays["idf"].astype(np.float32),
            arrays["weights"].astype(np.float32),
            unpacked(arrays["built_from"])[0],
        )
