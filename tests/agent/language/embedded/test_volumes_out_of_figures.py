"""Volumes that several figures give together, and counts that a verb parts from their period."""

import pytest

from agent.language.embedded.figures import Reading, read_figures
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import read_scope
from agent.language.embedded.volumes import read_volume
from tools.profile import Known, Range


def volumes(message: str, asked: str | None = None) -> list[object]:
    text = read_text(message, lambda word: word)
    reading = Reading(text, read_scope(text), asked, read_figures(text))
    return [one.value.value if isinstance(one.value, Known) else one.value for one in read_volume(reading)]


@pytest.mark.parametrize(
    ("message", "a_day"),
    [
        ("Thirty-two drivers. Four asks each a day, so 128.", 128),
        ("Forty calls a shift and there are three shifts, which makes 120.", 120),
        (
            "They number some fifty and look something up 20 times each per shift, that makes 1,000 look-ups a day.",
            1_000,
        ),
    ],
)
def test_a_total_that_was_worked_out_from_what_stands_before_it_is_the_volume(message: str, a_day: float) -> None:
    assert volumes(message) == [a_day]


@pytest.mark.parametrize(
    "message",
    [
        "We have 22 shops with 4 clerks each, so 88 people.",
        "Six chapters, three pages each, so 18 pages.",
        "We pay 20 dollars a month, 12 months, so 240.",
        "We have 40 shops, so 12 engineers.",
    ],
)
def test_a_total_of_anything_else_is_no_volume(message: str) -> None:
    assert volumes(message) == []


@pytest.mark.parametrize(
    ("message", "a_day"),
    [
        ("We log 200 fault reports each shift, three shifts, seven days.", 600),
        ("The plant sorts about 500 notes an hour, twelve hours a day.", 6_000),
        ("Questions come about 80 times a shift, two shifts a day.", 160),
    ],
)
def test_what_comes_in_each_shift_or_hour_is_multiplied_by_how_many_are_worked(message: str, a_day: float) -> None:
    assert volumes(message) == [a_day]


@pytest.mark.parametrize(
    ("message", "a_day"),
    [("Our staff of 40 works three shifts.", []), ("500 calls a day, 9 hours a day.", [500])],
)
def test_working_time_alone_changes_nothing(message: str, a_day: list[float]) -> None:
    assert volumes(message) == a_day


@pytest.mark.parametrize(
    "message",
    [
        "Volumes: quiet days 100, stormy days 1500.",
        "About 100 requests on quiet days, up to 1,500 on busy ones.",
    ],
)
def test_calm_and_busy_days_give_a_range(message: str) -> None:
    assert volumes(message) == [Range(100, 1_500)]


def test_staff_on_calm_and_busy_days_is_no_volume() -> None:
    assert volumes("Calls go to the desk: quiet days 3 nurses, busy days 8 nurses.") == []


@pytest.mark.parametrize(
    ("message", "a_day"),
    [
        ("In the season 900 notes a day, year average 70.", 70),
        ("We get 1,600 chats a day in summer, 400 across the year.", 400),
        ("900 notes a day, average length 60 words.", 900),
    ],
)
def test_the_average_counts_rather_than_the_peak(message: str, a_day: float) -> None:
    assert volumes(message) == [a_day]


@pytest.mark.parametrize(
    ("message", "a_day"),
    [
        ("2,300 reviews come in daily.", 2_300),
        ("Approximately 700 deeds are to be handled per week.", 100),
        ("Sort the 60 complaint cards that we get daily.", 60),
        ("Around 75 requests in 24 hours.", 75),
        ("Fifty reviews a day.", 50),
    ],
)
def test_a_verb_may_stand_between_what_is_counted_and_its_period(message: str, a_day: float) -> None:
    assert volumes(message) == [pytest.approx(a_day)]


@pytest.mark.parametrize(
    "message",
    [
        "300 employees are paid monthly.",
        "2,200 sheets are updated every month.",
        "We must answer 30 mails within 24 hours.",
    ],
)
def test_what_is_paid_changed_or_promised_in_a_period_is_no_volume(message: str) -> None:
    assert volumes(message) == []
