"""One app and one Chromium for all browser tests; each test is a visitor of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.peers.local import free_port
from tests.ui.browser.served import SECONDS, Served, chromium, launched, serving, visitor

expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running app."""
    if chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with serving(Served(tmp_path_factory.mktemp("served"), free_port())) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, one a module: while Playwright runs, its event loop keeps any other from starting."""
    if chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, app: Served) -> Iterator[Page]:
    """A new visitor on a desktop screen."""
    with visitor(browser, app) as fresh:
        yield fresh
