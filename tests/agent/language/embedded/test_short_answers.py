"""Amounts in answers to a question that fixes the unit, and words that say there are no labelled examples."""

from typing import Any

import pytest

from agent.language.embedded.answers import conclusion, read_answer
from agent.language.embedded.figures import Reading, read_figures
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import read_scope
from agent.language.embedded.volumes import read_examples
from tools.profile import Known, Range, parse_profile


def reading_of(message: str, asked: str | None = None) -> Reading:
    text = read_text(message, lambda word: word)
    return Reading(text, read_scope(text), asked, read_figures(text))


def answer(message: str, asked: str) -> Any:
    found = list(read_answer(reading_of(message, asked), [], parse_profile({})))
    value = found[0].value if found else None
    return value.value if isinstance(value, Known) else value


@pytest.mark.parametrize(
    ("message", "asked", "value"),
    [
        ("five fifty", "labeled_examples", 550),
        ("twelve thirty", "labeled_examples", 1_230),
        ("seven fifty, dollars, not a dime on top", "monthly_budget_usd", 750),
        ("we're good for 20, thousand that is", "upfront_budget_usd", 20_000),
        ("500, euros", "monthly_budget_usd", pytest.approx(541.2)),
        ("quarter of a million, dollars", "upfront_budget_usd", 250_000),
        ("eight hundred", "queries_per_day", 800),
    ],
)
def test_an_amount_is_read_as_people_say_it(message: str, asked: str, value: float) -> None:
    assert answer(message, asked) == value


@pytest.mark.parametrize(
    ("message", "asked", "low", "high"),
    [
        ("ten eleven", "queries_per_day", 10, 11),
        ("fifteen twenty", "queries_per_day", 15, 20),
        ("five fifteen", "weeks_to_production", 5, 15),
    ],
)
def test_two_neighbours_are_from_one_to_the_other(message: str, asked: str, low: float, high: float) -> None:
    assert answer(message, asked) == Range(low, high)


@pytest.mark.parametrize(
    "message", ["haven't got any. zip.", "not got any", "nowt", "none that I would put my name to", "None whatsoever."]
)
def test_there_may_be_none(message: str) -> None:
    assert answer(message, "labeled_examples") == 0


def test_a_first_sentence_that_says_none_settles_it() -> None:
    said = conclusion(reading_of("None. Nobody ever wrote down what a good one looks like.", "labeled_examples"))
    assert said is not None and said.value == Known(0)


@pytest.mark.parametrize("message", ["None. Well, 40.", "None of the 300 is wrong."])
def test_none_is_not_the_last_word_where_an_amount_follows(message: str) -> None:
    assert conclusion(reading_of(message, "labeled_examples")) is None


@pytest.mark.parametrize(
    "message",
    [
        "Labelled data: none whatsoever.",
        "Nobody has annotated anything so far.",
        "No one ever wrote down what a good reply looks like.",
        "No human has written a single reference answer.",
        "There isn't one labelled pair in the house.",
        "We've no labels of any kind.",
        "There's no list of examples.",
        "Nope, no labels. We do have a problem.",
        "We have no corrected ones.",
        "We have yet to label a single ticket.",
    ],
)
def test_no_labelled_examples_are_none(message: str) -> None:
    assert {one.value for one in read_examples(reading_of(message))} == {Known(0)}


@pytest.mark.parametrize(
    "message",
    [
        "Nobody wrote down the rules.",
        "Nobody labelled the tickets wrong.",
        "We have no examples in the prompt.",
        "Nobody has marked the exits.",
        "No one is judged by it.",
    ],
)
def test_what_nobody_did_to_other_things_says_nothing_of_examples(message: str) -> None:
    assert list(read_examples(reading_of(message))) == []
