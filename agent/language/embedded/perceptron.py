"""A perceptron with one hidden layer over named signs: small enough to ship as data, and to follow by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.language.embedded.arrays import Floats, packed, read_arrays, unpacked


@dataclass(frozen=True)
class Perceptron:
    """Log-odds that something holds, from how strongly each of some signs is there.

    `places` gives each sign its row in `hidden` (signs x units), to whose sum `shifts` is added; what is above zero
    counts by `weights`, to which `constant` is added. `built_from` is the fingerprint of what it was learnt from.
    """

    places: dict[str, int]
    hidden: Floats
    shifts: Floats
    weights: Floats
    constant: float
    built_from: str = ""

    def log_odds(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """One for each row of signs; a sign that was never learnt says nothing."""
        seen = np.zeros((len(rows), len(self.places)), dtype=np.float32)
        for row, signs in enumerate(rows):
            for name, strength in signs.items():
                place = self.places.get(name)
                if place is not None:
                    seen[row, place] = strength
        return np.asarray(np.maximum(seen @ self.hidden + self.shifts, 0) @ self.weights + self.constant)

    def save(self, path: Path) -> None:
        """As one compressed file of plain arrays."""
        np.savez_compressed(
            path,
            places=packed(self.places),
            hidden=self.hidden.astype(np.float32),
            shifts=self.shifts.astype(np.float32),
            weights=self.weights.astype(np.float32),
            constant=np.float32(self.constant),
            built_from=packed([self.built_from]),
        )


def load_perceptron(path: Path) -> Perceptron:
    """The model in a file; raises KnowledgeError where there is none that can be read."""
    with read_arrays(path) as arrays:
        return Perceptron(
            {name: place for place, name in enumerate(unpacked(arrays["places"]))},
            arrays["hidden"].astype(np.float32),
            arrays["shifts"].astype(np.float32),
            arrays["weights"].astype(np.float32),
            float(arrays["constant"]),
            unpacked(arrays["built_from"])[0],
        )
