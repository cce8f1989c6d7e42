"""Finding the passages that answer a question, or saying that none does."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedder, Vectors
from knowledge.errors import UnavailableError
from knowledge.index.passage import Passage, PassageKind
from knowledge.lexical import LexicalIndex, Scores, terms
from knowledge.options import Option
from knowledge.retrieval import RetrievalParameters, parameters

DECIMALS = 6  # scores closer than this are ties, so that the last bits of a build decide nothing


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that was found, with its fused score (0 to 1, relative to this search)."""

    passage: Passage
    score: float

    def row(self) -> dict[str, str | float]:
        """The row that `consult search --json` prints."""
        passage = self.passage
        return {
            "id": passage.id,
            "source": passage.source,
            "section": passage.section,
            "text": passage.text,
            "score": round(self.score, DECIMALS),
            "kind": passage.kind,
        }


class Searcher:
    """Exact search over passages held in memory; safe to share between threads once it is made.

    `passages` stand in the order of their ids, with one vector each, made by `embedder`. `notices` holds
    sentences for the user about what had to be repaired or left out.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        embedder: Embedder,
        notices: Sequence[str] = (),
        unsaved: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.passages = tuple(passages)
        self.notices = list(notices)
        self._vectors = vectors
        self._embedder = embedder
        self._unsaved = list(unsaved)
        self._kinds = np.array([passage.kind for passage in self.passages])
        self._options: dict[tuple[Option, ...], int] = {}  # the few combinations that occur, numbered
        self._bearing = np.array(
            [self._options.setdefault(passage.options, len(self._options)) for passage in self.passages]
        )
        self._lexical = LexicalIndex(terms(passage.indexed_text) for passage in self.passages)

    def search(
        self,
        query: str,
        k: int = 5,
        kinds: Collection[PassageKind] | None = None,
        options: Collection[Option] | None = None,
    ) -> list[SearchHit]:
        """The `k` best passages, best first, ties by id; an empty list when nothing fits.

        `kinds` narrows to claims or documents. `options` leaves out claims that bear only on other options;
        documents bear on no option in particular and stay.
        """
        rows = self._allowed(kinds, options)
        words = terms(query)
        if k < 1 or not len(rows) or not query.strip():
            return []
        lexical = self._lexical.scores(words)
        lexical = lexical if len(rows) == len(lexical) else lexical[rows]
        cosine = self._cosine(query, rows)
        fused = fuse(lexical, cosine, parameters().lexical_weight)
        best = top(fused, k)
        coverage = self._lexical.coverage(words, int(rows[best[0]]))
        closeness = None if cosine is None else float(cosine[best[0]])
        if evidence(coverage, closeness, parameters()) < parameters().evidence.threshold:
            return []
        return [SearchHit(self.passages[rows[place]], float(fused[place])) for place in best]

    def save(self) -> None:
        """Writes the indexes that had to be built, so that the next start finds them; raises StoreError."""
        while self._unsaved:
            self._unsaved[0]()
            self._unsaved.pop(0)

    def _cosine(self, query: str, rows: NDArray[np.intp]) -> Scores | None:
        """The cosine of each row with the query, or None when the endpoint does not answer."""
        try:
            vector = self._embedder.embed([query])[0]
        except UnavailableError as error:
            notice = f"{error} Until then only matching words are searched, not meaning."
            if notice not in self.notices:
                self.notices.append(notice)
            return None
        scores = self._vectors @ vector
        return np.asarray(scores if len(rows) == len(scores) else scores[rows], dtype=np.float32)

    def _allowed(self, kinds: Collection[PassageKind] | None, options: Collection[Option] | None) -> NDArray[np.intp]:
        allowed = np.ones(len(self.passages), dtype=bool)
        if kinds is not None:
            allowed &= np.isin(self._kinds, list(kinds))
        if options is not None:
            bears = {bearing for bearing in self._options if not bearing or set(options).intersection(bearing)}
            allowed &= np.isin(self._bearing, [self._options[bearing] for bearing in bears])
        return np.flatnonzero(allowed)


def fuse(lexical: Scores, cosine: Scores | None, lexical_weight: float) -> Scores:
    """`lexical_weight` · minmax(BM25) + the rest · minmax(cosine), shape (passages,), between 0 and 1."""
    if cosine is None:
        return _minmax(lexical)
    return lexical_weight * _minmax(lexical) + (1 - lexical_weight) * _minmax(cosine)


def top(scores: Scores, k: int) -> list[int]:
    """The places of the `k` highest scores; equal ones in their given order."""
    rounded = np.round(scores, DECIMALS)
    if k < len(rounded):
        limit = np.partition(rounded, len(rounded) - k)[len(rounded) - k]
        places = np.flatnonzero(rounded >= limit)
    else:
        places = np.arange(len(rounded))
    order = np.argsort(-rounded[places], kind="stable")
    return [int(place) for place in places[order][:k]]


def evidence(coverage: float, cosine: float | None, settings: RetrievalParameters) -> float:
    """How much speaks, in absolute terms, for the best passage holding an answer: its matched words and cosine.

    Fused scores cannot tell: the best passage of any search scores near 1. Without a cosine the words count twice.
    """
    weights = settings.evidence
    closeness = coverage if cosine is None else cosine
    return weights.cosine_weight * closeness + weights.coverage_weight * coverage


def _minmax(scores: Scores) -> Scores:
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
