"""Flips over small rulebooks, where the smallest change that moves the advice is plain to see."""

from collections.abc import Mapping

import pytest

from knowledge.facts import Scalar
from knowledge.options import OPTIONS, Option
from tests.decide_profiles import as_profile
from tests.decide_rulebooks import small
from tools.decide.boxes import decision_facts
from tools.decide.decision import Flip
from tools.decide.engine import Engine
from tools.decide.flips import find_flips, most_frequent
from tools.decide.priors import plausible_range
from tools.profile import Known, Profile

LOWEST = {name: plausible_range(name)[0] for name in decision_facts()}
RAG: Mapping[Option, float] = {"rag": 2.0}
FLAGS = [name for name, spec in decision_facts().items() if spec.kind == "flag"]


def between(fact: str, low: int, high: int | None = None) -> dict[str, object]:
    return {"fact": fact, "at_least": low, **({} if high is None else {"below": high})}


def yes(fact: str) -> dict[str, object]:
    return {"fact": fact, "is": True}


def where(condition: Mapping[str, object], effects: Mapping[Option, float] = RAG, **ladder: float) -> Engine:
    """Prompting is advised, but where the condition holds retrieval is."""
    return small((condition, effects), **{"prompting": 1.0, **ladder})


def found(one: Engine, target: Option | None = None, /, *open_: str, **known: Scalar) -> list[Flip]:
    profile = as_profile(LOWEST, *open_).replace(**{name: Known(value) for name, value in known.items()})
    return found_in(one, profile, target)


def found_in(one: Engine, profile: Profile, target: Option | None = None) -> list[Flip]:
    columns = one.complete(profile)
    winner = most_frequent(one.judge(columns).winners)
    return list(find_flips(one, profile, columns, winner, None if target is None else OPTIONS.index(target)))


def told(flips: list[Flip]) -> list[tuple[dict[str, Scalar], Option]]:
    return [(dict(flip.changes), flip.to) for flip in flips]


def test_a_number_flips_at_the_first_value_beyond_the_cut_and_from_there_on() -> None:
    (flip,) = found(where(between("labeled_examples", 50)), labeled_examples=10)
    assert told([flip]) == [({"labeled_examples": 50}, "rag")]
    assert (flip.sides, flip.shown) == ({"labeled_examples": "at_least"}, {"labeled_examples": 50})


def test_from_above_a_number_flips_at_the_last_value_below_the_cut_and_down_from_there() -> None:
    (flip,) = found(where(between("labeled_examples", 50)), labeled_examples=400)
    assert told([flip]) == [({"labeled_examples": 49}, "prompting")]
    assert (flip.sides, flip.shown) == ({"labeled_examples": "at_most"}, {"labeled_examples": 49})


def test_a_value_right_beside_the_cut_flips_too() -> None:
    few = where(between("labeled_examples", 50))
    assert told(found(few, labeled_examples=49)) == [({"labeled_examples": 50}, "rag")]
    assert told(found(few, labeled_examples=50)) == [({"labeled_examples": 49}, "prompting")]


def test_of_two_cuts_the_nearer_on_each_side_is_the_flip() -> None:
    inside = where(between("labeled_examples", 50, 500))
    assert told(found(inside, labeled_examples=10)) == [({"labeled_examples": 50}, "rag")]
    assert told(found(inside, labeled_examples=1000)) == [({"labeled_examples": 499}, "rag")]
    below, above = found(inside, labeled_examples=300)
    assert told([below, above]) == [({"labeled_examples": 49}, "prompting"), ({"labeled_examples": 500}, "prompting")]
    assert (below.sides, above.sides) == ({"labeled_examples": "at_most"}, {"labeled_examples": "at_least"})


def test_what_flips_in_a_stretch_alone_is_said_to_flip_at_such_a_value() -> None:
    for start in (10, 1000):
        (flip,) = found(where(between("labeled_examples", 50, 500)), labeled_examples=start)
        assert flip.sides == {"labeled_examples": "exactly"}


def test_an_open_number_flips_where_its_values_part_whichever_side_the_advice_is_on() -> None:
    rare, usual = where(between("labeled_examples", 500_000)), where(between("labeled_examples", 1))
    assert told(found(rare, None, "labeled_examples")) == [({"labeled_examples": 500_000}, "rag")]
    assert told(found(usual, None, "labeled_examples")) == [({"labeled_examples": 0}, "prompting")]


def test_a_flag_flips_to_its_other_value_and_a_choice_to_each_that_moves_the_advice() -> None:
    (flip,) = found(where(yes("regulated")), regulated=False)
    assert (told([flip]), flip.sides) == ([({"regulated": True}, "rag")], {"regulated": "exactly"})
    assert flip.shown == flip.changes
    first, *_, before_last, last = decision_facts()["update_frequency"].codes
    some = where({"fact": "update_frequency", "from": before_last})
    assert told(found(some, update_frequency=first)) == [
        ({"update_frequency": before_last}, "rag"),
        ({"update_frequency": last}, "rag"),
    ]


def test_the_value_that_is_known_is_no_change() -> None:
    assert told(found(where(yes("regulated")), regulated=True)) == [({"regulated": False}, "prompting")]


