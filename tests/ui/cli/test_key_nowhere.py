"""A planted key is found nowhere: not in what any command prints, as JSON or not, nor in any file but the settings'."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.agent.language.model.scripted import helpful
from tests.peers.model import FaultKind, ModelPeer, Reply, Request, fault
from ui.cli.app import run

KEY = "sk-planted-9d27c1"
LINES = ['{"message": "A bot over 300 pages of manuals that change weekly"}', '{"command": "memo"}', '{"message": 1}']


@pytest.mark.parametrize("kind", [None, "401", "500", "bad_json"])
def test_no_command_and_no_file_shows_the_key(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], kind: FaultKind | None,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def reply(request: Request) -> Reply:
        return helpful()(request) if kind is None else fault(kind)

    caplog.set_level("DEBUG")
    with ModelPeer(reply) as peer:
        monkeypatch.setattr("sys.stdin", io.StringIO(KEY + "\n"))
        set_up = ["--model", "gpt-4o-mini", "--base-url", peer.base_url, "--retries", "0", "--key-stdin", "--no-check"]
        assert run(["configure", *set_up]) == 0
        lines = io.BytesIO("\n".join(LINES).encode())
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=lines, isatty=lambda: False))
        assert run(["chat", "--json"]) == 0
        talked = capfd.readouterr()
        session = json.loads(talked.out.splitlines()[0])["session"]
        for command in (["configure", "--show"], ["doctor", "--json"], ["sessions", "export", session]):
            run(command)
        assert any(KEY in seen for seen in peer.seen_keys)
    shown = capfd.readouterr()
    assert KEY not in talked.out + talked.err + shown.out + shown.err + caplog.text
    holding = [path.name for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == ["model.json"]
