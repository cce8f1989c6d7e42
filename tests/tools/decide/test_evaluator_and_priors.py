"""The evaluator's arithmetic by hand, and the priors as distributions."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import InputError
from knowledge.options import OPTIONS
from knowledge.rulebook import Gate
from tests.decide_profiles import (
    AS_OF,
    Codes,
    as_profile,
    columns_of,
    engine,
    judged,
    profiles,
    steadily,
    telling_values,
)
from tools.decide.batch import decide_batch, named, profile_columns
from tools.decide.boxes import Boxes, decision_facts, encode
from tools.decide.evaluate import Evaluator
from tools.decide.priors import EVENLY, draw, gaps, mass, plausible_range, weights
from tools.decide.value import _cells, _told, _value
from tools.profile import parse_profile

PLAIN: dict[str, float] = {
    "gap": 0.0,
    "task": 0.0,
    "knowledge_tokens": 600_000.0,
    "update_frequency": 4.0,
    "queries_per_day": 1000.0,
    "latency_budget_ms": 5000.0,
    "labeled_examples": 800.0,
    "prompting_success": 0.5,
    "monthly_budget_usd": 1e9,
    "upfront_budget_usd": 1e9,
    "weeks_to_production": 20.0,
    "prompt_tokens": 500.0,
    "context_tokens": 2000.0,
    "output_tokens": 200.0,
    "annual_growth": 0.0,
    "accuracy_target": 0.9,
    "training_allowed": 1.0,
}
"""A knowledge gap over 600,000 tokens that change each month; every flag but the permission to train is off."""


def plain(**changes: float) -> Codes:
    return {name: changes.get(name, PLAIN.get(name, 0.0)) for name in decision_facts()}


def test_evidence_is_the_ladder_and_what_fired_added_up() -> None:
    scale, rules = engine().book.scale, {rule.id: rule for rule in engine().book.evidence}
    fired = ("knowledge-gap", "changes-by-the-quarter", "enough-examples", "moving-task", "no-ml-engineers")
    found = judged(plain())
    for place, option in enumerate(OPTIONS):
        by_hand = scale.ladder[option] + sum(rules[rule].effects.get(option, 0.0) for rule in fired)
        assert found.evidence[0, place] == pytest.approx(by_hand)


def test_a_gate_takes_its_severity_from_what_it_blocks_and_nothing_from_the_rest() -> None:
    free, cited = judged(plain()), judged(plain(training_allowed=0.0))
    taken = free.totals[0] - cited.totals[0]
    permission = engine().book.scale.severities["permission"]
    assert taken.tolist() == pytest.approx([0, 0, 0, permission, permission])
    assert cited.blocked[0].tolist() == [True, False, False, True, True]


def test_a_score_is_the_squashed_evidence_and_nothing_where_blocked() -> None:
    found = judged(plain())
    rag, spread = OPTIONS.index("rag"), engine().book.scale.score_spread
    assert found.scores[0, rag] == pytest.approx(1 / (1 + exp(-found.evidence[0, rag] / spread)))
    assert found.scores[0, OPTIONS.index("fine_tuning")] == 0


@steadily
@given(profiles())
def test_regret_is_none_for_the_winner_and_at_most_one(profile: Codes) -> None:
    found = judged(profile)
    regrets, behind = found.regrets[0], found.totals[0].max() - found.totals[0]
    assert regrets[found.winners[0]] == 0 and regrets.max() <= 1
    assert regrets == pytest.approx(np.minimum(behind / engine().book.scale.regret_spread, 1))


@steadily
@given(profiles())
def test_many_at_once_are_judged_like_one_alone(profile: Codes) -> None:
    together = judged(plain(), profile, plain(gap=3.0))
    assert (together.totals[1] == judged(profile).totals[0]).all()


def test_a_batch_names_the_winner_of_each_profile() -> None:
    columns = columns_of(plain(), plain(gap=3.0), plain(prompting_success=0.9, gap=4.0))
    assert named(decide_batch(columns, AS_OF)) == ["rag", "prompting", "prompting"]


def test_a_batch_larger_than_one_portion_loses_nothing() -> None:
    columns = {name: np.tile(column, 5000) for name, column in columns_of(plain(), plain(gap=3.0)).items()}
    winners = decide_batch(columns, AS_OF)
    assert len(winners) == 10_000 and (winners[:2] == winners[-2:]).all()


def test_an_empty_batch_has_no_winners() -> None:
    assert decide_batch({name: np.zeros(0) for name in decision_facts()}, AS_OF).tolist() == []


def test_a_batch_refuses_columns_of_different_lengths_and_takes_complete_profiles() -> None:
    with pytest.raises(InputError, match="differ in length"):
        decide_batch({**columns_of(plain()), "gap": np.zeros(2)}, AS_OF)
    columns = profile_columns([as_profile(plain()), as_profile(plain(gap=3.0))])
    assert named(decide_batch(columns, AS_OF)) == ["rag", "prompting"]


def test_a_batch_refuses_open_facts_and_missing_columns() -> None:
    with pytest.raises(InputError, match="gap"):
        profile_columns([parse_profile({})])
    with pytest.raises(InputError, match="missing"):
        decide_batch({"gap": np.array([0.0])}, AS_OF)


@pytest.mark.parametrize("name", sorted(decision_facts()))
def test_all_the_mass_of_a_prior_lies_in_its_plausible_range(name: str) -> None:
    low, high = plausible_range(name)
    for given_ in (*gaps(), EVENLY):
        assert mass(name, given_, low, high) == pytest.approx(1)
        drawn = draw(name, given_, np.linspace(0, 1, 101))
        assert low <= drawn.min() and drawn.max() <= high


@pytest.mark.parametrize("name", sorted(decision_facts()))
def test_what_is_drawn_follows_the_mass(name: str) -> None:
    drawn = draw(name, "knowledge", (np.arange(4000) + 0.5) / 4000)
    for value in telling_values(name):
        below = float((drawn <= value).mean())
        assert mass(name, "knowledge", min(plausible_range(name)[0], value), value) == pytest.approx(below, abs=0.02)


def test_many_at_exactly_one_value_belong_to_that_value() -> None:
    none, some = mass("labeled_examples", "knowledge", 0, 0), mass("labeled_examples", "knowledge", 1, 10**6)
    assert none + some == pytest.approx(1) and 0.1 < none < 0.15


def test_the_middle_of_a_prior_is_its_stated_median() -> None:
    assert draw("queries_per_day", "knowledge", np.array([0.5]))[0] == pytest.approx(1500)
    assert draw("prompting_success", "behavior", np.array([0.5]))[0] == pytest.approx(0.5)


def test_between_two_stated_shares_numbers_are_spread_by_orders_of_magnitude() -> None:
    assert mass("queries_per_day", "knowledge", 1500, exp(log(1501 * 50_001) / 2) - 1) == pytest.approx(0.2, abs=0.001)


def test_choices_weigh_what_the_facts_file_says() -> None:
    spec = decision_facts()["gap"]
    assert weights("gap", EVENLY).tolist() == [0.2] * 5
    assert weights("needs_citations", "behavior").tolist() == pytest.approx([0.98, 0.02])
    assert weights("gap", "knowledge")[int(encode(spec, "knowledge"))] == pytest.approx(0.4)


def test_an_answer_that_tells_the_options_apart_is_worth_the_regret_it_avoids() -> None:
    cells, regrets_by_option = np.array([0, 0, 1, 1]), np.array([[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    assert _value(cells, regrets_by_option, blind=2.0) == pytest.approx(0.5)
    assert _value(np.array([0, 1, 0, 1]), regrets_by_option, blind=2.0) == 0
    assert _told(cells, np.array([0, 0, 1, 1]), 2) == pytest.approx(0.5)
    assert _told(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), 2) == 0


def test_answers_are_grouped_at_the_values_at_which_a_rule_changes_its_mind() -> None:
    values = np.array([0.0, 49.0, 50.0, 499.0, 500.0, 1999.0, 2000.0])
    assert _cells(engine(), "labeled_examples", values).tolist() == [0, 0, 1, 1, 2, 2, 3]


@steadily
@given(profiles(), profiles(), st.lists(st.sampled_from(sorted(decision_facts())), min_size=1, max_size=3))
def test_what_changes_in_profiles_judged_before_is_what_judging_them_anew_gives(
    one: Codes, other: Codes, names: list[str]
) -> None:
    columns = columns_of(one, other)
    changes = [{name: telling_values(name)[place] for name in names} for place in (0, -1)]
    changes.append({names[0]: telling_values(names[0])[1]})
    found = engine().evaluator.winners_changed(judged(one, other), columns, changes)
    anew = [judged({**one, **change}, {**other, **change}).winners.tolist() for change in changes]
    assert found.tolist() == anew


def test_a_change_holds_for_its_own_lot_alone() -> None:
    changes = [{"gap": 3.0}, {}, {"prompting_success": 0.9, "gap": 4.0}, {}]
    found = engine().evaluator.winners_changed(judged(plain()), columns_of(plain()), changes)
    assert found[:, 0].tolist() == [judged(plain(**change)).winners[0] for change in changes]
    assert len(set(found[:, 0].tolist())) > 1


def test_a_gate_on_a_limit_and_a_fact_looks_at_the_limit_of_each_option_it_blocks() -> None:
    book = engine().book
    slow = next(gate for gate in book.gates if gate.id == "too-slow")
    both = {"all": [{"exceeds": "latency_budget"}, {"fact": "regulated", "is": True}]}
    gate = Gate.model_validate({**slow.model_dump(by_alias=True), "when": both})
    narrowed = Evaluator(replace(book, gates=(gate,)), engine().evaluator.rates)
    waiting = plain(task=decision_facts()["task"].codes.index("generation"), output_tokens=2000.0)
    for budget in (1.0, 300.0, 700.0, 1e6):
        blocked = [
            narrowed.judge(columns_of({**waiting, "latency_budget_ms": budget, "regulated": flag})).blocked[0]
            for flag in (0.0, 1.0)
        ]
        alone = Evaluator(replace(book, gates=(slow,)), engine().evaluator.rates)
        assert not blocked[0].any()
        assert (blocked[1] == alone.judge(columns_of({**waiting, "latency_budget_ms": budget})).blocked[0]).all()


def test_a_rule_rests_on_the_facts_it_names_and_on_those_its_limits_are_computed_from() -> None:
    rests_on = {row.rule.id: row.rests_on for row in engine().evaluator.rows}
    assert {"latency_budget_ms", "output_tokens", "task", "self_hosting_required"} <= rests_on["too-slow"]
    assert (
        "monthly_budget_usd" not in rests_on["too-slow"] and "monthly_budget_usd" in rests_on["over-the-monthly-budget"]
    )
    assert rests_on["no-ml-engineers"] == {"ml_expertise"}


def test_rules_that_are_settled_do_not_settle_those_that_are_open() -> None:
    low = columns_of(plain())
    high = {**low, "needs_citations": np.array([1.0])}
    truths = engine().evaluator.truths(Boxes(low, high, 1))
    free, cited = judged(plain()).fired[:, 0], judged(plain(needs_citations=1.0)).fired[:, 0]
    assert (truths.certain[:, 0] == (free & cited)).all() and (truths.possible[:, 0] == (free | cited)).all()
    assert (free != cited).any()
