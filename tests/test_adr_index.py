"""The index of the decision records."""

from tests.adr_index import FOLDER, adr_index


def test_the_index_of_decisions_is_up_to_date() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == adr_index(), "run scripts/update_docs"


def test_every_record_has_a_number_of_its_own_and_the_one_of_its_file() -> None:
    numbers = [line[2:6] for line in adr_index().splitlines() if line.startswith("- ")]
    files = [path.name[:4] for path in FOLDER.glob("[0-9]*.md")]
    assert len(set(numbers)) == len(numbers)
    assert sorted(numbers) == sorted(files)
