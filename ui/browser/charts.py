"""Charts of what was computed elsewhere: total cost by month, as lines with the range of the advised option."""

from typing import Any

import altair as alt

from knowledge.options import LABELS, OPTIONS
from ui.browser.shown import money
from ui.browser.words import word

COLOURS = {
    "prompting": "#6f7f92",
    "long_context": "#c46a00",
    "rag": "#2684c7",
    "fine_tuning": "#8a5cf0",
    "hybrid": "#c2417c",
}
"""Each stands out by 3 to 1 or more against the light and against the dark background."""

MONTHS = {0: "upfront_usd", 12: "tco_12_months_usd", 24: "tco_24_months_usd"}


def cumulative_chart(advice: dict[str, Any], chosen: str) -> alt.Chart | alt.LayerChart | None:
    """What each option has cost by month 0, 12 and 24, with the range of the advised one; None where none is priced."""
    priced = priced_options(advice)
    if not priced:
        return None
    rows = [row for option in priced for row in _points(advice, option)]
    names = [LABELS[option] for option in priced]  # type: ignore[index]
    scale = alt.Scale(domain=names, range=[COLOURS[option] for option in priced])
    x = alt.X("month:Q", title=word("axis_month"), axis=alt.Axis(values=[0, 6, 12, 18, 24], grid=False))
    y = alt.Y("usd:Q", title=word("axis_usd"), axis=alt.Axis(format="~s"))
    colour = alt.Color("option:N", scale=scale, legend=alt.Legend(orient="bottom", columns=2, title=None))
    base = alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]
    lines = base.mark_line(point=True, strokeWidth=2).encode(x, y, colour, tooltip=["option:N", "month:Q", "text:N"])
    band = (
        base.transform_filter(alt.datum.code == chosen)
        .mark_area(opacity=0.18)
        .encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), alt.Color("option:N", scale=scale, legend=None))
    )
    layered: alt.LayerChart = (band + lines).properties(height=260)
    return layered


def cumulative_text(advice: dict[str, Any]) -> str:
    """The chart in words, for those who cannot see it."""
    lines = [
        word(
            "cumulative_line",
            option=LABELS[option],  # type: ignore[index]
            upfront=money(advice["costs"][option]["upfront_usd"]["p50"]),
            year=money(advice["costs"][option]["tco_12_months_usd"]["p50"]),
            two_years=money(advice["costs"][option]["tco_24_months_usd"]["p50"]),
        )
        for option in priced_options(advice)
    ]
    return word("cumulative_alt", lines=" ".join(lines))


def priced_options(advice: dict[str, Any]) -> list[str]:
    """The options that have a computed cost, in the order of the ladder."""
    return [
        option for option in OPTIONS if advice["costs"].get(option, {}).get("upfront_usd", {}).get("p50") is not None
    ]


def _points(advice: dict[str, Any], option: str) -> list[dict[str, Any]]:
    return [
        {
            "option": LABELS[option],  # type: ignore[index]
            "code": option,
            "month": month,
            "usd": advice["costs"][option][amount]["p50"],
            "low": advice["costs"][option][amount]["p10"],
            "high": advice["costs"][option][amount]["p90"],
            "text": money(advice["costs"][option][amount]["p50"]),
        }
        for month, amount in MONTHS.items()
    ]
