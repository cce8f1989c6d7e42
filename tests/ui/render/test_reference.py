"""The reference pages in docs/ say what the data says."""

import re
from pathlib import Path

import pytest

from agent.settings import PREFIX, Settings
from tests.relations import PAGE as RELATIONS
from ui.render.reference import PAGES

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_fresh_as_the_data_it_is_written_from(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run scripts/update_docs"


def test_every_command_of_the_help_has_its_own_help_on_the_page_of_commands() -> None:
    page = (FOLDER / "commands.md").read_text(encoding="utf-8")
    listed = re.findall(r"^  ([a-z]+) {2,}[A-Z]", page.split("```")[1].split("Commands:")[1], re.MULTILINE)
    assert len(listed) > 20
    assert [name for name in listed if f"\n## consult {name}\n" not in page] == []


def test_every_reference_page_is_written_from_data_or_from_the_tests() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*PAGES, RELATIONS.name}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    assert Settings.model_fields[name].description
    shown = name.upper() if name.startswith("openai") else PREFIX + name.upper()
    assert f"`{shown}`" in (FOLDER / "settings.md").read_text(encoding="utf-8")


def test_the_page_on_models_names_every_setting_of_a_model() -> None:
    page = (FOLDER.parent / "models.md").read_text(encoding="utf-8")
    of_a_model = [name for name in Settings.model_fields if name.startswith(("model_", "language_", "embedding_"))]
    assert [name for name in of_a_model if PREFIX + name.upper() not in page] == []
