"""Values of facts in words: the one place that says how a number, a choice or a flag is written for people."""

from knowledge.facts import Scalar, fact_specs


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


def duration_text(ms: float) -> str:
    """A wait in the unit that people use for it: "250 ms", "1.5 s", "3 minutes", "2 hours"."""
    if ms < 1_000:
        return f"{_number(ms)} ms"
    if ms < 120_000:
        return f"{_number(ms / 1_000)} s"
    return f"{_number(ms / 60_000)} minutes" if ms < 7_200_000 else f"{_number(ms / 3_600_000)} hours"


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value < 1_000_000 else f"{value:,.0f}"


def lower_first(text: str) -> str:
    """A text that goes on within a sentence; words such as API and ML keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
