"""Block Kit within its limits, whatever is put in."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.facts import fact_specs
from tests.peers.block_kit import check_blocks, check_view
from ui.render import blocks as kit
from ui.slack.form import answers_of, open_facts_form
from ui.slack.text import mrkdwn

TEXT = st.text(min_size=1, max_size=400).map(lambda text: text * 40)


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_any_text_fits_into_sections(text: str) -> None:
    assert check_blocks(kit.sections(mrkdwn(text), 12_000, "cut"), 50) in (None, "the blocks are too long together")
    assert sum(len(block["text"]["text"]) for block in kit.sections(text, 12_000, "cut")) <= 12_000


def test_a_text_that_fits_is_kept_whole() -> None:
    words = " ".join(str(number) for number in range(2_000))
    shown = " ".join(block["text"]["text"] for block in kit.sections(words))
    assert shown == words


def test_a_text_that_does_not_fit_says_so() -> None:
    assert kit.sections("word " * 5_000, 6_000, "See the memo.")[-1]["text"]["text"] == "See the memo."


def test_the_form_with_every_fact_keeps_the_limits() -> None:
    assert check_view(open_facts_form(list(fact_specs()), "{}")) is None


def submitted(**values: str) -> dict[str, Any]:
    """A form as it comes back."""
    return {"state": {"values": {name: {"given": {"value": text}} for name, text in values.items()}}}


def test_numbers_are_read_as_people_write_them() -> None:
    typed = {"queries_per_day": "10k", "knowledge_tokens": "2,000,000", "labeled_examples": "500 to 1k"}
    answers, errors = answers_of(submitted(**typed, monthly_budget_usd="$1.5k"))
    expected = {
        "queries_per_day": 10_000,
        "knowledge_tokens": 2_000_000,
        "labeled_examples": {"low": 500, "high": 1_000},
    }
    expected |= {"monthly_budget_usd": 1_500}
    assert errors == {} and answers == expected


def test_a_number_that_can_be_read_in_two_ways_is_asked_for_again() -> None:
    _, errors = answers_of(submitted(queries_per_day="10.000", labeled_examples="many"))
    assert "two ways" in errors["queries_per_day"] and "number" in errors["labeled_examples"]


def test_empty_fields_are_left_out() -> None:
    assert answers_of(submitted(queries_per_day="  ")) == ({}, {})
