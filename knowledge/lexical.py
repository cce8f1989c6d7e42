"""Words and numbers: what a text is about literally, and BM25 over it.

The static vectors split numbers into digits, so exact figures, prices and names are found here.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import Stemmer
from numpy.typing import NDArray

from knowledge.retrieval import parameters

Scores = NDArray[np.float32]

_WORD = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?[a-z]*|\d+(?:\.\d+)*[a-z]*|[a-z]+\d*")
_NUMBER = re.compile(r"([\d,.]+)([a-z]*)")
_MULTIPLES = {"k": 1_000, "m": 1_000_000}
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
# British and American spellings of one word become one term; both sides pass through here, so nothing is lost.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})our(?=$|[a-z])"), "or"),
    (re.compile(r"(?<=[a-z]{4})is(?=(?:e[sdr]?|ing|ations?)$)"), "iz"),
    (re.compile(r"(?<=[a-z])ll(?=(?:ed|ing|ers?)$)"), "l"),
)


def terms(text: str) -> list[str]:
    """The text's stems and normalised numbers in order, without stop words: '10,000' and '10k' both give '10000'."""
    words = _WORD.findall(_APOSTROPHE.sub("", text.lower()))
    stops = _stop_words()
    return [term for word in words if word not in stops for term in _word_terms(word)]


@lru_cache(maxsize=100_000)  # bounded: documents come from outside
def _word_terms(word: str) -> tuple[str, ...]:
    if word[0].isdigit():
        return tuple(_number_terms(word))
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return (_stemmer().stemWord(word),)


def _number_terms(word: str) -> Iterable[str]:
    found = _NUMBER.fullmatch(word)
    if found is None:
        return [word]
    digits, suffix = found.group(1).replace(",", ""), found.group(2)
    if suffix in _MULTIPLES and digits.count(".") <= 1:
        return [f"{float(digits) * _MULTIPLES[suffix]:.0f}"]
    if len(suffix) == 1:  # '7b', '4o': part of a name
        return [digits + suffix]
    plain = digits.rstrip("0").rstrip(".") if digits.count(".") == 1 else digits
    return [plain, suffix] if suffix else [plain]


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(parameters().stop_words.split())


class LexicalIndex:
    """BM25 in Lucene's form over documents given as term lists, every score computed beforehand.

    Score of a term in a document = ln(1 + (N − df + ½)/(df + ½)) · tf / (tf + k1·(1 − b + b·length/mean length)),
    Robertson and Zaragoza 2009 with Lucene's idf.
    """

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        self._vocabulary: dict[str, int] = {}
        term_ids, rows, frequencies, lengths = array("i"), array("i"), array("i"), array("i")
        for row, document in enumerate(documents):
            lengths.append(len(document))
            for term, frequency in Counter(document).items():
                term_ids.append(self._vocabulary.setdefault(term, len(self._vocabulary)))
                rows.append(row)
                frequencies.append(frequency)
        self.size = len(lengths)
        by_term = np.argsort(np.asarray(term_ids), kind="stable")
        counts = np.bincount(np.asarray(term_ids, dtype=np.int64), minlength=len(self._vocabulary))
        self._starts = np.concatenate(([0], np.cumsum(counts)))
        self._idf = np.log1p((self.size - counts + 0.5) / (counts + 0.5))
        self._rows = np.asarray(rows, dtype=np.int32)[by_term]
        self._values = self._score(np.asarray(frequencies)[by_term], np.asarray(lengths), counts)

    def _score(self, frequencies: NDArray[np.int32], lengths: NDArray[np.int32], counts: NDArray[np.int64]) -> Scores:
        k1, b = parameters().bm25_k1, parameters().bm25_b
        relative = lengths / lengths.mean() if lengths.any() else lengths
        damping = k1 * (1 - b + b * relative[self._rows])
        scores = np.repeat(self._idf, counts) * frequencies / (frequencies + damping)
        return np.asarray(scores, dtype=np.float32)

    def scores(self, query: Sequence[str]) -> Scores:
        """The BM25 score of every document, shape (documents,)."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in query:
            start, end = self._span(term)
            total[self._rows[start:end]] += self._values[start:end]
        return total

    def coverage(self, query: Sequence[str], row: int) -> float:
        """The share of the query's terms, each weighed by its rarity, that the document has; 0 to 1.

        A term that no document has weighs as much as the rarest possible one.
        """
        unseen = float(np.log1p((self.size + 0.5) / 0.5))
        total = matched = 0.0
        for term in set(query):
            start, end = self._span(term)
            weight = float(self._idf[self._vocabulary[term]]) if end > start else unseen
            total += weight
            place = start + int(np.searchsorted(self._rows[start:end], row))
            matched += weight if place < end and self._rows[place] == row else 0.0
        return matched / total if total else 0.0

    def _span(self, term: str) -> tuple[int, int]:
        number = self._vocabulary.get(term)
        if number is None:
            return 0, 0
        return int(self._starts[number]), int(self._starts[number + 1])
