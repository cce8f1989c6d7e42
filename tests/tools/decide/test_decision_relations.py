"""Relations that must hold between the advice for one complete profile and for another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tools.decide.limits
from knowledge.options import OPTIONS
from tests.decide_profiles import AS_OF, Codes, as_profile, columns_of, engine, judged, profiles, steadily, varied
from tools.cost.bounds import OptimisticCost, optimistic_costs
from tools.decide.boxes import decision_facts, encode
from tools.decide.decide import decide
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator

PROMPTING, LONG_CONTEXT, RAG, FINE_TUNING, HYBRID = range(len(OPTIONS))
RETRIEVAL = (RAG, HYBRID)
BUDGETS = ("monthly_budget_usd", "upfront_budget_usd")
FALLS, RISES = -1, 1


def code(name: str, value: str) -> float:
    return encode(decision_facts()[name], value)


def never_moves(scores: np.ndarray, direction: int) -> bool:
    """Whether no step of the scores goes in that direction."""
    return bool((np.diff(scores) * direction <= 1e-9).all())


@steadily
@given(profiles())
def test_every_profile_has_exactly_one_recommendation(profile: Codes) -> None:
    totals = judged(profile).totals[0]
    best = np.flatnonzero(totals == totals.max())
    assert np.isfinite(totals).all() and judged(profile).winners[0] == best[0]


@steadily
@given(profiles(), st.sampled_from(["annual_growth", "accuracy_target", "documents_unreliable"]))
def test_a_fact_that_no_rule_on_options_uses_changes_nothing(profile: Codes, name: str) -> None:
    totals = judged(*varied(profile, name)).totals
    assert (totals == totals[0]).all()


@steadily
@given(profiles(), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(profile: Codes, random: object) -> None:
    shuffled = list(profile.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert (judged(dict(shuffled)).totals == judged(profile).totals).all()


@steadily
@given(profiles(), st.sampled_from([0.01, 0.5, 8.0, 1000.0]))
def test_prices_and_budgets_in_another_currency_choose_the_same(profile: Codes, factor: float) -> None:
    dearer = Engine(Evaluator(engine().book, engine().evaluator.rates.scaled(factor)))
    richer = {**profile, **{name: profile[name] * factor for name in BUDGETS}}
    assert dearer.judge(columns_of(richer)).winners[0] == judged(profile).winners[0]


@steadily
@given(profiles())
def test_fresher_data_never_moves_from_retrieval_to_tuning_alone(profile: Codes) -> None:
    found = judged(*reversed(varied(profile, "update_frequency")))  # rising freshness
    lead = found.totals[:, RETRIEVAL] - found.totals[:, [FINE_TUNING]]
    moved = [(a, b) for a, b in zip(found.winners, found.winners[1:], strict=False)]
    assert not any(a in RETRIEVAL and b == FINE_TUNING for a, b in moved)
    assert all(never_moves(lead[:, place], FALLS) for place in range(2))


@steadily
@given(profiles())
def test_required_citations_never_move_away_from_retrieval(profile: Codes) -> None:
    free, cited = judged(*varied(profile, "needs_citations")).winners
    assert free not in RETRIEVAL or cited in RETRIEVAL
    assert cited != FINE_TUNING or bool(judged({**profile, "needs_citations": 1.0}).blocked.all())


@steadily
@given(profiles())
def test_more_labels_never_lower_tuning(profile: Codes) -> None:
    found = judged(*varied(profile, "labeled_examples"))
    assert never_moves(found.totals[:, FINE_TUNING], FALLS) and never_moves(found.totals[:, HYBRID], FALLS)


@steadily
@given(profiles())
def test_a_stricter_form_never_lowers_tuning(profile: Codes) -> None:
    found = judged(*varied(profile, "strict_output"))
    assert never_moves(found.totals[:, FINE_TUNING], FALLS) and never_moves(found.totals[:, HYBRID], FALLS)


@steadily
@given(profiles())
def test_a_larger_corpus_never_raises_long_context(profile: Codes) -> None:
    found = judged(*varied(profile, "knowledge_tokens"))
    assert never_moves(found.totals[:, LONG_CONTEXT], RISES)
    assert never_moves((found.winners == LONG_CONTEXT).astype(int), RISES)


@steadily
@given(profiles())
def test_a_tighter_latency_budget_never_raises_retrieval(profile: Codes) -> None:
    found = judged(*reversed(varied(profile, "latency_budget_ms")))
    assert never_moves(found.totals[:, RAG], RISES) and never_moves(found.totals[:, HYBRID], RISES)


@steadily
@given(profiles())
def test_retrieval_succeeds_under_a_tighter_latency_budget_only_where_another_became_too_slow(profile: Codes) -> None:
    found = judged(*reversed(varied(profile, "latency_budget_ms")))
    too_slow = {row.option: at for at, row in enumerate(engine().evaluator.rows) if row.rule.id == "too-slow"}
    for at, (before, after) in enumerate(zip(found.winners, found.winners[1:], strict=False)):
        if before not in RETRIEVAL and after in RETRIEVAL:
            fired = found.fired[too_slow[OPTIONS[before]]]
            assert fired[at + 1] and not fired[at]


@steadily
@given(profiles())
def test_more_prompting_success_never_moves_away_from_prompting(profile: Codes) -> None:
    found = judged(*varied(profile, "prompting_success"))
    assert never_moves((found.winners == PROMPTING).astype(int), FALLS)
    assert never_moves(found.totals[:, PROMPTING], FALLS)


@steadily
@given(profiles(), st.sampled_from([*BUDGETS, "latency_budget_ms", "weeks_to_production"]))
def test_a_larger_limit_never_shrinks_the_feasible_set(profile: Codes, limit: str) -> None:
    blocked = judged(*varied(profile, limit)).blocked
    assert not (blocked[1:] & ~blocked[:-1]).any()


@steadily
@given(profiles())
def test_less_skill_in_machine_learning_never_raises_tuning(profile: Codes) -> None:
    without, with_ = judged(*varied(profile, "ml_expertise")).totals
    assert without[FINE_TUNING] <= with_[FINE_TUNING] and without[HYBRID] <= with_[HYBRID]


@steadily
@given(profiles(), st.sampled_from(["access_control", "contains_pii"]))
def test_deletion_and_access_rights_never_move_towards_tuning_alone(profile: Codes, duty: str) -> None:
    without, with_ = judged(*varied(profile, duty)).winners
    assert with_ != FINE_TUNING or without == FINE_TUNING


@steadily
@given(profiles(gap=1.0, teacher_available=0.0, labeled_examples=49.0))
def test_below_the_least_examples_training_alone_is_advised_only_where_nothing_is_left(profile: Codes) -> None:
    found = judged(profile)
    assert found.winners[0] != FINE_TUNING or bool(found.blocked.all())


@steadily
@given(profiles(), st.sampled_from(OPTIONS))
def test_removing_a_losing_option_keeps_the_winner(profile: Codes, removed: str) -> None:
    found = judged(profile)
    if OPTIONS[found.winners[0]] != removed:
        assert found.best_of([option for option in OPTIONS if option != removed])[0] == found.winners[0]


@steadily
@given(profiles(), st.sampled_from([0.0, 0.1, 0.7]))
def test_an_options_own_price_falling_never_unseats_it(profile: Codes, factor: float) -> None:
    winner = OPTIONS[judged(profile).winners[0]]

    def cheaper(*arguments: object) -> dict[str, OptimisticCost]:
        costs = optimistic_costs(*arguments)  # type: ignore[arg-type]
        own = costs[winner]
        return {**costs, winner: OptimisticCost(own.monthly_usd * factor, own.upfront_usd * factor)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools.decide.limits, "optimistic_costs", cheaper)
        assert OPTIONS[judged(profile).winners[0]] == winner


@steadily
@given(profiles())
def test_only_an_open_option_is_advised_while_there_is_one(profile: Codes) -> None:
    found = judged(profile)
    assert not found.blocked[0, found.winners[0]] or bool(found.blocked[0].all())


@pytest.mark.parametrize("unit", [10_000, 304_167 / (365 / 12), 3_650_000 / 365])
def test_the_same_volume_in_any_period_is_advised_the_same(unit: float) -> None:
    known = {"gap": code("gap", "knowledge"), "knowledge_tokens": 200_000.0}
    daily = decide(as_profile({**known, "queries_per_day": 10_000.0}), AS_OF).recommendation
    assert decide(as_profile({**known, "queries_per_day": unit}), AS_OF).recommendation == daily


def test_a_correction_taken_back_leaves_no_trace() -> None:
    profile = as_profile({"gap": 0.0, "queries_per_day": 500.0})
    there = profile.replace(**dict(as_profile({"gap": 2.0}).facts))
    back = there.replace(**{"gap": profile.facts["gap"]})
    assert decide(back, AS_OF).recommendation == decide(profile, AS_OF).recommendation
