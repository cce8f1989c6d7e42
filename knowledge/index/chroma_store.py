"""The Chroma side of a generation: written once from its memory image, read only where the image is gone.

It is written by a process of its own, `python -m knowledge.index.chroma_store FOLDER`. That keeps a crash of
Chroma's away from the caller, and removed texts out of the store: Chroma saves memory that it has not yet
filled, which in the caller's process can hold what the user has just deleted (measured).
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import StoreError
from knowledge.files import DATA
from knowledge.index.image import PASSAGES, VECTORS, Loaded
from knowledge.index.passage import Passage

STORE = "chroma"
COLLECTION = "passages"
MAX_BATCH = 2_000  # a kill during larger batches left Chroma stores broken more often
PAGE = 10_000  # Chroma fails above 32,766 rows a call
# Vectors have length 1, so the inner product is the cosine and Chroma stores them unchanged. Search is exact and
# in memory: Chroma's approximate graph is never asked, so it is built small.
SETTINGS = {"hnsw": {"space": "ip", "ef_construction": 16, "max_neighbors": 4}}


def write(folder: Path, dimensions: int, embedder_id: str) -> None:
    """Writes the store of the image in `folder`, in a process of its own; raises StoreError."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-P", "-m", "knowledge.index.chroma_store", str(folder), str(dimensions), embedder_id],
        capture_output=True,
        text=True,
        env={**kept, "PYTHONPATH": str(DATA.parent)},
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise StoreError(f"The search index could not be written to {folder.parent} ({reason}); nothing was changed.")


def read(folder: Path) -> Loaded:
    """All rows of the store in `folder`, in the order of their ids; raises whatever Chroma raises."""
    passages: list[Passage] = []
    vectors = []
    with _collection(folder / STORE) as collection:
        for offset in range(0, collection.count(), PAGE):
            page = collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas", "embeddings"])
            rows = zip(page["ids"], page["documents"], page["metadatas"], strict=True)
            passages += [Passage.from_row(*row) for row in rows]
            vectors.append(np.asarray(page["embeddings"], dtype=np.float32))
    if not passages:
        return Loaded((), np.zeros((0, 0), dtype=np.float32))
    order = sorted(range(len(passages)), key=lambda row: passages[row].id)
    return Loaded(tuple(passages[row] for row in order), np.concatenate(vectors)[order])


def _write(folder: Path, dimensions: int, embedder_id: str) -> None:
    count = 0
    vectors = np.fromfile(folder / VECTORS, dtype="<f4").reshape(-1, max(dimensions, 1))
    with _collection(folder / STORE, embedder_id) as collection, (folder / PASSAGES).open("rb") as lines:
        while rows := [json.loads(line) for line in islice(lines, MAX_BATCH)]:
            ids, texts, metadatas = (list(column) for column in zip(*rows, strict=True))
            collection.add(ids=ids, documents=texts, metadatas=metadatas, embeddings=vectors[count : count + len(rows)])
            count += len(rows)
        if collection.count() != count:
            raise StoreError(f"{collection.count()} of {count} passages arrived")


@contextlib.contextmanager
def _collection(folder: Path, create_for: str | None = None) -> Iterator[Any]:
    """The Chroma collection in `folder`; `embedding_function=None` because the default one downloads a model."""
    import chromadb
    from chromadb.config import Settings

    client: Any = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    try:
        if create_for is None:
            yield client.get_collection(COLLECTION, embedding_function=None)
        else:
            metadata = {"embedder": create_for}
            yield client.create_collection(
                COLLECTION, embedding_function=None, metadata=metadata, configuration=SETTINGS
            )
    finally:
        client.close()


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
