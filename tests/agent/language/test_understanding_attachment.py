"""A figure belongs to what it counts and to whom it is said of; otherwise it is not read."""

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import Known, Range, parse_profile


def read(message: str) -> dict[str, object]:
    understood = EmbeddedLanguage().understand(message, None, parse_profile({}))
    return {
        said.fact: said.value.value if isinstance(said.value, Known) else said.value for said in understood.statements
    }


@pytest.mark.parametrize(
    "message",
    [
        "The line fills 900 bottles per minute.",
        "The shop is open ten hours a day, six days a week.",
        "Refunds are due within 14 days.",
        "The gateway of our provider allows 50 calls per second.",
        "One of our customers has a 700 page archive.",
        "You said 800 examples before.",
        "Twelve topics make up 60 percent of the questions.",
        "The previous tool had 900 labelled tickets.",
    ],
)
def test_a_figure_about_something_else_becomes_no_number(message: str) -> None:
    numbers = {
        "queries_per_day",
        "weeks_to_production",
        "knowledge_tokens",
        "labeled_examples",
        "annual_growth",
        "latency_budget_ms",
    }
    assert not numbers & read(message).keys()


@pytest.mark.parametrize(
    ("message", "fact", "value"),
    [
        ("90 planners with about 10 lookups each per day", "queries_per_day", 900),
        ("We see 12 000 requests a day.", "queries_per_day", 12000),
        ("5k hits every 24 hours", "queries_per_day", 5000),
        ("300 guides x 10 pages", "knowledge_tokens", 1950000),
        ("700 letters together with the decision we took", "labeled_examples", 700),
        ("Not more than 900 $ per month.", "monthly_budget_usd", 900),
        ("We measured 0.62 accuracy with a plain prompt.", "prompting_success", 0.62),
    ],
)
def test_a_figure_is_read_with_what_it_is_joined_to(message: str, fact: str, value: float) -> None:
    assert read(message)[fact] == value


def test_a_share_made_up_by_questions_is_no_invention() -> None:
    assert "gap" not in read("Ten questions make up half of our traffic.")


def test_a_complaint_about_citing_asks_for_no_sources() -> None:
    facts = read("It cites rulings that were never made.")
    assert facts["gap"] == "knowledge"
    assert "needs_citations" not in facts


def test_what_is_permitted_to_vary_is_no_complaint() -> None:
    assert "gap" not in read("The layout may vary.")


def test_the_second_half_of_a_contrast_is_what_is_meant() -> None:
    assert read("It is not that it lacks facts, it cannot keep to the template.")["gap"] == "behavior"


@pytest.mark.parametrize("message", ["We get -5 questions a day.", "We get 5000000000000 questions a day."])
def test_a_value_that_no_situation_can_have_is_not_noted_and_said_so(message: str) -> None:
    understanding = EmbeddedLanguage().understand(message, None, parse_profile({}))
    assert understanding.value("queries_per_day") is None
    assert any("volume takes 0 to 1,000,000,000 queries a day" in note for note in understanding.notes)


def test_a_range_whose_ends_both_carry_a_scale_stays_a_range() -> None:
    understanding = EmbeddedLanguage().understand("10k-50k queries a day", None, parse_profile({}))
    assert understanding.value("queries_per_day") == Range(10_000, 50_000)
