"""Growth of the traffic as people tell it: factors, shares, and none at all; and what grows besides."""

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import Known, parse_profile

READER = EmbeddedLanguage()


def growth(message: str, asked: str | None = None) -> object:
    found = READER.understand(message, asked, parse_profile({})).statements
    values = [one.value for one in found if one.fact == "annual_growth"]
    return values[0].value if values and isinstance(values[0], Known) else None


@pytest.mark.parametrize(
    ("message", "rate"),
    [
        ("We get 7,000 conversations a day and we're doubling every year.", 1.0),
        ("We're at 900 sessions a day, expecting to triple over the coming year.", 2.0),
        ("Currently 6k queries a day, growing 4x per year.", 3.0),
        ("There'll be three times as many requests a year from now.", 2.0),
        ("The number of tickets goes up threefold every twelve months.", 2.0),
        ("Enquiries double from one year to the next.", 1.0),
        ("Requests double every six months.", 3.0),
        ("Traffic quadruples every two years.", 1.0),
        ("160 claims a day, and we reckon half as many again by next year.", 0.5),
        ("Our traffic is dropping, about 10% fewer enquiries each year.", -0.1),
        ("Demand shrinks by a fifth every year.", -0.2),
        ("Call volume creeps up a quarter each year.", 0.25),
        ("Chats are growing by a third each year.", 0.3333),
        ("Volume's flat, has been for two years, 1,100 a day.", 0),
        ("Traffic is flat as a pancake.", 0),
        ("Volume will stay flat, there are only so many roads.", 0),
        ("10 emails a day, no growth planned.", 0),
        ("We get 500 calls a day and growth is nil.", 0),
    ],
)
def test_growth_is_read_in_words(message: str, rate: float) -> None:
    assert growth(message) == pytest.approx(rate, abs=0.002)


@pytest.mark.parametrize(
    ("answer", "rate"),
    [("flat as a pancake", 0), ("Flat. Nobody new joins.", 0), ("it'll double", 1.0), ("more or less flat", 0)],
)
def test_an_answer_about_growth_may_be_short(answer: str, rate: float) -> None:
    assert growth(answer, "annual_growth") == rate


@pytest.mark.parametrize(
    "message",
    [
        "Every answer is double-checked by a colleague once a year.",
        "Our team doubles every year.",
        "Prices double every year.",
        "We want to double our stores by next year.",
        "Requests doubled last year.",
        "The claim types were reshuffled five times this year.",
        "We charge a flat fee of 20 dollars a month.",
        "Every ticket starts with the tenant's name, flat number and mobile.",
        "The list of article types won't grow.",
        "Your model should double our efforts within a year.",
    ],
)
def test_what_else_grows_or_is_flat_is_no_growth_of_the_traffic(message: str) -> None:
    assert growth(message) is None
