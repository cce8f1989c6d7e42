"""What the advice and a memo rest on has a version that changes with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from knowledge import price_table
from knowledge.files import DATA
from knowledge.price_table import KINDS, load_prices
from knowledge.versions import CLAIMS, PRACTICE_AND_WORDS, RULES, versions

AS_OF = date(2026, 11, 20)
WRITES_A_MEMO = """
import sys
from datetime import date
from pathlib import Path

opened = set()
sys.addaudithook(lambda event, found: opened.add(str(found[0])) if event == "open" else None)

from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.memo.verify import verify_memo
from knowledge.files import DATA
from tools.advice import advise
from tools.profile import parse_profile

profile = parse_profile({"gap": "both", "task": "assistant", "steps": "assistant, classification"})
memo = write_memo(advise(profile, date(2026, 11, 20)), {})
render_markdown(memo), verify_memo(memo)
for path in map(Path, sorted(opened)):
    if path.is_relative_to(DATA) and path.suffix in (".yaml", ".csv"):
        print(path.relative_to(DATA).as_posix())
"""


def test_every_file_that_a_memo_is_written_from_has_a_version() -> None:
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", WRITES_A_MEMO], capture_output=True, text=True, check=True, cwd=root, env=os.environ
    )
    read = set(found.stdout.split())
    assert {"rules/scale.yaml", "blueprints.yaml", "wording/memo.yaml"} <= read
    versioned = {path for pattern in RULES + CLAIMS + PRACTICE_AND_WORDS for path in DATA.glob(pattern)}
    assert {name for name in read if DATA / name not in versioned and not name.startswith("prices/")} == set()
    assert {Path(name).name for name in read if name.startswith("prices/")} == {
        "services.csv",
        *(f"{kind}-2026-11-20.csv" for kind in KINDS),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the knowledge that may be changed."""
    for pattern in RULES + CLAIMS + PRACTICE_AND_WORDS:
        for path in DATA.glob(pattern):
            copied = tmp_path / path.relative_to(DATA)
            copied.parent.mkdir(exist_ok=True)
            shutil.copy(path, copied)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("rules/scale.yaml", "rules"),
        ("facts.yaml", "rules"),
        ("conflicts.yaml", "knowledge"),
        ("blueprints.yaml", "knowledge"),
        ("wording/memo.yaml", "knowledge"),
    ],
)
def test_a_changed_file_moves_its_version_alone(folder: Path, name: str, moved: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    now = versions(folder)
    assert [kind for kind, before in versions().items() if now[kind] != before] == [moved]


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the price files that may be changed."""
    for path in price_table.FOLDER.glob("*.csv"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(price_table, "FOLDER", tmp_path)
    load_prices.cache_clear()
    yield tmp_path
    load_prices.cache_clear()


def test_the_version_of_the_prices_begins_with_their_date() -> None:
    day, _, digest = load_prices(AS_OF).version.partition("+")
    assert day == "2026-11-20" and len(digest) == 12


@pytest.mark.parametrize("name", ["gpus-2026-11-20.csv", "vector_stores-2026-11-20.csv", "services.csv"])
def test_every_price_file_moves_the_version_of_the_prices(prices: Path, name: str) -> None:
    before = load_prices(AS_OF).version
    path = prices / name
    path.write_text(path.read_text("utf-8").replace("2026-11-20", "2026-11-19"), encoding="utf-8")
    load_prices.cache_clear()
    assert load_prices(AS_OF).version != before


def test_a_snapshot_that_is_not_yet_in_force_moves_nothing(prices: Path) -> None:
    before = load_prices(AS_OF).version
    shutil.copy(prices / "gpus-2026-11-20.csv", prices / "gpus-2027-02-01.csv")
    load_prices.cache_clear()
    assert load_prices(AS_OF).version == before
    assert load_prices(date(2027, 2, 1)).version != before


def test_prices_of_ones_own_move_the_version_by_what_they_say_and_not_by_their_name(tmp_path: Path) -> None:
    text = "model,input_usd_per_mtok,output_usd_per_mtok,context_window\ngpt-4o,{},44,128000\n"
    versions = []
    for name, usd in (("a.csv", 11), ("b.csv", 11), ("c.csv", 12)):
        (tmp_path / name).write_text(text.format(usd), encoding="utf-8")
        versions.append(load_prices(AS_OF, tmp_path / name).version)
    assert versions[0] == versions[1] != versions[2]
    assert load_prices(AS_OF).version not in versions
