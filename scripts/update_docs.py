"""Writes the reference pages under docs/reference from the product's data and the marks of its tests."""

from pathlib import Path

from tests.relations import relations_page
from ui.render.reference import PAGES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

FOLDER.mkdir(parents=True, exist_ok=True)
for name, page in {**PAGES, "relations.md": relations_page}.items():
    (FOLDER / name).write_text(page(), encoding="utf-8")
    print(f"docs/reference/{name}")
