"""What stands around every page: title, navigation that keeps the session in the address, and errors in words."""

from collections.abc import Callable, Mapping
from functools import wraps

import streamlit as st
from streamlit.navigation.page import Page

from knowledge.errors import ConsultError
from ui.browser.consultancy import SESSION, session_id
from ui.browser.safe_text import plain
from ui.browser.theme import STYLE
from ui.browser.words import word


def frame(pages: dict[str, tuple[Callable[[], None], str]]) -> None:
    """Draws the page that the address names, within title and navigation."""
    st.set_page_config(page_title=word("product"), page_icon="🧭", layout="wide")
    st.html(STYLE)
    made = {
        name: st.Page(guarded(draw), title=word(f"page_{name}"), url_path=path, default=not path)
        for name, (draw, path) in pages.items()
    }
    st.session_state["pages"] = made
    current = st.navigation(list(made.values()), position="hidden")
    _navigation(made)
    current.run()


def _navigation(pages: Mapping[str, Page]) -> None:
    session = session_id()
    query = {SESSION: session} if session else None
    with st.container(horizontal=True, key="nav"):
        for page in pages.values():
            st.page_link(page, query_params=query)


def guarded(draw: Callable[[], None]) -> Callable[[], None]:
    """A page whose errors are told in a sentence, with a way on; what was not foreseen goes to the log."""

    @wraps(draw)
    def page() -> None:
        try:
            draw()
        except ConsultError as problem:
            _problem(plain(problem))

    return page


def _problem(sentence: str) -> None:
    st.error(f"**{word('error_heading')}** {sentence}")
    st.page_link(st.session_state["pages"]["consult"], label=word("error_to_start"), query_params={})
