"""An advice as a short text for the terminal."""

from collections.abc import Iterator
from typing import Any

from agent.explain import why_not
from agent.wording import cited, dollars, labels, percent, variant_in_words
from knowledge.options import LABELS, Option
from tools.advice import Advice

MOST_REASONS = 5


def advice_summary(advice: Advice, difference: dict[str, Any] | None = None) -> str:
    """The recommendation with its reasons, its costs, what would change it, and what is still open."""
    return "\n".join(_lines(advice, difference))


def _lines(advice: Advice, difference: dict[str, Any] | None) -> Iterator[str]:
    decision, chosen = advice.decision, advice.decision.recommendation
    variant = f" ({variant_in_words(chosen.variant)})" if chosen.variant else ""
    yield f"**{LABELS[chosen.option]}**{variant}, first in {percent(chosen.confidence)} of the situations that fit."
    if difference:
        yield f"\n{_moved(difference['from'], difference['to'])}"
    yield "\n**Why**\n"
    for reason in [one for one in decision.reasons if one.option == chosen.option and one.effect > 0][:MOST_REASONS]:
        yield f"- {reason.text} ({cited(reason.citations)})"
    yield "\n**Costs** (median)\n\n| option | upfront | a month | 12 months |\n|---|---:|---:|---:|"
    for option, cost in advice.document()["costs"].items():
        amounts = (cost[name]["p50"] for name in ("upfront_usd", "monthly_usd", "tco_12_months_usd"))
        yield f"| {LABELS[option]} | " + " | ".join(_dollars(amount) for amount in amounts) + " |"
    for row in chosen.ranking[1:]:
        yield "\n" + why_not(row.option, decision, decision.flips)
    can_change = [fact.fact for fact in decision.unknown if fact.can_change]
    if can_change:
        yield f"\n**Still open, and it could change this:** {labels(can_change)}."


def _moved(before: Option, now: Option) -> str:
    """What the changed facts did to the advice."""
    if before == now:
        return f"With these changes the advice stays {LABELS[now]}."
    return f"With these changes: {LABELS[before]} → {LABELS[now]}."


def _dollars(amount: float | None) -> str:
    return "–" if amount is None else dollars(amount)
