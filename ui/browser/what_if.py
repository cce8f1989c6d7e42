"""What if: facts and prices changed against the saved consultation, two or three scenarios side by side."""

from typing import Any

import streamlit as st

from agent.protocol import Answered
from knowledge.errors import InputError
from knowledge.facts import fact_specs
from knowledge.options import LABELS
from ui.browser import outbox
from ui.browser.advice import advised
from ui.browser.consultancy import SESSION, consultant, session_id, transcript
from ui.browser.controls import fact_control
from ui.browser.costs import spread
from ui.browser.memo_page import nothing_yet
from ui.browser.reasons import flip_text
from ui.browser.safe_text import plain
from ui.browser.scenarios import LETTERS, MOST, Scenario, model_names, scenario_advice
from ui.browser.shown import duration, fact_label, fact_text, percent
from ui.browser.tables import draw_table
from ui.browser.words import word


def what_if_page() -> None:
    """Draws the scenarios of the session in the address beside what is saved."""
    session = session_id()
    if session is None or not transcript(session) or not consultant().ledger(session).heard:
        nothing_yet()
        return
    saved = consultant().ledger(session).profile.document()
    st.subheader(word("page_what_if"), anchor=False)
    st.caption(word("what_if_intro"))
    scenarios = _scenarios(session)
    places = st.columns([2, 3] if len(scenarios) == 1 else len(scenarios), gap="medium")
    for place, scenario in zip(places, scenarios, strict=False):
        with place.container(border=True, key=f"scenario-{scenario.letter}"):
            _editor(session, saved, scenario, len(scenarios))
    with places[0] if len(scenarios) == 1 else st.container():
        if len(scenarios) < MOST:
            st.button(word("scenario_add"), on_click=_add, args=(session,), key="add-scenario")
    with places[1] if len(scenarios) == 1 else st.container():  # one alone has its effect beside it
        _comparison(saved, scenarios)


def _scenarios(session: str) -> list[Scenario]:
    kept: list[Scenario] = st.session_state.setdefault(f"scenarios-{session}", [Scenario(LETTERS[0])])
    return kept


def _add(session: str) -> None:
    scenarios = _scenarios(session)
    free = next(letter for letter in LETTERS if all(letter != one.letter for one in scenarios))
    scenarios.append(Scenario(free))


def _remove(session: str, scenario: Scenario) -> None:
    _scenarios(session).remove(scenario)


def _editor(session: str, saved: dict[str, Any], scenario: Scenario, count: int) -> None:
    """The controls of one scenario; what they hold becomes its changes."""
    letter = scenario.letter
    st.markdown(f"**{word('scenario', letter=letter)}**")
    names = [name for name, spec in fact_specs().items() if spec.kind != "text"]
    chosen = st.multiselect(
        word("scenario_facts"),
        names,
        key=f"facts-{letter}-{session}",
        format_func=fact_label,
        default=[*scenario.facts],
    )
    facts = {name: _control(name, saved, f"what-if-{letter}-{session}-{name}") for name in chosen}
    scenario.facts = {
        name: value for name, value in facts.items() if value is not None and value != _current(saved, name)
    }
    with st.expander(word("scenario_prices")):
        _prices(session, saved, scenario)
    with st.container(horizontal=True):
        st.button(
            word("scenario_take"), key=f"take-{letter}", disabled=not scenario.facts, on_click=_take, args=(scenario,)
        )
        if count > 1:
            st.button(
                word("scenario_remove"),
                key=f"remove-{letter}",
                type="tertiary",
                on_click=_remove,
                args=(session, scenario),
            )


def _control(name: str, saved: dict[str, Any], key: str) -> Any:
    return fact_control(fact_specs()[name], key, _current(saved, name))


def _current(saved: dict[str, Any], name: str) -> Any:
    """The value that is saved; None where there is none."""
    before = saved.get(name)
    current = before.get("value") if isinstance(before, dict) and "value" in before else before
    return None if isinstance(current, dict) and "state" in current else current


def _prices(session: str, saved: dict[str, Any], scenario: Scenario) -> None:
    """The model that is priced, and its rates."""
    letter, models = scenario.letter, [None, *model_names()]
    model = st.selectbox(
        word("scenario_model"),
        models,
        key=f"model-{letter}-{session}",
        format_func=lambda name: name or word("scenario_model_own"),
    )
    if model:
        scenario.facts["model"] = model
    named = scenario.facts.get("model") or saved.get("model")
    rates = {"input_usd_per_mtok": "scenario_input", "output_usd_per_mtok": "scenario_output"}
    for name, label in rates.items():
        given = st.number_input(
            word(label), 0.0, 10_000.0, None, key=f"{name}-{letter}-{session}", format="%.4g", disabled=named is None
        )
        setattr(scenario, name, given)


def _take(scenario: Scenario) -> None:
    """Says the scenario's facts in the consultation, as its answers."""
    outbox.post(Answered(dict(scenario.facts)))
    st.session_state["taken"] = True


def _comparison(saved: dict[str, Any], scenarios: list[Scenario]) -> None:
    """What is saved and every changed scenario, row by row."""
    if st.session_state.pop("taken", False):
        st.switch_page(st.session_state["pages"]["consult"], query_params={SESSION: session_id() or ""})
    changed = [scenario for scenario in scenarios if scenario.changed]
    st.markdown(f"**{word('scenario_compare')}**")
    note = st.empty()  # keeps its place, so that the table is replaced and not drawn twice for a moment
    if not changed:
        note.caption(word("scenario_same"))
    before = advised(saved)
    columns, heads = [_column(before, before)], [word("scenario_saved")]
    for scenario in changed:
        try:
            column = _column(scenario_advice(saved, scenario), before)
        except InputError as problem:
            st.error(plain(f"{word('scenario', letter=scenario.letter)}: {problem}"))
            continue
        column[0] = _changes(scenario)
        columns.append(column)
        heads.append(word("scenario", letter=scenario.letter))
    names = ("changes", "option", "confidence", "month", "build", "year", "wait", "flips")
    rows = [[word(f"row_{name}"), *(column[place] for column in columns)] for place, name in enumerate(names)]
    draw_table([" ", *heads], rows, word("scenario_compare"))


def _changes(scenario: Scenario) -> str:
    facts = [f"{fact_label(name)}: {fact_text(name, value)}" for name, value in scenario.facts.items()]
    rates = {"scenario_input": scenario.input_usd_per_mtok, "scenario_output": scenario.output_usd_per_mtok}
    facts += [f"{word(name)}: {rate:g}" for name, rate in rates.items() if rate is not None]
    return "; ".join(facts)


def _column(advice: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """What one scenario comes to."""
    option = advice["recommendation"]["option"]
    old = before["recommendation"]["option"]
    costs, wait = advice["costs"].get(option, {}), advice["latency"].get(option)
    moved = "" if option == old else "\n" + word("moved_advice", before=LABELS[old])
    about = wait.get("budget_is_about", "ttft_ms") if wait else ""
    return [
        "–",
        f"{LABELS[option]}{moved}",
        percent(advice["recommendation"]["confidence"]),
        spread(costs.get("monthly_usd")),
        spread(costs.get("upfront_usd")),
        spread(costs.get("tco_12_months_usd")),
        duration(wait[about]["p95"]) if wait else "–",
        "; ".join(flip_text(flip) for flip in advice["flips"][:3]) or "–",
    ]
