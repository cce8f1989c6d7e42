"""The memo as files: real structure, nothing that acts, the same bytes anywhere."""

import io
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import docx
import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from agent.memo.compose import write_memo
from agent.memo.outline import Chart, Memo
from agent.memo.verify import verify_memo
from knowledge.errors import InputError, StoreError, UnavailableError
from tests.agent.memo.made_advice import made
from ui.render import SUFFIXES, render, write
from ui.render.chart import chart_svg
from ui.render.layout import breakable

HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)><iframe src='https://evil.example/'></iframe>",
    "markdown": "[click](https://evil.example) ![pixel](https://evil.example/p.png) `code` **bold** | cell | ~~~",
    "typst": '#read("/etc/passwd") #import "@preview/x:1.0.0" $ sum $ #sys.version \\ <label> @ref ```raw```',
    "latex": r"\input{/etc/passwd} \write18{id} $$\int$$ %comment \end{document}",
    "formulas": "=cmd|' /C calc'!A0 +1+1 @SUM(A1) -2+3 \t=HYPERLINK(\"https://evil.example\")",
    "marks": "left \u202eright to left\u202c zero\u200bwidth \u2066isolate\u2069 \x1b[31mred \x00null",
    "long": "x" * 8_000,
    "fence": "```\n~~~\n---\n# Heading\n> quote\n- item\n1. one\n| a | b |\n|---|---|\n</pre></body>",
    "template": "{reason} {record/costs} %s {{x}} ${HOME} [^1] [1]: https://evil.example",
}


