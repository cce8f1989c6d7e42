"""Typed controls for facts: yes or no, a choice, a number with its unit and a slider on a logarithmic scale."""

from typing import Any

import streamlit as st

from knowledge.facts import FactSpec
from tools.profile import LONGEST_TEXT
from ui.browser.shown import fact_text
from ui.browser.words import word

STEPS_PER_DECADE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
FRACTIONS_BELOW = 1000
"""Numbers that never exceed this may have decimals; larger ones are entered as whole numbers."""


def fact_control(spec: FactSpec, key: str, current: Any = None) -> Any:
    """Draws the control of a fact and returns its present value in a form that a profile takes; None where empty."""
    match spec.kind:
        case "flag":
            return _flag(spec, key, current)
        case "choice" | "ordered":
            return _choice(spec, key, current)
        case "share":
            return _share(spec, key, current)
        case "text":
            return st.text_area(spec.label, value=current or "", key=key, max_chars=LONGEST_TEXT) or None
    return _number(spec, key, current)


def _flag(spec: FactSpec, key: str, current: Any) -> bool | None:
    answers = {word("yes"): True, word("no"): False}
    index = None if not isinstance(current, bool) else int(not current)
    chosen = st.radio(spec.label, list(answers), index=index, key=key, horizontal=True)
    return None if chosen is None else answers[chosen]


def _choice(spec: FactSpec, key: str, current: Any) -> str | None:
    codes = list(spec.codes)
    index = codes.index(current) if current in codes else None
    return st.selectbox(spec.label, codes, index=index, key=key, format_func=lambda code: spec.values[code])


def _share(spec: FactSpec, key: str, current: Any) -> float | None:
    assert spec.low is not None and spec.high is not None  # noqa: S101  (checked when the facts are loaded)
    percent = float(current) * 100 if isinstance(current, int | float) else None
    given = st.number_input(
        f"{spec.label} (%)", spec.low * 100, spec.high * 100, percent, step=5.0, key=key, format="%.4g"
    )
    return None if given is None else round(given / 100, 6)


def _number(spec: FactSpec, key: str, current: Any) -> Any:
    ranged = isinstance(current, dict) and "low" in current
    if st.toggle(word("range_toggle"), value=ranged, key=f"{key}-ranged"):
        ends = (current["low"], current["high"]) if ranged else (None, None)
        left, right = st.columns(2)
        low = _number_box(left, word("from"), spec, f"{key}-low", ends[0])
        high = _number_box(right, word("to"), spec, f"{key}-high", ends[1])
        return None if low is None or high is None else {"low": low, "high": high}
    return _number_and_slider(spec, key, current if isinstance(current, int | float) else None)


def _number_and_slider(spec: FactSpec, key: str, current: float | None) -> float | None:
    """A box for the exact number and a slider for its size; each follows the other."""
    box, slider = f"{key}-number", f"{key}-slider"
    stops = log_stops(spec)

    def follow_slider() -> None:
        st.session_state[box] = _typed(spec, st.session_state[slider])

    def follow_number() -> None:
        given = st.session_state[box]
        if given is not None:
            st.session_state[slider] = nearest(stops, given)

    if slider not in st.session_state:
        st.session_state[slider] = nearest(stops, current if current is not None else _middle(spec))
    given = _number_box(st, _unit_label(spec), spec, box, current, follow_number)
    st.select_slider(
        word("slider"),
        stops,
        key=slider,
        on_change=follow_slider,
        format_func=lambda stop: fact_text(spec.name, stop),
    )
    return given


def _number_box(
    place: Any, label: str, spec: FactSpec, key: str, current: float | None, on_change: Any = None
) -> float | None:
    low, high = _typed(spec, spec.low), _typed(spec, spec.high)
    start = {} if key in st.session_state else {"value": _typed(spec, current)}
    step = 1.0 if isinstance(low, float) else 1
    given: float | None = place.number_input(
        label, low, high, **({"value": None} | start), step=step, key=key, on_change=on_change
    )
    return given


def _unit_label(spec: FactSpec) -> str:
    return f"{spec.label} ({spec.unit})" if spec.unit else spec.label


def _typed(spec: FactSpec, value: float | None) -> float | None:
    if value is None:
        return None
    fractional = spec.kind != "integer" and spec.high is not None and spec.high <= FRACTIONS_BELOW
    return float(value) if fractional else round(value)


def _middle(spec: FactSpec) -> float:
    return spec.prior.quantiles[2] if spec.prior and spec.prior.quantiles else 1


def log_stops(spec: FactSpec) -> list[float]:
    """Values about a fifth apart over what is plausible for the fact, from its smallest to its largest."""
    assert spec.prior is not None and spec.prior.quantiles is not None  # noqa: S101  (numbers have quantiles)
    low, high = spec.prior.quantiles[0], spec.prior.quantiles[-1]
    stops = [step * 10.0**power for power in range(13) for step in STEPS_PER_DECADE]
    inside = [_typed(spec, stop) or 0 for stop in stops if max(low, 1) <= stop <= high]
    first = [_typed(spec, spec.low) or 0] if spec.low == 0 else []
    return sorted({*first, *inside})


def nearest(stops: list[float], value: float) -> float:
    """The stop that is closest to a value."""
    return min(stops, key=lambda stop: abs(stop - value))
