"""The value of asking, by hand, and the order of questions that follows from it."""

from itertools import pairwise

import numpy as np
import pytest

from knowledge.facts import Scalar
from knowledge.options import Option
from tests.decide_profiles import AS_OF, Codes, as_profile, columns_of, engine
from tests.decide_rulebooks import small
from tools.decide.boxes import decision_facts
from tools.decide.decide import decide
from tools.decide.decision import OpenFact
from tools.decide.engine import Engine
from tools.decide.priors import plausible_range
from tools.decide.value import ROUNDING, _cells, _told, open_facts
from tools.profile import parse_profile

KNOWN = {name: plausible_range(name)[0] for name in decision_facts()}


def asked(one: Engine, rows: list[dict[str, float]], *open_: str) -> tuple[OpenFact, ...]:
    """The open facts of a profile whose completions are these rows, the one most worth asking first."""
    columns = columns_of(*({**KNOWN, **row} for row in rows))
    return open_facts(one, as_profile(KNOWN, *open_), columns, one.judge(columns))


def rule(name: str, **effects: float) -> tuple[dict[str, object], dict[Option, float]]:
    return {"fact": name, "is": True}, effects  # type: ignore[return-value]


def rows(*flags: Codes, times: int = 1) -> list[dict[str, float]]:
    return [dict(each) for each in flags] * times


def test_an_answer_is_worth_the_regret_that_following_it_avoids() -> None:
    one = small(rule("regulated", rag=2.5), prompting=1.0)
    found = asked(one, rows({"regulated": 1.0}, {}, {}, {}), "regulated", "contains_pii")
    avoided = (1.5 / one.book.scale.regret_spread) / 4
    assert found[0].fact == "regulated" and found[0].value_of_information == pytest.approx(avoided)
    assert found[0].can_change


def test_an_answer_that_changes_nothing_is_worth_nothing_and_says_so() -> None:
    one = small(rule("regulated", prompting=1.5))
    found = asked(one, rows({"regulated": 1.0}, {}), "regulated")
    assert [(fact.fact, fact.value_of_information, fact.can_change) for fact in found] == [("regulated", 0.0, False)]


def test_among_answers_that_avoid_alike_the_one_that_tells_more_comes_first() -> None:
    one = small(rule("contains_pii", rag=1e-6), rule("regulated", prompting=1e-7))
    told = rows({"contains_pii": 1.0, "regulated": 1.0}, {"contains_pii": 1.0}, {"regulated": 1.0}, {})
    assert [fact.fact for fact in asked(one, told, "regulated", "contains_pii")] == ["contains_pii", "regulated"]


def test_regret_avoided_outweighs_what_an_answer_tells() -> None:
    one = small(rule("regulated", rag=1e-3), rule("contains_pii", fine_tuning=12.0), prompting=5e-4, fine_tuning=-3.0)
    often = rows({"regulated": 1.0}, {}, times=49)
    found = asked(one, [*often, {"contains_pii": 1.0}, {"contains_pii": 1.0}], "regulated", "contains_pii")
    assert [fact.fact for fact in found] == ["contains_pii", "regulated"]


def test_questions_worth_nothing_come_by_effort_and_then_in_the_order_of_the_facts_file() -> None:
    flags = [name for name, spec in decision_facts().items() if spec.kind == "flag"]
    one = small(*(rule(name, prompting=1.0) for name in flags))
    found = [fact.fact for fact in asked(one, rows({}, {}), *flags)]
    facts = decision_facts()
    assert len({facts[name].effort for name in found}) > 1
    assert found == sorted(found, key=lambda name: (facts[name].effort, list(facts).index(name)))


@pytest.mark.parametrize("start", [{}, {"gap": "knowledge"}, {"gap": "behavior", "labeled_examples": 1000}], ids=str)
def test_an_answer_that_is_harder_to_give_has_to_be_worth_more(start: dict[str, Scalar]) -> None:
    unknown = decide(parse_profile(start), AS_OF).unknown
    worth = [fact.value_of_information / decision_facts()[fact.fact].effort for fact in unknown]
    assert all(earlier >= later - engine().book.scale.tie_break for earlier, later in pairwise(worth))


def test_numbers_that_only_a_limit_uses_are_grouped_in_quarters() -> None:
    assert _cells(engine(), "prompt_tokens", np.arange(8.0)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_answers_that_few_or_none_would_give_are_counted_as_they_are() -> None:
    winners = np.array([0, 0, 1, 1])
    assert _told(np.array([0, 1, 2, 3]), winners, 5) == pytest.approx(0.5)
    assert _told(np.array([0, 5, 9, 9]), winners, 5) == pytest.approx(0.5)
    assert _told(np.array([0, 0, 0, 1]), winners, 5) == pytest.approx((3 * (5 / 9) + 1) / 4 - 0.5)


def test_what_was_checked_is_said_in_words() -> None:
    profile = parse_profile({"queries_per_day": {"low": 10, "high": 90}})
    checked = {fact.fact: fact.checked for fact in decide(profile, AS_OF).unknown}
    assert checked["gap"] == "every possible answer" and checked["regulated"] == "yes or no"
    assert checked["queries_per_day"].startswith("10 ") and " to 90 " in checked["queries_per_day"]
    low, high = checked["latency_budget_ms"].split(" to ")
    assert low != high


@pytest.mark.parametrize("start", [{}, {"gap": "both", "labeled_examples": 6000, "prompting_success": 0.5}], ids=str)
def test_a_fact_that_spares_no_regret_is_worth_exactly_nothing(start: dict[str, Scalar]) -> None:
    for fact in decide(parse_profile(start), AS_OF).unknown:
        assert fact.value_of_information == round(fact.value_of_information, ROUNDING)
        assert fact.can_change == (fact.value_of_information > 0)
