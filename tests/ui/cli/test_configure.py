"""`consult configure` and the language-model part of `consult doctor`."""

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.language.model.wording import Failure, model_wording
from agent.settings import load_settings
from knowledge.errors import InputError
from tests.agent.language.model.scripted import helpful
from tests.peers.model import FaultKind, ModelPeer, Reply, Request, asked_for, calls, fault, structured, text
from ui.cli.app import run

KEY = "sk-planted-51ca9e"


@pytest.fixture
def peer() -> Iterator[ModelPeer]:
    def reply(request: Request) -> Reply:
        if asked_for(request) == "trial":
            return structured(request, {"colour": "blue", "count": 3})
        return calls(("look_up", {"topic": "retrieval"})) if asked_for(request) == "explain" else text("hello you")

    with ModelPeer(reply) as server:
        yield server


def typed(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


def test_what_is_configured_is_kept_for_the_owner_alone_and_used(
    home: Path, peer: ModelPeer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, KEY + "\n")
    options = ["--model", "gpt-4o-mini", "--base-url", peer.base_url, "--key-stdin", "--usd", "0.5", "--retries", "0"]
    assert run(["configure", *options]) == 0
    assert stat.S_IMODE((home / "model.json").stat().st_mode) == 0o600
    chosen = load_settings()
    assert (chosen.language_model, chosen.openai_base_url, chosen.model_usd_per_session) == (
        "gpt-4o-mini",
        peer.base_url,
        0.5,
    )
    assert chosen.openai_api_key is not None
    assert chosen.openai_api_key.get_secret_value() == KEY
    assert run(["configure", "--show"]) == 0
    assert run(["doctor", "--json"]) == 0
    shown = capsys.readouterr()
    assert KEY not in shown.out + shown.err
    found = {one["check"]: one for one in json.loads(shown.out.splitlines()[-1])}
    assert found["structured output"]["finding"] == "native, by schema."
    assert found["streaming"]["status"] == found["tools"]["status"] == "ok"
    assert "0.15 and 0.6 USD" in found["price of the model"]["finding"]
    assert run(["configure", "--forget"]) == 0
    assert load_settings().language_model is None


@pytest.mark.parametrize(
    ("kind", "failure"), [("401", "key"), ("404", "model"), ("html", "foreign"), ("500", "broken")]
)
def test_the_doctor_says_what_to_fix(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: FaultKind, failure: Failure
) -> None:
    with ModelPeer(lambda request: fault(kind)) as peer:
        monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
        monkeypatch.setenv("OPENAI_BASE_URL", peer.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("CONSULT_MODEL_RETRIES", "0")
        assert run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert model_wording().remedy[failure] in shown
    assert KEY not in shown


def test_a_model_without_key_and_address_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
    assert run(["doctor"]) == 1
    assert "OPENAI_API_KEY nor OPENAI_BASE_URL" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ["--model", "m"],
        ["--base-url", "http://localhost:1/v1"],
        ["--model", "m", "--base-url", "localhost"],
        ["--model", "m", "--base-url", f"http://{KEY}@localhost/v1"],
        ["--model", "m", "--base-url", f"http://localhost/v1?key={KEY}"],
        ["--model", "m", "--base-url", "http://localhost:1/v1", "--temperature", "9"],
        [],
    ],
)
def test_what_cannot_be_used_is_not_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    typed(monkeypatch, "")
    assert run(["configure", "--no-check", *options]) == 2
    assert not (home / "model.json").exists()
    assert KEY not in "".join(capsys.readouterr())


def test_a_setting_that_cannot_be_used_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSULT_MODEL_RETRIES", "often")
    assert run(["configure", "--show"]) == 2
    assert "CONSULT_MODEL_RETRIES cannot be 'often'" in capsys.readouterr().err


def test_a_key_stays_with_the_endpoint_it_was_given_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, KEY)
    assert run(["configure", "--no-check", "--model", "m", "--base-url", "http://localhost:1/v1", "--key-stdin"]) == 0
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:2/v1")
    assert load_settings().openai_api_key is None
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert run(["configure", "--no-check", "--base-url", "http://localhost:3/v1"]) == 0
    assert load_settings().openai_api_key is None


def test_a_settings_file_that_others_can_read_is_refused_without_its_key(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, KEY)
    assert run(["configure", "--no-check", "--model", "m", "--key-stdin"]) == 0
    (home / "model.json").chmod(0o644)
    with pytest.raises(InputError, match="chmod 600") as told:
        load_settings()
    assert KEY not in str(told.value)


def test_a_memo_from_the_command_line_is_worded_and_tells_what_it_took(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text('{"gap": "knowledge", "queries_per_day": 900}')
    with ModelPeer(helpful()) as peer:
        monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
        monkeypatch.setenv("OPENAI_BASE_URL", peer.base_url)
        assert run(["memo", str(profile)]) == 0
    shown = capsys.readouterr()
    assert "Language model:" in shown.err
    assert shown.out.startswith("# ")
