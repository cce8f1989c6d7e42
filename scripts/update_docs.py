"""Writes the pages that are made from data: docs/reference and the index of decisions."""

from pathlib import Path

from tests.adr_index import FOLDER as DECISIONS
from tests.adr_index import adr_index
from tests.relations import relations_page
from ui.render.reference import PAGES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

FOLDER.mkdir(parents=True, exist_ok=True)
for name, page in {**PAGES, "relations.md": relations_page}.items():
    (FOLDER / name).write_text(page(), encoding="utf-8")
    print(f"docs/reference/{name}")

(DECISIONS / "README.md").write_text(adr_index(), encoding="utf-8")
print("docs/adr/README.md")
