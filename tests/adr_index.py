"""The index of the decision records, written from their titles."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"
_TITLE = re.compile(r"# 0*(?P<number>\d+)\.? (?P<title>.+)")


def adr_index() -> str:
    """The page docs/adr/README.md: one line for each record, in the order of their numbers."""
    records = sorted(map(_heading, FOLDER.glob("[0-9]*.md")))
    lines = [f"- {number:04} [{title}]({path.name})" for number, title, path in records]
    return (
        "# Decisions\n\n"
        "Each record says what was decided, why, what was rejected and what follows. Numbers are never reused.\n"
        "This page is written by `scripts/update_docs`.\n\n" + "\n".join(lines) + "\n"
    )


def _heading(path: Path) -> tuple[int, str, Path]:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    found = _TITLE.fullmatch(first)
    if not found:
        raise ValueError(f"{path.name} begins with {first!r}, not with '# NUMBER Title'.")
    return int(found["number"]), found["title"], path
