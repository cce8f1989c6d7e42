"""Flips as people read them: the value that is printed, taken at its word, moves the advice as promised."""

import re
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.memo.forms import FORMS
from agent.wording import scalar_in_words, threshold_in_words
from knowledge.facts import Scalar, fact_specs
from tests.decide_profiles import AS_OF, Codes, as_profile, profiles, steadily
from tools.decide.boxes import decision_facts
from tools.decide.decide import decide, outcome
from tools.decide.decision import Side
from tools.profile import Known
from tools.wording import rounded_towards

FACTS = tuple(decision_facts())
MS = {"ms": 1, "s": 1_000, "minutes": 60_000, "hours": 3_600_000}
NUMBER = re.compile(r"\$?([\d,]+(?:\.\d+)?)\s*(\S*)")
fewer = steadily.__class__(steadily, max_examples=12)


def read_back(name: str, text: str) -> Scalar:
    """The value that the words name, read as a person would put it in."""
    spec = fact_specs()[name]
    if spec.kind == "flag":
        return text == "yes"
    if spec.categorical:
        return next(code for code in spec.codes if scalar_in_words(name, code) == text)
    found = NUMBER.match(text)
    assert found, text
    number = float(found[1].replace(",", ""))
    number *= MS[found[2]] if spec.unit == "ms" else 0.01 if spec.kind == "share" else 1
    return round(number) if spec.kind == "integer" else number


@pytest.mark.relation("flips")
@fewer
@given(profiles(), st.lists(st.sampled_from(FACTS), max_size=4, unique=True))
def test_the_printed_value_of_each_flip_moves_the_advice_to_the_option_it_promises(
    codes: Codes, open_: list[str]
) -> None:
    profile = as_profile(codes, *open_)
    for flip in decide(profile, AS_OF, with_flips=True).flips:
        for read in _readings(flip.shown, flip.sides):
            changed = profile.replace(**{name: Known(value) for name, value in read.items()})
            assert outcome(changed, AS_OF).option == flip.to, (flip, read)


def _readings(shown: Mapping[str, Scalar], sides: Mapping[str, Side]) -> Iterator[dict[str, Scalar]]:
    """What the reply and the memo print, read back."""
    yield {name: read_back(name, threshold_in_words(name, value, sides[name])) for name, value in shown.items()}
    memo = {name: FORMS[sides[name]](value, f"decision/flips/0/shown/{name}") for name, value in shown.items()}
    yield {name: read_back(name, text) for name, text in memo.items()}


def test_a_flip_that_needs_less_says_so_and_names_a_value_below_the_threshold() -> None:
    found = decide(
        as_profile({}).replace(gap=Known("behavior"), labeled_examples=Known(2_000), weeks_to_production=Known(8.0)),
        AS_OF,
        with_flips=True,
    ).flips
    deadline = next(flip for flip in found if "weeks_to_production" in flip.changes)
    assert deadline.sides == {"weeks_to_production": "at_most"}
    shown = deadline.shown["weeks_to_production"]
    assert threshold_in_words("weeks_to_production", shown, "at_most") == "2.99 weeks or less"


@pytest.mark.parametrize(
    ("name", "value", "direction", "expected"),
    [
        ("latency_budget_ms", 216, -1, 216),
        ("latency_budget_ms", 12_345, 1, 12_350),
        ("latency_budget_ms", 12_345, -1, 12_340),
        ("weeks_to_production", 2.9999999999999996, -1, 2.99),
        ("queries_per_day", 34_817.2, 1, 34_820),
        ("queries_per_day", 34_817.2, -1, 34_810),
        ("prompting_success", 0.7999999999999999, -1, 0.7999),
        ("labeled_examples", 123_456, 1, 123_500),
        ("monthly_budget_usd", 0, 1, 0),
    ],
)
def test_a_threshold_is_rounded_the_way_it_moves(name: str, value: float, direction: int, expected: float) -> None:
    assert rounded_towards(name, value, direction, 4) == pytest.approx(expected, rel=1e-12)
