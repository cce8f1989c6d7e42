"""Conditions of rules read as clauses, whichever way the facts are named."""

import pytest

from knowledge.rulebook import AllOf, AnyOf, Condition, FactIs, load_rulebook
from tools.rule_words import condition_text, values_text


def plain_name(fact: str) -> str:
    return fact


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fact": "needs_citations", "is": True}, "yes"),
        ({"fact": "gap", "is": "knowledge"}, "“it does not have our facts”"),
        ({"fact": "update_frequency", "from": "daily", "to": "weekly"}, "every day to every week"),
        ({"fact": "labeled_examples", "at_least": 50}, "50 examples or more"),
        ({"fact": "labeled_examples", "below": 50}, "below 50 examples"),
        ({"fact": "labeled_examples", "at_least": 50, "below": 500}, "from 50 examples to below 500 examples"),
    ],
)
def test_the_values_that_a_condition_accepts_are_said_with_their_unit(given: dict[str, object], said: str) -> None:
    assert values_text(FactIs.model_validate(given)) == said


def test_parts_of_another_kind_stand_in_brackets() -> None:
    flags = [FactIs.model_validate({"fact": fact, "is": True}) for fact in ("needs_citations", "live_records")]
    either = AnyOf(any=tuple(flags))
    assert condition_text(AllOf(all=(flags[0], either)), plain_name) == (
        "needs_citations is yes and (needs_citations is yes or live_records is yes)"
    )


@pytest.mark.parametrize("when", [pytest.param(rule.when, id=rule.id) for rule in load_rulebook().grounded()])
def test_every_condition_of_the_rulebook_can_be_said(when: Condition) -> None:
    said = condition_text(when, lambda fact: f"“{fact}”")
    assert said and "{" not in said
