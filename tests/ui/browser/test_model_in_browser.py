"""A language model behind the page: its sentences appear as they come, and what it used is told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.agent.language.model.scripted import helpful, templates
from tests.peers.local import free_port
from tests.peers.model import ModelPeer, Reply, Request, asked_for, structured
from tests.ui.browser.served import ANSWER, Served, begin, chromium, messages, replied_to, serving, settled

pytestmark = pytest.mark.browser

TEXT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
QUESTION = "What does reranking do for retrieval?"


class Held:
    """A helpful model that stops in the middle of an explanation until it is told to go on."""

    def __init__(self) -> None:
        self.on = Event()
        self._reply = helpful()

    def __call__(self, request: Request) -> Reply:
        if asked_for(request) == "worded":
            items = [{"name": name, "text": f"Here, {words}"} for name, words in templates(request).items()]
            return structured(request, {"items": items})
        reply = self._reply(request)
        return replace(reply, halfway=self.on) if asked_for(request) == "explain" and reply.content else reply


@pytest.fixture(scope="module")
def held() -> Held:
    return Held()


@pytest.fixture(scope="module")
def app(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with a model."""
    if chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with ModelPeer(held) as peer:
        environment = {
            "CONSULT_LANGUAGE_MODEL": "gpt-4o-mini",
            "OPENAI_BASE_URL": peer.base_url,
            "OPENAI_API_KEY": "sk-planted",
        }
        with serving(Served(tmp_path_factory.mktemp("modelled"), free_port(), environment=environment)) as served:
            yield served


def test_sentences_are_shown_while_the_rest_is_still_to_come(page: Page, app: Served, held: Held) -> None:
    begin(page, app, TEXT)
    page.get_by_role("textbox", name=ANSWER).fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_test_id("stChatMessage").filter(has_text=QUESTION).wait_for()
    reply = page.get_by_test_id("stChatMessage").last
    expect(reply).not_to_contain_text(QUESTION)
    early = reply.inner_text()
    assert page.get_by_test_id("stApp").get_attribute("data-test-script-state") == "running"
    held.on.set()
    replied_to(page, QUESTION)
    whole = reply.inner_text()
    assert whole.startswith(early) and len(whole) > len(early)
    assert messages(page) == [TEXT, QUESTION]


def test_what_the_model_used_is_told(page: Page, app: Served) -> None:
    begin(page, app, TEXT)
    settled(page)
    expect(page.locator(".st-key-panel")).to_contain_text(
        re.compile(r"Language model in this consultation: \d+ calls, [\d,]+ tokens, about \$")
    )


def test_the_memo_is_worded_when_the_reader_asks_for_it(page: Page, app: Served) -> None:
    begin(page, app, TEXT)
    settled(page)
    page.get_by_role("button", name="Write the memo now").click()
    memo = page.locator("article.memo")
    expect(memo).to_contain_text("Decision memo")
    expect(memo).not_to_contain_text("Here, ")
    page.get_by_role("button", name="Have the language model word it").click()
    expect(memo.filter(has_text="Here, ")).to_have_count(1, timeout=60_000)  # both stand there while it is drawn
    expect(page.get_by_role("button", name="Have the language model word it")).to_have_count(0)
