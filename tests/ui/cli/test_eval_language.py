"""`consult eval --understanding` and `--memo`: a table anyone with a key can make."""

import json
from pathlib import Path

import pytest

from agent.language.model.parameters import parameters
from tests.agent.language.model.scripted import claim, helpful
from tests.peers.model import ModelPeer
from ui.cli.app import run

SAID = "What we call a 'set' is a pallet in one plant and a shift in the next, and the machine gets that wrong."
LABELLED = [
    {"text": SAID, "facts": {"specialized_terminology": True}, "optional": ["task"]},
    {"text": "About 900 questions a day.", "facts": {"queries_per_day": 900}},
]


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in LABELLED))
    return str(path)


def test_the_model_is_measured_against_the_embedded_language(
    home: Path, labelled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [claim("specialized_terminology", True, SAID[:70])]
    with ModelPeer(helpful(lambda message: found)) as peer:
        monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
        monkeypatch.setenv("OPENAI_BASE_URL", peer.base_url)
        assert run(["eval", labelled, "--understanding", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert run(["eval", labelled, "--understanding"]) == 0
    assert (report["embedded"]["recall"], report["model"]["recall"]) == (0.5, 1.0)
    assert report["usage"]["usd"] > 0
    assert "| recall | 0.500 | 1.000 |" in capsys.readouterr().out


def test_a_measurement_is_bounded_by_the_users_own_limit_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What every session may use at most is far below what a long labelled set takes."""
    path = tmp_path / "long.jsonl"
    row = {"text": SAID, "facts": {"specialized_terminology": True}, "optional": ["task"]}
    path.write_text("\n".join([json.dumps(row)] * 3))
    found = [claim("specialized_terminology", True, SAID[:70])]
    tight = {"settings": parameters().settings.model_copy(update={"tokens_per_session": 1})}
    monkeypatch.setattr("agent.language.model.opening.parameters", lambda: parameters().model_copy(update=tight))
    with ModelPeer(helpful(lambda message: found)) as peer:
        monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
        monkeypatch.setenv("OPENAI_BASE_URL", peer.base_url)
        assert run(["eval", str(path), "--understanding", "--json"]) == 0
        assert len(peer.requests) == 3
        monkeypatch.setenv("CONSULT_MODEL_TOKENS_PER_SESSION", "1")
        assert run(["eval", str(path), "--understanding", "--json"]) == 0
        assert len(peer.requests) == 3
    assert json.loads(capsys.readouterr().out.splitlines()[0])["model"]["recall"] == 1.0


def test_without_a_model_the_embedded_language_is_measured(
    home: Path, labelled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", labelled, "--understanding", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] is None


def test_memos_are_measured_with_what_they_cost(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"profile": {"gap": "knowledge"}, "expected": "rag"}\n')
    with ModelPeer(helpful()) as peer:
        monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
        monkeypatch.setenv("OPENAI_BASE_URL", peer.base_url)
        assert run(["eval", str(path), "--memo", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"]["passed"] == report["embedded"]["passed"] == 1
    assert report["usage"]["calls"] > 0


def test_a_line_that_is_no_labelled_message_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "hello"}\n')
    assert run(["eval", str(path), "--understanding"]) == 2
    assert "Line 1" in capsys.readouterr().err
