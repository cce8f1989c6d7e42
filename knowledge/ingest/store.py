"""The user's documents as they were read: one SQLite file, the truth that every index is built from."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from knowledge.embedding import Vectors
from knowledge.errors import StoreError
from knowledge.index.generations import FORMAT, Batch
from knowledge.index.image import Loaded
from knowledge.index.passage import Passage
from knowledge.ingest.chunks import Chunk

BATCH = 2_000

_SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL, title TEXT NOT NULL,
    kind TEXT NOT NULL, digest TEXT NOT NULL, pages INTEGER, added_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    section TEXT NOT NULL, text TEXT NOT NULL, page INTEGER, embedder TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (document);
"""


@dataclass(frozen=True)
class Document:
    """One document of the user, as `consult ingest --list` shows it."""

    id: str
    name: str
    title: str
    kind: str
    pages: int | None
    passages: int
    origin: str
    added_at: str


class DocumentStore:
    """The documents under `home`; each one is added or removed whole, in one transaction."""

    def __init__(self, home: Path) -> None:
        self.path = home / "documents" / "documents.sqlite"
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = sqlite3.connect(self.path, timeout=60)
            self._database.executescript(_SCHEMA)
            self._database.execute("PRAGMA foreign_keys = ON")
            self.path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @classmethod
    def exists(cls, home: Path) -> bool:
        return (home / "documents" / "documents.sqlite").is_file()

    def documents(self) -> list[Document]:
        """All documents by name, then id."""
        with self._told():
            rows = self._database.execute(
                "SELECT id, name, title, kind, pages, (SELECT count(*) FROM passages WHERE document = documents.id),"
                " origin, added_at FROM documents ORDER BY name, id"
            ).fetchall()
        return [Document(*row) for row in rows]

    def named(self, document_id: str) -> str | None:
        """The name of the document with this id, if it is there."""
        with self._told():
            row = self._database.execute("SELECT name FROM documents WHERE id = ?", (document_id,)).fetchone()
        return row[0] if row else None

    def embedders(self) -> set[str]:
        """The ids of the embedding models that the stored vectors come from."""
        with self._told():
            return {row[0] for row in self._database.execute("SELECT DISTINCT embedder FROM passages")}

    def add(self, document: Document, digest: str, chunks: Sequence[Chunk], vectors: Vectors, embedder_id: str) -> bool:
        """Keeps the document; one that came from the same path before gives way. True where one did."""
        rows = [
            (
                passage_id(document.id, number), document.id, chunk.section, chunk.text, chunk.page,
                embedder_id, vector.astype("<f4").tobytes(),
            )
            for number, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
        ]  # fmt: skip
        with self._told(), self._database:
            replaced = self._database.execute("DELETE FROM documents WHERE origin = ?", (document.origin,)).rowcount
            self._database.execute(
                "INSERT INTO documents (id, name, origin, title, kind, digest, pages) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (document.id, document.name, document.origin, document.title, document.kind, digest, document.pages),
            )
            self._database.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        return replaced > 0

    def remove(self, document_id: str) -> None:
        """Deletes the document and overwrites what it stood on."""
        with self._told():
            with self._database:
                self._database.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            self._database.execute("VACUUM")

    def replace_vectors(self, passages: Sequence[Passage], vectors: Vectors, embedder_id: str) -> None:
        """Keeps new vectors, made by another embedding model."""
        rows = [
            (embedder_id, vector.astype("<f4").tobytes(), passage.id)
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        with self._told(), self._database:
            self._database.executemany("UPDATE passages SET embedder = ?, vector = ? WHERE id = ?", rows)

    def fingerprint(self) -> str:
        """Stands for everything that the index of these documents depends on."""
        digest = hashlib.sha256(FORMAT.encode())
        with self._told():
            for row in self._database.execute("SELECT id, name, origin, title FROM documents ORDER BY id"):
                digest.update("\0".join(row).encode("utf-8", "surrogatepass") + b"\n")
        return digest.hexdigest()

    def batches(self) -> Iterator[Batch]:
        """All passages with their vectors, in the order of their ids."""
        with self._told():
            cursor = self._database.execute(
                "SELECT p.id, d.name, p.section, p.text, d.title, p.page, d.origin, d.digest, p.vector"
                " FROM passages p JOIN documents d ON d.id = p.document ORDER BY p.id"
            )
            while rows := cursor.fetchmany(BATCH):
                yield [_passage(row) for row in rows], np.stack([np.frombuffer(row[8], dtype="<f4") for row in rows])

    def loaded(self) -> Loaded:
        """All passages with their vectors, in memory."""
        batches = list(self.batches())
        if not batches:
            return Loaded((), np.zeros((0, 0), dtype=np.float32))
        passages = tuple(passage for some, _ in batches for passage in some)
        return Loaded(passages, np.concatenate([vectors for _, vectors in batches]))

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"Your documents in {self.path} could not be read or saved ({error}); nothing was changed. "
                "Check the disk, or move the file away and add the documents again."
            ) from error


def passage_id(document_id: str, number: int) -> str:
    return f"{document_id}:{number:05d}"


def _passage(row: Sequence[str]) -> Passage:
    identity, name, section, text, title, page, origin, digest, _ = row
    return Passage(
        id=identity,
        source=name,
        section=section,
        text=text,
        kind="document",
        title=title,
        page=int(page) if page is not None else None,
        path=origin,
        digest=digest,
    )
