"""The facts: what was heard with the user's words, each to be changed in place, and what is still open."""

from html import escape
from typing import Any

import streamlit as st

from agent.protocol import Answered
from knowledge.facts import fact_specs
from ui.browser import outbox
from ui.browser.controls import fact_control
from ui.browser.safe_text import plain, visible
from ui.browser.shown import fact_label, fact_text
from ui.browser.words import word

SENT = "sent-from-facts"
"""Says within the page's state that an editor has sent something, so that all of the page is drawn again."""


def facts_section(facts: dict[str, Any], decision: dict[str, Any], number: int) -> None:
    """Everything heard, then everything open: what matters first, what does not behind a fold."""
    st.markdown(f"**{word('facts_heard')}**")
    for name, heard in facts.items():
        _heard(name, heard, number)
    unknown = [fact for fact in decision["unknown"] if fact["fact"] not in facts]
    mattering = [fact["fact"] for fact in unknown if fact["can_change"]]
    harmless = [fact["fact"] for fact in unknown if not fact["can_change"]]
    if mattering:
        st.markdown(f"**{word('facts_matter')}**")
    for name in mattering:
        _open(name, number)
    if harmless:
        fold = st.expander(word("facts_harmless", count=len(harmless)), key="facts-harmless", on_change="rerun")
        if fold.open:
            with fold:
                for name in harmless:
                    _open(name, number)


def _heard(name: str, heard: dict[str, Any], number: int) -> None:
    value = {"state": heard["state"]} if "state" in heard else heard["value"]
    said = {"value": value, "unsure": True} if heard.get("unsure") else value
    prose = fact_specs()[name].kind == "text"
    shown = "" if prose else fact_text(name, said)
    below = str(heard["value"]) if prose and heard["value"] else _words_behind(heard)
    _row(name, shown, below, value, number, f"fact-{name}")


def _words_behind(heard: dict[str, Any]) -> str:
    parts = [word("fact_words", quote=heard["quote"])] if heard.get("quote") else []
    if heard["origin"] != "user":
        parts.append(word(f"fact_{heard['origin']}"))
    if heard.get("by"):
        parts.append(word("fact_by", by=heard["by"]))
    return " ".join(parts)


def _open(name: str, number: int) -> None:
    _row(name, "", "", None, number, f"open-{name}")


def _row(name: str, shown: str, below: str, value: Any, number: int, key: str) -> None:
    """One fact in a single piece of HTML, as dozens of them are drawn with every message, and its editor."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", key=key):
        st.html(fact_html(fact_label(name), shown, below), width="stretch")
        _editor(name, value, number)


def fact_html(label: str, shown: str, below: str) -> str:
    """A fact's name, its value, and below them where it comes from; everything in it is escaped."""
    head = f"{escape(label)}: <b>{escape(visible(shown))}</b>" if shown else escape(label)
    return f'<p class="fact">{head}</p>' + (f'<p class="behind">{escape(visible(below))}</p>' if below else "")


def _editor(name: str, value: Any, number: int) -> None:
    """A fold with the control of one fact, drawn when it is opened; what it sends counts like any other answer."""
    fold = st.popover(
        word("fact_edit"),
        type="tertiary",
        help=word("fact_edit_label", label=fact_label(name)),
        key=f"editor-{name}-{number}",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            _controls(name, value, number)


def _controls(name: str, value: Any, number: int) -> None:
    spec = fact_specs()[name]
    st.caption(word("fact_find_out", find_out=plain(spec.find_out)))
    current = None if isinstance(value, dict) and "state" in value else value
    given = fact_control(spec, f"edit-{name}-{number}", current)
    with st.container(horizontal=True):
        st.button(
            word("fact_save"),
            key=f"save-{name}-{number}",
            disabled=given is None,
            type="primary",
            on_click=_save,
            args=(name, given, f"edit-{name}-{number}"),
        )
        st.button(
            word("fact_forget"),
            key=f"forget-{name}-{number}",
            on_click=_save,
            args=(name, None, f"forget-{name}-{number}"),
        )


def _save(name: str, value: Any, message_id: str) -> None:
    outbox.post(Answered({name: value}), message_id)
    st.session_state[SENT] = True
