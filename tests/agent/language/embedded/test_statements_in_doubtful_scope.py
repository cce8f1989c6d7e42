"""What seems supposed, past or another's by a phrase, and is stated all the same; and what is not."""

from typing import Any

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import parse_profile

LANGUAGE = EmbeddedLanguage()


def read(message: str) -> dict[str, Any]:
    statements = LANGUAGE.understand(message, None, parse_profile({})).statements
    return {said.fact: getattr(said.value, "value", None) for said in statements}


@pytest.mark.parametrize(
    ("message", "fact", "value"),
    [
        ("If the reply isn't there within two seconds they hang up.", "latency_budget_ms", 2_000),
        ("The new thing may not cost more than $900 per month to run.", "monthly_budget_usd", 900),
        ("If it's free that's best, 20 bucks a month is the pain threshold.", "monthly_budget_usd", 20),
        (
            "3,200 look-ups a day, they have been used to 800 ms and will revolt if it is slower.",
            "latency_budget_ms",
            800,
        ),
        ("About 14,000 questions a day, and if one gets lost nobody dies.", "queries_per_day", 14_000),
    ],
)
def test_what_is_stated_in_a_condition_or_beside_the_past_is_read(message: str, fact: str, value: object) -> None:
    assert read(message).get(fact) == value


@pytest.mark.parametrize(
    ("message", "fact"),
    [
        ("If we grew to 10,000 questions a day we would need more people.", "queries_per_day"),
        ("What if it had to answer within 200 ms?", "latency_budget_ms"),
        ("Last year we had 500 questions a day.", "queries_per_day"),
        ("Our competitor spends 4,000 dollars a month on it.", "monthly_budget_usd"),
        ("Maybe one day we will have 5,000 labelled examples.", "labeled_examples"),
    ],
)
def test_what_is_supposed_past_or_anothers_is_not(message: str, fact: str) -> None:
    assert fact not in read(message)
