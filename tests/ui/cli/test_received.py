"""Memos that someone received: checked, compared and taken again with the prices that they were written with."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.settings import load_settings
from knowledge.errors import InputError
from ui.cli.app import run
from ui.cli.received import _memo_text
from ui.mcp.tools import Toolbox

PROFILE = {
    "gap": "knowledge",
    "knowledge_tokens": 2_000_000,
    "update_frequency": "weekly",
    "queries_per_day": 10_000,
    "model": "gpt-4o",
}


@pytest.fixture
def profile(home: Path, tmp_path: Path) -> Path:
    """A profile in a file."""
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(PROFILE))
    return path


@pytest.fixture
def own_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A price file in which the model costs several times what it does in the table."""
    path = tmp_path / "own.csv"
    path.write_text("model,input_usd_per_mtok,output_usd_per_mtok,context_window\ngpt-4o,11,44,128000\n")
    monkeypatch.setenv("CONSULT_PRICES", str(path))
    return path


def written(profile: Path, name: str) -> Path:
    """A memo on the profile."""
    path = profile.with_name(name)
    assert run(["memo", str(profile), "-o", str(path)]) == 0
    return path


@pytest.mark.parametrize("suffix", ["json", "md"])
def test_a_memo_written_with_own_prices_is_proven_with_them(
    profile: Path, own_prices: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    memo = written(profile, f"memo.{suffix}")
    assert run(["verify", str(memo)]) == 0
    told = capsys.readouterr()
    assert "everything is proven" in told.out and "other" not in told.err


def test_a_memo_written_with_own_prices_is_not_called_false_without_them(
    profile: Path, own_prices: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = written(profile, "memo.json")
    monkeypatch.delenv("CONSULT_PRICES")
    assert run(["verify", str(memo)]) == 0
    assert "other versions: prices" in capsys.readouterr().err


def test_what_changed_is_printed_in_words(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = written(profile, "first.json")
    profile.write_text(json.dumps({**PROFILE, "gap": "behavior", "task": "classification", "labeled_examples": 5_000}))
    second = written(profile, "second.json")
    assert run(["diff", str(first), str(second)]) == 0
    told = capsys.readouterr().out
    assert "facts: What is missing today: " in told and "costs: Fine-tuning, a month: $" in told
    assert "_" not in told and "a small classifier" in told


def test_the_tool_of_other_agents_checks_with_own_prices_as_well(profile: Path, own_prices: Path) -> None:
    memo = written(profile, "memo.json").read_text()
    assert Toolbox(load_settings()).verify_memo(memo).passed


def test_the_same_facts_at_the_same_own_prices_cost_the_same(
    profile: Path, own_prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memos = [str(written(profile, name)) for name in ("memo.json", "memo.md")]
    for command in (["refresh", memos[0], "--json"], ["diff", *memos, "--json"]):
        capsys.readouterr()
        assert run(command) == 0
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert answer.get("difference", answer)["costs"] == []


@pytest.mark.parametrize("ending", ["pdf", "html", "docx"])
def test_a_memo_that_is_for_reading_alone_is_said_not_to_be_checkable(ending: str, tmp_path: Path) -> None:
    memo = tmp_path / f"memo.{ending}"
    memo.write_bytes(b"%PDF")
    with pytest.raises(InputError, match=r"give it as \.md or \.json"):
        _memo_text(str(memo))
