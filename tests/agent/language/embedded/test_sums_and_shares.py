"""What has to be worked out from two figures, shares in words, and words that turn a figure into none."""

from typing import Any

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import Known, parse_profile

READER = EmbeddedLanguage()


def read(message: str, asked: str | None = None, known: dict[str, Any] | None = None) -> dict[str, Any]:
    found = READER.understand(message, asked, parse_profile(known or {}))
    return {one.fact: one.value.value if isinstance(one.value, Known) else one.value for one in found.statements}


@pytest.mark.parametrize(
    ("message", "a_day"),
    [
        ("We have 40 stores and get 25 questions a day per store.", 1_000),
        ("Each of our 12 clinics gets around 90 calls a day.", 1_080),
        ("We run 35 shops. Every shop sends us on average 20 requests a day.", 700),
        ("2,000 calls a day, 300 words per call.", 2_000),
        ("500 tickets per day, each ticket has about 200 words.", 500),
    ],
)
def test_what_each_of_them_asks_is_multiplied_by_how_many_they_are(message: str, a_day: float) -> None:
    assert read(message)["queries_per_day"] == a_day


def test_what_each_of_an_unknown_number_asks_is_no_volume() -> None:
    assert "queries_per_day" not in read("We get 90 requests a day per clinic.")


@pytest.mark.parametrize(
    ("message", "fact", "share"),
    [
        ("It has to be correct 999 times in a thousand.", "accuracy_target", 0.999),
        ("It just has to be right 99 times of 100.", "accuracy_target", 0.99),
        ("Eleven of the twelve trial cases went fine with a good prompt.", "prompting_success", 0.9167),
        ("A decent prompt gets 7 in 10 of our warranty claims right.", "prompting_success", 0.7),
    ],
)
def test_shares_are_read_in_words(message: str, fact: str, share: float) -> None:
    assert read(message)[fact] == pytest.approx(share, abs=1e-4)


def test_one_of_the_two_is_no_share() -> None:
    assert read("One of the two models must be right.") == {}


def test_a_budget_is_for_the_period_that_is_said_behind_it_and_not_for_the_one_denied() -> None:
    corrected = "That 6,000 dollar limit for running it is for a quarter, not for a month, my mistake."
    assert read(corrected, known={"monthly_budget_usd": 6_000})["monthly_budget_usd"] == 2_000


def test_another_amount_has_the_unit_of_the_one_before() -> None:
    message = "It answers from the handbook (110 pages) plus the collective agreements (another 90)."
    assert read(message)["knowledge_tokens"] == 130_000


def test_a_bare_number_beside_a_length_counts_no_documents() -> None:
    assert "knowledge_tokens" not in read("Typical output 30 tokens, prompt including the rules about 450.")


@pytest.mark.parametrize(
    ("message", "often"),
    [
        ("The price list is reissued on the first Monday of each quarter.", "quarterly"),
        ("The rules are changed on the last Friday of the month.", "monthly"),
    ],
)
def test_a_day_of_a_longer_period_comes_once_in_it(message: str, often: str) -> None:
    assert read(message)["update_frequency"] == often


def test_growth_is_read_in_words() -> None:
    assert read("Our number of callers trebles by this time next year.")["annual_growth"] == 2
    assert read("Forty thousand items per quarter, and we expect that to stay flat.")["annual_growth"] == 0


def test_an_answer_says_what_it_ends_with() -> None:
    assert read("We scrub names and addresses before anything gets stored, so no.", "contains_pii") == {
        "contains_pii": False
    }


@pytest.mark.parametrize(
    "message",
    [
        "Sorry, what do you actually mean by distractors?",
        "Should the merger go through we would have 5,000 questions a day.",
        "Were the ministry ever to take it on, it would have to run on government machines and give its sources.",
        "A friend at an airline moans that theirs gets the sums wrong with the fare rules in front of it.",
    ],
)
def test_questions_suppositions_and_the_troubles_of_others_state_nothing(message: str) -> None:
    assert read(message, "noisy_retrieval") == {}


@pytest.mark.parametrize(
    ("message", "gap"),
    [
        ("The facts are right, but the tone is never ours.", "behavior"),
        ("The attribute sheet is in the prompt, the facts are right, but the tone is wrong.", "behavior"),
        ("Format isn't the problem, it just doesn't know our products.", "knowledge"),
        ("Formatting is fine and every record is in the prompt, but it adds the years up wrongly.", "reasoning"),
    ],
)
def test_what_is_said_to_be_in_order_is_not_what_is_missing(message: str, gap: str) -> None:
    assert read(message)["gap"] == gap


@pytest.mark.parametrize("asked", ["labeled_examples", "latency_budget_ms", None])
def test_a_number_of_people_answers_no_question_about_things(asked: str | None) -> None:
    assert read("We have two machine learning engineers.", asked) == {"ml_expertise": True}


def test_what_is_put_right_is_as_sure_as_what_was_said() -> None:
    found = READER.understand(
        "Change the volume to 90 claims a day.", None, parse_profile({"queries_per_day": 900})
    ).statements
    assert [(one.fact, one.correction) for one in found] == [("queries_per_day", True)]
    assert found[0].confidence >= 0.8


def test_a_share_in_every_minute_is_no_growth_of_a_year() -> None:
    assert read("About 40 % of calls fail every minute.").get("annual_growth") is None
