"""Exact and near-duplicates among many texts in bounded memory.

Each text is reduced to a sketch of 128 bytes by one-permutation MinHash (Li, Owen and Zhang 2012) over its
overlapping pieces of eight bytes, empty bins filled from their neighbours (Shrivastava and Li 2014). Sketches
that agree in one of 16 bands of eight bins are compared; the share of equal bins estimates the Jaccard
similarity. Everything is deterministic.
"""

from array import array
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from knowledge.audits import audit_parameters
from tools.records import digest

_BINS = 128
_BAND_BINS = 8
_PIECE_BYTES = 8
_FIRST_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_EMPTY = np.uint64(2**64 - 1)
_PAIRS_AT_ONCE = 1 << 16

Numbers = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


def normalised(text: str) -> str:
    """The text without case and surplus spaces: what counts as the same text."""
    return " ".join(text.lower().split())


def sketch(text: str) -> bytes | None:
    """The text's sketch, or None for a text too short to be compared by likeness."""
    raw = text.encode("utf-8")
    if len(raw) < int(audit_parameters().dataset_audit.shortest_compared_bytes):
        return None
    pieces = np.ndarray((len(raw) - _PIECE_BYTES + 1,), dtype="<u8", buffer=raw, strides=(1,))
    mixed = pieces * _FIRST_FACTOR
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SECOND_FACTOR
    mixed ^= mixed >> np.uint64(32)
    least = np.full(_BINS, _EMPTY)
    np.minimum.at(least, (mixed & np.uint64(_BINS - 1)).astype(np.intp), mixed >> np.uint64(7))
    filled = _filled(least) * _FIRST_FACTOR
    return bytes((filled >> np.uint64(56)).astype(np.uint8))


def _filled(least: Numbers) -> Numbers:
    """Each empty bin takes the next full one's value, changed by the distance."""
    full = np.flatnonzero(least != _EMPTY)
    if len(full) == _BINS:
        return least
    bins = np.arange(_BINS)
    source = np.append(full, full[0] + _BINS)[np.searchsorted(full, bins)]
    distance = (source - bins).astype(np.uint64)
    taken: Numbers = least[source % _BINS] + distance * _SECOND_FACTOR
    return taken


class Sketches:
    """The texts of one file, kept as line, three digests and a sketch each: some 160 bytes."""

    def __init__(self) -> None:
        self._most = int(audit_parameters().dataset_audit.most_examples_compared)
        self.lines = array("Q")
        self._whole, self._prompts, self._answers = array("Q"), array("Q"), array("Q")
        self._sketches = bytearray()
        self._sketched = bytearray()

    @property
    def full(self) -> bool:
        """Whether no more texts are taken."""
        return len(self.lines) >= self._most

    def add(self, line: int, prompt: str, answer: str, context: str) -> None:
        """Keeps an example: the `context` (system message) counts for exact, not for near-duplicates."""
        if self.full:
            return
        prompt, answer = normalised(prompt), normalised(answer)
        context = normalised(context)
        self.lines.append(line)
        self._whole.append(digest(f"{context}\0{prompt}\0{answer}"))
        self._prompts.append(digest(f"{context}\0{prompt}"))
        self._answers.append(digest(answer))
        found = sketch(f"{prompt}\n{answer}")
        self._sketches += found or bytes(_BINS)
        self._sketched.append(found is not None)

    @property
    def whole(self) -> Numbers:
        """A digest of each example."""
        return np.array(self._whole, dtype=np.uint64)

    @property
    def prompts(self) -> Numbers:
        """A digest of each example without its last answer."""
        return np.array(self._prompts, dtype=np.uint64)

    @property
    def answers(self) -> Numbers:
        """A digest of each last answer."""
        return np.array(self._answers, dtype=np.uint64)

    @property
    def bins(self) -> npt.NDArray[np.uint8]:
        """The sketches, one row for each example."""
        return np.frombuffer(self._sketches, dtype=np.uint8).reshape(-1, _BINS)

    @property
    def sketched(self) -> Flags:
        """Which examples are long enough to have a sketch."""
        return np.frombuffer(self._sketched, dtype=np.bool_)


def first_places(digests: Numbers) -> Places:
    """For each digest the place where it first stands."""
    _, first, back = np.unique(digests, return_index=True, return_inverse=True)
    places: Places = first[back]
    return places


def contradicting(prompts: Numbers, answers: Numbers) -> Flags:
    """Which examples answer a prompt that has another answer elsewhere."""
    pairs = np.unique(np.stack([prompts, answers], axis=1), axis=0)
    values, counts = np.unique(pairs[:, 0], return_counts=True)
    found: Flags = np.isin(prompts, values[counts > 1])
    return found


def nearest_earlier(bins: npt.NDArray[np.uint8]) -> Places:
    """For each sketch an earlier one that is alike enough, or -1."""
    found = np.full(len(bins), -1, dtype=np.intp)
    for keys in _bands(bins):
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        starts = np.flatnonzero(np.append(True, ~same))
        leader = order[np.repeat(starts, np.diff(np.append(starts, len(order))))]
        for candidates in (leader, np.append(order[:1], np.where(same, order[:-1], order[1:]))):
            _mark(found, order, candidates, bins, bins)
    return found


def nearest_in(bins: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]) -> Places:
    """For each sketch one of the others that is alike enough, or -1."""
    found = np.full(len(bins), -1, dtype=np.intp)
    if not len(others):
        return found
    for keys, other_keys in zip(_bands(bins), _bands(others), strict=True):
        order = np.argsort(other_keys, kind="stable")
        ordered = other_keys[order]
        for side in ("left", "right"):
            at = np.searchsorted(ordered, keys, "left" if side == "left" else "right") - (side == "right")
            at = np.clip(at, 0, len(order) - 1)
            places = np.flatnonzero(ordered[at] == keys)
            _mark(found, places, order[at[places]], bins, others, earlier_only=False)
    return found


def _bands(bins: npt.NDArray[np.uint8]) -> Iterator[Numbers]:
    """Each band's bins of every sketch as one number."""
    for start in range(0, _BINS, _BAND_BINS):
        yield np.ascontiguousarray(bins[:, start : start + _BAND_BINS]).view(np.uint64).ravel()


def _mark(
    found: Places,
    places: Places,
    candidates: Places,
    bins: npt.NDArray[np.uint8],
    others: npt.NDArray[np.uint8],
    earlier_only: bool = True,
) -> None:
    """Notes the candidate for each place where the sketches are alike enough and none was noted before."""
    least = audit_parameters().dataset_audit.near_duplicate_at_least.value
    wanted = found[places] < 0
    if earlier_only:
        wanted &= candidates < places
    places, candidates = places[wanted], candidates[wanted]
    for start in range(0, len(places), _PAIRS_AT_ONCE):
        left, right = places[start : start + _PAIRS_AT_ONCE], candidates[start : start + _PAIRS_AT_ONCE]
        equal = (bins[left] == others[right]).mean(axis=1)
        alike = (equal - 1 / 256) / (1 - 1 / 256) >= least
        found[left[alike]] = right[alike]
