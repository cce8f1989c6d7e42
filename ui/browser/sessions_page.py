"""All consultations: search, open, rename, duplicate, export, erase."""

import datetime as dt
import json

import streamlit as st

from agent.store import SessionCard
from knowledge.errors import ConsultError, InputError
from ui.browser import memo_page, outbox
from ui.browser.consultancy import (
    SESSION,
    consultant,
    leave_session,
    lists_all,
    may_see,
    session_id,
    signed_in,
)
from ui.browser.privacy import how_long_kept
from ui.browser.safe_text import plain, visible
from ui.browser.shown import day
from ui.browser.words import word

MOST_LISTED = 50


def sessions_page() -> None:
    """Draws the list; where others could read it, only the session of the address."""
    st.subheader(word("page_sessions"), anchor=False)
    st.caption(how_long_kept() if lists_all() else word("sessions_private"))
    with st.container(key="new-session"):
        st.page_link(st.session_state["pages"]["consult"], label=word("session_new"), query_params={})
    _outcome()
    cards = _cards()
    if not cards:
        st.info(word("sessions_none"))
        return
    wanted = st.text_input(word("sessions_search"), key="find-session").strip().casefold()
    found = [card for card in cards if wanted in card.title.casefold()]
    if not found:
        st.info(word("sessions_no_match"))
    if len(found) > MOST_LISTED:
        st.caption(word("sessions_latest", shown=MOST_LISTED, all=f"{len(found):,}"))
    for card in found[:MOST_LISTED]:
        _row(card)


def _cards() -> list[SessionCard]:
    if lists_all():
        return consultant().sessions(signed_in())
    here = session_id()
    return [card for card in consultant().sessions() if card.id == here]


def _row(card: SessionCard) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", border=True, key=f"session-{card.id}"):
        with st.container(gap=None):
            st.page_link(
                st.session_state["pages"]["consult"], label=f"**{plain(card.title)}**", query_params={SESSION: card.id}
            )
            st.caption(word("session_updated", when=_when(card.updated_at)))
        fold = st.popover(
            word("session_more"),
            type="tertiary",
            help=f"{word('session_more')}: {plain(card.title)}",
            key=f"more-{card.id}",
            on_change="rerun",
        )
        if fold.open:
            with fold:
                _actions(card)


def _actions(card: SessionCard) -> None:
    st.text_input(word("session_title"), visible(card.title), key=f"title-{card.id}", max_chars=80)
    with st.container(horizontal=True):
        st.button(word("session_rename"), key=f"rename-{card.id}", on_click=_rename, args=(card.id,))
        st.button(word("session_duplicate"), key=f"duplicate-{card.id}", on_click=_duplicate, args=(card.id,))
        st.download_button(
            word("session_export"),
            lambda: _exported(card.id),
            f"consultation-{card.id[:8]}.json",
            "application/json",
            on_click="ignore",
            key=f"export-{card.id}",
        )
    st.divider()
    st.caption(word("session_erase_warning"))
    st.button(word("session_erase_sure"), key=f"erase-{card.id}", on_click=_erase, args=(card.id, card.title))


def _exported(session: str) -> str:
    _check_own(session)
    return json.dumps(consultant().export(session), ensure_ascii=False, indent=1)


def _rename(session: str) -> None:
    try:
        _check_own(session)
        consultant().rename(session, st.session_state[f"title-{session}"])
        _tell(word("session_renamed"))
    except ConsultError as problem:
        outbox.tell(problem)


def _duplicate(session: str) -> None:
    try:
        _check_own(session)
        consultant().duplicate(session)
        _tell(word("session_duplicated"))
    except ConsultError as problem:
        outbox.tell(problem)


def _erase(session: str, title: str) -> None:
    """Removes the session, and what this process still holds of it."""
    try:
        _check_own(session)
        consultant().erase(session)
    except ConsultError as problem:
        outbox.tell(problem)
        return
    memo_page.forget()
    outbox.forget(session)
    if session_id() == session:
        leave_session()
    _tell(word("session_erased", title=title))


def _check_own(session: str) -> None:
    if not may_see(session):
        raise InputError("There is no such session.")


def _tell(sentence: str) -> None:
    st.session_state["done"] = sentence


def _outcome() -> None:
    done, problem = st.session_state.pop("done", None), outbox.told()
    if done:
        st.success(plain(done))
    if problem:
        st.error(plain(problem))


def _when(stamp: str) -> str:
    at = dt.datetime.fromisoformat(stamp).astimezone()
    return f"{day(at.date().isoformat())}, {at:%H:%M}"
