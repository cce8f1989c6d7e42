"""Messages on their way to the consultant: taken when sent, delivered one after the other, never lost or doubled.

A click or a submitted text is handed over by its callback, before anything of the page is drawn, to a thread that works
for this visitor alone. A rerun, a reload or a closed tab does not stop it, a second message waits for the first, and
the store sees each message id once. The answer comes in pieces, which a page that waits draws as they come.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from threading import Event
from typing import TypeVar

import streamlit as st

from agent.protocol import Message, Turn, cleaned
from knowledge.errors import ConsultError, InputError
from ui.browser.consultancy import consultant, may_see, session_id, signed_in
from ui.browser.safe_text import in_browser

Argument = TypeVar("Argument")
Result = TypeVar("Result")

POLL_SECONDS = 0.1
WORKERS = 4


@dataclass
class Letter:
    """A message, the session it is meant for (None for a new one), and the answer that is being worked out."""

    message: Message
    id: str
    session: str | None
    pieces: list[str] = field(default_factory=list)
    news: Event = field(default_factory=Event)
    answer: "Future[Turn]" = field(default_factory=Future)

    def hear(self, piece: str) -> None:
        """Takes the next piece of the answer; called by the thread that works it out."""
        self.pieces.append(piece)
        self.news.set()


def post(message: Message, message_id: str | None = None) -> None:
    """Sends a message; called by the callbacks of buttons and inputs. A click that comes twice is one message."""
    letters, identity = _letters(), message_id or secrets.token_hex(8)
    if any(letter.id == identity for letter in letters):
        return
    session = session_id()
    if session is not None and not may_see(session):
        return tell(InputError("There is no such session."))
    opening = letters[-1].answer if letters and session is None else None
    letter = Letter(message, identity, session)
    letter.answer = _thread().submit(_send, letter, opening, signed_in())
    letter.answer.add_done_callback(lambda _: letter.news.set())
    letters.append(letter)


def waiting() -> list[Letter]:
    """The messages of this page's session that were not yet shown with an answer, in the order of sending."""
    here = session_id()
    return [letter for letter in _letters() if letter.session in (here, None)]


def settle() -> None:
    """Drops the letters that were answered meanwhile: their answers are in the transcript.

    Before the session stands in the page's address they are kept, as the answer to the first says which one it is.
    """
    if session_id() is not None:
        st.session_state["outbox"] = [letter for letter in _letters() if not _answered(letter)]


def deliver(letter: Letter, show: Callable[[str], object]) -> Turn:
    """The answer to a message, which is then taken out of the outbox; raises ConsultError.

    `show` is given what has come of it so far, again and again while waiting, so that Streamlit can interrupt the page
    for what came in meanwhile; the message stays in the outbox then, and its answer is picked up by the next run.
    """
    while not letter.answer.done():
        letter.news.wait(POLL_SECONDS)
        letter.news.clear()
        show("".join(letter.pieces))
    _letters().remove(letter)
    return letter.answer.result()


def awaited(work: "Future[Result]", still_there: Callable[[], object]) -> None:
    """Waits for work without holding up the page."""
    while not wait([work], POLL_SECONDS).done:
        still_there()


def in_background(work: Callable[[Argument], Result], argument: Argument) -> "Future[Result]":
    """Starts work that goes on when the page's script is interrupted."""
    return _workers().submit(work, argument)


def forget(session: str) -> None:
    """Drops what this visitor's page holds of a session."""
    for name in [name for name in st.session_state if session in str(name)]:
        del st.session_state[name]


def tell(problem: ConsultError) -> None:
    """Keeps what went wrong until it has been shown."""
    st.session_state["problem"] = in_browser(str(problem))


def told() -> str | None:
    """What went wrong with the last message, once."""
    problem: str | None = st.session_state.pop("problem", None)
    return problem


def _letters() -> list[Letter]:
    letters: list[Letter] = st.session_state.setdefault("outbox", [])
    return letters


def _answered(letter: Letter) -> bool:
    return letter.answer.done() and letter.answer.exception() is None


def _send(letter: Letter, opening: "Future[Turn] | None", owner: str | None) -> Turn:
    """The answer to a message; it opens a session where neither it nor an earlier message has one."""
    session = letter.session
    if session is None and opening is not None and opening.exception() is None:
        session = opening.result().session
    message = cleaned(letter.message)  # so that no session is opened for a message that cannot be used
    session = session or consultant().start(owner).session
    return consultant().send(session, message, letter.id, letter.hear)


def _thread() -> ThreadPoolExecutor:
    """This visitor's own thread, so that messages are answered in the order in which they were sent."""
    thread: ThreadPoolExecutor = st.session_state.setdefault("thread", ThreadPoolExecutor(1, "consult"))
    return thread


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="consult")
