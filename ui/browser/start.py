"""The first page: what this is, three situations to start with, and what was left off."""

import streamlit as st

from agent.protocol import Said
from ui.browser import outbox
from ui.browser.chat import say
from ui.browser.consultancy import SESSION, consultant, lists_all, signed_in
from ui.browser.privacy import where_words_go
from ui.browser.safe_text import plain
from ui.browser.words import word, words

MOST_RECENT = 3


def start_page() -> None:
    """Draws the first page; a click on an example starts its consultation."""
    with st.container(key="start"):
        st.title(word("start_heading"), anchor=False)
        st.markdown(word("start_intro"))
        say(started=False)
        st.header(word("start_examples"), anchor=False)
        for number, (place, example) in enumerate(zip(st.columns(3), words().examples, strict=True)):
            with place.container(border=True, height="stretch", key=f"example-{number}"):
                st.markdown(f"**{example.title}**\n\n{example.teaser}")
                st.button(
                    word("start_use"),
                    key=f"use-{number}",
                    help=example.text,
                    on_click=_start_with,
                    args=(example.text,),
                )
        _recent()
        st.caption(where_words_go())


def _start_with(text: str) -> None:
    outbox.post(Said(text))


def _recent() -> None:
    cards = consultant().sessions(signed_in())[:MOST_RECENT] if lists_all() else []
    if not cards:
        return
    st.header(word("start_recent"), anchor=False)
    for card in cards:
        st.page_link(st.session_state["pages"]["consult"], label=plain(card.title), query_params={SESSION: card.id})
