"""The memory image of a generation: the rows of the store in two plain files that load at once."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from knowledge.embedding import Vectors
from knowledge.index.passage import Passage

PASSAGES = "passages.jsonl"  # one [id, text, metadata] a line, in the order of the ids
VECTORS = "vectors.f32"  # float32, little-endian, row after row


@dataclass(frozen=True)
class Loaded:
    """A generation in memory: passages in the order of their ids, one vector each."""

    passages: tuple[Passage, ...]
    vectors: Vectors


class Writer:
    """Writes the image batch by batch, in the order of the passages' ids, and sums it up on the way."""

    def __init__(self, folder: Path) -> None:
        self.count = self.dimensions = 0
        self._sums = _Sums()
        self._passages = (folder / PASSAGES).open("wb")
        self._vectors = (folder / VECTORS).open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._passages.close()
        self._vectors.close()

    def add(self, passages: Iterable[Passage], vectors: Vectors) -> None:
        for passage in passages:
            line = _line(passage)
            self._passages.write(line)
            self._sums.passages.update(line)
            self.count += 1
        rows = vectors.astype("<f4", copy=False).tobytes()
        self._vectors.write(rows)
        self._sums.vectors.update(rows)
        self.dimensions = vectors.shape[1] if len(vectors) else self.dimensions

    @property
    def checksum(self) -> str:
        return self._sums.text()


def read(folder: Path, count: int, dimensions: int, checksum: str) -> Loaded:
    """The image in `folder`; raises OSError or ValueError where it is not what was written."""
    sums = _Sums()
    lines = (folder / PASSAGES).read_bytes()
    sums.passages.update(lines)
    raw = np.fromfile(folder / VECTORS, dtype="<f4")
    sums.vectors.update(raw.data)
    if sums.text() != checksum:
        raise ValueError("the memory image is damaged")
    passages = tuple(Passage.from_row(*json.loads(line)) for line in lines.splitlines())
    return Loaded(passages, raw.reshape(count, dimensions))


def checksum(loaded: Loaded) -> str:
    """What the image of these rows would sum up to."""
    sums = _Sums()
    for passage in loaded.passages:
        sums.passages.update(_line(passage))
    sums.vectors.update(loaded.vectors.astype("<f4", copy=False).tobytes())
    return sums.text()


class _Sums:
    def __init__(self) -> None:
        self.passages = hashlib.blake2b(digest_size=16)
        self.vectors = hashlib.blake2b(digest_size=16)

    def text(self) -> str:
        return f"{self.passages.hexdigest()}-{self.vectors.hexdigest()}"


def _line(passage: Passage) -> bytes:
    """ASCII, so that no exotic line separator in a text can split the row."""
    row = [passage.id, passage.text, passage.metadata()]
    return json.dumps(row, sort_keys=True, ensure_ascii=True).encode("ascii") + b"\n"
