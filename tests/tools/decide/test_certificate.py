"""The certificate over small rulebooks whose answer is plain, and the cutting of boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.options import OPTIONS, Option
from tests.decide_profiles import Codes, as_profile, columns_of, engine, profiles, steadily, telling_values
from tests.decide_rulebooks import small
from tools.decide.boxes import Boxes, decision_facts
from tools.decide.certificate import _cut, certify, whole_box
from tools.decide.decision import Certainty, OpenFact
from tools.decide.engine import Engine
from tools.decide.priors import plausible_range
from tools.profile import Known, Profile, Range, parse_profile

PROMPTING, LONG_CONTEXT, RAG, FINE_TUNING, HYBRID = range(len(OPTIONS))
OPEN = (OpenFact("regulated", 0.1, True, "yes or no"),)
KNOWN = {name: plausible_range(name)[0] for name in decision_facts()}


def certainty(one: Engine, winner: int, *open_: str, seen: Codes = KNOWN, **facts: Known | Range) -> Certainty:
    """What the certificate says of a profile with these facts open, of which only one completion was looked at."""
    profile = as_profile(KNOWN, *open_).replace(**facts)
    return certify(one, profile, one.judge(columns_of({**KNOWN, **seen})), winner, OPEN).certainty


REGULATED = {"fact": "regulated", "is": True}
MANY = {"fact": "queries_per_day", "at_least": 1000}
TASKS = decision_facts()["task"].codes[:3]
SOME = {"fact": "labeled_examples", "at_least": 50}


def test_the_simpler_of_two_that_are_always_level_is_proven() -> None:
    level = small((REGULATED, {"long_context": -1.0}), rag=-1.0, fine_tuning=-1.0)
    assert certainty(level, PROMPTING, "regulated") == "proven"


def test_the_less_simple_of_two_that_may_be_level_is_not_proven() -> None:
    level = small((REGULATED, {"long_context": 1.0}), rag=-1.0, fine_tuning=-1.0)
    assert certainty(level, LONG_CONTEXT, "regulated", seen={"regulated": 1.0}) == "probable"
    ahead = small((REGULATED, {"long_context": 1.0}), long_context=0.01, rag=-1.0, fine_tuning=-1.0)
    assert certainty(ahead, LONG_CONTEXT, "regulated", seen={"regulated": 1.0}) == "proven"


@pytest.mark.parametrize(("effect", "expected"), [(0.9, "proven"), (1.1, "probable")])
def test_what_may_raise_a_rival_counts_only_where_it_raises_it_beyond(effect: float, expected: str) -> None:
    one = small((REGULATED, {"rag": effect}), prompting=1.0)
    assert certainty(one, PROMPTING, "regulated") == expected


@pytest.mark.parametrize(("effect", "expected"), [(-0.9, "proven"), (-1.1, "probable")])
def test_what_may_lower_the_winner_counts_only_where_it_lowers_it_beyond(effect: float, expected: str) -> None:
    one = small((REGULATED, {"prompting": effect}), prompting=1.0)
    assert certainty(one, PROMPTING, "regulated") == expected


def test_what_helps_the_winner_is_not_needed_for_proof_nor_counted_on() -> None:
    assert certainty(small((REGULATED, {"prompting": 5.0}), prompting=1.0), PROMPTING, "regulated") == "proven"
    helped = small((REGULATED, {"prompting": 5.0}), rag=1.0)
    assert certainty(helped, PROMPTING, "regulated", seen={"regulated": 1.0}) == "probable"


def test_rules_that_exclude_each_other_are_told_apart_by_cutting() -> None:
    few = {"not": MANY}
    one = small((MANY, {"rag": 0.6}), (few, {"rag": 0.6}), prompting=1.0)
    assert certainty(one, PROMPTING, "queries_per_day") == "proven"
    both = small((MANY, {"rag": 0.6}), (REGULATED, {"rag": 0.6}), prompting=1.0)
    assert certainty(both, PROMPTING, "queries_per_day", "regulated") == "probable"


def test_whole_numbers_and_choices_are_cut_as_cleanly_as_numbers() -> None:
    few, slow = {"not": SOME}, {"fact": "update_frequency", "from": "weekly"}
    fast = {"not": slow}
    one = small((SOME, {"rag": 0.6}), (few, {"rag": 0.6}), prompting=1.0)
    assert certainty(one, PROMPTING, "labeled_examples") == "proven"
    other = small((slow, {"rag": 0.6}), (fast, {"rag": 0.6}), prompting=1.0)
    assert certainty(other, PROMPTING, "update_frequency") == "proven"


def test_where_the_search_for_proof_gives_up_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    one = small((MANY, {"rag": 0.6}), ({"not": MANY}, {"rag": 0.6}), prompting=1.0)
    monkeypatch.setattr("tools.decide.certificate.MOST_BOXES", 1)
    assert certainty(one, PROMPTING, "queries_per_day") == "probable"


def test_the_facts_that_move_the_options_furthest_apart_are_cut_first(monkeypatch: pytest.MonkeyPatch) -> None:
    strong: dict[Option, float] = {"rag": 0.5, "fine_tuning": -0.6}
    weak: dict[Option, float] = {"rag": 0.1}
    slight: list[tuple[dict[str, object], dict[Option, float]]] = [
        ({"fact": "task", "in": [code]}, weak) for code in TASKS
    ]
    one = small((MANY, strong), ({"not": MANY}, strong), *slight, prompting=1.0)
    monkeypatch.setattr("tools.decide.certificate.MOST_BOXES", 2)
    assert certainty(one, PROMPTING, "queries_per_day", "task") == "proven"


def test_a_narrow_range_proves_what_the_whole_range_does_not() -> None:
    one = small((MANY, {"rag": 2.0}), prompting=1.0)
    assert certainty(one, PROMPTING, "queries_per_day", seen={"queries_per_day": 10.0}) == "probable"
    below, upto = Range(10, 999), Range(10, 1000)
    assert certainty(one, PROMPTING, queries_per_day=below) == "proven"
    assert certainty(one, PROMPTING, queries_per_day=upto, seen={"queries_per_day": 10.0}) == "probable"


def test_an_unsure_value_may_still_be_any_other() -> None:
    one = small((REGULATED, {"rag": 2.0}), prompting=1.0)
    assert certainty(one, PROMPTING, regulated=Known(False)) == "proven"
    assert certainty(one, PROMPTING, regulated=Known(False, unsure=True)) == "probable"


def test_where_the_completions_disagree_nothing_is_proven() -> None:
    one = small((REGULATED, {"rag": 2.0}), prompting=1.0)
    share = one.book.scale.stop_below
    for disagreeing, expected in ((1, "probable"), (int(200 * share), "open"), (150, "open")):
        rows = [{**KNOWN, "regulated": float(place < disagreeing)} for place in range(200)]
        found = certify(one, as_profile(KNOWN, "regulated"), one.judge(columns_of(*rows)), PROMPTING, OPEN)
        assert (found.certainty, found.chance_of_change) == (expected, disagreeing / 200)


@pytest.mark.parametrize("value", [1.0, 3e8])
def test_the_box_of_an_unsure_value_reaches_from_the_value_over_all_that_is_plausible(value: float) -> None:
    box = whole_box(parse_profile({"queries_per_day": {"value": value, "unsure": True}}))
    low, high = plausible_range("queries_per_day")
    assert box.low["queries_per_day"][0] == min(low, value) and box.high["queries_per_day"][0] == max(high, value)


def test_the_box_of_a_range_is_the_range_and_of_a_settled_fact_its_value() -> None:
    box = whole_box(Profile({"queries_per_day": Range(30, 70), "labeled_examples": Known(500)}))
    assert (box.low["queries_per_day"][0], box.high["queries_per_day"][0]) == (30, 70)
    assert (box.low["labeled_examples"][0], box.high["labeled_examples"][0]) == (500, 500)
    assert (box.low["regulated"][0], box.high["regulated"][0]) == (0, 1)


@steadily
@given(profiles(), profiles(), st.sampled_from(sorted(engine().cuts)))
def test_the_parts_of_cut_boxes_hold_every_value_once_and_no_rule_changes_its_mind_within(
    one: Codes, other: Codes, name: str
) -> None:
    low = columns_of(*({fact: min(one[fact], other[fact]) for fact in one}, one))
    high = columns_of(*({fact: max(one[fact], other[fact]) for fact in one}, one))
    cuts = engine().cuts[name]
    parts = _cut(Boxes(low, high, 2), name, cuts)
    assert all(len(column) == parts.size for column in (*parts.low.values(), *parts.high.values()))
    assert (parts.low[name] <= parts.high[name]).all()
    assert not any(((parts.low[name] < cut) & (parts.high[name] >= cut)).any() for cut in cuts)
    for value in (each for each in telling_values(name) if low[name][0] <= each <= high[name][0]):
        holding = (parts.low[name] <= value) & (value <= parts.high[name])
        assert holding.sum() == 1 + (value == one[name])
    others = [fact for fact in one if fact != name]
    assert all(set(parts.low[fact]) == set(low[fact]) and set(parts.high[fact]) == set(high[fact]) for fact in others)
