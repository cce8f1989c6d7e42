"""Messages on their way to the consultant: taken when sent, delivered one after the other, never lost or doubled.

A click or a submitted text is put into the outbox by its callback, before anything of the page is drawn, so that a
second one cannot overtake it. The work is done outside the page's script: a rerun, a reload or a closed tab does not
stop it, and the store sees each message id once.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import streamlit as st

from agent.protocol import Message, Turn
from knowledge.errors import ConsultError
from ui.browser.consultancy import consultant, session_id, signed_in

Argument = TypeVar("Argument")
Result = TypeVar("Result")

POLL_SECONDS = 0.1
WORKERS = 8


@dataclass
class Letter:
    """A message, the id under which it counts once, and the answer that is being worked out."""

    message: Message
    id: str
    answer: "Future[Turn] | None" = None


def post(message: Message, message_id: str | None = None) -> None:
    """Puts a message into the outbox; called by the callbacks of buttons and inputs."""
    letters = waiting()
    identity = message_id or secrets.token_hex(8)
    if all(letter.id != identity for letter in letters):
        letters.append(Letter(message, identity))


def waiting() -> list[Letter]:
    """The messages that have no answer yet, in the order in which they were sent."""
    letters: list[Letter] = st.session_state.setdefault("outbox", [])
    return letters


def deliver(letter: Letter, still_there: Callable[[], object]) -> Turn:
    """The answer to the first message in the outbox, which is then taken out; raises ConsultError.

    `still_there` is called while waiting, so that Streamlit can interrupt the page for what came in meanwhile; the
    message stays in the outbox then, and its answer is picked up by the next run.
    """
    if letter.answer is None:
        letter.answer = _workers().submit(_send, session_id(), signed_in(), letter)
    while not wait([letter.answer], POLL_SECONDS).done:
        still_there()
    waiting().remove(letter)
    return letter.answer.result()


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


def in_background(work: Callable[[Argument], Result], argument: Argument) -> "Future[Result]":
    """Starts work that goes on when the page's script is interrupted."""
    return _workers().submit(work, argument)


def _send(session: str | None, owner: str | None, letter: Letter) -> Turn:
    session = session or consultant().start(owner).session
    return consultant().send(session, letter.message, letter.id)


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="consult")
