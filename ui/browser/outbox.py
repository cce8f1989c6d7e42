"""Messages on their way to the consultant: taken when sent, delivered one after the other, never lost or doubled.

A click or a submitted text is handed over by its callback, before anything of the page is drawn, to a thread that works
for this visitor alone. A rerun, a reload or a closed tab does not stop it, a second message waits for the first, and
the store sees each message id once.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import streamlit as st

from agent.protocol import Message, Turn, cleaned
from knowledge.errors import ConsultError, InputError
from ui.browser.consultancy import consultant, may_see, session_id, signed_in

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
    answer: "Future[Turn]"


def post(message: Message, message_id: str | None = None) -> None:
    """Sends a message; called by the callbacks of buttons and inputs. A click that comes twice is one message."""
    letters, identity = _letters(), message_id or secrets.token_hex(8)
    if any(letter.id == identity for letter in letters):
        return
    session = session_id()
    if session is not None and not may_see(session):
        return tell(InputError("There is no such session."))
    opening = letters[-1].answer if letters and session is None else None
    answer = _thread().submit(_send, session, opening, signed_in(), message, identity)
    letters.append(Letter(message, identity, session, answer))


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


def deliver(letter: Letter, still_there: Callable[[], object]) -> Turn:
    """The answer to a message, which is then taken out of the outbox; raises ConsultError.

    `still_there` is called while waiting, so that Streamlit can interrupt the page for what came in meanwhile; the
    message stays in the outbox then, and its answer is picked up by the next run.
    """
    awaited(letter.answer, still_there)
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
    st.session_state["problem"] = str(problem)


def told() -> str | None:
    """What went wrong with the last message, once."""
    problem: str | None = st.session_state.pop("problem", None)
    return problem


def _letters() -> list[Letter]:
    letters: list[Letter] = st.session_state.setdefault("outbox", [])
    return letters


def _answered(letter: Letter) -> bool:
    return letter.answer.done() and letter.answer.exception() is None


def _send(
    session: str | None, opening: "Future[Turn] | None", owner: str | None, message: Message, message_id: str
) -> Turn:
    """The answer to a message; it opens a session where neither it nor an earlier message has one."""
    if session is None and opening is not None and opening.exception() is None:
        session = opening.result().session
    message = cleaned(message)  # so that no session is opened for a message that cannot be used
    session = session or consultant().start(owner).session
    return consultant().send(session, message, message_id)


def _thread() -> ThreadPoolExecutor:
    """This visitor's own thread, so that messages are answered in the order in which they were sent."""
    thread: ThreadPoolExecutor = st.session_state.setdefault("thread", ThreadPoolExecutor(1, "consult"))
    return thread


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="consult")
