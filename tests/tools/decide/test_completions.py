"""Completions against the chances that the priors, the doubts in them and what is known give by hand."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.facts import Scalar
from tests.decide_profiles import engine
from tools.decide.boxes import decision_facts
from tools.decide.completions import _shares, complete, even_share, gap_chances
from tools.decide.priors import EVENLY, gaps, mass, plausible_range, weights
from tools.profile import Known, Profile, Range, parse_profile

MANY = replace(engine().sampling, size=20_000)
STRAYS = MANY.stray_share
PRIOR = dict(zip(gaps(), weights("gap", "knowledge"), strict=True))


def by_hand(profile: Profile, name: str, low: float, high: float) -> dict[str, float]:
    """Bayes' rule for the kind of gap, from one fact that lies from low to high."""
    fits = {
        gap: PRIOR[gap] * ((1 - STRAYS) * mass(name, gap, low, high) / mass(name, EVENLY, low, high) + STRAYS)
        for gap in gaps()
    }
    return {gap: fit / sum(fits.values()) for gap, fit in fits.items()}


@pytest.mark.parametrize(
    ("name", "fact", "low", "high"),
    [
        ("needs_citations", Known(True), 1, 1),
        ("needs_citations", Known(True, unsure=True), 1, 1),
        ("strict_output", Known(False), 0, 0),
        ("task", Known("classification"), 3, 3),
        ("queries_per_day", Known(60_000), 20_000, 180_000),
        ("knowledge_tokens", Known(3000), 1000, 9000),
        ("prompting_success", Known(0.85), 0.75, 0.95),
        ("queries_per_day", Range(90_000, 400_000), 90_000, 400_000),
    ],
)
def test_a_known_fact_makes_a_gap_likelier_as_it_fits_it(
    name: str, fact: Known | Range, low: float, high: float
) -> None:
    profile = Profile({name: fact})
    assert gap_chances(profile, STRAYS) == pytest.approx(by_hand(profile, name, low, high))


def test_what_is_not_known_or_free_text_says_nothing_about_the_gap() -> None:
    silent = parse_profile(
        {
            "needs_citations": {"state": "unknown"},
            "steps": "search, classification",
            "strict_output": {"state": "later"},
            "knowledge_tokens": {"state": "not_applicable"},
        }
    )
    assert gap_chances(silent, STRAYS) == pytest.approx(PRIOR)
    assert even_share(silent, MANY) == pytest.approx(even_share(parse_profile({}), MANY))


def test_several_facts_are_weighed_together() -> None:
    one, other = Profile({"needs_citations": Known(True)}), Profile({"strict_output": Known(True)})
    both = Profile({**one.facts, **other.facts})
    joint = {gap: gap_chances(one, STRAYS)[gap] * gap_chances(other, STRAYS)[gap] / PRIOR[gap] for gap in gaps()}
    assert gap_chances(both, STRAYS) == pytest.approx({gap: each / sum(joint.values()) for gap, each in joint.items()})


def test_the_doubt_in_all_priors_follows_from_how_surprising_the_facts_are() -> None:
    free = replace(MANY, uniform_share_least=0.0, uniform_share_most=1.0)
    before = free.uniform_share / (1 - free.uniform_share)
    blank, told = parse_profile({}), parse_profile({"needs_citations": True})
    assert even_share(blank, free) == pytest.approx(free.uniform_share)
    fits = {gap: (1 - STRAYS) * weights("needs_citations", gap)[1] / 0.5 + STRAYS for gap in gaps()}
    odds = before / sum(PRIOR[gap] * fits[gap] for gap in gaps())
    assert even_share(told, free) == pytest.approx(odds / (1 + odds))
    stated = told.replace(gap=Known("behavior"))
    odds = before * 0.2 / (PRIOR["behavior"] * fits["behavior"])
    assert even_share(stated, free) == pytest.approx(odds / (1 + odds))


def test_the_doubt_in_all_priors_is_kept_between_its_ends() -> None:
    usual = parse_profile({"gap": "knowledge", "task": "question_answering", "needs_citations": True})
    kept = replace(MANY, uniform_share_least=0.11, uniform_share_most=0.5)
    assert even_share(usual, kept) == 0.11


def test_an_open_gap_is_drawn_by_its_chances_some_evenly() -> None:
    drawn = complete(parse_profile({}), MANY)["gap"]
    even = 1 - (1 - MANY.uniform_share) * (1 - STRAYS)
    expected = [even * 0.2 + (1 - even) * PRIOR[gap] for gap in gaps()]
    assert np.bincount(drawn.astype(int)) / MANY.size == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("gap", gaps())
