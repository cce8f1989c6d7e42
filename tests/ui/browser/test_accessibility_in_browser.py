"""Every page and state in a real Chromium, at two widths, light and dark: axe finds nothing serious."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from agent.consultation import Consultant
from agent.protocol import Said
from agent.settings import Settings
from tests.ui.browser.served import START, Served, opened, settled, visitor

pytestmark = pytest.mark.browser

TEXTS = {
    "asking": "We want an assistant over our internal wiki of 400 pages; the model does not know our processes.",
    "settled": (
        "A support bot over 300 pages of product docs, updated weekly; the model does not know our product. 2,000 "
        "questions a day, every answer must cite its page, and nobody on the team has trained a model."
    ),
}
SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
GRAVE = ("serious", "critical")
FOUND = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(one => [one.impact, one.id, one.nodes[0].html.slice(0, 200)]);
}"""
TABS = ("Conflicts", "Rules", "Prices", "Source audit", "Your documents")


class Looks:
    """What axe found of each state, in each of the four looks."""

    def __init__(self, page: Page, app: Served) -> None:
        self.page, self._app = page, app
        self.grave: list[tuple[Any, ...]] = []
        self.states = 0

    def at(self, path: str) -> None:
        """Opens a page and looks at it."""
        opened(self.page, self._app, path)
        self.page.locator("h1, h2, h3, [role=alert]").first.wait_for()
        self.now(path)

    def now(self, state: str) -> None:
        """Looks at what is shown."""
        page = self.page
        settled(page)
        self.states += 1
        if not page.evaluate("'axe' in window"):
            page.evaluate(Axe().axe_script)
        for size in SIZES:
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_function(PAINTED, arg=scheme)
                self.grave += [
                    (state, size["width"], scheme, *one[1:]) for one in page.evaluate(FOUND) if one[0] in GRAVE
                ]
        page.set_viewport_size(SIZES[0])


PAINTED = """scheme => {
  const colour = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
  const moving = document.getAnimations().some(
    one => one.playState === "running" && one.effect.getTiming().iterations === 1);
  return !moving && (parseInt(colour.slice(4)) > 128) === (scheme === "light");
}"""
"""Whether the page stands in the colours of a scheme, with nothing on its way to them."""


@pytest.fixture(scope="module")
def sessions(app: Served) -> dict[str, str]:
    """A consultation in which a question is open, and one that is settled."""
    consultant = Consultant(Settings(home=app.home))
    made = {name: consultant.send(consultant.start().session, Said(text)).session for name, text in TEXTS.items()}
    consultant.close()
    return made


@pytest.fixture
def looks(browser: Browser, app: Served) -> Any:
    """A visitor whose page is looked at; at the end nothing grave was found, and nothing asked of other machines."""
    with visitor(browser, app) as page:
        page.emulate_media(reduced_motion="reduce")
        looks = Looks(page, app)
        yield looks
    assert looks.states > 0
    assert looks.grave == []
    assert app.off_origin == []


def test_no_state_of_a_consultation_has_a_grave_fault(looks: Looks, sessions: dict[str, str]) -> None:
    page = looks.page
    looks.at("/")
    page.get_by_role("textbox", name=START).fill("We want a bot. " * 600)
    page.keyboard.press("Enter")
    page.get_by_role("alert").first.wait_for()
    looks.now("refused")
    looks.at("/?session=there-is-no-such-session")
    looks.at(f"/?session={sessions['settled']}")
    looks.at(f"/?session={sessions['asking']}")
    page.get_by_text("Enter it exactly").click()
    page.get_by_role("button", name="Use this value").wait_for()
    looks.now("exact value")
    for tab in ("Costs and wait", "Facts"):
        page.get_by_role("tab", name=tab).click()
        looks.now(tab)
    page.locator(".st-key-fact-gap").get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Save").wait_for()
    looks.now("editor")


def test_no_state_of_the_other_pages_has_a_grave_fault(looks: Looks, sessions: dict[str, str]) -> None:
    page, session = looks.page, sessions["settled"]
    looks.at("/memo")
    looks.at(f"/memo?session={session}")
    page.get_by_role("button", name="Claim 1", exact=True).first.click()
    looks.now("claim")
    looks.at(f"/what-if?session={session}")
    page.get_by_role("combobox", name="Facts to change").click()
    page.get_by_role("option", name="Volume").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a scenario").click()
    page.locator(".st-key-scenario-B").wait_for()
    looks.now("two scenarios")
    looks.at(f"/sessions?session={session}")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("button", name="Rename").wait_for()
    looks.now("actions")
    looks.at(f"/knowledge?session={session}")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        looks.now(tab)
