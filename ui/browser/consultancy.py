"""The consultant that all browser sessions share, and which session this one shows."""

import threading
from functools import cache
from typing import Any, NoReturn

import streamlit as st

from agent.consultation import Consultant
from agent.protocol import Message, Turn
from agent.settings import Settings, load_settings
from knowledge.errors import InputError
from ui.browser.words import word

SESSION = "session"
"""The name of the session's id in the page's address."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Exchange = tuple[Message | None, Turn | None]

_opening = threading.Lock()


@cache
def settings() -> Settings:
    """The settings that the program was started with."""
    return load_settings()


def consultant() -> Consultant:
    """The one consultant of this process."""
    with _opening:
        return _open()


@cache
def _open() -> Consultant:
    return Consultant(settings())


def session_id() -> str | None:
    """The session in the page's address; None on a page without one."""
    return st.query_params.get(SESSION)


def open_session(session: str) -> None:
    """Puts a session into the page's address."""
    st.query_params[SESSION] = session


def leave_session() -> None:
    """Takes the session out of the page's address."""
    st.query_params.pop(SESSION, None)


def signed_in() -> str | None:
    """Who has signed in; None where signing in is not set up.

    Where a reverse proxy signs people in, a request without its header shows nothing at all.
    """
    header = settings().sign_in_header
    if header is not None:
        return st.context.headers.get(header, "").strip() or _turned_away()
    if not st.user.get("is_logged_in"):
        return None
    return str(st.user.get("email") or st.user.get("sub"))


def _turned_away() -> NoReturn:
    st.error(word("sign_in_first"))
    st.stop()


def may_see(session: str) -> bool:
    """Whether this visitor may see the session: with sign-in, its owner alone."""
    who = signed_in()
    return who is None or any(card.id == session for card in consultant().sessions(who))


def lists_all() -> bool:
    """Whether this visitor may see a list of sessions: when signed in, or when only this machine can reach the page."""
    return signed_in() is not None or on_own_machine()


def on_own_machine() -> bool:
    """Whether the page is served to this machine alone, with no proxy before it that signs others in."""
    return signed_in() is None and st.get_option("server.address") in LOOPBACK


def transcript(session: str) -> list[Exchange]:
    """What was said and answered; raises InputError for a session that is missing or someone else's."""
    if not may_see(session):
        raise InputError("There is no such session.")
    return consultant().transcript(session)


def facts_as_profile(facts: dict[str, Any]) -> dict[str, Any]:
    """The profile that the facts of a turn stand for."""
    return {name: _form(heard) for name, heard in facts.items()}


def _form(heard: dict[str, Any]) -> Any:
    if "state" in heard:
        return {"state": heard["state"]}
    return {"value": heard["value"], "unsure": True} if heard.get("unsure") else heard["value"]
