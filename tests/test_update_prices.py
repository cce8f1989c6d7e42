"""A snapshot of token rates is written from the release of the package that the script knows, and from no other."""

import csv
import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from knowledge.price_table import FOLDER

SCRIPT = Path(__file__).parent.parent / "scripts" / "update_prices.py"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, which writes into a folder of its own."""
    spec = importlib.util.spec_from_file_location("update_prices", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shutil.copy(FOLDER / "context_windows.csv", tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["update_prices", "--as-of", "2026-11-20"])
    return module


def rows(path: Path) -> list[dict[str, str]]:
    """The rates of a snapshot."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_snapshot_that_ships_is_what_is_written(script: ModuleType, tmp_path: Path) -> None:
    assert script.main() == 0
    name = "tokens-2026-11-20.csv"
    written, shipped = rows(tmp_path / name), rows(FOLDER / name)
    for each in (*written, *shipped):
        each["source"] = each["source"].partition("; context window: ")[0]
    assert written == shipped


def test_a_window_that_the_package_leaves_out_is_cited_from_where_it_was_read(
    script: ModuleType, tmp_path: Path
) -> None:
    assert script.main() == 0
    stated = {row["model"]: row for row in rows(FOLDER / "context_windows.csv")}
    written = [row for row in rows(tmp_path / "tokens-2026-11-20.csv") if row["model"] in stated]
    assert {row["model"] for row in written} == set(stated)
    for row in written:
        assert row["context_window"] == stated[row["model"]]["context_window"]
        assert row["source"].endswith(f"; context window: {stated[row['model']]['source']}")


def test_another_release_is_refused_until_its_date_is_known(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "version", lambda name: "0.2.4")
    assert script.main() == 1
    assert "genai-prices 0.2.4 is installed" in capsys.readouterr().err
    assert not (tmp_path / "tokens-2026-11-20.csv").exists()
