"""A convolutional model over the vectors of words: it hears what is said in words that no labelled text used.

Filters over runs of neighbouring words, the strongest response of each in a text, and a linear layer over these
(Kim 2014, "Convolutional Neural Networks for Sentence Classification"). It is learnt elsewhere and only applied here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.language.embedded.arrays import Floats, packed, read_arrays, unpacked
from agent.language.embedded.clauses import Clause
from agent.language.embedded.figures import Reading
from agent.language.embedded.meaning import vectors_of_words

LONGEST_RUN = 4
"""Words of the longest run that a filter spans."""


@dataclass(frozen=True)
class Convolution:
    """Log-odds of labels for a text.

    `filters` has for every place in a run, of the runs of one word, then of two and so on, a matrix (places,
    dimensions, filters); `shifts` is added to the responses (runs, filters); `weights` has a row for each filter of
    each run, then a constant, and a column for each label. `built_from` is the fingerprint of what it was learnt from.
    """

    labels: tuple[str, ...]
    filters: Floats
    shifts: Floats
    weights: Floats
    built_from: str = ""

    def log_odds(self, texts: Sequence[Sequence[str]]) -> Floats:
        """How likely each label holds for each text, by its words in their order; shape (texts, labels)."""
        names = sorted({word for words in texts for word in words})
        places = {name: place for place, name in enumerate(names)}
        responses = np.einsum("wd,pdf->pwf", vectors_of_words(names), self.filters, optimize=True)
        heard = np.stack([self._heard(responses, [places[word] for word in words]) for words in texts])
        return np.asarray(heard @ self.weights[:-1] + self.weights[-1], dtype=np.float32)

    def _heard(self, responses: Floats, rows: Sequence[int]) -> Floats:
        strongest = [self._strongest(responses, rows, run) for run in range(1, LONGEST_RUN + 1)]
        return np.asarray(np.maximum(np.concatenate(strongest), 0))

    def _strongest(self, responses: Floats, rows: Sequence[int], run: int) -> Floats:
        """The strongest response of each filter to runs of so many words, which may reach beyond either end."""
        first = run * (run - 1) // 2  # the places of the shorter runs come before
        sums = np.zeros((len(rows) + run, responses.shape[2]), dtype=np.float32)
        for place in range(run):
            start = run - 1 - place
            sums[start : start + len(rows)] += responses[first + place, rows]
        return np.asarray(sums.max(axis=0) + self.shifts[run - 1])

    def save(self, path: Path) -> None:
        """As one compressed file of plain arrays."""
        np.savez_compressed(
            path,
            labels=packed(self.labels),
            filters=self.filters.astype(np.float16),
            shifts=self.shifts.astype(np.float16),
            weights=self.weights.astype(np.float16),
            built_from=packed([self.built_from]),
        )


def load_convolution(path: Path) -> Convolution:
    """The model in a file; raises KnowledgeError where there is none that can be read."""
    with read_arrays(path) as arrays:
        filters, shifts, weights = (arrays[name].astype(np.float32) for name in ("filters", "shifts", "weights"))
        return Convolution(unpacked(arrays["labels"]), filters, shifts, weights, unpacked(arrays["built_from"])[0])


def words_of(reading: Reading, clauses: Iterable[Clause]) -> list[str]:
    """The words and numbers of clauses in their order, each place once."""
    places = sorted({place for clause in clauses for place in range(clause.first, clause.end)})
    tokens = [reading.text.tokens[place] for place in places]
    return [token.raw for token in tokens if token.kind != "symbol"]
