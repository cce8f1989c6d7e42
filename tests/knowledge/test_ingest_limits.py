"""A file that burns, hangs, bursts or loses its reader is told in a sentence, and the next file is read."""

import os
import signal
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from knowledge.ingest.limits import Limits, Refused, parameters
from knowledge.ingest.sandbox import Sandbox

GENEROUS = parameters().limits


def limits(**tighter: int) -> Limits:
    return GENEROUS.model_copy(update=tighter)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of many small elements, which takes seconds and hundreds of megabytes to read."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.html"
    path.write_text("<p>canary <b>of</b> <i>paper</i></p>" * 300_000)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good.md").write_text("# Rules\n\nKeep left.\n")
    return tmp_path / "good.md"


@pytest.mark.parametrize(
    ("tighter", "told"),
    [
        ({"cpu_s": 1}, "more than 1 s of processor time"),
        ({"wall_s": 1}, "longer than 1 s"),
        ({"memory_mb": 260, "cpu_s": 60}, "more than 260 MB of memory"),
    ],
)
def test_a_file_that_takes_too_much_is_stopped_and_the_next_one_is_read(
    heavy: Path, good: Path, tighter: dict[str, int], told: str
) -> None:
    with Sandbox(limits(**tighter)) as sandbox:
        with pytest.raises(Refused, match=told):
            sandbox.parse(heavy, "html", "heavy.html")
        assert [block.text for block in sandbox.parse(good, "markdown", "good.md").blocks][-1] == "Keep left."


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits(cpu_s=60, wall_s=60, memory_mb=2_000)) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("victim", "told"), [("child", "want of memory"), ("parent", "was not added: the reader stopped")]
)
def test_a_reader_that_is_killed_is_told_and_the_next_file_is_read(
    sandbox: Sandbox, heavy: Path, good: Path, victim: str, told: str
) -> None:
    sandbox.parse(good, "markdown", "good.md")
    process = sandbox._process
    assert process is not None

    def kill() -> None:
        while not (found := children(process.pid)):
            time.sleep(0.002)
        os.kill(found[0] if victim == "child" else process.pid, signal.SIGKILL)
        if victim == "parent":
            os.kill(found[0], signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    with pytest.raises(Refused, match=told):
        sandbox.parse(heavy, "html", "heavy.html")
    killer.join()
    assert sandbox.parse(good, "markdown", "good.md").blocks


def test_what_was_read_never_has_a_name_on_the_disk(sandbox: Sandbox, good: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("consult-ingest-*"))
    assert sandbox.parse(good, "markdown", "good.md").blocks
    assert set(Path(tempfile.gettempdir()).glob("consult-ingest-*")) <= before


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "many.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<d/>")
        for number in range(20_000):
            archive.writestr(f"{number}", "")
    with Sandbox(limits(memory_mb=250)) as sandbox:
        with pytest.raises(Refused, match=r"many\.docx"):
            sandbox.parse(path, "docx", "many.docx")
        assert sandbox.parse(good, "markdown", "good.md").blocks


@pytest.mark.parametrize("depth", [5_000])
def test_elements_within_elements_without_end_are_refused_or_read(tmp_path: Path, good: Path, depth: int) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<div>" * depth + "bottom" + "</div>" * depth)
    with Sandbox(GENEROUS) as sandbox:
        try:
            assert "bottom" in sandbox.parse(path, "html", "deep.html").blocks[-1].text
        except Refused as refusal:
            assert str(refusal).startswith("deep.html")
        assert sandbox.parse(good, "markdown", "good.md").blocks


def test_an_archive_within_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 90_000_000)
    outer = tmp_path / "outer.docx"
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "word/embeddings/inner.zip")
        archive.writestr("word/document.xml", "<d/>")
    with Sandbox(GENEROUS) as sandbox, pytest.raises(Refused, match="damaged"):
        sandbox.parse(outer, "docx", "outer.docx")
