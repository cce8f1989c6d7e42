"""Costs as ranges, the break-even chart, and the wait against its limit."""

from typing import Any

import streamlit as st

from knowledge.options import LABELS, OPTIONS
from ui.browser.charts import cumulative_chart
from ui.browser.safe_text import plain
from ui.browser.shown import duration, money
from ui.browser.tables import draw_table
from ui.browser.words import word

AMOUNTS = {"upfront_usd": "costs_build", "monthly_usd": "costs_month", "tco_12_months_usd": "costs_year"}
HORIZON_MONTHS = 12
MOST_BREAK_EVENS = 4


def cost_section(advice: dict[str, Any], profile: dict[str, Any], chosen: str) -> None:
    """What every option costs, when they trade places, and how long a user waits; `chosen` is the option advised."""
    draw_table([word("costs_option"), *map(word, AMOUNTS.values())], cost_rows(advice), word("tab_costs"))
    st.caption(word("costs_note"))
    _chart(advice, chosen)
    _break_even(advice, chosen)
    latency_section(advice, profile)
    if advice.get("warnings"):
        st.markdown(f"**{word('warnings_heading')}**")
        st.markdown("\n".join(f"- {plain(warning)}" for warning in advice["warnings"]))


def cost_rows(advice: dict[str, Any]) -> list[list[str]]:
    """One row for each option, each amount as its middle value with its range."""
    rows = []
    for option in OPTIONS:
        costs = advice["costs"].get(option, {})
        rows.append([LABELS[option], *(spread(costs.get(amount)) for amount in AMOUNTS)])
    return rows


def spread(amount: dict[str, float | None] | None) -> str:
    """The middle value and, below it, the range; or that there is none."""
    if not amount or amount.get("p50") is None:
        return word("costs_unavailable")
    low, middle, high = (money(amount[name]) for name in ("p10", "p50", "p90"))
    return f"{middle}\n{low} – {high}"


def _chart(advice: dict[str, Any], chosen: str) -> None:
    chart = cumulative_chart(advice, chosen)
    if chart is not None:
        st.markdown(f"**{word('cumulative_heading')}**")
        st.html(chart)


def _break_even(advice: dict[str, Any], chosen: str) -> None:
    crossings = [pair for pair in advice["break_even"] if pair["queries_per_day"] and pair["months"] == HORIZON_MONTHS]
    own_first = sorted(crossings, key=lambda pair: chosen not in pair["between"])[:MOST_BREAK_EVENS]
    st.markdown(f"**{word('break_even_title')}**")
    lines = ["- " + break_even_text(pair) for pair in own_first]
    st.markdown("\n".join(lines) if lines else word("break_even_nowhere"))


def break_even_text(pair: dict[str, Any]) -> str:
    """One volume at which two options cost the same."""
    first, second = (LABELS[option] for option in pair["between"])
    queries = f"{float(format(pair['queries_per_day'], '.2g')):,.0f}"
    return word("break_even_row", first=first, second=second, queries=queries, months=pair["months"])


def latency_section(advice: dict[str, Any], profile: dict[str, Any]) -> None:
    """The wait of each option against the limit that was named."""
    st.markdown(f"**{word('latency_heading')}**")
    limit = budget_ms(profile)
    st.markdown(word("latency_no_budget") if limit is None else word("latency_budget", budget=duration(limit)))
    if not advice["latency"]:
        st.caption(word("latency_pending"))
        return
    rows = [
        _wait(LABELS[option], advice["latency"][option], limit) for option in OPTIONS if advice["latency"].get(option)
    ]
    first = next(iter(advice["latency"].values()))
    about = word("latency_total" if first.get("budget_is_about") == "total_ms" else "latency_first")
    header = [word("costs_option"), f"{word('latency_median')}, {about}", word("latency_slow"), word("latency_limit")]
    draw_table(header, rows, word("latency_heading"))


def budget_ms(profile: dict[str, Any]) -> float | None:
    """The longest acceptable wait, where one number was given for it."""
    given = profile.get("latency_budget_ms")
    given = given.get("value") if isinstance(given, dict) else given
    return given if isinstance(given, int | float) else None


def _wait(name: str, wait: dict[str, Any], limit: float | None) -> list[str]:
    found = wait[wait.get("budget_is_about", "ttft_ms")]
    mark = ""
    if limit is not None and found["p95"] is not None:
        mark = word("latency_over_mark" if found["p95"] > limit else "latency_within_mark")
    return [name, duration(found["p50"]), duration(found["p95"]), mark or "–"]
