"""The interview in the terminal: what a typed line stands for, and a whole conversation through it."""

from pathlib import Path
from typing import Any

import pytest

from agent.protocol import Answered, Commanded, Said, Turn
from knowledge.errors import InputError
from ui.cli.app import run
from ui.cli.output import printable
from ui.cli.terminal import message_of


def turn(asks: str | None = None, choices: list[Any] | None = None) -> Turn:
    return Turn("session", "reply", asks, choices, {}, {}, [], None, False, None)


def test_a_number_picks_a_choice() -> None:
    assert message_of("2", turn("update_frequency", ["daily", "weekly"])) == Answered({"update_frequency": "weekly"})


def test_a_number_is_words_where_nothing_is_to_be_chosen() -> None:
    assert message_of("2", turn("labeled_examples")) == Said("2")


def test_a_slash_begins_a_command() -> None:
    assert message_of("/why", turn()) == Commanded("why")


def test_an_unknown_command_is_told() -> None:
    with pytest.raises(InputError, match="/dance"):
        message_of("/dance", turn())


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert printable("\x1b[31mred\x07 \u202etext") == "[31mred text"


def test_a_conversation_runs_until_the_user_leaves(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = iter(["A bot over our manuals, which change weekly", "", "/nonsense", "/why", "/memo", "/quit"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rich.console.Console.input", lambda *_: next(typed))
    assert run([]) == 0
    shown = capsys.readouterr()
    assert "Noted" in shown.out and "The message is empty" in shown.out and "consult chat --session" in shown.err
    assert len(list(tmp_path.glob("memo-*.md"))) == 1


def test_a_memo_that_cannot_be_kept_is_shown_all_the_same_and_once(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = iter(["A bot over our manuals, which change weekly", "/memo", "/nonsense", "/quit"])
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr("rich.console.Console.input", lambda *_: next(typed))
    assert run([]) == 0
    shown = capsys.readouterr().out
    assert shown.count("The memo could not be written") == 1 and shown.count("Considered options") == 1
