"""The five options with what speaks for and against each, what would change the advice, and where sources disagree."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from agent.wording import source_name, threshold_in_words
from knowledge.claims import load_claims
from knowledge.facts import Scalar
from knowledge.options import LABELS
from tools.decide.decision import Side
from ui.browser.claims import CLAIM
from ui.browser.consultancy import SESSION, session_id
from ui.browser.safe_text import plain
from ui.browser.shown import fact_label, percent
from ui.browser.words import word


def options_section(decision: dict[str, Any]) -> None:
    """All five options, best first, each with its reasons and their sources."""
    for gap_reason in decision["diagnosis"]["because"][:1]:
        st.markdown(word("diagnosis", gap=plain(gap_reason)))
    for place, row in enumerate(decision["recommendation"]["ranking"]):
        share = word("option_share", chance=percent(row["probability"]))
        state = share if row["feasible"] else word("option_blocked")
        with st.expander(f"**{LABELS[row['option']]}** – {state}", expanded=place == 0):
            option_reasons(decision, row)


def option_reasons(decision: dict[str, Any], row: dict[str, Any]) -> None:
    """What speaks for and against one option."""
    reasons = [reason for reason in decision["reasons"] if reason["option"] == row["option"]]
    speaking_for = [reason for reason in reasons if reason["effect"] > 0]
    against = [reason for reason in reasons if reason["effect"] < 0]
    told = [_side("option_for", speaking_for, "option_no_for"), _side("option_against", against, "option_no_against")]
    st.markdown("\n\n".join(told))


def _side(heading: str, found: list[dict[str, Any]], nothing: str) -> str:
    listed = "\n".join(_reason(reason) for reason in found)
    return f"**{word(heading)}**\n\n{listed or word(nothing)}"


def _reason(reason: dict[str, Any]) -> str:
    """A reason with links to the claims that it rests on, named by who makes them."""
    links = ", ".join(_link(claim, name) for claim, name in named_apart(reason["citations"]))
    return f"- {plain(reason['text'])} ({links})" if links else f"- {plain(reason['text'])}"


def named_apart(citations: Sequence[str]) -> list[tuple[str, str]]:
    """Each claim with the name of who makes it; what the same source says once more is numbered."""
    claims, counts, named = load_claims(), Counter[str](), []
    for claim in citations:
        name = source_name(claims.sources[claims[claim].source])
        counts[name] += 1
        named.append((claim, name if counts[name] == 1 else f"{name} ({counts[name]})"))
    return named


def _link(claim: str, name: str) -> str:
    query = {CLAIM: claim} | ({SESSION: session} if (session := session_id()) else {})
    return f"[{plain(name)}](knowledge?{urlencode(query)})"


def flips_section(advice: dict[str, Any]) -> None:
    """The smallest changes that move the advice, and the disagreements it rests on."""
    flips = "\n".join(f"- {plain(flip_text(flip))}" for flip in advice["flips"])
    st.markdown(f"**{word('flips_heading')}**\n\n{flips or word('flips_none')}")
    if advice["conflicts"]:
        told = "\n".join(_conflict(conflict) for conflict in advice["conflicts"])
        st.markdown(f"**{word('conflicts_heading')}**\n\n{told}")


def _conflict(conflict: dict[str, Any]) -> str:
    return f"- {plain(conflict['topic'])}. {plain(conflict['explained_by'] or word('claim_unexplained'))}"


def flip_text(flip: dict[str, Any]) -> str:
    """One change that moves the advice, and where to."""
    changes = ", ".join(_change(fact, value, flip["sides"][fact]) for fact, value in flip["shown"].items())
    return word("flip", changes=changes, option=LABELS[flip["to"]])


def _change(fact: str, value: Scalar, side: Side) -> str:
    return word("flip_fact", label=fact_label(fact), value=threshold_in_words(fact, value, side))
