"""An entry of the blueprints is shown for the option, variant and facts that it is meant for."""

from typing import Any

import pytest

from knowledge.blueprints import Practice
from tools.decide.fitting import fits

ENTRY: dict[str, Any] = {"claims": ["house:routing"], "options": ["rag", "fine_tuning"]}


def entry(**more: object) -> Practice:
    """An entry for retrieval or tuning."""
    return Practice.model_validate(ENTRY | more)


@pytest.mark.parametrize(
    ("when", "meets", "fails"),
    [
        ({"fact": "regulated", "is": False}, False, True),
        ({"fact": "task", "in": ["search", "code"]}, "code", "assistant"),
        ({"fact": "update_frequency", "to": "daily"}, "daily", "weekly"),
        ({"fact": "labeled_examples", "below": 500}, 499, 500),
        ({"fact": "knowledge_tokens", "at_least": 1000}, 1000, 999),
    ],
)
def test_a_condition_holds_as_in_a_rule_and_never_for_what_is_unknown(
    when: dict[str, Any], meets: object, fails: object
) -> None:
    found = entry(when=when)
    assert fits(found, "rag", None, {when["fact"]: meets})
    assert not fits(found, "rag", None, {when["fact"]: fails})
    assert not fits(found, "rag", None, {})


def test_an_entry_of_a_variant_is_for_that_variant_alone() -> None:
    found = entry(variants=["lora"])
    assert fits(found, "fine_tuning", "lora") and not fits(found, "fine_tuning", "full")


def test_an_entry_is_for_its_options_alone() -> None:
    assert fits(entry(), "rag") and not fits(entry(), "prompting")
