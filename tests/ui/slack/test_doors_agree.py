"""The same messages and answers through the terminal, the browser, Slack and MCP give the same decision record."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from playwright.sync_api import expect, sync_playwright

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.peers.local import free_port
from tests.peers.slack import SlackPeer
from tests.peers.slack_messages import is_card, labels, shown
from tests.peers.slack_workspace import BOT
from tests.ui.browser.served import (
    Served,
    begin,
    chromium,
    launched,
    messages,
    replied_to,
    say,
    serving,
    settled,
    visitor,
)
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
ASKED, CHOSEN = "access_control", True
"""What is asked for after that, and its first choice."""

Door = Callable[[SlackPeer, Consultant, Path], str]


def by_command_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The session of a talk over `consult chat --json`, with the question after it answered by its first choice."""
    sent: list[Any] = [{"message": text} for text in SAID]
    sent.append({"answers": {ASKED: CHOSEN}})
    lines = "".join(json.dumps(one) + "\n" for one in sent)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert run(["chat", "--json"]) == 0
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (turns[-2]["asks"], turns[-2]["choices"][0]) == (ASKED, CHOSEN)
    return str(turns[-1]["session"])


def by_browser(_: SlackPeer, consultant: Consultant, home: Path) -> str:
    """The session of a talk in a real Chromium."""
    with (
        serving(Served(home, free_port())) as app,
        sync_playwright() as playwright,
        visitor(launched(playwright), app) as page,
    ):
        session = begin(page, app, SAID[0])
        for text in SAID[1:]:
            say(page, text)
        page.locator(".st-key-choices button").first.click()
        expect(page.get_by_test_id("stChatMessageAvatarUser")).to_have_count(len(SAID) + 1)
        settled(page)
        return session


def by_slack(slack: SlackPeer, consultant: Consultant, _: Path) -> str:
    """The session of a talk in a thread."""
    known = {card.id for card in consultant.sessions()}
    with http_bot(slack, consultant):
        thread = slack.say("U1", f"<@{BOT}> {SAID[0]}")
        slack.wait_for_replies(thread, 1)
        for count, text in enumerate(SAID[1:], 2):
            slack.say("U1", text, thread=thread)
            slack.wait_for_replies(thread, count)
        question = slack.replies(thread)[-1]
        slack.click("U1", question, labels(question)[0])
        slack.wait_for_replies(thread, len(SAID) + 1)
        return next(card.id for card in consultant.sessions() if card.id not in known)


def by_mcp(*_: Any) -> str:
    """The session of a talk with the tools."""

    async def talk() -> str:
        async with Client(make_server(Toolbox(load_settings()))) as client:
            turn: Any = (await client.call_tool("start_consultation", {})).structured_content
            for text in SAID:
                await client.call_tool("answer", {"session": turn["session"], "message": text})
            await client.call_tool("answer", {"session": turn["session"], "answers": {ASKED: CHOSEN}})
            return str(turn["session"])

    return anyio.run(talk)


@pytest.mark.relation("any-door")
@pytest.mark.parametrize("door", [pytest.param(by_browser, marks=pytest.mark.browser), by_slack, by_mcp])
def test_the_same_messages_give_the_same_decision_record_as_in_the_terminal_byte_for_byte(
    home: Path,
    index: Searcher,
    slack: SlackPeer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    door: Door,
) -> None:
    need_chromium(door is by_browser)
    consultant = Consultant(load_settings(), searcher=index)
    sessions = by_command_line(capsys, monkeypatch), door(slack, consultant, home)
    consultant = Consultant(load_settings(), searcher=index)
    profiles = [consultant.ledger(session).profile for session in sessions]
    assert {"gap", "queries_per_day", "needs_citations", "update_frequency", ASKED} <= profiles[0].facts.keys()
    records = [json.dumps(advise(profile, load_settings().date()).record()).encode() for profile in profiles]
    assert records[0] == records[1]


@pytest.mark.browser
def test_a_consultation_begun_in_slack_goes_on_in_the_browser_and_back(
    home: Path, index: Searcher, slack: SlackPeer
) -> None:
    need_chromium()
    consultant = Consultant(load_settings(), searcher=index)
    with serving(Served(home, free_port())) as app, http_bot(slack, consultant, browser_url=app.url):
        thread = slack.say("U1", f"<@{BOT}> {SAID[0]}")
        question = slack.wait_for_replies(thread, 1)[-1]
        card = next(one for one in slack.thread(thread) if is_card(one))
        link = next(one["url"] for one in card["blocks"][-1]["elements"] if "url" in one)
        goes_on_in_browser(app, link, lambda: slack_goes_on(slack, thread, question))
    ledger = consultant.ledger(link.split("session=")[1])
    assert ledger.profile.known("queries_per_day") == 2_000 and ledger.profile.known("update_frequency") == "weekly"
    assert ledger.heard["update_frequency"].by == "Ana" and len(consultant.sessions()) == 1


def goes_on_in_browser(app: Served, link: str, meanwhile: Callable[[], None]) -> None:
    """Follows the link, answers there, and sees what is said in Slack after that."""
    with sync_playwright() as playwright, visitor(launched(playwright), app) as page:
        page.goto(link)
        page.locator(".st-key-lead").wait_for()
        settled(page)
        assert messages(page) == [SAID[0]]
        say(page, SAID[1])
        meanwhile()
        replied_to(page, SAID[2])
        assert messages(page) == list(SAID)


def slack_goes_on(slack: SlackPeer, thread: str, question: dict[str, Any]) -> None:
    """Clicks on the question that the browser has answered, which is told so, and answers in the thread."""
    slack.click("U1", question, labels(question)[0])
    slack.wait(lambda: slack.whispers)
    slack.say("U1", SAID[2], thread=thread)
    assert "every week" in shown(slack.wait_for_replies(thread, 2)[-1])


def need_chromium(needed: bool = True) -> None:
    """Skips where there is no browser."""
    if needed and chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
