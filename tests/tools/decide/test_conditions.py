"""Conditions in three values: certain, possible, impossible, over boxes and points."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from knowledge.options import Option
from knowledge.rulebook import Condition, Limit
from tools.decide.boxes import Boxes, decision_facts, decode, encode, just_below
from tools.decide.conditions import Truth, atoms, evaluate, facts_in

CERTAIN, OPEN, IMPOSSIBLE = (True, True), (False, True), (False, False)


def condition(document: Any) -> Condition:
    parsed: Condition = TypeAdapter(Condition).validate_python(document)
    return parsed


def truth(document: Any, **boxes: tuple[float, float]) -> tuple[bool, bool]:
    low = {name: np.array([ends[0]]) for name, ends in boxes.items()}
    high = {name: np.array([ends[1]]) for name, ends in boxes.items()}
    found = evaluate(condition(document), Boxes(low, high, 1), "rag", _beyond)
    return bool(found.certain[0]), bool(found.possible[0])


def _beyond(boxes: Boxes, limit: Limit, option: Option) -> Truth:
    return Truth(np.array([False]), np.array([limit == "latency_budget" and option == "rag"]))


BETWEEN = {"fact": "queries_per_day", "at_least": 10, "below": 20}
EITHER = {"any": [{"fact": "regulated", "is": True}, {"fact": "contains_pii", "is": True}]}
BOTH = {"all": [{"fact": "regulated", "is": True}, {"fact": "contains_pii", "is": True}]}
MOVING = {"fact": "update_frequency", "from": "daily", "to": "weekly"}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((10, 10), CERTAIN),
        ((20, 20), IMPOSSIBLE),
        ((9.99, 9.99), IMPOSSIBLE),
        ((10, 19.99), CERTAIN),
        ((10, 20), OPEN),
        ((9, 10), OPEN),
        ((0, 9.99), IMPOSSIBLE),
        ((20, 90), IMPOSSIBLE),
        ((0, 90), OPEN),
    ],
)
def test_bounds_hold_from_the_first_up_to_but_not_at_the_second(
    ends: tuple[float, float], expected: tuple[bool, bool]
) -> None:
    assert truth(BETWEEN, queries_per_day=ends) == expected


def test_one_bound_leaves_the_other_side_open() -> None:
    assert truth({"fact": "queries_per_day", "at_least": 10}, queries_per_day=(10, 1e12)) == CERTAIN
    assert truth({"fact": "queries_per_day", "below": 10}, queries_per_day=(0, 9)) == CERTAIN


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("daily", "weekly", CERTAIN),
        ("hourly", "daily", OPEN),
        ("weekly", "static", OPEN),
        ("monthly", "static", IMPOSSIBLE),
    ],
)
def test_an_ordered_choice_holds_from_one_value_to_another(first: str, last: str, expected: tuple[bool, bool]) -> None:
    spec = decision_facts()["update_frequency"]
    assert truth(MOVING, update_frequency=(encode(spec, first), encode(spec, last))) == expected


def test_an_ordered_choice_may_be_open_at_one_end() -> None:
    spec = decision_facts()["update_frequency"]
    last = (encode(spec, spec.codes[-1]),) * 2
    assert truth({"fact": "update_frequency", "from": "weekly"}, update_frequency=last) == CERTAIN
    assert truth({"fact": "update_frequency", "to": "weekly"}, update_frequency=last) == IMPOSSIBLE
    ends = encode(spec, "realtime"), encode(spec, "daily")
    assert truth({"fact": "update_frequency", "to": "daily"}, update_frequency=ends) == CERTAIN
    assert truth({"fact": "update_frequency", "from": "weekly"}, update_frequency=ends) == IMPOSSIBLE


@pytest.mark.parametrize("wanted", [True, False])
def test_a_flag_holds_for_the_value_it_names(wanted: bool) -> None:
    flag = {"fact": "regulated", "is": wanted}
    assert truth(flag, regulated=(float(wanted),) * 2) == CERTAIN
    assert truth(flag, regulated=(float(not wanted),) * 2) == IMPOSSIBLE
    assert truth(flag, regulated=(0, 1)) == OPEN


def test_one_of_several_choices_is_enough() -> None:
    several = {"fact": "gap", "in": ["knowledge", "both"]}
    assert [truth(several, gap=(code, code))[0] for code in range(5)] == [True, False, True, False, False]
    assert truth(several, gap=(0, 1)) == OPEN


def test_all_needs_every_part_and_any_needs_one() -> None:
    yes, no, open_ = (1, 1), (0, 0), (0, 1)
    assert truth(BOTH, regulated=yes, contains_pii=yes) == CERTAIN
    assert truth(BOTH, regulated=yes, contains_pii=open_) == OPEN
    assert truth(BOTH, regulated=no, contains_pii=open_) == IMPOSSIBLE
    assert truth(EITHER, regulated=yes, contains_pii=open_) == CERTAIN
    assert truth(EITHER, regulated=no, contains_pii=open_) == OPEN
    assert truth(EITHER, regulated=no, contains_pii=no) == IMPOSSIBLE


@pytest.mark.parametrize("settled", ["regulated", "contains_pii"])
def test_a_settled_part_beside_an_open_one_leaves_the_whole_open(settled: str) -> None:
    yes, no = np.array([1.0]), np.array([0.0])
    open_ = {"regulated", "contains_pii"} - {settled}
    boxes = Boxes({settled: yes, **dict.fromkeys(open_, no)}, dict.fromkeys(("regulated", "contains_pii"), yes), 1)
    found = evaluate(condition(BOTH), boxes, None, _beyond)
    assert (bool(found.certain[0]), bool(found.possible[0])) == OPEN
    denied = evaluate(condition({"not": BOTH}), boxes, None, _beyond)
    assert (bool(denied.certain[0]), bool(denied.possible[0])) == OPEN


def test_not_turns_certain_into_impossible_and_leaves_open_open() -> None:
    assert truth({"not": BOTH}, regulated=(1, 1), contains_pii=(1, 1)) == IMPOSSIBLE
    assert truth({"not": BOTH}, regulated=(0, 0), contains_pii=(0, 1)) == CERTAIN
    assert truth({"not": BOTH}, regulated=(1, 1), contains_pii=(0, 1)) == OPEN


def test_a_computed_limit_is_asked_for_the_option_at_hand() -> None:
    assert truth({"exceeds": "latency_budget"}, regulated=(0, 1)) == OPEN
    assert truth({"exceeds": "monthly_budget"}, regulated=(0, 1)) == IMPOSSIBLE


def test_many_boxes_are_judged_at_once() -> None:
    boxes = Boxes.points({"queries_per_day": np.array([5.0, 15.0, 25.0])})
    assert evaluate(condition(BETWEEN), boxes, None, _beyond).certain.tolist() == [False, True, False]


def test_a_condition_tells_the_facts_it_speaks_of_once_each() -> None:
    nested = condition({"all": [EITHER, {"not": BOTH}, BETWEEN, {"exceeds": "monthly_budget"}]})
    assert facts_in(nested) == ("regulated", "contains_pii", "queries_per_day")
    assert len(list(atoms(nested))) == 6


@pytest.mark.parametrize("name", sorted(decision_facts()))
def test_every_value_survives_coding(name: str) -> None:
    spec = decision_facts()[name]
    values = spec.codes if spec.categorical else (False, True) if spec.kind == "flag" else (0, 1)
    assert all(decode(spec, encode(spec, value)) == value for value in values)


def test_the_last_value_below_a_threshold_depends_on_the_kind_of_number() -> None:
    assert just_below("labeled_examples", 500) == 499
    assert 199.9 < just_below("queries_per_day", 200) < 200


@pytest.mark.parametrize(
    "document",
    [
        {"fact": "moon_phase", "is": True},
        {"fact": "queries_per_day", "is": True},
        {"fact": "regulated", "at_least": 1},
        {"fact": "regulated", "is": "yes"},
        {"fact": "gap", "in": ["knowledge", "luck"]},
        {"fact": "update_frequency", "from": "sometimes"},
        {"all": []},
    ],
)
def test_a_condition_that_does_not_fit_its_fact_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"(?i)fact|flag|value|number|at least"):
        condition(document)
