"""Costs as ranges, the break-even chart, and the wait against its limit."""

from typing import Any

import streamlit as st

from knowledge.options import LABELS, OPTIONS
from ui.browser.safe_text import plain
from ui.browser.shown import duration, money
from ui.browser.words import word

AMOUNTS = {
    "upfront_usd": "costs_build",
    "monthly_usd": "costs_month",
    "per_1k_queries_usd": "costs_thousand",
    "tco_12_months_usd": "costs_year",
    "tco_24_months_usd": "costs_two_years",
}


def cost_section(advice: dict[str, Any], profile: dict[str, Any]) -> None:
    """What every option costs, when they trade places, and how long a user waits."""
    st.table(cost_rows(advice))
    st.caption(word("costs_note"))
    latency_section(advice, profile)
    if advice.get("warnings"):
        st.markdown(f"**{word('warnings_heading')}**")
        st.markdown("\n".join(f"- {plain(warning)}" for warning in advice["warnings"]))


def cost_rows(advice: dict[str, Any]) -> list[dict[str, str]]:
    """One row for each option, each amount as its middle value with its range."""
    return [
        {word("costs_option"): LABELS[option]}
        | {word(name): spread(advice["costs"][option].get(amount)) for amount, name in AMOUNTS.items()}
        for option in OPTIONS
        if option in advice["costs"]
    ]


def spread(amount: dict[str, float | None] | None) -> str:
    """The middle value and the range, or that there is none."""
    if not amount or amount.get("p50") is None:
        return word("costs_unavailable")
    low, middle, high = (money(amount[name]).replace("$", "\\$") for name in ("p10", "p50", "p90"))
    return f"{middle} ({low} – {high})"


def latency_section(advice: dict[str, Any], profile: dict[str, Any]) -> None:
    """The wait of each option against the limit that was named."""
    st.markdown(f"**{word('latency_heading')}**")
    budget = profile.get("latency_budget_ms")
    limit = budget if isinstance(budget, int | float) else None
    named = word("latency_no_budget") if limit is None else word("latency_budget", budget=duration(limit))
    st.markdown(named)
    if not advice["latency"]:
        st.caption(word("latency_pending"))
