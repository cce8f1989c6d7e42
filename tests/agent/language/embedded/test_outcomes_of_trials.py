"""Shares told as counts out of counts, by the failures, and by a bare number beside a share; and what is no share."""

import pytest

from agent.language.embedded.figures import read_figures
from agent.language.embedded.reader import read_text
from agent.language.embedded.spelling import spelling
from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import Known, parse_profile

READER = EmbeddedLanguage()


def shares(message: str) -> list[float]:
    """What the figures of a message give as shares."""
    figures = read_figures(read_text(message, spelling().correct))
    return [round(one.number.low, 4) for one in figures if one.number.share or one.number.percent]


@pytest.mark.parametrize(
    ("message", "share"),
    [
        ("It nailed 44 of fifty.", 0.88),
        ("The first prompt did 20 outta 40 sample tickets ok.", 0.5),
        ("96 of last 100 went out untouched.", 0.96),
        ("I'd settle for 85 right out of every hundred.", 0.85),
        ("Four correct routings in five would do.", 0.8),
        ("It stalls at 6 correct out of every 10 mails.", 0.6),
        ("It works in 81 cases out of a hundred.", 0.81),
        ("Not worth having under nineteen in twenty.", 0.95),
        ("It gets seven of ten.", 0.7),
        ("Allergens must be right 999 of 1,000 times.", 0.999),
        ("Ninety-five out of a hundred must be printable.", 0.95),
    ],
)
def test_a_count_out_of_a_count_is_a_share(message: str, share: float) -> None:
    assert shares(message) == [share]


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ("It is wrong about three times in ten.", 0.7),
        ("Fewer than one in a hundred may be wrong.", 0.99),
        ("Wrong once in a hundred is the limit.", 0.99),
        ("If one answer in two hundred is wrong they switch it off.", 0.995),
        ("One wrong in two hundred is the most.", 0.995),
        ("GPT gets 40% wrong.", 0.6),
        ("The error rate must stay below 2%.", 0.98),
        ("Two percent wrong at the very most.", 0.98),
    ],
)
def test_a_share_of_failures_tells_what_is_right(message: str, right: float) -> None:
    assert shares(message) == [right]


@pytest.mark.parametrize(
    ("message", "share"),
    [
        ("We tried fifty real cases: 46 came out correct.", 0.92),
        ("On my test sheet of 200 product questions it's right on 118.", 0.59),
        ("We ran fifty denial letters through a careful prompt and forty-three came back usable.", 0.86),
        ("We tried claude on fifty of our letters with a decent prompt and it nailed 44.", 0.88),
        ("We marked 120 of them; 78 passed.", 0.65),
        ("Of twenty tasting notes eleven were printable.", 0.55),
    ],
)
def test_those_that_came_out_right_are_a_share_of_those_tried(message: str, share: float) -> None:
    assert shares(message) == [share]


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("The prompt alone manages 92 in a hundred; I need 97.", [0.92, 0.97]),
        ("64 % come out right and we need 85.", [0.64, 0.85]),
        ("It has to be right 98% of the time. GPT manages 71.", [0.98, 0.71]),
        ("64 % come out right and we need 85 seats.", [0.64]),
        ("64 % come out right and we need 12.", [0.64]),
        ("We need 85.", []),
    ],
)
def test_a_bare_number_beside_a_share_is_one_too(message: str, found: list[float]) -> None:
    assert shares(message) == found


@pytest.mark.parametrize(
    "message",
    [
        "It goes to one of 14 queues.",
        "Three tickets in ten queues.",
        "We get 5 tickets in 10 minutes.",
        "It breaks down once in two weeks.",
        "Two of three models are hosted here.",
        "200 questions of 12 categories.",
        "We have 60 shops and 40 of the good ones open on Sundays.",
        "We tested 200 letters, which took 40 minutes, and that was fine.",
        "Each of the 7 regions publishes a bulletin at 5 pm, and that is correct.",
    ],
)
def test_counts_side_by_side_are_no_share(message: str) -> None:
    assert shares(message) == []


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Errors fell by 30 %.", [0.3]),
        ("Facts are missing in 9 of 10 failures.", [0.9]),
        ("60 % of error reports are duplicates.", [0.6]),
        ("It is not wrong in 80 % of cases.", [0.8]),
        ("80 % are right, the wrong ones go to a clerk.", [0.8]),
    ],
)
def test_a_share_beside_errors_that_are_none_of_it_stays(message: str, found: list[float]) -> None:
    assert shares(message) == found


def test_the_trial_and_the_wish_are_told_apart() -> None:
    message = "We tried fifty real cases with a careful prompt: 46 came out correct."
    found = READER.understand(message, "prompting_success", parse_profile({})).statements
    assert [one.value for one in found if one.fact == "prompting_success"] == [Known(0.92)]
