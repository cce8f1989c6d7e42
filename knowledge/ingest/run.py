"""Adding the user's own documents, listing them and removing them.

Own documents are cited as the user's and found in searches; they never touch rules, prices or parameters.
Each file is kept as soon as it is read, so a run that was killed goes on where it stopped; the index is
built once at the end, and by the next search if it never came to that.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.embedding import Embedder, make_embedder
from knowledge.errors import InputError
from knowledge.index.generations import Generations, Notify, OtherEmbedder, writer_lock
from knowledge.ingest.chunks import CHUNKER, chunks
from knowledge.ingest.detect import checked_kind, shown_name, shown_path
from knowledge.ingest.limits import Refused, parameters
from knowledge.ingest.sandbox import Sandbox
from knowledge.ingest.store import Document, DocumentStore

Status = Literal["added", "updated", "unchanged", "refused"]
OWN_DOCUMENTS = "your documents"


@dataclass(frozen=True)
class FileResult:
    """What became of one file: a sentence for the user and, where it is in the index, the document's id."""

    name: str
    path: str
    status: Status
    message: str
    document: str | None = None
    passages: int = 0


Progress = Callable[[int, int, FileResult], None]
"""Called after each file with the number done, the number of all, and the result."""


def ingest(
    paths: Sequence[Path],
    home: Path,
    embedder: Embedder | None = None,
    on_file: Progress | None = None,
    on_wait: Notify | None = None,
) -> list[FileResult]:
    """Adds the files, and those in folders, to the user's documents; one result for each file, in order.

    A file that cannot be used is refused in its result and hurts no other. Waits for another process that is
    adding documents, telling `on_wait`. Raises OtherEmbedder where the documents already there were indexed
    with another model, StoreError where nothing can be saved.
    """
    embedder = embedder or make_embedder()
    with _writing(home, on_wait), DocumentStore(home) as store, Sandbox(parameters().limits) as sandbox:
        check_embedder(store, embedder)
        files = [file for path in paths for file in _files(path)]
        results = []
        for number, path in enumerate(files, 1):
            results.append(_ingest_file(path, store, sandbox, embedder))
            if on_file:
                on_file(number, len(files), results[-1])
        _build(home, store, embedder.id)
    return results


def list_documents(home: Path) -> list[Document]:
    """The user's documents by name; empty where there are none."""
    if not DocumentStore.exists(home):
        return []
    with DocumentStore(home) as store:
        return store.documents()


def remove_document(which: str, home: Path, on_wait: Notify | None = None) -> Document:
    """Removes the document with this id or name, from the documents and from the index; raises InputError."""
    if not DocumentStore.exists(home):
        raise InputError(f"There is no document '{which}': nothing was added yet.")
    with _writing(home, on_wait), DocumentStore(home) as store:
        document = _find(which, store.documents())
        embedders = store.embedders()
        store.remove(document.id)
        _build(home, store, next(iter(embedders), make_embedder().id))
    return document


def reindex(home: Path, embedder: Embedder | None = None, on_wait: Notify | None = None) -> int:
    """Makes all vectors anew with this embedding model and builds the index; returns the number of passages."""
    embedder = embedder or make_embedder()
    total = 0
    with _writing(home, on_wait), DocumentStore(home) as store:
        for passages, _ in list(store.batches()):
            vectors = embedder.embed([passage.indexed_text for passage in passages])
            store.replace_vectors(passages, vectors, embedder.id)
            total += len(passages)
        _build(home, store, embedder.id)
    return total


def documents_index(home: Path) -> Generations:
    """The index of the user's documents under `home`."""
    return Generations(home / "index" / "documents", OWN_DOCUMENTS)


def _writing(home: Path, on_wait: Notify | None) -> AbstractContextManager[None]:
    return writer_lock(home / "documents" / "writer.lock", OWN_DOCUMENTS, 600, on_wait)


def check_embedder(store: DocumentStore, embedder: Embedder) -> None:
    """Raises OtherEmbedder where the stored vectors were made by another model."""
    others = store.embedders() - {embedder.id}
    if others:
        raise OtherEmbedder(
            f"Your documents were indexed with the embedding model {sorted(others)[0]}, and {embedder.id} is set now; "
            "set CONSULT_EMBEDDING_MODEL back, or make all vectors anew with `consult ingest --reindex`."
        )


def _build(home: Path, store: DocumentStore, embedder_id: str) -> None:
    index, fingerprint = documents_index(home), store.fingerprint()
    if not index.folder.exists() and not store.documents():
        return
    with index.writer():
        if not index.is_current(embedder_id, fingerprint):
            index.build(store.batches(), embedder_id, fingerprint)


def _files(path: Path) -> Iterator[Path]:
    """The file, or every readable kind of file below the folder; the folder itself, to be refused, if there is none."""
    found = list(_files_in(path)) if path.is_dir() else []
    yield from found or [path]


def _files_in(path: Path) -> Iterator[Path]:
    """Readable kinds of files in the order of their names; links and hidden files are left out."""
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if not name.startswith(".") and not file.is_symlink() and file.suffix.lower() in parameters().endings:
                yield file


def _ingest_file(path: Path, store: DocumentStore, sandbox: Sandbox, embedder: Embedder) -> FileResult:
    name, origin = shown_name(path), shown_path(path.absolute())
    try:
        kind = checked_kind(path, parameters())
        digest = _digest(path, name)
        document_id = f"doc-{hashlib.sha256(f'{CHUNKER} {digest}'.encode()).hexdigest()[:12]}"
        present = store.named(document_id)
        if present is not None:
            return FileResult(name, origin, "unchanged", f"{name} is already there as {document_id}.", document_id)
        parsed = sandbox.parse(path, kind, name)
    except Refused as refusal:
        return FileResult(name, origin, "refused", str(refusal))
    parts = chunks(parsed.blocks, parameters().passages)
    title = " ".join(parsed.title.split())[:300]
    document = Document(document_id, name, title, kind, parsed.pages, len(parts), origin, "")
    vectors = embedder.embed([f"{part.section}\n{part.text}" if part.section else part.text for part in parts])
    replaced = store.add(document, digest, parts, vectors, embedder.id)
    status: Status = "updated" if replaced else "added"
    message = f"{name} was {status} as {document_id} ({len(parts)} passage{'s' if len(parts) != 1 else ''})."
    return FileResult(name, origin, status, message, document_id, len(parts))


def _digest(path: Path, name: str) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise Refused(f"{name} cannot be read ({error.strerror}); check its rights.") from error


def _find(which: str, documents: Sequence[Document]) -> Document:
    found = [document for document in documents if which in (document.id, document.name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(document.id for document in found)
        raise InputError(f"'{which}' names {len(found)} documents; say which by its id: {ids}.")
    raise InputError(f"There is no document '{which}'; `consult ingest --list` shows names and ids.")