@pytest.mark.parametrize("name", ["needs_citations", "strict_output", "task", "update_frequency"])
def test_an_open_fact_is_drawn_by_the_prior_of_its_own_gap_some_evenly(name: str, gap: str) -> None:
    profile = parse_profile({"gap": gap})
    drawn = complete(profile, MANY)[name].astype(int)
    weighed = weights(name, gap)
    even = 1 - (1 - even_share(profile, MANY)) * (1 - STRAYS)
    expected = even / len(weighed) + (1 - even) * weighed
    assert np.bincount(drawn, minlength=len(weighed)) / MANY.size == pytest.approx(expected, abs=0.012)


def test_with_an_open_gap_every_completion_draws_its_facts_by_its_own_gap() -> None:
    columns = complete(parse_profile({}), replace(MANY, uniform_share=0.0, stray_share=0.0))
    for code, gap in enumerate(gaps()):
        cited = columns["needs_citations"][columns["gap"] == code].mean()
        assert cited == pytest.approx(weights("needs_citations", gap)[1], abs=0.03)


@pytest.mark.parametrize(
    ("name", "value", "code"), [("strict_output", True, 1), ("gap", "both", 2), ("task", "search", 2)]
)
def test_an_unsure_value_is_another_one_as_often_as_the_scale_says(name: str, value: Scalar, code: int) -> None:
    sure = replace(MANY, unsure_share=0.0)
    unsure = Profile({name: Known(value, unsure=True)})
    assert (complete(unsure, sure)[name] == code).all()
    open_ = float((complete(unsure, replace(MANY, unsure_share=1.0))[name] != code).mean())
    other = float((complete(unsure, MANY)[name] != code).mean())
    assert other == pytest.approx(MANY.unsure_share * open_, abs=0.012)
    assert 0.2 < open_ < 1


def test_whether_an_unsure_value_is_another_one_has_nothing_to_do_with_straying() -> None:
    doubted = Profile({"gap": Known("behavior"), "needs_citations": Known(False, unsure=True)})
    always = complete(doubted, replace(MANY, unsure_share=1.0))["needs_citations"].mean()
    assert complete(doubted, MANY)["needs_citations"].mean() == pytest.approx(MANY.unsure_share * always, abs=0.006)


def test_a_range_of_numbers_is_spread_by_orders_of_magnitude_and_one_of_shares_evenly() -> None:
    ranges = Profile(
        {"queries_per_day": Range(9, 99_999), "prompting_success": Range(0.2, 0.6), "labeled_examples": Range(3, 5)}
    )
    columns = complete(ranges, MANY)
    tenths = np.linspace(0, 1, 11)
    assert np.log10(1 + np.quantile(columns["queries_per_day"], tenths)) == pytest.approx(1 + 4 * tenths, abs=1e-3)
    assert np.quantile(columns["prompting_success"], tenths) == pytest.approx(0.2 + 0.4 * tenths, abs=1e-3)
    assert set(columns["labeled_examples"]) == {3, 4, 5}


def test_the_draws_of_a_fact_are_one_in_each_stratum_and_facts_are_drawn_apart() -> None:
    shares = _shares(4096)
    for column in shares.values():
        assert (np.sort((column * 4096).astype(int)) == np.arange(4096)).all()
        assert np.sort(column * 4096 % 1)[[409, 2048, 3686]] == pytest.approx([0.1, 0.5, 0.9], abs=0.04)
    table = np.corrcoef(np.array(list(shares.values())))
    assert np.abs(table - np.eye(len(table))).max() < 0.08


def test_straying_has_nothing_to_do_with_what_is_drawn() -> None:
    """Where a fact strays its even draw is taken, of any size; where it is unsure likewise."""
    drawn = complete(parse_profile({"gap": "behavior"}), replace(MANY, uniform_share=0.0, stray_share=0.5))
    low, high = plausible_range("prompting_success")
    middle = float(np.median(drawn["prompting_success"]))
    assert low + 0.3 * (high - low) < middle < low + 0.7 * (high - low)
    spread = complete(parse_profile({"gap": "behavior"}), replace(MANY, uniform_share=0.0, stray_share=1.0))
    assert np.quantile(spread["prompting_success"], [0.1, 0.9]) == pytest.approx(
        [low + 0.1 * (high - low), low + 0.9 * (high - low)], abs=0.01
    )


def test_what_is_known_is_the_same_in_every_completion() -> None:
    columns = complete(parse_profile({"gap": "both", "queries_per_day": 777}), MANY)
    assert set(columns["gap"]) == {2.0} and set(columns["queries_per_day"]) == {777.0}
    assert set(columns) == set(decision_facts()) and {len(column) for column in columns.values()} == {MANY.size}
