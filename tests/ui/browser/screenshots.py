"""Makes a picture of every page and state, at two widths, light and dark, to be looked at."""

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import FilePayload, Page, sync_playwright

from agent.consultation import Consultant
from agent.protocol import Said
from agent.settings import Settings
from tests.peers.local import free_port
from tests.ui.browser.served import START, Served, begin, launched, opened, say, serving, settled, visitor

SIZES = {1440: 900, 390: 844}
SCHEMES = ("light", "dark")
OPEN = "We want an assistant over our internal wiki of 400 pages; the model does not know our processes."
SETTLED = (
    "A support assistant over 300 pages of product documentation, updated every week. The model does not know our "
    "product. 2,000 questions a day, every answer must cite its page, and nobody on the team has trained a model."
)
TABS = {
    "Conflicts": "details",
    "Rules": "ul.claims",
    "Prices": "table.plain",
    "Source audit": "table.plain",
    "Your documents": '[data-testid="stAlert"]',
}
"""What each tab must show before its picture is taken."""


def main(folder: Path) -> None:
    """Writes all pictures into a folder."""
    os.environ.setdefault("CONSULT_AS_OF", "2026-11-20")
    folder.mkdir(parents=True, exist_ok=True)
    with (
        serving(Served(Path(tempfile.mkdtemp(prefix="consult-pictures-")), free_port())) as app,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        for width, height in SIZES.items():
            for scheme in SCHEMES:
                with visitor(browser, app, width, height, scheme) as page:
                    _pictures(page, app, partial(_shoot, page, folder, f"{width}-{scheme}"))
        with visitor(browser, app) as page:
            _readme(page, app, folder / "consultation.png")
        browser.close()


def _shoot(page: Page, folder: Path, look: str, name: str) -> None:
    settled(page)
    page.wait_for_timeout(600)
    page.screenshot(path=folder / f"{name}-{look}.png")


def _readme(page: Page, app: Served, file: Path) -> None:
    """The picture that the README shows: a settled consultation, a correction, and what it costs now."""
    begin(page, app, SETTLED)
    say(page, "Make that 5,000 questions a day")
    page.get_by_role("tab", name="Costs and wait").click()
    page.locator("figure.chart").wait_for()
    settled(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    page.screenshot(path=file)


def _pictures(page: Page, app: Served, shoot: Callable[[str], None]) -> None:
    """One visitor's walk through everything."""
    opened(page, app)
    shoot("start")
    consultant = Consultant(Settings(home=app.home))
    sessions = {
        name: consultant.send(consultant.start().session, Said(text)).session
        for name, text in {"question": OPEN, "settled": SETTLED}.items()
    }
    consultant.close()
    for name, session in sessions.items():
        opened(page, app, f"/?session={session}")
        page.locator(".st-key-lead").wait_for()
        shoot(name)
        for tab in ("Facts", "Costs and wait"):
            page.get_by_role("tab", name=tab).click()
            shoot(f"{name}-{tab.split()[0].lower()}")
        page.locator("figure.chart").scroll_into_view_if_needed()
        shoot(f"{name}-chart")
    page.get_by_role("tab", name="Facts").click()
    page.locator(".st-key-fact-queries_per_day").get_by_role("button", name="Change").click()
    shoot("editor")
    page.keyboard.press("Escape")
    _others(page, app, sessions["settled"], shoot)


def _others(page: Page, app: Served, session: str, shoot: Callable[[str], None]) -> None:
    opened(page, app, f"/memo?session={session}")
    page.get_by_role("button", name="Claim 1", exact=True).first.wait_for()
    shoot("memo")
    page.locator("article.memo figure img").scroll_into_view_if_needed()
    shoot("memo-chart")
    page.get_by_role("button", name="Claim 1", exact=True).first.click()
    shoot("memo-claim")
    opened(page, app, f"/what-if?session={session}")
    page.get_by_role("combobox", name="Facts to change").click()
    page.get_by_role("option", name="Volume").click()
    page.keyboard.press("Escape")
    volume = page.get_by_role("spinbutton", name="Volume (queries a day)")
    volume.fill("90000")
    volume.press("Enter")
    page.get_by_role("columnheader", name="Scenario A").wait_for()
    shoot("what-if")
    page.get_by_role("rowheader", name="What would change it").scroll_into_view_if_needed()
    shoot("what-if-compared")
    opened(page, app, f"/sessions?session={session}")
    shoot("sessions")
    opened(page, app, f"/knowledge?session={session}")
    shoot("knowledge")
    for tab, shown in TABS.items():
        page.get_by_role("tab", name=tab).click()
        page.locator(shown).first.wait_for()
        shoot(f"knowledge-{tab.split()[0].lower()}")
    opened(page, app, "/memo")
    shoot("memo-empty")
    opened(page, app, "/?session=there-is-no-such-session")
    shoot("missing")
    opened(page, app)
    page.get_by_role("textbox", name=START).fill("We want a bot. " * 600)
    page.keyboard.press("Enter")
    page.get_by_role("alert").first.wait_for()
    shoot("refused")
    page.locator('input[type="file"]').first.set_input_files(
        FilePayload(name="photo.png", mimeType="image/png", buffer=b"-")
    )
    shoot("attached")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
