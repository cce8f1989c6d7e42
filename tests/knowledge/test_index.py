"""Generations on a real Chroma folder: what was written is what is read, or it is not read at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import Vectors
from knowledge.index.generations import (
    Batch,
    Busy,
    Generations,
    IndexDamaged,
    IndexMissing,
    IndexStale,
    OtherEmbedder,
)
from knowledge.index.passage import Passage

PASSAGES = [
    Passage(
        "doc-a:00000",
        "a.md",
        "Top › Part",
        "First\u2028text with a strange end",
        "document",
        "A",
        3,
        "/a.md",
        "d",
    ),
    Passage("s:b", "s", "Section", "Second text", "claim", options=("rag", "hybrid")),
]


def vectors(seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(len(PASSAGES), 8)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generations = Generations(tmp_path_factory.mktemp("template") / "index", "the test")
    with generations.writer():
        generations.build([(PASSAGES, vectors())], "table", "content-1")
    return generations.folder


@pytest.fixture
def built(template: Path, tmp_path: Path) -> Generations:
    """An index of its own for each test, copied because building one takes two seconds."""
    shutil.copytree(template, tmp_path / "index")
    return Generations(tmp_path / "index", "the test")


def current(generations: Generations) -> Path:
    return generations.folder / (generations.folder / "CURRENT").read_text()


def test_everything_written_comes_back_unchanged(built: Generations) -> None:
    loaded = built.load("table", "content-1")
    assert list(loaded.passages) == PASSAGES
    assert np.array_equal(loaded.vectors, vectors())


def test_chroma_holds_the_same_rows_and_serves_them_when_the_image_is_gone(built: Generations) -> None:
    (current(built) / "vectors.f32").unlink()
    loaded = built.load("table", "content-1")
    assert list(loaded.passages) == PASSAGES
    assert np.array_equal(loaded.vectors, vectors())


def test_other_embedding_model_is_refused_by_name(built: Generations) -> None:
    with pytest.raises(OtherEmbedder, match="built with the embedding model table and cannot be searched with other"):
        built.load("other")


def test_changed_content_makes_the_index_stale(built: Generations) -> None:
    with pytest.raises(IndexStale):
        built.load("table", "content-2")


def test_missing_index_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Generations(tmp_path / "none", "the test").load("table")


@pytest.mark.parametrize("victim", ["vectors.f32", "passages.jsonl"])
def test_flipped_byte_in_the_image_is_healed_from_chroma(built: Generations, victim: str) -> None:
    file = current(built) / victim
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert list(built.load("table").passages) == PASSAGES


def test_damage_to_image_and_store_is_noticed(built: Generations) -> None:
    (current(built) / "passages.jsonl").unlink()
    database = current(built) / "chroma" / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:20_000])
    with pytest.raises(IndexDamaged):
        built.load("table")


@pytest.mark.parametrize("pointer", ["", "../../etc", "0123456789abcdef"])
def test_pointer_to_nothing_or_to_elsewhere_is_damage(built: Generations, pointer: str) -> None:
    (built.folder / "CURRENT").write_text(pointer)
    with pytest.raises(IndexDamaged):
        built.load("table")


def test_failed_build_leaves_the_current_generation_and_no_remains(built: Generations) -> None:
    with pytest.raises(ValueError, match="half"), built.writer():
        built.build(_fails_midway(), "table", "content-2")
    assert list(built.load("table", "content-1").passages) == PASSAGES
    assert [entry for entry in built.folder.iterdir() if entry.name.startswith("building-")] == []


def _fails_midway() -> Iterator[Batch]:
    yield PASSAGES[:1], vectors()[:1]
    raise ValueError("half done")


def test_new_generation_removes_the_old_one_with_its_texts(built: Generations) -> None:
    old = current(built)
    with built.writer():
        built.build([(PASSAGES[1:], vectors()[1:])], "table", "content-2")
    assert not old.exists()
    assert [f for f in built.folder.rglob("*") if f.is_file() and b"strange end" in f.read_bytes()] == []


def test_second_writer_is_told_to_try_again(built: Generations) -> None:
    with built.writer(), pytest.raises(Busy, match="Another process"), Generations(built.folder, "x").writer(wait_s=0):
        pass


def test_empty_index_can_be_built_and_read(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "index", "the test")
    generations.build([], "table", "nothing")
    assert generations.load("table", "nothing").passages == ()
