"""Numbers in a text, however they are written, and how values are put in words."""

import pytest

from agent.memo.forms import excerpt, fact_value, milliseconds, plain, two_digits, weeks
from agent.memo.numerals import numerals
from agent.wording import value_in_words, wording
from tools.profile import parse_fact
from tools.sample_size import cases_for_difference, cases_for_share


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10,000 queries", [10_000]),
        ("$1.2 million", [1_200_000]),
        ("5k to 8k", [5_000, 8_000]),
        ("twenty-five of ninety", [25, 90]),
        ("two hundred thousand", [200_000]),
        ("three to six months", [3, 6]),
        ("80 % and 0.5", [80, 0.5]),
        ("half of it, twice", [0.5, 2]),
        ("one of them", []),
        ("nothing here", []),
    ],
)
def test_numbers_are_found_in_digits_and_in_words(text: str, values: list[float]) -> None:
    assert [found.value for found in numerals(text)] == values


def test_waits_choose_their_unit() -> None:
    assert [milliseconds(value) for value in (80, 950, 2_000, 180_000)] == ["80 ms", "950 ms", "2 s", "3 minutes"]


def test_short_phases_are_counted_in_days() -> None:
    assert [weeks(value) for value in (0.2, 1, 6)] == ["1 day", "1 week", "6 weeks"]


def test_two_digits_keeps_the_size() -> None:
    assert [two_digits(value) for value in (0, 1.26, 99.9, 12_345)] == [0, 1.3, 100, 12_000]


def test_hidden_and_turning_marks_are_spelled_out() -> None:
    assert plain("a\u202eb\u200bc\x00\nd") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩ d"


def test_a_long_description_is_cut_at_a_word() -> None:
    assert excerpt("word " * 200).endswith("word …")
    assert len(excerpt("x" * 8_000)) <= 362


def test_facts_are_shown_with_their_units() -> None:
    assert fact_value(10_000, "profile/queries_per_day") == "10,000 queries a day"
    assert fact_value({"low": 5, "high": 9.5}, "profile/weeks_to_production") == "5 to 9.5 weeks"
    assert fact_value({"state": "later"}, "profile/gap") == "left for later"
    assert fact_value({"value": 0.8, "unsure": True}, "profile/prompting_success") == "80 % (not sure)"
    assert fact_value(2_500, "profile/monthly_budget_usd") == "$2,500 a month"


def test_the_number_of_cases_follows_the_formula() -> None:
    assert cases_for_share(0.8, 0.05, 1.96) == 246  # 1.96² · 0.8 · 0.2 / 0.05² = 245.9
    assert cases_for_difference(0.8, 0.05, 1.96, 0.84) == 1_090  # 2.8² · (0.16 + 0.1875) / 0.0025 = 1,089.8


def test_a_share_near_certainty_still_needs_cases() -> None:
    assert cases_for_share(0.999, 0.05, 1.96) == cases_for_share(0.95, 0.05, 1.96) == 73


@pytest.mark.parametrize("document", [{"state": "unknown"}, {"state": "not_applicable"}, {"state": "later"}])
def test_a_memo_says_what_is_open_in_the_words_of_the_conversation(document: dict[str, str]) -> None:
    assert fact_value(document, "profile/gap") == value_in_words("gap", parse_fact("gap", document))


def test_a_memo_says_doubt_in_the_words_of_the_conversation() -> None:
    doubted = {"value": "knowledge", "unsure": True}
    assert fact_value(doubted, "profile/gap").endswith(wording("unsure_value", value=""))
