"""The conversation: what was said and answered, the message under way, and the place to type."""

import re
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from agent.protocol import Answered, Commanded, Message, Said, Turn
from knowledge.errors import ConsultError, InputError
from ui.browser import outbox, uploads
from ui.browser.consultancy import Exchange, consultant, open_session, session_id, transcript
from ui.browser.launch import UPLOAD_LIMIT_MB
from ui.browser.safe_text import inert, plain, visible
from ui.browser.shown import fact_label, fact_text
from ui.browser.typed import posted, texts
from ui.browser.words import word

_NUMBERED = re.compile(r"\n(?:\d+\. [^\n]*(?:\n|$))+")

TYPED = "say"
"""What stands in the input."""

FOLLOW_SECONDS = 5
SHOWN_AT_ONCE = 16
"""Exchanges that are drawn; earlier ones are kept behind a fold, so that a long consultation stays quick."""


def conversation(exchanges: list[Exchange]) -> Turn | None:
    """Draws all exchanges, answers what waits in the outbox, and returns the latest turn."""
    shown = [
        (place, message, answer)
        for place, (message, answer) in enumerate(exchanges)
        if message and (answer or not outbox.waiting())
    ]
    earlier, recent = shown[:-SHOWN_AT_ONCE], shown[-SHOWN_AT_ONCE:]
    if earlier:
        fold = st.expander(word("earlier", count=len(earlier)), key="earlier", on_change="rerun")
        if fold.open:
            with fold:
                _draw_all(earlier)
    _draw_all(recent)
    for outcome in uploads.latest_outcomes(len(exchanges)):
        uploads.draw_outcome(outcome)
    if uploads.work_on_uploads(len(exchanges)):
        st.rerun()  # what a file led to stands in the transcript now
    turn = next((answer for _, answer in reversed(exchanges) if answer), None)
    while letters := outbox.waiting():
        turn = _under_way(letters[0]) or turn
    problem = outbox.told()
    if problem:
        st.error(plain(problem))
    return turn


def history() -> list[Exchange]:
    """What was said and answered in this page's session; what an earlier run left unanswered is answered first."""
    outbox.settle()
    session = session_id()
    exchanges = transcript(session) if session else []
    if session and exchanges and exchanges[-1][1] is None and not outbox.waiting():
        with st.spinner(word("working"), show_time=False):
            place = st.empty()
            work = outbox.in_background(consultant().resume, session)
            outbox.awaited(work, place.empty)
            work.result()
        exchanges = transcript(session)
    return exchanges


def as_of_today(session: str | None, turn: Turn | None) -> Turn | None:
    """The turn at today's rules and prices, where a session is opened again and they say something else than before."""
    if session is None or turn is None or st.session_state.get("seen") == session:
        return turn
    st.session_state["seen"] = session
    today = consultant().resume(session)
    if today.recommendation == turn.recommendation:
        return turn
    st.info(word("stale"))
    return replace(turn, recommendation=today.recommendation, open=today.open)


def under_way() -> bool:
    """Whether something was sent that has no answer yet."""
    return bool(outbox.waiting() or uploads.reading())


@st.fragment(run_every=FOLLOW_SECONDS)
def follow(number: int) -> None:
    """Draws the page anew when the session went on elsewhere: in another tab, or through another door."""
    session = session_id()
    if session and not under_way() and len(transcript(session)) != number:
        st.rerun()


def say(started: bool) -> None:
    """The input below the conversation; typing is possible at any time.

    Files of any kind are taken, as Streamlit drops others without a word; `uploads` says which it cannot use, and why.
    """
    st.chat_input(
        word("say_answer" if started else "say_start"),
        key=TYPED,
        on_submit=_post_typed,
        accept_file="multiple",
        max_upload_size=UPLOAD_LIMIT_MB,
    )


def _post_typed() -> None:
    typed = st.session_state[TYPED]
    if typed.files:
        uploads.receive(typed.files)
    sent = texts(typed.text)
    for message_id, text in sent:
        if text.strip():
            outbox.post(Said(text), message_id)
    posted(message_id for message_id, _ in sent)


def _draw_all(exchanges: Sequence[tuple[int, Message | None, Turn | None]]) -> None:
    for place, message, answer in exchanges:
        for outcome in uploads.outcomes_before(place):
            uploads.draw_outcome(outcome)
        if message:
            _draw_message(message)
        if answer:
            _draw_reply(_without_choices(answer))


def _under_way(letter: outbox.Letter) -> Turn | None:
    """Draws a message and then its answer; None where the message could not be used."""
    mine, place = st.empty(), st.empty()
    with mine.container():
        _draw_message(letter.message)
    place.caption(word("working"))

    def show(text: str) -> None:
        if text:
            with place.container():
                _draw_reply(_NUMBERED.sub("\n", text))
        else:
            place.caption(word("working"))

    try:
        turn = outbox.deliver(letter, show)
    except ConsultError as problem:
        place.empty()
        outbox.tell(problem)
        if isinstance(problem, InputError) and isinstance(letter.message, Said):
            mine.empty()  # what cannot be used goes back to where it was typed, to be shortened or copied
            st.session_state[TYPED] = letter.message.text
        return None
    if session_id() != turn.session:
        open_session(turn.session)
        st.session_state["seen"] = turn.session
    with place.container():
        _draw_reply(_without_choices(turn))
    return turn


def _draw_message(message: Message) -> None:
    with st.chat_message("user"):
        st.text(visible(message_text(message)))


def _draw_reply(text: str) -> None:
    with st.chat_message("assistant"):
        st.markdown(inert(text), anchors=False)


def _without_choices(turn: Turn) -> str:
    """The reply without the numbered list of choices, which stands below it as buttons."""
    return _NUMBERED.sub("\n", turn.reply) if turn.choices else turn.reply


def message_text(message: Message) -> str:
    """A message as its sender would have written it."""
    match message:
        case Said(text):
            return text
        case Answered(answers):
            lines = [f"{fact_label(fact)}: {fact_text(fact, value)}" for fact, value in answers.items()]
            return "\n".join(lines)
        case Commanded(command):
            return word(f"command_{command}")
    return word("adopted")
