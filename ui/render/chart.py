"""The chart of cumulative cost as SVG: lines by month, a band for the advised option, labels at the line ends."""

import math
from collections.abc import Sequence
from html import escape

from agent.memo.outline import Chart, Line

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 212, 34, 44
LABEL_GAP = 17
COLOURS = {
    "options/prompting": "#6b6b6b",
    "options/long_context": "#b35900",
    "options/rag": "#0b6e99",
    "options/fine_tuning": "#8a3ffc",
    "options/hybrid": "#a1134f",
}
"""Each at least 4.5 to 1 against white, and told apart by the label at its end, not by colour alone."""


def chart_svg(chart: Chart, fonts: str = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif") -> str:
    """The chart as one SVG element, readable without colour; amounts in US dollars, time in months."""
    top = _nice(max((max(line.high_usd if line.chosen else line.usd) for line in chart.lines), default=1.0))
    last = chart.months[-1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="{escape(fonts)}" font-size="13">',
        f"<title>{escape(chart.title.text)}</title>",
        f"<desc>{escape(' '.join(sentence.text for sentence in chart.description))}</desc>",
        f'<text x="{LEFT}" y="18" fill="#1a1a1a" font-weight="600">{escape(chart.title.text)}</text>',
        *_grid(top, last),
        *(_band(line, chart.months, top) for line in chart.lines if line.chosen),
        *(_mark(mark.month, mark.text.text, last) for mark in chart.marks if mark.month <= last),
        *(_curve(line, chart.months, top) for line in sorted(chart.lines, key=lambda line: line.chosen)),
        *_labels(chart.lines, top),
        "</svg>",
    ]
    return "\n".join(parts)


def _nice(value: float) -> float:
    """The next round number that five even steps of a scale reach."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value)


def _x(month: float, last: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * month / last, 1)


def _y(usd: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * usd / top, 1)


def _grid(top: float, last: int) -> list[str]:
    parts = []
    for step in range(5):
        usd = top * step / 4
        y = _y(usd, top)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#d9d9d9"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#444">{_amount(usd)}</text>')
    for month in range(0, last + 1, 6):
        x = _x(month, last)
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#444">{month}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle" fill="#444">months after launch</text>')
    return parts


def _amount(usd: float) -> str:
    if usd >= 1_000_000:
        return f"${usd / 1_000_000:g}M"
    return f"${usd / 1_000:g}k" if usd >= 1_000 else f"${usd:g}"


def _points(amounts: Sequence[float], months: Sequence[int], top: float) -> list[str]:
    return [f"{_x(month, months[-1])},{_y(usd, top)}" for month, usd in zip(months, amounts, strict=True)]


def _band(line: Line, months: Sequence[int], top: float) -> str:
    around = [*_points(line.high_usd, months, top), *reversed(_points(line.low_usd, months, top))]
    return f'<polygon points="{" ".join(around)}" fill="{_colour(line)}" fill-opacity="0.13"/>'


def _curve(line: Line, months: Sequence[int], top: float) -> str:
    width, dash = ("3", "") if line.chosen else ("1.5", ' stroke-dasharray="5 3"')
    points = " ".join(_points(line.usd, months, top))
    return f'<polyline points="{points}" fill="none" stroke="{_colour(line)}" stroke-width="{width}"{dash}/>'


def _mark(month: float, text: str, last: int) -> str:
    x = _x(month, last)
    anchor = "end" if month > last / 2 else "start"
    shift = -5 if anchor == "end" else 5
    return (
        f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#1a1a1a" stroke-dasharray="2 3"/>'
        f'<text x="{x + shift}" y="{TOP + 12}" text-anchor="{anchor}" fill="#1a1a1a" font-size="12">'
        f"{escape(text)}</text>"
    )


def _labels(lines: Sequence[Line], top: float) -> list[str]:
    """The name and the end of each line, moved apart where they would touch."""
    ordered = sorted(lines, key=lambda line: -line.usd[-1])
    places = [_y(line.usd[-1], top) for line in ordered]
    for place in range(1, len(places)):
        places[place] = max(places[place], places[place - 1] + LABEL_GAP)
    over = max(0.0, places[-1] - (HEIGHT - BOTTOM)) if places else 0.0
    parts = []
    for line, y in zip(ordered, places, strict=True):
        weight = ' font-weight="700"' if line.chosen else ""
        text = escape(f"{_short(line)} {line.amount.text}")
        x = WIDTH - RIGHT + 8
        parts.append(f'<text x="{x}" y="{round(y - over + 4, 1)}" fill="{_colour(line)}"{weight}>{text}</text>')
    return parts


SHORT = {"options/hybrid": "Retrieval + tuning", "options/long_context": "Long context"}


def _short(line: Line) -> str:
    return SHORT.get(line.label.path, line.label.text)


def _colour(line: Line) -> str:
    return COLOURS.get(line.label.path, "#1a1a1a")
