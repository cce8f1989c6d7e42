"""The browser app's entry: what Streamlit runs for each visitor and each interaction."""

import streamlit as st

from ui.browser import outbox
from ui.browser.chat import conversation, say
from ui.browser.consultancy import session_id, transcript
from ui.browser.frame import frame
from ui.browser.knowledge_page import knowledge_page
from ui.browser.memo_page import memo_page
from ui.browser.panel import decision_panel
from ui.browser.question import question_card
from ui.browser.sessions_page import sessions_page
from ui.browser.start import start_page
from ui.browser.what_if import what_if_page


def consult() -> None:
    """The consultation, or the first page where none has begun."""
    session = session_id()
    if session is None and not outbox.waiting() and not st.session_state.get("uploads"):
        start_page()
        say(started=False)
        return
    exchanges = transcript(session) if session else []
    chat, side = st.columns([3, 2], gap="large")
    say(started=True)
    with chat, st.container(key="chat"):
        turn = conversation(exchanges)
        number = len(transcript(session_id() or ""))
        if turn:
            question_card(turn, number)
    with side, st.container(key="panel"):
        answers = [answer for _, answer in exchanges if answer and answer is not turn]
        decision_panel(turn, answers[-1] if answers else None, number)


frame(
    {
        "consult": (consult, ""),
        "what_if": (what_if_page, "what-if"),
        "memo": (memo_page, "memo"),
        "sessions": (sessions_page, "sessions"),
        "knowledge": (knowledge_page, "knowledge"),
    }
)
