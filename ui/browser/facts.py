"""The facts: what was heard with the user's words, each to be changed in place, and what is still open."""

from typing import Any

import streamlit as st

from agent.protocol import Answered
from knowledge.facts import fact_specs
from ui.browser import outbox
from ui.browser.controls import fact_control
from ui.browser.safe_text import plain
from ui.browser.shown import fact_label, fact_text
from ui.browser.words import word


def facts_section(facts: dict[str, Any], decision: dict[str, Any], number: int) -> None:
    """Everything heard, then everything open with whether it matters."""
    st.markdown(f"**{word('facts_heard')}**")
    for name, heard in facts.items():
        _heard(name, heard, number)
    unknown = [fact for fact in decision["unknown"] if fact["fact"] not in facts]
    if unknown:
        st.markdown(f"**{word('facts_open')}**")
    for fact in sorted(unknown, key=lambda one: not one["can_change"]):
        _open(fact, number)


def _heard(name: str, heard: dict[str, Any], number: int) -> None:
    value = {"state": heard["state"]} if "state" in heard else heard["value"]
    with st.container(key=f"fact-{name}", gap=None):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            prose = fact_specs()[name].kind == "text"
            shown = "" if prose else f": **{plain(fact_text(name, value))}**"
            st.markdown(f"{plain(fact_label(name))}{shown}", width="stretch")
            _editor(name, value, number, word("fact_edit"))
        st.caption(plain(heard["value"]) if prose and heard["value"] else _words_behind(heard))


def _words_behind(heard: dict[str, Any]) -> str:
    parts = [word("fact_words", quote=plain(heard["quote"]))] if heard.get("quote") else []
    if heard["origin"] != "user":
        parts.append(word(f"fact_{heard['origin']}"))
    if heard.get("by"):
        parts.append(word("fact_by", by=plain(heard["by"])))
    return " ".join(parts)


def _open(fact: dict[str, Any], number: int) -> None:
    name = fact["fact"]
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"open-{name}"):
        matters = word("fact_matters") if fact["can_change"] else word("fact_harmless")
        st.markdown(f"{plain(fact_label(name))} – *{matters}*", width="stretch")
        _editor(name, None, number, word("fact_edit"))


def _editor(name: str, value: Any, number: int, label: str) -> None:
    """A fold with the control of one fact; the new value is sent as an answer, so that it counts like any other."""
    spec = fact_specs()[name]
    with st.popover(label, type="tertiary", help=word("fact_edit_label", label=fact_label(name))):
        st.caption(word("fact_find_out", find_out=spec.find_out))
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
