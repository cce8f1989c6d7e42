"""The reference pages in docs/ say what the data says."""

from pathlib import Path

import pytest

from ui.render.reference import PAGES

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_fresh_as_the_data_it_is_written_from(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run scripts/update_docs"


def test_every_reference_page_is_written_from_data() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)
