"""Chroma as a store that is built once and then only read.

An embedded Chroma store is destroyed by two writers or by a kill while it is written (both measured). So a
store is built in a folder of its own, closed, checked and named in `CURRENT`; nobody ever writes to it again.
Under `folder/`: `CURRENT` (the name of a generation), `<generation>/` (Chroma's files, a memory image of the same
rows and `manifest.json`), `writer.lock`. A search reads the image, which takes a tenth of the time that importing
Chroma does, and falls back on Chroma where the image is gone; both must match the manifest's checksum.
"""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.embedding import Vectors
from knowledge.errors import KnowledgeError, StoreError
from knowledge.index import chroma_store, image
from knowledge.index.image import Loaded
from knowledge.index.passage import Passage

Notify = Callable[[str], None]
Batch = tuple[list[Passage], Vectors]

FORMAT = "3"


class IndexMissing(KnowledgeError):
    """There is no index yet."""


class IndexStale(KnowledgeError):
    """The index was built from other passages."""


class IndexDamaged(KnowledgeError):
    """The index does not hold what was written into it."""


class OtherEmbedder(KnowledgeError):
    """The index was built with another embedding model."""


class Busy(StoreError):
    """Another process is writing."""


@dataclass(frozen=True)
class Manifest:
    """What a generation must contain."""

    embedder: str
    fingerprint: str
    count: int
    dimensions: int
    checksum: str
    format: str = FORMAT


class Generations:
    """The generations of one index in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name  # as in "the index of your documents"

    @contextlib.contextmanager
    def writer(self, wait_s: float = 600, on_wait: Notify | None = None) -> Iterator[None]:
        """Holds the only right to write; waits for another process up to `wait_s` seconds, then raises Busy."""
        with writer_lock(self.folder / "writer.lock", self.name, wait_s, on_wait):
            yield

    def manifest(self) -> Manifest:
        """What the current generation should contain; raises IndexMissing or IndexDamaged."""
        return self._manifest(self._current())

    def name_of_current(self) -> str | None:
        """Tells generations apart, so that a reader notices that there is another one; None where there is none."""
        try:
            return self._current().name
        except KnowledgeError:
            return None

    def load(self, embedder_id: str, fingerprint: str | None = None) -> Loaded:
        """The current generation, every passage and vector checked against what was written.

        Raises IndexMissing, IndexDamaged, OtherEmbedder, or IndexStale where it was built from other passages
        than `fingerprint` stands for (None: any will do).
        """
        for last_try in (False, True):
            generation = self._current()
            try:
                return self._load(generation, embedder_id, fingerprint)
            except IndexDamaged:
                if last_try or self._current() == generation:  # else it was replaced while being read
                    raise
        raise AssertionError("unreachable")

    def is_current(self, embedder_id: str, fingerprint: str) -> bool:
        """Whether `load` with these would succeed."""
        try:
            self.load(embedder_id, fingerprint)
        except KnowledgeError:
            return False
        return True

    def build(self, batches: Iterable[Batch], embedder_id: str, fingerprint: str) -> Manifest:
        """Writes a new generation, checks it and makes it current; the caller is the `writer`.

        `batches` come in the order of the passages' ids. Nothing that readers see changes before the end.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"building-{uuid.uuid4().hex}"
        try:
            manifest = _write(unfinished, batches, embedder_id, fingerprint)
            generation = hashlib.sha256(f"{manifest}{uuid.uuid4()}".encode()).hexdigest()[:16]
            os.replace(unfinished, self.folder / generation)
            self._point_to(generation)
        except OSError as error:
            raise StoreError(
                f"The index of {self.name} could not be written to {self.folder} ({error.strerror}); "
                "nothing was changed: free some space or check the folder's rights, then run it again."
            ) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        self._remove_others(generation)
        return manifest

    def _current(self) -> Path:
        try:
            name = (self.folder / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise IndexMissing(f"There is no index of {self.name} yet.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"The index of {self.name} cannot be opened ({error}).") from error
        if not name.isalnum() or not (self.folder / name).is_dir():
            raise IndexDamaged(f"The index of {self.name} names a part that is not there.")
        return self.folder / name

    def _manifest(self, generation: Path) -> Manifest:
        try:
            return Manifest(**json.loads((generation / "manifest.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamaged(f"The index of {self.name} has no readable manifest ({error}).") from error

    def _load(self, generation: Path, embedder_id: str, fingerprint: str | None) -> Loaded:
        manifest = self._manifest(generation)
        if manifest.format != FORMAT:
            raise IndexStale(f"The index of {self.name} was built by another version.")
        if manifest.embedder != embedder_id:
            raise OtherEmbedder(
                f"The index of {self.name} was built with the embedding model {manifest.embedder} and cannot be "
                f"searched with {embedder_id}; set CONSULT_EMBEDDING_MODEL back, or rebuild it with "
                "`consult ingest --reindex`."
            )
        if fingerprint is not None and manifest.fingerprint != fingerprint:
            raise IndexStale(f"The index of {self.name} was built from other content.")
        try:
            return image.read(generation, manifest.count, manifest.dimensions, manifest.checksum)
        except (OSError, ValueError):
            return self._load_from_chroma(generation, manifest)

    def _load_from_chroma(self, generation: Path, manifest: Manifest) -> Loaded:
        try:
            loaded = chroma_store.read(generation)
        except Exception as error:  # Chroma raises whatever its parts raise; all of it means the same here
            raise IndexDamaged(f"The index of {self.name} cannot be read ({type(error).__name__}).") from error
        if image.checksum(loaded) != manifest.checksum:
            raise IndexDamaged(f"The index of {self.name} does not hold what was written into it.")
        return loaded

    def _point_to(self, generation: str) -> None:
        draft = self.folder / f"CURRENT-{uuid.uuid4().hex}"
        with draft.open("w", encoding="ascii") as file:
            file.write(generation)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.folder / "CURRENT")

    def _remove_others(self, generation: str) -> None:
        """Old generations still hold texts that may have been erased; readers have theirs in memory."""
        for entry in self.folder.iterdir():
            if entry.is_dir() and entry.name != generation:
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name.startswith("CURRENT-"):
                entry.unlink(missing_ok=True)


@contextlib.contextmanager
def writer_lock(path: Path, name: str, wait_s: float, on_wait: Notify | None = None) -> Iterator[None]:
    """Holds the lock file at `path`; says so once if it must wait, and raises Busy after `wait_s` seconds.

    The system frees the lock when its holder dies, however it dies.
    """
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {path.parent} cannot be written ({error.strerror}); set CONSULT_HOME.") from error
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait and wait_s > 0:
            on_wait(f"Another process is working on {name}; waiting until it is done.")
        try:
            lock.acquire(timeout=wait_s)
        except Timeout as error:
            raise Busy(f"Another process is working on {name}; try again when it is done.") from error
    try:
        yield
    finally:
        lock.release()


def _write(folder: Path, batches: Iterable[Batch], embedder_id: str, fingerprint: str) -> Manifest:
    folder.mkdir()
    with image.Writer(folder) as copy:
        for passages, vectors in batches:
            copy.add(passages, vectors)
    chroma_store.write(folder, copy.dimensions, embedder_id)
    manifest = Manifest(embedder_id, fingerprint, copy.count, copy.dimensions, copy.checksum)
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    return manifest
