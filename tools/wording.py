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
    number = f"{float(value):,.2f}".rstrip("0").rstrip(".") if float(value) < 1_000_000 else f"{float(value):,.0f}"
    return f"{number} {spec.unit}" if spec.unit else number
