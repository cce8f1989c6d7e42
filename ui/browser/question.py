"""The question at hand: likely answers to click, a typed control, and the ways around it."""

from typing import Any

import streamlit as st

from agent.protocol import Answered, Command, Commanded, Said, Turn
from knowledge.facts import FactSpec, fact_specs
from tools.units import TOKENS
from ui.browser import outbox
from ui.browser.consultancy import SESSION
from ui.browser.controls import fact_control
from ui.browser.safe_text import plain
from ui.browser.shown import choice_text, fact_label
from ui.browser.words import word

FREE_TEXT = ("use_case",)
COUNTED_IN_TOKENS = "tokens"


def question_card(turn: Turn, number: int) -> None:
    """The controls for the question of the latest turn; `number` tells questions apart, so that no click is stale."""
    if turn.asks is None:
        _to_memo(turn)
        return
    spec = fact_specs()[turn.asks]
    with st.container(border=True, key="question"):
        st.markdown(f"**{plain(fact_label(spec.name))}**")
        if spec.kind != "text":
            _likely_answers(spec, turn.choices, number)
        if spec.unit == COUNTED_IN_TOKENS:
            st.caption(word("tokens_note", tokens=f"{TOKENS['page']:,.0f}"))
        if spec.numeric:
            _exact(spec, number)
        _ways_around(spec, number)


def _to_memo(turn: Turn) -> None:
    """The next step where nothing is asked any more."""
    if turn.facts and st.button(word("open_memo"), key="open-memo"):
        st.switch_page(st.session_state["pages"]["memo"], query_params={SESSION: turn.session})


def _likely_answers(spec: FactSpec, choices: list[Any] | None, number: int) -> None:
    offered = choices if choices is not None else [_whole(value) for value in spec.likely]
    with st.container(horizontal=True, key="choices"):
        for choice in offered:
            text = choice_text(spec.name, choice)
            st.button(plain(text), key=f"choice-{number}-{choice}", on_click=_choose, args=(spec, choice, number))


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _choose(spec: FactSpec, choice: Any, number: int) -> None:
    """A value of the fact is an answer; a reading in words is said as if it had been typed."""
    typed = not isinstance(choice, str) or choice in spec.values
    message = Answered({spec.name: choice}) if typed else Said(choice)
    outbox.post(message, f"answer-{number}-{spec.name}-{choice}"[:64])


def _exact(spec: FactSpec, number: int) -> None:
    with st.expander(word("exactly")):
        value = fact_control(spec, f"exact-{number}")
        st.button(
            word("send"),
            key=f"send-{number}",
            disabled=value is None,
            on_click=_answer,
            args=(spec.name, value, number),
        )


def _answer(fact: str, value: Any, number: int) -> None:
    outbox.post(Answered({fact: value}), f"exact-{number}")


def _ways_around(spec: FactSpec, number: int) -> None:
    with st.container(horizontal=True, key="ways"):
        if spec.name not in FREE_TEXT:
            st.button(
                word("dont_know"), key=f"unknown-{number}", type="tertiary", on_click=_unknown, args=(spec, number)
            )
        commands: tuple[Command, ...] = ("why", "skip", "back")
        for command in commands:
            st.button(
                word(command), key=f"{command}-{number}", type="tertiary", on_click=command_to, args=(command, number)
            )


def _unknown(spec: FactSpec, number: int) -> None:
    outbox.post(Answered({spec.name: None}), f"unknown-{number}")


def command_to(command: Command, number: int) -> None:
    """Sends a command; clicking twice counts once."""
    outbox.post(Commanded(command), f"{command}-{number}")
