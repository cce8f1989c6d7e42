"""Opening the search: the built-in claims, and the user's own documents where there are any."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.claims import load_sources
from knowledge.embedding import Embedder, make_embedder
from knowledge.errors import KnowledgeError
from knowledge.files import DATA
from knowledge.index.generations import (
    Busy,
    Generations,
    IndexDamaged,
    IndexMissing,
    IndexStale,
    OtherEmbedder,
)
from knowledge.index.image import Loaded
from knowledge.index.passage import Passage
from knowledge.ingest.run import check_embedder, documents_index
from knowledge.ingest.store import DocumentStore
from knowledge.search import Searcher

UNUSABLE = (IndexMissing, IndexStale, IndexDamaged, OtherEmbedder)


def open_searcher(home: Path, embedder: Embedder | None = None) -> Searcher:
    """A searcher over everything under `home`; builds or repairs what is missing, and says so in its notices.

    What was built is written by `Searcher.save`, so that the first answer need not wait for Chroma. Raises
    KnowledgeError where own documents were indexed with another embedding model.
    """
    embedder = embedder or make_embedder()
    parts = [_open_claims(home, embedder), _open_documents(home, embedder)]
    passages = [passage for part in parts for passage in part.rows.passages]
    order = sorted(range(len(passages)), key=lambda row: passages[row].id)
    filled = [part.rows.vectors for part in parts if part.rows.passages]
    vectors = np.concatenate(filled)[order] if filled else np.zeros((0, 0), dtype=np.float32)
    return Searcher(
        [passages[row] for row in order],
        vectors,
        embedder,
        notices=[notice for part in parts for notice in part.notices],
        unsaved=[part.save for part in parts if part.save],
    )


@dataclass(frozen=True)
class Part:
    """One index in memory, what the user should know about it, and how to write it where that is still to do."""

    rows: Loaded
    notices: tuple[str, ...] = ()
    save: Callable[[], None] | None = None


def claim_passages() -> list[Passage]:
    """Every claim of the built-in knowledge as a passage, in the order of their ids."""
    passages = [
        Passage(
            id=claim.id,
            source=claim.source,
            section=claim.section,
            text=f"{claim.text} ({claim.conditions})" if claim.conditions else claim.text,
            kind="claim",
            title=source.title,
            options=claim.options,
        )
        for source in load_sources(DATA / "sources").values()
        for claim in source.claims
    ]
    return sorted(passages, key=lambda passage: passage.id)


def claims_fingerprint(folder: Path = DATA) -> str:
    """Stands for the content of all source files, without parsing them (which takes longer than searching)."""
    digest = hashlib.sha256()
    for path in sorted((folder / "sources").glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _open_claims(home: Path, embedder: Embedder) -> Part:
    generations = Generations(home / "index" / "knowledge", "the built-in knowledge")

    def read() -> Loaded:
        passages = claim_passages()
        return Loaded(tuple(passages), embedder.embed([passage.indexed_text for passage in passages]))

    return _open(generations, embedder.id, claims_fingerprint(), read)


def _open_documents(home: Path, embedder: Embedder) -> Part:
    """The user's documents; raises OtherEmbedder where their vectors cannot be compared with this model's."""
    if not DocumentStore.exists(home):
        return Part(Loaded((), np.zeros((0, 0), dtype=np.float32)))
    with DocumentStore(home) as store:
        if not store.documents():
            return Part(Loaded((), np.zeros((0, 0), dtype=np.float32)))
        check_embedder(store, embedder)
        return _open(documents_index(home), embedder.id, store.fingerprint(), store.loaded)


def _open(generations: Generations, embedder_id: str, fingerprint: str, read: Callable[[], Loaded]) -> Part:
    """The rows from their index where it is usable, and else from what it is built from."""
    try:
        return Part(generations.load(embedder_id, fingerprint))
    except UNUSABLE as problem:
        notice = _told(problem, generations.name, embedder_id)
    rows = read()

    def save() -> None:
        with contextlib.suppress(Busy), generations.writer(wait_s=0):  # whoever is writing will do it
            if not generations.is_current(embedder_id, fingerprint):
                generations.build([(list(rows.passages), rows.vectors)], embedder_id, fingerprint)

    return Part(rows, (notice,), save)


def _told(problem: KnowledgeError, name: str, embedder_id: str) -> str:
    """The sentence that says why an index is built anew."""
    if isinstance(problem, IndexMissing):
        return f"The search index of {name} is built now, as it is used for the first time."
    if isinstance(problem, IndexStale):
        return f"The search index of {name} is built anew, as its content has changed."
    if isinstance(problem, OtherEmbedder):
        return f"The search index of {name} is built anew with the embedding model {embedder_id}."
    return f"{problem} It is rebuilt now; nothing is lost."
