"""The browser app's entry: what Streamlit runs for each visitor and each interaction."""

import streamlit as st

from ui.browser.chat import as_of_today, conversation, follow, history, say, under_way
from ui.browser.consultancy import session_id, signed_in, transcript
from ui.browser.frame import frame
from ui.browser.knowledge_page import knowledge_page
from ui.browser.memo_page import memo_page
from ui.browser.panel import decision_panel, lead_strip
from ui.browser.question import question_card
from ui.browser.sessions_page import sessions_page
from ui.browser.start import start_page
from ui.browser.uploads import any_outcome
from ui.browser.what_if import what_if_page

PANE_HEIGHT = 640  # pixels; the style sheet fits the panes to the window


def consult() -> None:
    """The consultation, or the first page where none has begun."""
    if session_id() is None and not (under_way() or any_outcome()):
        start_page()
        return
    exchanges = history()
    left, right = st.columns([3, 2], gap="large")
    with left:
        strip = st.container(key="strip")
        with st.container(height=PANE_HEIGHT, border=False, autoscroll=True, key="chat"):
            turn = as_of_today(session_id(), conversation(exchanges))
            number = len(transcript(session_id() or "")) if session_id() else 0
            if turn:
                question_card(turn, number)
        say(started=True)
    with right, st.container(height=PANE_HEIGHT, border=False, autoscroll=False, key="panel"):
        earlier = [answer for _, answer in exchanges if answer and answer is not turn]
        if turn:
            lead_strip(strip, turn)
        decision_panel(turn, earlier[-1] if earlier else None, number)
    follow(number)


signed_in()  # nothing is drawn for those whom a proxy did not sign in
frame(
    {
        "consult": (consult, ""),
        "what_if": (what_if_page, "what-if"),
        "memo": (memo_page, "memo"),
        "sessions": (sessions_page, "sessions"),
        "knowledge": (knowledge_page, "knowledge"),
    }
)
