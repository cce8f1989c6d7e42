"""The same messages through the command line, Slack and MCP give the same decision record, byte for byte."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.peers.slack import BOT, SlackPeer
from tests.ui.slack.conftest import http_bot
from tools.advice import advise
from ui.cli.app import run
from ui.mcp.server import make_server
from ui.mcp.tools import Toolbox

SAID = (
    "We want an assistant over our product manuals. The model does not know our product.",
    "About 2,000 questions a day, and every answer has to cite its page.",
    "The manuals change every week.",
)


def by_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """The session of a talk over `consult chat --json`."""
    lines = "".join(json.dumps({"message": text}) + "\n" for text in SAID)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert run(["chat", "--json"]) == 0
    return str(json.loads(capsys.readouterr().out.splitlines()[-1])["session"])


def by_slack(slack: SlackPeer, consultant: Consultant) -> str:
    """The session of a talk in a thread."""
    known = {card.id for card in consultant.sessions()}
    with http_bot(slack, consultant):
        thread = slack.say("U1", f"<@{BOT}> {SAID[0]}")
        slack.wait_for_replies(thread, 1)
        for count, text in enumerate(SAID[1:], 2):
            slack.say("U1", text, thread=thread)
            slack.wait_for_replies(thread, count)
        return next(card.id for card in consultant.sessions() if card.id not in known)


def by_mcp() -> str:
    """The session of a talk with the tools."""

    async def talk() -> str:
        async with Client(make_server(Toolbox(load_settings()))) as client:
            turn: Any = (await client.call_tool("start_consultation", {})).structured_content
            for text in SAID:
                await client.call_tool("answer", {"session": turn["session"], "message": text})
            return str(turn["session"])

    return anyio.run(talk)


def test_the_same_messages_give_the_same_decision_record_through_every_door(
    home: Path,
    index: Searcher,
    slack: SlackPeer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    talks = [by_command_line(monkeypatch, capsys), by_mcp()]
    talks.append(by_slack(slack, Consultant(load_settings(), searcher=index)))
    consultant = Consultant(load_settings(), searcher=index)
    profiles = [consultant.ledger(session).profile for session in talks]
    assert {"gap", "queries_per_day", "needs_citations", "update_frequency"} <= profiles[0].facts.keys()
    records = [json.dumps(advise(profile, load_settings().date()).record()) for profile in profiles]
    assert records[1:] == records[:1] * 2
