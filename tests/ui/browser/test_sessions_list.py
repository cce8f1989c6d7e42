"""The list of consultations says when it does not show all, and the search reaches those that it leaves out."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.library import open_searcher
from tests.scripted_language import ScriptedLanguage
from ui.browser import consultancy, privacy, sessions_page
from ui.browser.sessions_page import MOST_LISTED

EXTRA = 3


def drawn() -> None:
    from ui.browser.sessions_page import sessions_page

    sessions_page()


@pytest.fixture
def page(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over a few consultations more than it lists; rows are drawn as titles alone."""
    chosen = load_settings(messages_per_hour=0)
    with closing(Consultant(chosen, ScriptedLanguage(), open_searcher(tmp_path / "index"))) as consultant:
        for number in range(MOST_LISTED + EXTRA):
            consultant._store.create(f"Talk {number:03}")
        for module in (consultancy, sessions_page):
            monkeypatch.setattr(module, "consultant", lambda: consultant)
        for module in (consultancy, privacy):
            monkeypatch.setattr(module, "settings", lambda: chosen)
        monkeypatch.setattr(sessions_page, "lists_all", lambda: True)
        monkeypatch.setattr("streamlit.page_link", lambda *_, **__: None)
        monkeypatch.setattr(sessions_page, "_row", lambda card: st.text(card.title))
        monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # the test page takes its place
        app = AppTest.from_function(drawn, default_timeout=30)
        app.session_state["pages"] = {"consult": None}
        yield app.run()


def test_a_list_that_is_cut_says_so_and_the_search_finds_the_others(page: AppTest) -> None:
    assert not page.exception
    assert len(page.text) == MOST_LISTED
    assert f"The latest {MOST_LISTED} of {MOST_LISTED + EXTRA}; search to find others." in [
        one.value for one in page.caption
    ]
    left_out = ({f"Talk {number:03}" for number in range(MOST_LISTED + EXTRA)} - {one.value for one in page.text}).pop()
    page.text_input(key="find-session").input(left_out).run()
    assert [one.value for one in page.text] == [left_out]
    assert not any("search to find" in one.value for one in page.caption)


def test_the_last_use_is_told_as_a_day_and_a_time() -> None:
    assert sessions_page._when("2026-03-01T12:34:00+00:00")[:14] == "1 March 2026, "
