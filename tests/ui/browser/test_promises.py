"""What the pages promise about a visitor's words is what is done with them."""

from types import SimpleNamespace

import pytest

from agent.settings import load_settings
from ui.browser import consultancy, privacy


def serve(monkeypatch: pytest.MonkeyPatch, address: str, header: str | None = None, **settings: object) -> None:
    """A page served at an address, behind a proxy that signs people in where there is a header."""
    chosen = load_settings(sign_in_header=header, **settings)
    headers = {header: "ann@example.org"} if header else {}
    visitor = SimpleNamespace(
        context=SimpleNamespace(headers=headers), user={}, get_option={"server.address": address}.get
    )
    monkeypatch.setattr(consultancy, "st", visitor)
    for module in (consultancy, privacy):
        monkeypatch.setattr(module, "settings", lambda: chosen)


def test_on_loopback_words_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "127.0.0.1")
    assert "nothing you type leaves it" in privacy.where_words_go()
    assert "on this machine" in privacy.how_long_kept()


@pytest.mark.parametrize(("address", "header"), [("0.0.0.0", None), ("127.0.0.1", "X-Forwarded-Email")])  # noqa: S104
def test_others_are_not_told_that_it_is_their_machine(
    monkeypatch: pytest.MonkeyPatch, address: str, header: str | None
) -> None:
    serve(monkeypatch, address, header)
    for said in (privacy.where_words_go(), privacy.how_long_kept()):
        assert "this server" in said and "this machine" not in said


def test_a_page_with_a_model_names_it_and_where_the_rest_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "0.0.0.0", language_model="llama", openai_api_key="key")  # noqa: S104
    assert "on this server" in privacy.where_words_go() and "llama" in privacy.where_words_go()


@pytest.mark.parametrize(("days", "said"), [(30, "for 30 days"), (1, "for 1 day ")])
def test_the_retention_is_told_in_days(monkeypatch: pytest.MonkeyPatch, days: int, said: str) -> None:
    serve(monkeypatch, "127.0.0.1", retention_days=days)
    assert said in privacy.how_long_kept()


def test_where_nothing_expires_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "127.0.0.1", retention_days=0)
    assert "nothing was said" not in privacy.how_long_kept()
