"""A memo as a file: the format goes by the suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from agent.memo.document import render_json
from agent.memo.markdown import render_markdown
from agent.memo.outline import Memo
from knowledge.errors import InputError, StoreError
from ui.render.docx import render_docx
from ui.render.html import render_html
from ui.render.pdf import render_pdf

FORMATS: Final[Mapping[str, Callable[[Memo], bytes]]] = MappingProxyType(
    {
        ".md": lambda memo: render_markdown(memo).encode(),
        ".html": lambda memo: render_html(memo).encode(),
        ".docx": render_docx,
        ".pdf": render_pdf,
        ".json": lambda memo: render_json(memo).encode(),
    }
)
SUFFIXES: Final = tuple(FORMATS)


def render(memo: Memo, suffix: str) -> bytes:
    """The memo in the format of a suffix such as `.pdf`; the same bytes for the same memo, anywhere.

    Raises InputError for a suffix that is not known, UnavailableError where an optional part is missing.
    """
    if suffix.lower() not in FORMATS:
        raise InputError(f"A memo cannot be written as '{suffix}'; the suffix is one of {', '.join(SUFFIXES)}.")
    return FORMATS[suffix.lower()](memo)


def write(memo: Memo, path: Path) -> None:
    """Writes the memo to a file in the format of its suffix, whole or not at all.

    Raises InputError, UnavailableError, and StoreError where the file cannot be written.
    """
    content = render(memo, path.suffix)
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"The memo could not be written to {path}: {error.strerror}. Choose another place.") from error
