"""Sessions of every release are read as they were meant, and come to the same decision while the rules are the same."""

import datetime as dt
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.consultation import Consultant
from agent.ledger import Ledger, parse_entry
from agent.protocol import parse_body
from agent.settings import load_settings
from knowledge.library import open_searcher
from knowledge.versions import versions
from tests.agent.session_recording import FOLDER, record_hash
from tests.scripted_language import ScriptedLanguage
from tools.decide.decide import decide

RECORDINGS = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.stem)
def recording(request: pytest.FixtureRequest) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return document


def stored_ledger(recording: dict[str, Any]) -> Ledger:
    return Ledger(tuple(parse_entry(entry) for entry in recording["session"]["ledger"]))


def expected_option(recording: dict[str, Any]) -> str:
    """The option advised then, or the one that `now` names, with why, since a rule was changed."""
    option: str = recording.get("now", recording)["option"]
    return option


def test_there_is_a_recording_of_this_release() -> None:
    from importlib.metadata import version

    assert version("llm-architecture-consultant") in {path.stem for path in RECORDINGS}


def test_the_ledger_of_an_old_session_means_what_it_meant(recording: dict[str, Any]) -> None:
    ledger = stored_ledger(recording)
    assert ledger.profile.document() == recording["session"]["profile"]
    assert [entry.document() for entry in ledger.entries] == recording["session"]["ledger"]


def test_an_old_session_comes_to_the_same_decision(recording: dict[str, Any]) -> None:
    as_of = dt.date.fromisoformat(recording["as_of"])
    ledger = stored_ledger(recording)
    if recording["versions"] == versions():
        assert record_hash(ledger, as_of) == recording["record"]
    assert decide(ledger.profile, as_of).recommendation.option == expected_option(recording)


def test_the_messages_of_an_old_session_lead_to_the_same_facts(
    recording: dict[str, Any], home: Path, tmp_path: Path
) -> None:
    settings = load_settings(as_of=dt.date.fromisoformat(recording["as_of"]))
    with closing(Consultant(settings, ScriptedLanguage(), open_searcher(tmp_path))) as consultant:
        session = consultant.start().session
        for one in recording["session"]["messages"][1:]:
            message = parse_body(one["message"])
            assert message is not None
            turn = consultant.send(session, message, one["id"])
        assert consultant.export(session)["profile"] == recording["session"]["profile"]
    assert turn.recommendation["option"] == expected_option(recording)
