"""The memo that a language model worded in a conversation is the memo at every door, and is paid for once."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.consultation import Consultant
from agent.memo.again import write_again
from agent.memo.markdown import render_markdown
from agent.memo.proof import prove
from agent.protocol import Answered, Commanded, Said
from agent.settings import Settings
from tests.agent.language.model.scripted import helpful, templates
from tests.agent.language.model.talks import TALK, at, searcher
from tests.peers.model import ModelPeer, Reply, Request, asked_for, structured
from ui.browser import memo_page
from ui.cli.app import run
from ui.slack.bot import Bot

MARK = "Here, "
"""What the model puts before each sentence."""


def marking(request: Request) -> Reply:
    if asked_for(request) != "worded":
        return helpful()(request)
    items = [{"name": name, "text": MARK + words} for name, words in templates(request).items()]
    return structured(request, {"items": items})


class Talk:
    """A consultation in which a model worded the memo."""

    def __init__(self, consultant: Consultant, settings: Settings, peer: ModelPeer) -> None:
        self.consultant, self.settings, self.peer = consultant, settings, peer
        self.session = consultant.start().session
        consultant.send(self.session, TALK[0])
        self.memo = consultant.send(self.session, Commanded("memo")).memo or ""
        consultant._language.at(self.session).settled()  # type: ignore[attr-defined]
        self.calls = len(peer.requests)

    def in_browser(self) -> str:
        return render_markdown(memo_page.session_memo(self.session))

    def in_slack(self) -> str:
        bot = SimpleNamespace(_consultant=self.consultant, _settings=self.settings)
        latest = max(entry.turn for entry in self.consultant.ledger(self.session).entries)
        return Bot._memo_files(cast(Any, bot), self.session, latest)(".md").decode()


@pytest.fixture
def talk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    with ModelPeer(marking) as peer:
        chosen = at(home, peer)
        with closing(Consultant(chosen, searcher=searcher())) as consultant:
            monkeypatch.setattr(memo_page, "consultant", lambda: consultant)
            monkeypatch.setattr(memo_page, "settings", lambda: chosen)
            memo_page.forget()
            yield Talk(consultant, chosen, peer)


def test_browser_and_slack_show_the_words_that_were_paid_for_and_ask_for_no_more(talk: Talk) -> None:
    assert talk.memo.count(MARK) > 20
    assert talk.in_browser() == talk.in_slack() == talk.memo
    assert len(talk.peer.requests) == talk.calls


def test_the_command_line_writes_the_same_memo_without_paying_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSULT_LANGUAGE_MODEL", "gpt-4o-mini")
    monkeypatch.setenv("OPENAI_BASE_URL", talk.peer.base_url)
    assert run(["memo", talk.session]) == 0
    assert capsys.readouterr().out == talk.memo
    assert len(talk.peer.requests) == talk.calls


def test_once_a_fact_has_changed_only_sentences_that_still_say_the_same_keep_their_words(talk: Talk) -> None:
    talk.consultant.send(talk.session, Answered({"queries_per_day": 90_000, "labeled_examples": 20_000}))
    shown = talk.in_browser()
    assert 0 < shown.count(MARK) < talk.memo.count(MARK)
    assert prove(shown).passed
    ledger = talk.consultant.ledger(talk.session)
    plain = write_again(ledger.profile, ledger.heard, [], talk.settings)
    assert memo_page.session_memo(talk.session).grounds["record"] == plain.grounds["record"]
    unmarked = shown.replace(MARK, "").partition(" A language model worded")[0]
    assert len(unmarked) > 10_000 and render_markdown(plain).startswith(unmarked)


def test_words_that_were_erased_come_back_in_no_memo(talk: Talk) -> None:
    """As many entries as before do not make it the same memo."""
    consultant, session = talk.consultant, talk.consultant.start().session
    consultant.send(session, Answered({"gap": "knowledge"}, by="Ann"))
    consultant.send(session, Said("It serves 900 requests a day, and we have 200 labelled examples.", by="Ben"))
    before, entries = memo_page.session_memo(session), len(consultant.ledger(session).entries)
    consultant.erase_person("Ben")
    while len(consultant.ledger(session).entries) < entries:
        consultant.send(session, Answered({"needs_citations": True}, by="Ann"))
    assert len(consultant.ledger(session).entries) == entries
    assert "900 requests" in render_markdown(before)
    assert "900 requests" not in render_markdown(memo_page.session_memo(session))
