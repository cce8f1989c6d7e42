"""Going on from a memo: reopening it, comparing two, and computing it again with today's rules and prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent.memo.compose import write_memo
from agent.memo.forms import fact_value
from agent.memo.outline import Memo
from agent.memo.proof import BROKEN, Advise, reproduction_of
from knowledge.errors import InputError
from knowledge.facts import fact_specs
from knowledge.options import LABELS, OPTIONS
from tools.advice import advise
from tools.profile import Profile, parse_profile

NOTICEABLE = 0.01
"""Share by which an amount must differ to be named."""


@dataclass(frozen=True)
class Reopened:
    """What a consultation continues from. `heard` maps facts to value, quote, by, turn and origin."""

    profile: Profile
    heard: Mapping[str, Mapping[str, Any]]
    as_of: date
    title: str | None
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One difference between two memos; an absent side is None."""

    what: str
    before: Any
    after: Any

    @property
    def text(self) -> str:
        """The difference in words."""
        if self.before is None:
            return f"{self.what}: now {self.after}"
        if self.after is None:
            return f"{self.what}: no longer {self.before}"
        return f"{self.what}: {self.before} → {self.after}"


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
            for kind in ("advice", "facts", "costs", "rules", "versions")
        }


@dataclass(frozen=True)
class Refreshed:
    """The same facts with today's rules and prices: the new memo, what changed, and whether the advice stands."""

    memo: Memo
    difference: Difference

    @property
    def stands(self) -> bool:
        """Whether the option and its variant are still advised."""
        return not any(change.what in ("option", "variant") for change in self.difference.advice)


def reopen(text: str) -> Reopened:
    """The profile and the words heard, from a memo in JSON or Markdown; raises InputError."""
    block = reproduction_of(text)
    try:
        return Reopened(
            profile=parse_profile(block["profile"]),
            heard=dict(block["heard"]),
            as_of=date.fromisoformat(block["as_of"]),
            title=block["title"],
            versions=dict(block["versions"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The memo cannot be reopened: {error!r} is missing or broken.") from error


def refresh(text: str, as_of: date, advise: Advise = advise) -> Refreshed:
    """The memo of the same facts at the rules and prices of a day, and what changed; raises InputError."""
    block = reproduction_of(text)
    old = reopen(text)
    memo = write_memo(advise(old.profile, as_of), old.heard, old.title, block["spelling"])
    try:
        return Refreshed(memo, _difference(_state(text, advise), _state_of(memo)))
    except BROKEN as error:
        raise InputError(f"The memo is broken and cannot be refreshed: {error!r}.") from error


def diff(a: str, b: str, advise: Advise = advise) -> Difference:
    """What changed between two memos in facts, advice, costs, rules and prices; raises InputError.

    A memo in Markdown carries no figures, so its advice is computed again.
    """
    try:
        return _difference(_state(a, advise), _state(b, advise))
    except BROKEN as error:
        raise InputError(f"One of the memos is broken and cannot be compared: {error!r}.") from error


def _state(text: str, advise: Advise) -> dict[str, Any]:
    block = reproduction_of(text)
    if "record" in block:
        return {name: block[name] for name in ("profile", "decision", "record", "as_of")}
    old = reopen(text)
    return _state_of(write_memo(advise(old.profile, old.as_of), old.heard, old.title, block["spelling"]))


def _state_of(memo: Memo) -> dict[str, Any]:
    return {name: memo.grounds[name] for name in ("profile", "decision", "record", "as_of")}


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    return Difference(
        advice=_advice(old["decision"]["recommendation"], new["decision"]["recommendation"]),
        facts=_facts(old["profile"], new["profile"]),
        costs=_costs(old["record"].get("costs", {}), new["record"].get("costs", {})),
        rules=_rules(old["decision"]["reasons"], new["decision"]["reasons"]),
        versions=_plain(
            {**old["record"]["versions"], "date": old["as_of"]}, {**new["record"]["versions"], "date": new["as_of"]}
        ),
    )


def _plain(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    names = dict.fromkeys([*old, *new])
    return tuple(Change(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


def _advice(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    def told(advice: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "option": LABELS[advice["option"]],
            "variant": advice["variant"],
            "add-ons": ", ".join(advice["add_ons"]) or None,
            "confidence": f"{100 * advice['confidence']:.0f} %",
        }

    return _plain(told(old), told(new))


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    def told(profile: Mapping[str, Any], name: str) -> str | None:
        return fact_value(profile[name], name) if name in profile else None

    return tuple(
        Change(name, told(old, name), told(new, name)) for name in fact_specs() if old.get(name) != new.get(name)
    )


def _costs(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    changes = []
    for option in OPTIONS:
        for amount in ("upfront_usd", "monthly_usd", "tco_24_months_usd"):
            before, after = (costs.get(option, {}).get(amount, {}).get("p50") for costs in (old, new))
            if _differs(before, after):
                changes.append(Change(f"{option} {amount}", _rounded(before), _rounded(after)))
    return tuple(changes)


def _differs(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(after - before) > NOTICEABLE * max(abs(before), abs(after))


def _rounded(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)


def _rules(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Rules that now hold, no longer hold, or weigh differently."""

    def weights(reasons: list[Mapping[str, Any]]) -> dict[str, float]:
        return {f"{reason['rule']} on {reason['option']}": reason["effect"] for reason in reasons}

    return _plain(weights(old), weights(new))
