"""A damaged workbook is read or refused in one sentence, whatever the damage."""

import random
import zipfile
from pathlib import Path

import pytest

from knowledge.errors import InputError
from tests.tools.workbooks import workbook
from tools.records import open_table

NAMES = {"query": ["query"], "expected": ["expected"]}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    rows = [["query", "expected"], *([f"q{n}", "e"] for n in range(20))]
    path = workbook(tmp_path_factory.mktemp("workbook") / "a.xlsx", rows)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def damaged(content: bytes, source: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(source.randint(1, 4)):
        at = source.randrange(len(changed))
        if source.random() < 0.5:
            changed[at] = source.randrange(256)
        else:
            changed[at : at + 1] = source.choices(b'<>/"&=t019', k=source.randint(1, 9))
    return bytes(changed)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # openpyxl's remarks about the damage
@pytest.mark.parametrize("part", range(8))
def test_damage_in_any_part_is_survived(tmp_path: Path, parts: dict[str, bytes], part: int) -> None:
    source = random.Random(part)  # noqa: S311
    name = sorted(parts)[part % len(parts)]
    path = tmp_path / "a.xlsx"
    for _ in range(25):
        with zipfile.ZipFile(path, "w") as archive:
            for each, content in parts.items():
                archive.writestr(each, damaged(content, source) if each == name else content)
        try:
            list(open_table(path, NAMES, ("query", "expected")).rows())
        except InputError as refused:
            assert "a.xlsx" in str(refused)
