"""Going on from a memo: reopening it, comparing two, and computing it again with today's rules and prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent.memo.compose import write_memo
from agent.memo.difference import Difference, difference
from agent.memo.document import BROKEN, what_is_broken
from agent.memo.outline import Memo
from agent.memo.proof import Advise, reproduction_of
from knowledge.errors import InputError
from tools.advice import advise
from tools.profile import Profile, parse_profile


@dataclass(frozen=True)
class Reopened:
    """What a consultation continues from. `heard` maps facts to value, quote, by, turn and origin."""

    profile: Profile
    heard: Mapping[str, Mapping[str, Any]]
    as_of: date
    title: str | None
    versions: Mapping[str, str]


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
    except BROKEN as error:
        raise InputError(f"The memo cannot be reopened: {what_is_broken(error)}") from error


def refresh(text: str, as_of: date, advise: Advise = advise) -> Refreshed:
    """The memo of the same facts at the rules and prices of a day, and what changed; raises InputError."""
    block = reproduction_of(text)
    old = reopen(text)
    try:
        memo = write_memo(advise(old.profile, as_of), old.heard, old.title, block["spelling"])
        return Refreshed(memo, difference(_state(text, advise), _state_of(memo)))
    except BROKEN as error:
        raise InputError(f"The memo is broken and cannot be refreshed: {what_is_broken(error)}") from error


def diff(a: str, b: str, advise: Advise = advise) -> Difference:
    """What changed between two memos in facts, advice, costs, rules and prices; raises InputError.

    A memo in Markdown carries no figures, so its advice is computed again.
    """
    try:
        return difference(_state(a, advise), _state(b, advise))
    except BROKEN as error:
        raise InputError(f"One of the memos is broken and cannot be compared: {what_is_broken(error)}") from error


def _state(text: str, advise: Advise) -> dict[str, Any]:
    block = reproduction_of(text)
    if "record" in block:
        return {name: block[name] for name in ("profile", "decision", "record", "as_of")}
    old = reopen(text)
    return _state_of(write_memo(advise(old.profile, old.as_of), old.heard, old.title, block["spelling"]))


def _state_of(memo: Memo) -> dict[str, Any]:
    return {name: memo.grounds[name] for name in ("profile", "decision", "record", "as_of")}
