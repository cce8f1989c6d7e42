"""What changed from one memo to another: by name and value for programs, and in words for people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.memo.forms import day, fact_value
from agent.wording import add_on_in_words, label, percent, variant_in_words, wording
from knowledge.facts import fact_specs
from knowledge.options import LABELS, OPTIONS
from tools.wording import money

NOTICEABLE = 0.01
"""Share by which an amount must differ to be named."""
DIGITS = 3
"""Significant digits of an amount: as many as it takes to tell a noticeable difference."""
KINDS = ("advice", "facts", "costs", "rules", "versions")


@dataclass(frozen=True)
class Change:
    """One difference between two memos, by its name and its two sides, of which an absent one is None, and in words."""

    what: str
    before: Any
    after: Any
    text: str


@dataclass(frozen=True)
class Difference:
    """What changed from one memo to another, by kind."""

    advice: tuple[Change, ...]
    facts: tuple[Change, ...]
    costs: tuple[Change, ...]
    rules: tuple[Change, ...]
    versions: tuple[Change, ...]

    def document(self) -> dict[str, list[dict[str, Any]]]:
        """The differences as JSON."""
        return {
            kind: [
                {"what": change.what, "before": change.before, "after": change.after} for change in getattr(self, kind)
            ]
            for kind in KINDS
        }


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """What changed from one state to another; a state is a memo's `profile`, `decision`, `record` and `as_of`."""
    return Difference(
        advice=tuple(_advice(old["decision"]["recommendation"], new["decision"]["recommendation"])),
        facts=tuple(_facts(old["profile"], new["profile"])),
        costs=tuple(_costs(old["record"].get("costs", {}), new["record"].get("costs", {}))),
        rules=tuple(_rules(old["decision"]["reasons"], new["decision"]["reasons"])),
        versions=tuple(_versions(old, new)),
    )


def _change(what: str, named: str, before: Any, after: Any, shown: Callable[[Any], str] = str) -> Change:
    sides = [None if side is None else shown(side) for side in (before, after)]
    return Change(what, before, after, _text(named, *sides))


def _text(named: str, before: str | None, after: str | None) -> str:
    if before is None:
        return wording("difference_new", what=named, after=after)
    if after is None:
        return wording("difference_gone", what=named, before=before)
    return wording("difference", what=named, before=before, after=after)


def _advice(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    def told(advice: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "option": LABELS[advice["option"]],
            "variant": advice["variant"],
            "add-ons": ", ".join(advice["add_ons"]) or None,
            "confidence": percent(float(advice["confidence"])),
        }

    shown = {"variant": variant_in_words, "add-ons": _add_ons}
    before, after = told(old), told(new)
    for name in before:
        if before[name] != after[name]:
            yield _change(name, name, before[name], after[name], shown.get(name, str))


def _add_ons(names: str) -> str:
    return ", ".join(add_on_in_words(name) for name in names.split(", "))


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    def told(profile: Mapping[str, Any], name: str) -> str | None:
        return fact_value(profile[name], name) if name in profile else None

    for name in fact_specs():
        if old.get(name) != new.get(name):
            yield _change(name, label(name), told(old, name), told(new, name))


def _costs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    for option in OPTIONS:
        for amount in ("upfront_usd", "monthly_usd", "tco_24_months_usd"):
            before, after = (costs.get(option, {}).get(amount, {}).get("p50") for costs in (old, new))
            if _differs(before, after):
                named = wording(f"difference_{amount}", option=LABELS[option])
                yield _change(f"{option} {amount}", named, _rounded(before), _rounded(after), _dollars)


def _differs(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(after - before) > NOTICEABLE * max(abs(before), abs(after))


def _rounded(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)


def _dollars(amount: float) -> str:
    return money(amount, DIGITS)


def _rules(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> Iterable[Change]:
    """Rules that now hold, no longer hold, or weigh differently."""
    before, after = ({f"{one['rule']} on {one['option']}": one for one in reasons} for reasons in (old, new))
    for name in dict.fromkeys([*before, *after]):
        sides = [side[name] if name in side else None for side in (before, after)]
        then, now = (None if one is None else one["effect"] for one in sides)
        if then != now:
            reason = after[name] if name in after else before[name]
            named = wording("difference_rule", option=LABELS[reason["option"]], text=reason["text"].rstrip("."))
            weights = [None if one is None else _weight(one) for one in sides]
            yield Change(name, then, now, _text(named, *weights))


def _weight(reason: Mapping[str, Any]) -> str:
    """What a rule does to an option, in words."""
    if reason["gate"]:
        return wording("weighs_gate")
    effect = reason["effect"]
    return wording("weighs_for" if effect > 0 else "weighs_against", effect=f"{abs(effect):g}")


def _versions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    before, after = ({**side["record"]["versions"], "date": side["as_of"]} for side in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield _change(name, name, before.get(name), after.get(name), day if name == "date" else str)
