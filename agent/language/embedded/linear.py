"""A linear model over words and vectors: small enough to ship as data, fast enough for every clause of a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Vectors
from knowledge.errors import KnowledgeError

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """Scores of labels: about 1 where a label holds and -1 where it does not.

    `places` gives each feature its row; `weights` has one row for each feature, then the vector's, then a constant.
    `idf` weighs features by how rare they are; `built_from` is the fingerprint of what it was learnt from.
    """

    labels: tuple[str, ...]
    places: dict[str, int]
    idf: Floats
    weights: Floats
    built_from: str

    def scores_of(self, features: Sequence[Iterable[str]], vectors: Vectors) -> Floats:
        """One row of scores for each of several, at once."""
        count = len(self.places)
        held = [sorted(self.places[name] for name in names if name in self.places) for names in features]
        sizes = np.array([len(row) for row in held])
        scores = np.asarray(vectors @ self.weights[count:-1] + self.weights[-1], dtype=np.float32)
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
            labels=_packed(self.labels),
            places=_packed(self.places),
            idf=self.idf.astype(np.float16),
            weights=self.weights.astype(np.float16),
            built_from=_packed([self.built_from]),
        )


def load(path: Path) -> Linear:
    """The model in a file; raises KnowledgeError where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Linear(
                tuple(_unpacked(arrays["labels"])),
                {name: place for place, name in enumerate(_unpacked(arrays["places"]))},
                arrays["idf"].astype(np.float32),
                arrays["weights"].astype(np.float32),
                _unpacked(arrays["built_from"])[0],
            )
    except (OSError, KeyError, ValueError) as error:
        raise KnowledgeError(f"{path.name} cannot be read ({error}); build it with scripts/train_language.") from error


def _packed(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> Sequence[str]:
    return packed.tobytes().decode().split("\n")
