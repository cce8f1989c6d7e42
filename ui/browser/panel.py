"""The decision beside the conversation: what leads and why, what was heard, what would change it, what it costs."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from agent.language.model.opening import model_is_set
from agent.protocol import Turn
from agent.wording import add_on_in_words, lower_first, variant_in_words
from knowledge.options import LABELS
from ui.browser import outbox
from ui.browser.advice import decided, figures, with_flips
from ui.browser.consultancy import SESSION, consultant, facts_as_profile, session_id, settings
from ui.browser.costs import cost_section
from ui.browser.facts import SENT, facts_section
from ui.browser.reasons import flips_section, options_section
from ui.browser.safe_text import inert, plain
from ui.browser.shown import fact_label, money, percent
from ui.browser.words import word

MOST_NAMED = 3


@st.fragment
def decision_panel(turn: Turn | None, before: Turn | None, number: int) -> None:
    """Draws the panel for the latest turn; `before` is the turn that came before it, to show what changed.

    Opening a tab or an editor draws the panel alone; what an editor sends draws the whole page.
    """
    if st.session_state.pop(SENT, False):
        st.rerun()
    st.subheader(word("panel"), anchor=False)
    if turn is None or not turn.facts:
        st.info(word("panel_empty"))
        return
    profile = facts_as_profile(turn.facts)
    decision = decided(profile)
    lead_card(turn.recommendation, decision, turn.done)
    _changed(turn, before)
    names = [word("tab_why"), word("tab_facts"), word("tab_costs")]
    why, facts, costs = st.tabs(names, key="panel-tabs", on_change="rerun")
    if why.open:
        with why:
            options_section(decision)
            flips_section(_worked_out(with_flips, profile))
    if facts.open:
        with facts:
            facts_section(turn.facts, decision, number)
    if costs.open:
        with costs:
            cost_section(_worked_out(figures, profile), profile, decision["recommendation"]["option"])
    _usage()


def _usage() -> None:
    """What this session has used of the language model, where one is set."""
    session = session_id()
    if session is None or not model_is_set(settings()):
        return
    spent = consultant().usage(session)
    cost = word("usage_unpriced") if spent.usd is None else word("usage_cost", usd=money(spent.usd))
    st.caption(plain(word("usage", calls=spent.calls, tokens=f"{spent.tokens:,}", cost=cost)))


def lead_strip(place: Any, turn: Turn) -> None:
    """The leading option in one line, for windows in which the panel stands below the conversation."""
    if turn.facts:
        option, share = LABELS[turn.recommendation["option"]], percent(turn.recommendation["confidence"])
        place.markdown(word("strip", option=option, confidence=share))


def _worked_out(compute: Callable[[dict[str, Any]], dict[str, Any]], profile: dict[str, Any]) -> dict[str, Any]:
    """What takes long to work out, while the page stays open to what comes in meanwhile."""
    place = st.empty()
    place.caption(word("working"))
    work = outbox.in_background(compute, profile)
    outbox.awaited(work, lambda: place.caption(word("working")))
    place.empty()
    return work.result()


def lead_card(advice: dict[str, Any], decision: dict[str, Any], done: bool) -> None:
    """The leading option, how sure it is, and what holds it back."""
    with st.container(border=True, key="lead", gap="xsmall"):
        st.caption(word("recommended" if done else "leads"))
        st.markdown(f"### {LABELS[advice['option']]}", anchors=False)
        if advice["variant"]:
            st.caption(word("variant", variant=variant_in_words(advice["variant"])))
        st.progress(advice["confidence"], word("confidence", confidence=percent(advice["confidence"])))
        st.markdown(f"{progress(decision, done)} **{word('held_back')}** {held_back(advice, decision)}")
        if advice["add_ons"]:
            st.markdown(word("add_ons", add_ons=", ".join(add_on_in_words(name) for name in advice["add_ons"])))
        if st.button(word("open_memo" if done else "write_memo"), type="primary", key="write-memo"):
            st.switch_page(st.session_state["pages"]["memo"], query_params={SESSION: session_id() or ""})


def held_back(advice: dict[str, Any], decision: dict[str, Any]) -> str:
    """What keeps the confidence below certainty: open facts that matter, and the option that comes next."""
    mattering = [fact["fact"] for fact in decision["unknown"] if fact["can_change"]]
    held = []
    if mattering:
        named = ", ".join(plain(lower_first(fact_label(fact))) for fact in mattering[:MOST_NAMED])
        held.append(word("held_back_open", facts=named))
    second = advice["ranking"][1]
    if second["probability"] > 0:
        share = percent(second["probability"])
        held.append(word("held_back_runner", option=LABELS[second["option"]], chance=share))
    return "; ".join(held) + "." if held else word("held_back_nothing") + "."


def progress(decision: dict[str, Any], done: bool) -> str:
    """How far the decision is, in words."""
    certificate = decision["certificate"]
    mattering = sum(fact["can_change"] for fact in decision["unknown"])
    match certificate["certainty"]:
        case "proven":
            return word("progress_proven")
        case "probable":
            return word("progress_probable", chance=percent(certificate["chance_of_change"]))
    if done:
        return word("progress_exhausted")
    return word("progress_open_one") if mattering == 1 else word("progress_open_many", count=mattering)


def _changed(turn: Turn, before: Turn | None) -> None:
    """What the latest message changed; nothing where it changed nothing."""
    if turn.changed is None or before is None or not before.facts:
        return
    old, new = before.recommendation, turn.recommendation
    lines = []
    if old["option"] != new["option"]:
        lines.append(word("changed_option", before=LABELS[old["option"]], now=LABELS[new["option"]]))
    else:
        lines.append(word("changed_same", now=LABELS[new["option"]]))
    if percent(old["confidence"]) != percent(new["confidence"]):
        shown = word("changed_confidence", before=percent(old["confidence"]), now=percent(new["confidence"]))
        lines.append(shown)
    named = ", ".join(plain(lower_first(fact_label(fact))) for fact in turn.changed["facts"])
    lines.append(word("changed_facts", facts=named))
    with st.container(key="changed"):
        st.markdown(f"**{word('changed_heading')}** " + inert(" ".join(lines)))