def test_an_open_flag_can_be_answered_either_way() -> None:
    assert told(found(where(yes("regulated")), None, "regulated")) == [({"regulated": True}, "rag")]
    assert told(found(where({"not": yes("regulated")}), None, "regulated")) == [({"regulated": True}, "prompting")]


def test_with_a_target_only_what_leads_there_is_a_flip() -> None:
    one = small(
        (between("labeled_examples", 50), {"rag": 2.0}), (yes("regulated"), {"fine_tuning": 3.0}), prompting=1.0
    )
    assert told(found(one, "fine_tuning", labeled_examples=10)) == [({"regulated": True}, "fine_tuning")]
    assert told(found(one, "rag", labeled_examples=10)) == [({"labeled_examples": 50}, "rag")]


def test_the_way_to_a_target_passes_values_that_lead_elsewhere() -> None:
    one = small(
        (between("labeled_examples", 50), {"rag": 2.0}),
        (between("labeled_examples", 500), {"fine_tuning": 3.0}),
        prompting=1.0,
    )
    assert told(found(one, "fine_tuning", labeled_examples=10)) == [({"labeled_examples": 500}, "fine_tuning")]
    assert told(found(one, "rag", labeled_examples=1000)) == [({"labeled_examples": 499}, "rag")]


def test_where_no_single_change_moves_the_advice_the_pairs_that_do_are_told_once_each() -> None:
    both = where({"all": [yes("regulated"), between("labeled_examples", 50)]})
    assert told(found(both, labeled_examples=10)) == [({"labeled_examples": 50, "regulated": True}, "rag")]
    assert told(found(both, labeled_examples=10, regulated=True)) == [({"labeled_examples": 50}, "rag")]


def test_of_each_pair_of_facts_one_change_is_told() -> None:
    first, *_, last = decision_facts()["update_frequency"].codes
    both = where({"all": [yes("regulated"), {"not": {"fact": "update_frequency", "to": first}}]})
    (flip,) = found(both, update_frequency=first)
    assert set(flip.changes) == {"update_frequency", "regulated"} and last != first


def test_pairs_are_sought_among_the_facts_that_weigh_most() -> None:
    *light, one, other = FLAGS
    assert len(light) > 10
    slight: list[tuple[dict[str, object], Mapping[Option, float]]] = [(yes(name), {"rag": 0.01}) for name in light]
    sought = small(*slight, ({"all": [yes(one), yes(other)]}, RAG), prompting=1.9)
    assert told(found(sought, **dict.fromkeys(FLAGS, False))) == [({one: True, other: True}, "rag")]


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_a_fact_weighs_by_how_far_it_moves_the_options_apart(weight: float) -> None:
    *even, one, other = FLAGS
    level = [(yes(name), dict.fromkeys(OPTIONS, weight * 3.0)) for name in even]
    sought = small(*level, ({"all": [yes(one), yes(other)]}, RAG), prompting=1.9)
    assert told(found(sought, **dict.fromkeys(FLAGS, False))) == [({one: True, other: True}, "rag")]


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8, 9])
def test_a_threshold_is_shown_with_the_fewest_digits_that_still_move_the_advice(digits: int) -> None:
    exact = int("1122334455667"[: digits + 1])
    shown = exact - exact % 10 + 10
    (flip,) = found(where(between("knowledge_tokens", exact, shown + 1)), knowledge_tokens=0)
    assert (flip.changes, flip.shown) == ({"knowledge_tokens": exact}, {"knowledge_tokens": shown})


def test_a_threshold_that_no_rounding_keeps_is_shown_as_it_is() -> None:
    (flip,) = found(where(between("knowledge_tokens", 12_345_678_912, 12_345_678_913)), knowledge_tokens=0)
    assert flip.shown == flip.changes == {"knowledge_tokens": 12_345_678_912}


def test_a_threshold_is_rounded_away_from_where_the_advice_stands() -> None:
    at = where(between("knowledge_tokens", 12_345))
    assert found(at, knowledge_tokens=0)[0].shown == {"knowledge_tokens": 12_350}
    assert found(at, knowledge_tokens=90_000)[0].shown == {"knowledge_tokens": 12_340}


@pytest.mark.parametrize(
    ("low", "high", "start", "threshold", "shown"),
    [
        (12_341, 12_361, 0, 12_341, 12_350),
        (12_338, 12_349, 90_000, 12_348, 12_340),
        (12_341, 12_349, 90_000, 12_348, 12_348),
    ],
)
def test_a_value_in_a_stretch_is_rounded_to_either_side_that_stays_within(
    low: int, high: int, start: int, threshold: int, shown: int
) -> None:
    (flip,) = found(where(between("knowledge_tokens", low, high)), knowledge_tokens=start)
    assert (flip.changes, flip.shown) == ({"knowledge_tokens": threshold}, {"knowledge_tokens": shown})


def test_of_options_that_win_equally_often_the_simpler_is_advised() -> None:
    one = where(yes("regulated"))
    columns = one.complete(as_profile(LOWEST, "regulated"))
    halves = {name: column[:2].copy() for name, column in columns.items()}
    halves["regulated"][:] = (1.0, 0.0)
    assert most_frequent(one.judge(halves).winners) == OPTIONS.index("prompting")
