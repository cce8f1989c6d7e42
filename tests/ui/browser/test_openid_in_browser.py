"""Signing in by OpenID Connect at a real provider: a round trip over HTTP, two people, and the way out."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.peers.local import free_port
from tests.peers.openid import OpenIdPeer
from tests.ui.browser.served import START, Served, begin, chromium, opened, serving, visitor

pytestmark = pytest.mark.browser

TEXT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdPeer]:
    with OpenIdPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def guarded(provider: OpenIdPeer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app, set up as the deployment guide says."""
    if chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "{provider.client_id}"
client_secret = "{provider.client_secret}"
server_metadata_url = "{provider.metadata_url}"
"""
    )
    with serving(Served(folder / "home", port, folder=folder)) as served:
        yield served


def sign_in(page: Page, app: Served, provider: OpenIdPeer, who: str) -> None:
    """Goes through the provider and comes back."""
    provider.who = who
    page.goto(app.url)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name=START).wait_for()


def test_nothing_is_shown_before_signing_in(guarded: Served, browser: Browser) -> None:
    with visitor(browser, guarded) as page:
        for path in ("/", "/knowledge", "/sessions"):
            page.goto(guarded.url + path)
            expect(page.get_by_role("button", name="Sign in")).to_be_visible()
            assert page.locator(".st-key-nav").count() == 0 and page.get_by_role("tab").count() == 0


def test_each_person_sees_their_own_sessions_alone(guarded: Served, provider: OpenIdPeer, browser: Browser) -> None:
    with visitor(browser, guarded) as ann, visitor(browser, guarded) as ben:
        sign_in(ann, guarded, provider, "ann@example.org")
        session = begin(ann, guarded, TEXT)
        sign_in(ben, guarded, provider, "ben@example.org")
        assert provider.signed_in[-2:] == ["ann@example.org", "ben@example.org"] and provider.refused == []
        for path in ("/", "/memo", "/what-if"):
            opened(ben, guarded, f"{path}?session={session}")
            expect(ben.get_by_role("alert").first).to_contain_text("no such session")
            assert ben.get_by_text("300 pages").count() == 0
        opened(ben, guarded, "/sessions")
        expect(ben.get_by_text("There are no consultations yet.")).to_be_visible()
        opened(ann, guarded, "/sessions")
        expect(ann.locator(f".st-key-session-{session}")).to_be_visible()


def test_signing_out_closes_the_sessions(guarded: Served, provider: OpenIdPeer, browser: Browser) -> None:
    with visitor(browser, guarded) as page:
        sign_in(page, guarded, provider, "ann@example.org")
        session = begin(page, guarded, TEXT)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        page.goto(f"{guarded.url}/?session={session}")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert page.get_by_text("300 pages").count() == 0


def test_a_forged_answer_of_the_provider_signs_nobody_in(
    guarded: Served, provider: OpenIdPeer, browser: Browser
) -> None:
    with visitor(browser, guarded) as page:
        page.goto(f"{guarded.url}/oauth2callback?code=made-up&state=made-up")
        page.goto(guarded.url)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
