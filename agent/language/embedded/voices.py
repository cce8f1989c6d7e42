"""What the models hear: how clearly each label sounds in a message, in its best clause and in the passage around it."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from agent.language.embedded.arrays import Floats
from agent.language.embedded.clauses import Clause, clauses_of
from agent.language.embedded.convolution import Convolution, load_convolution, words_of
from agent.language.embedded.figures import Reading
from agent.language.embedded.lexicon import FOLDER
from agent.language.embedded.linear import Linear, load
from agent.language.embedded.thresholds import thresholds

MODEL = FOLDER / "models" / "clauses.npz"
OF_WORDS = FOLDER / "models" / "words.npz"
PASSAGE = 120
"""Tokens of the longest run of sentences of which the words are judged together, unless one sentence is longer."""
SHORTEST = 4
"""Words of the shortest clause that is judged on its own: fewer are left to the phrases, except in an answer."""
SHORT_ANSWER = 6
"""Tokens up to which an answer is read as such: "both" answers the question before it is judged as a clause."""
SOFT = 4.0
"""Log-odds that count as a score of 0.76."""


@dataclass(frozen=True)
class Voice:
    """How clearly a label is heard, from -1 to 1: in a clause, in its passage by single words, and by words in order.

    `among` is how many clauses there are: of many, one or another sounds like something by chance. A clause that is
    `short` says little on its own.
    """

    clause: float
    passage: float
    words: float
    first: int
    end: int
    among: int
    short: bool

    @property
    def score(self) -> float:
        """The mean of the three."""
        return (self.clause + self.passage + self.words) / 3

    @property
    def doublings(self) -> float:
        """How often the number of clauses doubles."""
        return math.log2(self.among)


Voices = dict[str, Voice]
"""For each label, such as `regulated=true`, how clearly it is heard."""


@cache
def _model() -> Linear:
    return load(MODEL)


@cache
def _model_of_words() -> Convolution:
    return load_convolution(OF_WORDS)


def listen(reading: Reading) -> Voices:
    """Each label in the clause that speaks for it most clearly; nothing where no clause can be judged."""
    model = _model()
    clauses = [clause for clause in clauses_of(reading) if _is_heard(reading, clause, model)]
    if not clauses:
        return {}
    of_clauses = np.tanh(model.scores_of([clause.features for clause in clauses]) / SOFT)
    of_passages, of_words = _in_passages(reading, clauses)
    scores = (of_clauses + of_passages + of_words) / 3
    short = np.array([_words(reading, clause) < SHORTEST for clause in clauses])
    voices: Voices = {}
    answered = reading.asked if len(reading.text.tokens) <= SHORT_ANSWER else None
    for column, label in enumerate(model.labels):
        if label.split("=")[0] == answered:
            continue
        least = thresholds()["clauses"]["short"] if label.split("=")[0] == reading.asked else np.inf
        idle = short & (scores[:, column] < least)
        row = int(np.argmax(scores[:, column] - 2 * idle))
        clause, passage, words = (float(of_all[row, column]) for of_all in (of_clauses, of_passages, of_words))
        first, end = clauses[row].first, clauses[row].end
        voices[label] = Voice(clause, passage, words, first, end, len(clauses), bool(idle[row]))
    return voices


def _in_passages(reading: Reading, clauses: Sequence[Clause]) -> tuple[Floats, Floats]:
    """For each clause the scores of all that is said in its passage, by single words and by words in their order."""
    begins = _passages(reading)
    passages = np.array([bisect_right(begins, clause.first) for clause in clauses])
    kinds, its = np.unique(passages, return_inverse=True)
    said = [[clause for clause, own in zip(clauses, passages, strict=True) if own == kind] for kind in kinds]
    of_clauses = _model().scores_of([frozenset().union(*(clause.features for clause in one)) for one in said])
    of_words = _model_of_words().log_odds([words_of(reading, one) for one in said])
    return np.tanh(of_clauses / SOFT)[its], np.tanh(of_words / SOFT)[its]


def _passages(reading: Reading) -> list[int]:
    """Where passages of several sentences begin."""
    begins = [0]
    for first, end in reading.text.sentences:
        if end - begins[-1] > PASSAGE and first > begins[-1]:
            begins.append(first)
    return begins


def _is_heard(reading: Reading, clause: Clause, model: Linear) -> bool:
    """Whether half of a clause's words are known: of another language or of names nothing is guessed."""
    words = [token.stem for token in reading.text.tokens[clause.first : clause.end] if token.kind == "word"]
    return 2 * sum(word in model.places for word in words) >= len(words)


def _words(reading: Reading, clause: Clause) -> int:
    return sum(token.kind == "word" for token in reading.text.tokens[clause.first : clause.end])
