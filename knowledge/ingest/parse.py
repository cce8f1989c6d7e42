"""From a file to headings and paragraphs. Runs only inside the limited worker process."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.ingest.limits import MB, DocumentKind, Limits, Refused
from knowledge.ingest.outline import Block, markdown_blocks, text_blocks


@dataclass
class Parsed:
    """A document's outline: its title, its headings and paragraphs in order, its number of pages."""

    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    pages: int | None = None


def parse(path: Path, kind: DocumentKind, name: str, limits: Limits) -> Parsed:
    """The outline of the file, called `name` in messages; raises Refused with the reason and the remedy."""
    parsed = {"markdown": _markdown, "text": _text, "html": _html, "pdf": _pdf, "docx": _docx}[kind](path, name, limits)
    letters = sum(len(block.text) for block in parsed.blocks)
    if letters > limits.expanded_mb * MB:
        raise Refused(_expands(name, limits))
    if not any(block.level == 0 and block.text.strip() for block in parsed.blocks):
        raise Refused(_no_text(name, parsed.pages))
    parsed.title = parsed.title or next((block.text for block in parsed.blocks if block.level == 1), "")
    return parsed


def _markdown(path: Path, name: str, limits: Limits) -> Parsed:
    return Parsed(blocks=markdown_blocks(_read(path)))


def _text(path: Path, name: str, limits: Limits) -> Parsed:
    return Parsed(blocks=text_blocks(_read(path)))


def _read(path: Path) -> str:
    """The text: UTF-8, UTF-16 where it says so, else Windows-1252, in which every file has some reading."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


_SILENT = ("script", "style", "template", "noscript", "head", "svg")
_PARAGRAPHS = frozenset("p li td th tr pre blockquote dd dt figcaption div section article main body".split())


def _html(path: Path, name: str, limits: Limits) -> Parsed:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_read(path), "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for tag in soup(_SILENT):
        tag.decompose()
    return Parsed(title=title, blocks=list(_html_blocks(soup)))


def _html_blocks(soup: Any) -> Iterator[Block]:
    """Runs of text, each closed where a block element begins or ends."""
    from bs4 import Tag
    from bs4.element import Comment, NavigableString

    run: list[str] = []
    owner: Any = None
    for node in soup.descendants:
        if not isinstance(node, NavigableString) or isinstance(node, Comment) or not node.strip():
            continue
        parent = next(
            (up for up in node.parents if isinstance(up, Tag) and (up.name in _PARAGRAPHS or _level(up.name))), None
        )
        if parent is not owner and run:
            yield _html_block(owner, run)
            run = []
        owner = parent
        run.append(str(node))
    if run:
        yield _html_block(owner, run)


def _html_block(owner: Any, run: Iterable[str]) -> Block:
    return Block(" ".join(" ".join(run).split()), _level(owner.name) if owner is not None else 0)


def _level(name: str) -> int:
    return int(name[1]) if re.fullmatch("h[1-6]", name) else 0


def _pdf(path: Path, name: str, limits: Limits) -> Parsed:
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(f"{name} is protected by a password; save a copy without one and add that.")
        pages = len(reader.pages)
        if pages > limits.pages:
            raise Refused(f"{name} has {pages:,} pages and the limit is {limits.pages}; split it into parts.")
        title = str(reader.metadata.title or "") if reader.metadata else ""
        return Parsed(title, list(_pdf_blocks(reader, name, limits)), pages)
    except LimitReachedError as error:
        raise Refused(_expands(name, limits)) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Refused(
            f"{name} is damaged and cannot be read as PDF; open it in a PDF viewer and save it again."
        ) from error


def _pdf_blocks(reader: Any, name: str, limits: Limits) -> Iterator[Block]:
    letters = 0
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        letters += len(text)
        if letters > limits.expanded_mb * MB:
            raise Refused(_expands(name, limits))
        yield from text_blocks(text, page=number, wrapped=True)


def _docx(path: Path, name: str, limits: Limits) -> Parsed:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    damaged = (OpcError, LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, NotImplementedError)
    try:
        _check_archive(path, name, limits)
        document = docx.Document(str(path))
        blocks = [_docx_block(item) for item in document.iter_inner_content()]
    except damaged as error:
        raise Refused(f"{name} is damaged and cannot be read as a Word document; open it and save it again.") from error
    return Parsed(document.core_properties.title or "", [block for block in blocks if block.text.strip()])


def _check_archive(path: Path, name: str, limits: Limits) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > limits.expanded_mb * MB:
            raise Refused(_expands(name, limits))
        for member in members:
            if member.filename.endswith((".xml", ".rels")) and b"<!ENTITY" in archive.read(member):
                raise Refused(f"{name} defines XML entities, which is refused; save it again with Word or LibreOffice.")


def _docx_block(item: Any) -> Block:
    if hasattr(item, "rows"):
        rows = (" | ".join(cell.text.strip() for cell in row.cells) for row in item.rows)
        return Block("\n".join(rows))
    style = (item.style.name if item.style is not None else "") or ""
    found = re.fullmatch(r"Heading (\d)", style)
    return Block(item.text.strip(), int(found.group(1)) if found else 1 if style == "Title" else 0)


def _expands(name: str, limits: Limits) -> str:
    return f"{name} expands past {limits.expanded_mb} MB when it is unpacked, which is the limit; save only its text."


def _no_text(name: str, pages: int | None) -> str:
    if pages is None:
        return f"{name} contains no text; add a file that does."
    return (
        f"{name} has {pages} page{'s' if pages > 1 else ''} but no text, so it seems to be a scan; "
        "run text recognition (OCR) on it and add the result."
    )
