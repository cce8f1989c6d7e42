"""What a file is, from its first bytes and not only from its name; and names that are safe to show."""

import unicodedata
from pathlib import Path

from knowledge.ingest.limits import MB, DocumentKind, IngestParameters, Refused

HEAD = 4096
LABELS: dict[str, str] = {
    "markdown": "Markdown",
    "text": "text",
    "html": "HTML",
    "pdf": "PDF",
    "docx": "a Word document (DOCX)",
    "zip": "a ZIP archive",
    "office": "an old Office document",
    "image": "an image",
    "binary": "binary data",
}
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
)
_TEXTUAL = {"markdown", "text", "html"}


def shown_name(path: Path) -> str:
    """The file's name without control, direction and other invisible characters, at most 120 long."""
    shown = "".join("�" if unicodedata.category(letter)[0] == "C" else letter for letter in path.name)
    return shown if len(shown) <= 120 else f"{shown[:119]}…"


def checked_kind(path: Path, settings: IngestParameters) -> DocumentKind:
    """What the file is; raises Refused where it is missing, empty, too large or not what its name says."""
    name = shown_name(path)
    try:
        if path.is_dir():
            raise Refused(f"The folder {name} holds no Markdown, text, HTML, PDF or DOCX file; check the path.")
        if not path.is_file():
            raise Refused(f"{name} does not exist or is no file; check the path {shown_path(path)}.")
        size = path.stat().st_size
        claimed = settings.endings.get(path.suffix.lower())
        if claimed is None:
            raise Refused(
                f"{name} is of a kind that cannot be read ('{path.suffix}'); "
                "save it as Markdown, text, HTML, PDF or DOCX."
            )
        if size == 0:
            raise Refused(f"{name} is empty (0 bytes); save it again with its content.")
        if size > settings.limits.file_mb * MB:
            raise Refused(
                f"{name} is {size / MB:,.0f} MB large and the limit is {settings.limits.file_mb} MB; "
                "split it, or save only its text."
            )
        found = _found_kind(path)
    except OSError as error:
        raise Refused(f"{name} cannot be opened ({error.strerror}); check its rights.") from error
    if found == claimed or (found == "text" and claimed in _TEXTUAL):
        return claimed
    raise Refused(
        f"{name} is named as {LABELS[claimed]} but contains {LABELS[found]}; "
        "give it the ending it should have, or save it again."
    )


def shown_path(path: Path) -> str:
    """The path as text without control characters."""
    return "".join("�" if unicodedata.category(letter)[0] == "C" else letter for letter in str(path))


def _found_kind(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind == "zip":
        return "docx" if _is_docx(path) else "zip"
    if kind is None and b"%PDF-" in head[:1024]:
        return "pdf"
    if kind is None:
        return "text" if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head else "binary"
    return kind


def _is_docx(path: Path) -> bool:
    """Whether a Word document's part is named in the archive, which only the limited reader may open."""
    return b"word/document.xml" in path.read_bytes()
