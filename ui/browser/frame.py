"""What stands around every page: title, navigation that keeps the session in the address, and errors in words."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from knowledge.errors import ConsultError
from ui.browser.consultancy import SESSION, session_id
from ui.browser.safe_text import in_browser, plain
from ui.browser.sign_in import shut, sign_in_page, sign_out_button
from ui.browser.theme import STYLE
from ui.browser.words import word

log = logging.getLogger(__name__)


def frame(pages: dict[str, tuple[Callable[[], None], str]]) -> None:
    """Draws the page that the address names, within title and navigation."""
    st.set_page_config(page_title=word("product"), page_icon="🧭", layout="wide")
    st.html(STYLE)
    st.html(f'<p class="offline" role="status">{word("offline")}</p>')
    made = {
        name: st.Page(guarded(draw), title=word(f"page_{name}"), url_path=path, default=not path)
        for name, (draw, path) in pages.items()
    }
    st.session_state["pages"] = made
    current = st.navigation(list(made.values()), position="hidden")
    if shut():
        sign_in_page()
        return
    with st.container(key="nav"):
        place = st.empty()
    before = session_id()
    _navigation(place, made)
    current.run()
    if session_id() != before:
        _navigation(place, made)


def _navigation(place: DeltaGenerator, pages: Mapping[str, Page]) -> None:
    """Links to all pages, each with the session in its address."""
    session = session_id()
    query = {SESSION: session} if session else None
    with place.container(horizontal=True):
        st.html(f'<span class="brand">{word("product")}</span>')
        for page in pages.values():
            st.page_link(page, query_params=query)
        sign_out_button()


def guarded(draw: Callable[[], None]) -> Callable[[], None]:
    """A page whose errors are told in a sentence, with a way on; what was not foreseen goes to the log."""

    @wraps(draw)
    def page() -> None:
        try:
            draw()
        except ConsultError as problem:
            _problem(plain(in_browser(str(problem))))
        except Exception:  # the last door: whatever else happens is told in a sentence, and kept in the log
            log.exception("A page could not be drawn.")
            _problem(word("error_unexpected"))

    return page


def _problem(sentence: str) -> None:
    st.error(f"**{word('error_heading')}** {sentence}")
    with st.container(key="way-on"):
        st.page_link(st.session_state["pages"]["consult"], label=word("error_to_start"), query_params={})
