"""Values of facts in words: the one place that says how a number, a choice or a flag is written for people."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from knowledge.facts import Scalar, fact_specs

MS_UNITS = {1: "ms", 1_000: "s", 60_000: "minutes", 3_600_000: "hours"}


def fact_value_text(name: str, value: Scalar) -> str:
    """A fact's value with its unit, as a reader expects it: "10,000 queries a day", "yes", "weekly", "80 %"."""
    spec = fact_specs()[name]
    if spec.kind == "flag":
        return "yes" if value else "no"
    if not spec.numeric:
        return str(value)
    if spec.kind == "share":
        return f"{float(value) * 100:,.4g} %"
    if spec.unit == "ms":
        return duration_text(float(value))
    return f"{_number(float(value))} {spec.unit}" if spec.unit else _number(float(value))


def rounded_towards(name: str, value: float, direction: int, digits: int) -> float:
    """A number to so many significant digits of the unit it is shown in, rounded up (1) or down (-1)."""
    spec = fact_specs()[name]
    scale = Decimal("0.01") if spec.kind == "share" else Decimal(_scale_ms(value)) if spec.unit == "ms" else Decimal(1)
    shown = Decimal(value) / scale
    if not shown:
        return value
    least = 0 if abs(shown) >= 1_000_000 or (spec.kind == "integer" and scale == 1) else -2
    quantum = Decimal(1).scaleb(max(least, shown.adjusted() - digits + 1))
    steps = (shown / quantum).to_integral_value(ROUND_CEILING if direction > 0 else ROUND_FLOOR)
    return float(steps * quantum * scale)


def _scale_ms(ms: float) -> int:
    """How many milliseconds the unit has in which a wait is shown."""
    if ms < 1_000:
        return 1
    if ms < 120_000:
        return 1_000
    return 60_000 if ms < 7_200_000 else 3_600_000


def duration_text(ms: float) -> str:
    """A wait in the unit that people use for it: "250 ms", "1.5 s", "3 minutes", "2 hours"."""
    scale = _scale_ms(ms)
    return f"{_number(ms / scale)} {MS_UNITS[scale]}"


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value < 1_000_000 else f"{value:,.0f}"


def lower_first(text: str) -> str:
    """A text that goes on within a sentence; words such as API and ML keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
