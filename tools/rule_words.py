"""Rules in words: what a condition says, and which values of a fact it accepts; the words are in wording/rules.yaml."""

from collections.abc import Callable
from functools import cache

from pydantic import RootModel

from knowledge.facts import fact_specs
from knowledge.files import DATA, read_yaml
from knowledge.rulebook import AddOn, AllOf, AnyOf, Condition, Evidence, Exceeds, FactIs, Gate, Not, Variant
from tools.wording import fact_value_text, filled, lower_first

Grounded = Gate | Evidence | Variant | AddOn

Naming = Callable[[str], str]
"""How a fact is named: by its label, or by its name in a profile."""


def condition_text(condition: Condition, named: Naming) -> str:
    """A condition as a clause."""
    match condition:
        case AllOf():
            return f" {_word('and')} ".join(_inner(part, named) for part in condition.all)
        case AnyOf():
            return f" {_word('or')} ".join(_inner(part, named) for part in condition.any)
        case Not():
            return _word("not", condition=condition_text(condition.not_, named))
        case Exceeds():
            return _word(f"exceeds_{condition.exceeds}")
    return _word("is", fact=named(condition.fact), values=values_text(condition))


def holds_when(rule: Grounded, named: Naming) -> str:
    """Everything that a rule needs to hold, as a clause."""
    text = condition_text(rule.when, named)
    if not (isinstance(rule, Variant) and rule.needs_service):
        return text
    return f"{text} {_word('and')} {_word('needs_service')}"


def values_text(condition: FactIs) -> str:
    """The values that a condition on a fact accepts: "yes", "every day to every week", "50 examples or more"."""
    fact, labels = condition.fact, fact_specs()[condition.fact].values
    if isinstance(condition.is_, bool):
        return fact_value_text(fact, condition.is_)
    if condition.from_ and condition.to:
        return _word("span", low=lower_first(labels[condition.from_]), high=lower_first(labels[condition.to]))
    if condition.from_ or condition.to:
        end = lower_first(labels[condition.from_ or condition.to or ""])
        return _word("from" if condition.from_ else "to", end=end)
    if condition.at_least is not None or condition.below is not None:
        return _bounds_text(fact, condition.at_least, condition.below)
    accepted = condition.in_ if condition.is_ is None else (str(condition.is_),)
    return f" {_word('or')} ".join(_word("choice", value=lower_first(labels[value])) for value in accepted)


def _bounds_text(fact: str, at_least: float | None, below: float | None) -> str:
    low = None if at_least is None else fact_value_text(fact, at_least)
    high = None if below is None else fact_value_text(fact, below)
    if low is not None and high is not None:
        return _word("between", low=low, high=high)
    return _word("below", high=high) if low is None else _word("at_least", low=low)


def _inner(condition: Condition, named: Naming) -> str:
    text = condition_text(condition, named)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


@cache
def _words() -> dict[str, str]:
    return read_yaml(DATA / "wording" / "rules.yaml", RootModel[dict[str, str]]).root


def _word(name: str, /, **parts: object) -> str:
    return filled(_words()[name], parts)
