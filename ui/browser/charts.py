"""The chart of what was computed elsewhere: total cost by month, as lines with the range of the advised option.

It is drawn as an SVG picture, so that nothing has to be loaded for it; Streamlit takes out SVG elements, but no images.
"""

import math
from base64 import b64encode
from html import escape
from typing import Any

from knowledge.options import LABELS, OPTIONS, Option
from ui.browser.shown import money
from ui.browser.words import word

COLOURS: dict[Option, str] = {
    "prompting": "#6f7f92",
    "long_context": "#c46a00",
    "rag": "#2684c7",
    "fine_tuning": "#8a5cf0",
    "hybrid": "#c2417c",
}
"""Each stands out by 3 to 1 or more against the light and against the dark background."""

MONTHS = {0: "upfront_usd", 12: "tco_12_months_usd", 24: "tco_24_months_usd"}
LAST = 24
TICKS = (0, 6, 12, 18, 24)
STYLE = (
    "text{font:12.5px 'Source Sans',system-ui,sans-serif;fill:#3d4a59}line{stroke:#d5dbe3}"
    "@media(prefers-color-scheme:dark){text{fill:#c3ccd6}line{stroke:#34404d}}"
)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520, 270, 58, 14, 12, 40


def cumulative_chart(advice: dict[str, Any], chosen: str) -> str | None:
    """What each option has cost by month 0, 12 and 24, with the range of the advised one; None where none is priced."""
    priced = priced_options(advice)
    if not priced:
        return None
    ends = [_usd(advice, option, LAST, "p90" if option == chosen else "p50") for option in priced]
    top = _round_above(max([*ends, *(_usd(advice, option, 0, "p50") for option in priced)]))
    band = [_band(advice, option, top) for option in priced if option == chosen]
    lines = [_line(advice, option, option == chosen, top) for option in priced]
    drawn = f"<style>{STYLE}</style>{_scales(top)}{''.join(band + lines)}"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{drawn}</svg>'
    legend = "".join(_legend(option, option == chosen) for option in priced)
    return f'<figure class="chart">{picture(svg, cumulative_text(advice))}<figcaption>{legend}</figcaption></figure>'


def picture(svg: str, alternative: str) -> str:
    """An SVG document as an image that carries its own content, with a text for those who cannot see it."""
    content = b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{content}" alt="{escape(alternative)}">'


def cumulative_text(advice: dict[str, Any]) -> str:
    """The chart in words, for those who cannot see it."""
    lines = [
        word(
            "cumulative_line",
            option=LABELS[option],
            upfront=money(_usd(advice, option, 0, "p50")),
            year=money(_usd(advice, option, 12, "p50")),
            two_years=money(_usd(advice, option, LAST, "p50")),
        )
        for option in priced_options(advice)
    ]
    return word("cumulative_alt", lines=" ".join(lines))


def priced_options(advice: dict[str, Any]) -> list[Option]:
    """The options that have a computed cost, in the order of the ladder."""
    return [
        option for option in OPTIONS if advice["costs"].get(option, {}).get("upfront_usd", {}).get("p50") is not None
    ]


def _usd(advice: dict[str, Any], option: Option, month: int, share: str) -> float:
    return float(advice["costs"][option][MONTHS[month]][share])


def _round_above(usd: float) -> float:
    """A round amount that is not below the given one and parts into four steps that read well."""
    if usd <= 0:
        return 4.0
    step = usd / 4
    power = 10.0 ** math.floor(math.log10(step))
    return 4 * power * next(factor for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if factor * power >= step * 0.999)


def _x(month: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * month / LAST, 1)


def _y(usd: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * usd / top, 1)


def _scales(top: float) -> str:
    parts = []
    for step in range(5):
        y = _y(top * step / 4, top)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"></line>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{_short_money(top * step / 4)}</text>')
    parts += [
        f'<text x="{_x(month)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{month}</text>' for month in TICKS
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    return (
        "".join(parts) + f'<text x="{middle}" y="{HEIGHT - 4}" text-anchor="middle">{escape(word("axis_month"))}</text>'
    )


def _short_money(usd: float) -> str:
    for size, sign in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if usd >= size:
            return f"${usd / size:.3g}{sign}"
    return f"${usd:.3g}"


def _band(advice: dict[str, Any], option: Option, top: float) -> str:
    above = [f"{_x(month)},{_y(min(_usd(advice, option, month, 'p90'), top), top)}" for month in MONTHS]
    below = [f"{_x(month)},{_y(_usd(advice, option, month, 'p10'), top)}" for month in reversed(MONTHS)]
    return f'<polygon points="{" ".join(above + below)}" fill="{COLOURS[option]}" fill-opacity="0.16"></polygon>'


def _line(advice: dict[str, Any], option: Option, chosen: bool, top: float) -> str:
    places = [(_x(month), _y(_usd(advice, option, month, "p50"), top)) for month in MONTHS]
    points = " ".join(f"{x},{y}" for x, y in places)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{COLOURS[option]}"></circle>' for x, y in places)
    width = 3 if chosen else 1.75
    return (
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[option]}" stroke-width="{width}"></polyline>{dots}'
    )


def _legend(option: Option, chosen: bool) -> str:
    name = f"<b>{escape(LABELS[option])}</b>" if chosen else escape(LABELS[option])
    return f'<span><i style="background:{COLOURS[option]}"></i>{name}</span>'
