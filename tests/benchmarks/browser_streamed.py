"""Measures how soon a verified sentence of a model stands in a real Chromium, from its last token.

    python -m tests.benchmarks.browser_streamed [--answers 10]

A scripted endpoint streams explanations and notes when each sentence's last token was sent; the page notes when it has
painted more of the reply than before. Both read the same clock. Between the two lie the wire, the verifier, the
engine's hand-over to the page's script, Streamlit, and the browser, which runs on the same cores.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.agent.language.model.scripted import helpful
from tests.peers.local import free_port
from tests.peers.model import ModelPeer, Reply, Request, asked_for
from tests.ui.browser.served import ANSWER, Served, begin, launched, replied_to, serving, visitor

TEXT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
QUESTION = "What does reranking do for retrieval? This is question number {number}."
PAUSE_S = 0.4
"""Between two sentences, so that each is painted before the next is sent."""

WATCH = """() => {
  window.painted = [];
  let length = 0;
  new MutationObserver(() => {
    const now = document.querySelector('.st-key-chat')?.innerText.length ?? 0;
    if (now > length + 20) requestAnimationFrame(() => setTimeout(
      () => window.painted.push((performance.timeOrigin + performance.now()) / 1000)));
    length = now;
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""Stamps each growth of the conversation by more than a few letters, after the frame that shows it."""


class Stamping:
    """A helpful model that notes when the last token of each sentence was sent."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        self._reply = helpful()

    def __call__(self, request: Request) -> Reply:
        """The reply; an explanation pauses after each sentence."""
        reply = self._reply(request)
        told = asked_for(request) == "explain" and reply.content is not None
        return replace(reply, content=f"{reply.content}\n", on_line=self._note) if told else reply

    def _note(self) -> None:
        self.sent.append(time.time())
        time.sleep(PAUSE_S)


def waits_ms(sent: list[float], painted: list[float]) -> list[float]:
    """For each sentence the time until the page first grew after it, within the pause that follows."""
    firsts = [next((there for there in painted if gone <= there < gone + PAUSE_S), None) for gone in sent]
    return [1000 * (there - gone) for gone, there in zip(sent, firsts, strict=True) if there is not None]


def ask(page: Page, number: int) -> None:
    """Asks something that the model explains, and waits for the end of the answer."""
    question = QUESTION.format(number=number)
    page.get_by_role("textbox", name=ANSWER).fill(question)
    page.keyboard.press("Enter")
    replied_to(page, question)


def measure(answers: int) -> str:
    """One line with what was measured."""
    model = Stamping()
    with ModelPeer(model) as peer, sync_playwright() as playwright:
        environment = {
            "CONSULT_LANGUAGE_MODEL": "scripted",
            "OPENAI_BASE_URL": peer.base_url,
            "OPENAI_API_KEY": "none",
            "CONSULT_MODEL_TOKENS_PER_SESSION": "1000000000",
        }
        app = Served(Path(tempfile.mkdtemp(prefix="consult-streamed-")), free_port(), environment=environment)
        browser = launched(playwright)
        with serving(app), visitor(browser, app) as page:
            begin(page, app, TEXT)
            ask(page, 0)  # the first loads what all others use
            model.sent.clear()
            page.evaluate(WATCH)
            for number in range(1, answers + 1):
                ask(page, number)
            waits = waits_ms(model.sent, page.evaluate("window.painted"))
        browser.close()
    high = statistics.quantiles(waits, n=20, method="inclusive")[-1]
    return (
        f"last token to painted: p50 {statistics.median(waits):.1f} ms, p95 {high:.1f} ms, max {max(waits):.1f} ms "
        f"of {len(model.sent)} sentences; not painted before the next {len(model.sent) - len(waits)}; "
        f"load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Prints the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=10)
    print(measure(parser.parse_args().answers))


if __name__ == "__main__":
    main()