class Tags(HTMLParser):
    """Collects the tags of a page and everything that could load or act."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.acting: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            outside = name in ("href", "src") and not str(value).startswith("#")
            if name.startswith("on") or outside:
                self.acting.append((tag, name, value))


def memo_of(words: str) -> Memo:
    heard = {"gap": ("knowledge", words[:400], words[:80], 1, "user")}
    return write_memo(made({"use_case": words, "gap": "knowledge", "queries_per_day": 800}), heard, title=words[:200])


@pytest.fixture(scope="module")
def memo() -> Memo:
    return memo_of("Questions of field engineers about 4,000 pages of manuals.")


@pytest.fixture(scope="module", params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> Memo:
    return memo_of(HOSTILE[request.param])


def test_hostile_text_leaves_a_memo_that_passes(hostile: Memo) -> None:
    assert verify_memo(hostile).passed
    assert not hostile.replaced


def test_hostile_text_is_text_in_markdown(hostile: Memo) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(render(hostile, ".md").decode())
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in [*tokens, *inline]} & {"html_block", "html_inline", "image", "link_open"} == set()
    fences = [token for token in tokens if token.type == "fence"]
    assert [fence.info for fence in fences] == ["text", "json"]
    assert len([token for token in tokens if token.type == "heading_open"]) == 1 + len(hostile.sections)


def test_hostile_text_is_text_in_html(hostile: Memo) -> None:
    page = Tags()
    page.feed(render(hostile, ".html").decode())
    assert page.tags & {"script", "iframe", "img", "object", "embed", "form", "link", "base"} == set()
    assert page.acting == []


def test_hostile_text_is_text_in_pdf(hostile: Memo) -> None:
    pages = PdfReader(io.BytesIO(render(hostile, ".pdf"))).pages
    assert not any(
        "/A" in annotation.get_object() and "/URI" in annotation.get_object()["/A"]
        for page in pages
        for annotation in page.get("/Annots") or []
    )
    assert len(pages) < 30


def test_hostile_text_is_text_in_docx(hostile: Memo) -> None:
    with zipfile.ZipFile(io.BytesIO(render(hostile, ".docx"))) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
        written = archive.read("word/document.xml").decode()
    assert 'TargetMode="External"' not in links
    assert "HYPERLINK" not in re.sub(r"<w:t[ >].*?</w:t>", "", written)
    assert "fldSimple" not in written


def test_the_users_words_arrive_in_every_format() -> None:
    found = memo_of(HOSTILE["html"])
    assert "&lt;script&gt;alert(1)" in render(found, ".html").decode()
    assert r"\<script\>alert(1)" in render(found, ".md").decode()
    pdf = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(render(found, ".pdf"))).pages)
    assert "script>alert(1)" in pdf.replace("\u200b", "").replace("\n", "").replace(" ", "")
    paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(render(found, ".docx"))).paragraphs]
    assert any("<script>alert(1)" in paragraph for paragraph in paragraphs)


def test_the_page_allows_nothing_but_its_own_style(memo: Memo) -> None:
    page = render(memo, ".html").decode()
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "http://" not in re.sub(r'xmlns="[^"]*"', "", page.split("<style>")[0])
    assert "url(" not in page.split("</style>")[0]


def test_the_pdf_is_tagged_titled_and_has_bookmarks(memo: Memo) -> None:
    reader = PdfReader(io.BytesIO(render(memo, ".pdf")))
    assert cast(DictionaryObject, reader.root_object["/MarkInfo"])["/Marked"]
    assert reader.metadata is not None and reader.metadata.title == memo.title.text
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)][:1] == ["Decision outcome"]
    assert len(reader.outline) >= len(memo.sections)


def test_the_docx_has_headings_tables_footnotes_and_the_chart(memo: Memo) -> None:
    content = render(memo, ".docx")
    document = docx.Document(io.BytesIO(content))
    headings = [p.text for p in document.paragraphs if (p.style.name or "").startswith("Heading")]  # type: ignore[union-attr]
    assert headings == [section.heading.text for section in memo.sections]
    assert len(document.tables) >= 8
    assert len(document.inline_shapes) == 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        notes = ElementTree.fromstring(archive.read("word/footnotes.xml"))  # noqa: S314  (our own file)
    assert len(notes) > 10


def test_the_docx_cites_by_note_in_the_main_part_and_by_number_in_the_appendix(memo: Memo) -> None:
    with zipfile.ZipFile(io.BytesIO(render(memo, ".docx"))) as archive:
        main, _, appendix = archive.read("word/document.xml").decode().partition("Appendix:")
    number = re.compile(r"\[\d+(, \d+)*\]")
    assert "footnoteReference" in main and not number.search(main)
    assert "footnoteReference" not in appendix and number.search(appendix)


def test_the_chart_is_drawn_from_the_record_with_its_words(memo: Memo) -> None:
    chart = next(block for section in memo.sections for block in section.blocks if isinstance(block, Chart))
    svg = chart_svg(chart)
    ElementTree.fromstring(svg)  # noqa: S314  (our own text)
    for line in chart.lines:
        assert line.amount.text in svg
    assert "<desc>" in svg


def test_long_words_get_places_to_break() -> None:
    assert breakable("x" * 100).replace("\u200b", "") == "x" * 100
    assert max(len(piece) for piece in breakable("x" * 100).split("\u200b")) <= 40
    assert breakable("a short line") == "a short line"


def test_writing_replaces_the_file_whole(memo: Memo, tmp_path: Path) -> None:
    write(memo, tmp_path / "memo.md")
    assert (tmp_path / "memo.md").read_bytes() == render(memo, ".md")
    assert [path.name for path in tmp_path.iterdir()] == ["memo.md"]


def test_an_unknown_suffix_is_refused_with_those_there_are(memo: Memo) -> None:
    with pytest.raises(InputError, match=re.escape(", ".join(SUFFIXES))):
        render(memo, ".odt")


def test_a_place_that_cannot_be_written_is_named(memo: Memo, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be written"):
        write(memo, tmp_path / "missing" / "memo.md")


@pytest.mark.parametrize(("suffix", "module"), [(".pdf", "typst"), (".docx", "pypandoc")])
def test_a_missing_part_names_the_extra(memo: Memo, monkeypatch: pytest.MonkeyPatch, suffix: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UnavailableError, match=re.escape("llm-architecture-consultant[export]")):
        render(memo, suffix)


ELSEWHERE = """
import hashlib, sys
from tests.ui.render.test_render import memo_of
from ui.render import SUFFIXES, render
memo = memo_of("Café questions, 4,000 pages.")
print(*(hashlib.sha256(render(memo, suffix)).hexdigest() for suffix in SUFFIXES))
"""


def test_the_bytes_are_the_same_in_another_locale_time_zone_and_hash_seed() -> None:
    places = [
        {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "4242"},
    ]
    running = [
        subprocess.Popen([sys.executable, "-c", ELSEWHERE], env={**os.environ, **place}, stdout=subprocess.PIPE)
        for place in places
    ]
    printed = [process.communicate(timeout=120)[0] for process in running]
    assert len(printed[0].split()) == len(SUFFIXES)
    assert printed[0] == printed[1]
