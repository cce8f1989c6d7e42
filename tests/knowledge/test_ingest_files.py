"""Each kind of file, good and bad: what is read from it, or the sentence that says why not."""

import zipfile
from pathlib import Path

import pytest

from knowledge.embedding import EmbeddedEmbedder
from knowledge.index.passage import Passage
from knowledge.ingest.run import ingest
from knowledge.ingest.store import DocumentStore
from tests.knowledge.document_files import POLICY, blank_pdf, pdf, word, zip_bomb

HTML = "<title>Rota</title><h1>Night rota</h1><p>Ask <b>Ines</b> for a swap.</p><script>alert(1)</script><!-- x -->"
TEXT = "Parking\n\nVisitors park in row C and leave their number at the gate.\n\n\nLunch\n\nThe canteen opens at noon."


@pytest.fixture(scope="module")
def embedder() -> EmbeddedEmbedder:
    return EmbeddedEmbedder()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedEmbedder) -> dict[str, list[Passage]]:
    """The passages that were read from one good file of each kind, by the file's name."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "travel.md").write_text(POLICY)
    (folder / "rota.html").write_text(HTML)
    (folder / "site.txt").write_text(TEXT)
    (folder / "cafe.txt").write_bytes("Café opens at eight.".encode("cp1252"))
    long_sentences = "Sentence of five words here. " * 100
    (folder / "long.txt").write_text("word " * 1_000 + "\n" + long_sentences + "x" * 9_000)
    (folder / "a\x1b[31m\u202eb.md").write_text("Names are only shown.")
    pdf(
        folder / "plant.pdf",
        ["The turbine hall is inspected weekly by the duty engineer. " * 8, "Valve nine is closed."],
    )
    word(folder / "handbook.docx")
    ingest(sorted(folder.iterdir()), folder / "home", embedder)
    found: dict[str, list[Passage]] = {}
    with DocumentStore(folder / "home") as store:
        for passage in store.loaded().passages:
            found.setdefault(passage.source, []).append(passage)
    return found


def refusal(path: Path, embedder: EmbeddedEmbedder) -> str:
    (result,) = ingest([path], path.parent / "home", embedder)
    assert result.status == "refused"
    return result.message


def test_markdown_keeps_the_headings_above_each_passage(read: dict[str, list[Passage]]) -> None:
    assert [passage.section for passage in read["travel.md"]] == ["Travel policy", "Travel policy › Expenses"]
    assert read["travel.md"][0].title == "Travel policy"


def test_html_gives_its_text_without_scripts_and_comments(read: dict[str, list[Passage]]) -> None:
    (passage,) = read["rota.html"]
    assert (passage.title, passage.section, passage.text) == ("Rota", "Night rota", "Ask Ines for a swap.")


def test_pdf_remembers_the_page_of_each_passage(read: dict[str, list[Passage]]) -> None:
    assert [passage.page for passage in read["plant.pdf"]] == [1, 2]


def test_word_document_gives_headings_paragraphs_and_tables(read: dict[str, list[Passage]]) -> None:
    (passage,) = read["handbook.docx"]
    assert passage.section == "Warehouse handbook › Cold storage"
    assert "hall Kestrel" in passage.text and "Dock | Opens at 05:45" in passage.text


def test_plain_text_takes_a_short_line_above_prose_as_a_heading(read: dict[str, list[Passage]]) -> None:
    assert [passage.section for passage in read["site.txt"]] == ["Parking", "Lunch"]


def test_file_in_windows_encoding_is_read(read: dict[str, list[Passage]]) -> None:
    assert read["cafe.txt"][0].text == "Café opens at eight."


def test_name_is_only_shown_and_cleaned_of_control_characters(read: dict[str, list[Passage]]) -> None:
    (passage,) = read["a�[31m�b.md"]
    assert "\x1b" not in passage.path


def test_no_passage_is_longer_than_150_words(read: dict[str, list[Passage]]) -> None:
    assert max(len(passage.text.split()) for passage in read["long.txt"]) <= 150
    assert max(len(passage.text) for passage in read["long.txt"]) <= 2_000


def test_missing_file_is_named_with_its_path(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    message = refusal(tmp_path / "nowhere.pdf", embedder)
    assert "nowhere.pdf does not exist" in message and str(tmp_path) in message


def test_folder_without_readable_files_is_told(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "cat.png").touch()
    assert "The folder pictures holds no Markdown" in refusal(tmp_path / "pictures", embedder)


def test_empty_file_is_refused(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    (tmp_path / "empty.md").touch()
    assert refusal(tmp_path / "empty.md", embedder) == "empty.md is empty (0 bytes); save it again with its content."


def test_file_of_200_mb_is_refused_with_size_limit_and_remedy(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    with (tmp_path / "archive.pdf").open("wb") as file:
        file.write(b"%PDF-1.4")
        file.truncate(200_000_000)
    assert refusal(tmp_path / "archive.pdf", embedder).startswith(
        "archive.pdf is 200 MB large and the limit is 20 MB; split it"
    )


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [("a.pdf", b"plain words", "text"), ("a.txt", b"%PDF-1.7 ...", "PDF"), ("a.docx", b"\x89PNG....", "an image")],
)
def test_wrong_ending_is_told_with_what_the_file_really_is(
    tmp_path: Path, embedder: EmbeddedEmbedder, name: str, content: bytes, found: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert f"but contains {found};" in refusal(tmp_path / name, embedder)


def test_unknown_kind_is_told_which_kinds_can_be_read(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    (tmp_path / "plan.xlsx").write_bytes(b"PK\x03\x04")
    assert "'.xlsx'" in refusal(tmp_path / "plan.xlsx", embedder) and "DOCX" in refusal(
        tmp_path / "plan.xlsx", embedder
    )


def test_encrypted_pdf_asks_for_a_copy_without_password(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    assert "protected by a password" in refusal(blank_pdf(tmp_path / "secret.pdf", 1, "hunter2"), embedder)


def test_scan_without_text_asks_for_text_recognition(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    assert "scan.pdf has 3 pages but no text" in refusal(blank_pdf(tmp_path / "scan.pdf", 3), embedder)


def test_pdf_with_too_many_pages_is_refused_with_both_numbers(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    assert "has 501 pages and the limit is 500" in refusal(blank_pdf(tmp_path / "huge.pdf", 501), embedder)


def test_damaged_pdf_is_refused(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4\n1 0 obj << /Type /Catalog")
    assert "torn.pdf is damaged" in refusal(tmp_path / "torn.pdf", embedder)


def test_pdf_bomb_is_stopped_at_a_limit(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    bomb = pdf(tmp_path / "bomb.pdf", [""], stream=b" " * 80_000_000)
    assert bomb.stat().st_size < 1_000_000
    message = refusal(bomb, embedder)
    assert message.startswith("bomb.pdf ") and "limit" in message


def test_zip_bomb_in_a_word_document_is_stopped_before_it_is_unpacked(
    tmp_path: Path, embedder: EmbeddedEmbedder
) -> None:
    assert "expands past 75 MB" in refusal(zip_bomb(tmp_path / "bomb.docx", 76), embedder)


def test_word_document_with_xml_entities_is_refused(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    with zipfile.ZipFile(tmp_path / "xxe.docx", "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>')
    assert "XML entities" in refusal(tmp_path / "xxe.docx", embedder)


def test_bad_files_do_not_keep_good_ones_out(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    (tmp_path / "good.md").write_text(POLICY)
    bad = zip_bomb(tmp_path / "bomb.docx", 76)
    results = ingest([tmp_path / "missing.md", bad, tmp_path / "good.md"], tmp_path / "home", embedder)
    assert [result.status for result in results] == ["refused", "refused", "added"]
