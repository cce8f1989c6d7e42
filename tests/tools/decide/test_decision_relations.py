"""Relations that must hold between the advice for one profile and for another, all else equal."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tools.decide.limits
from knowledge.options import OPTIONS, Option
from tests.decide_profiles import (
    AS_OF,
    Codes,
    Sweep,
    engine,
    fact_values,
    judged,
    partial_profiles,
    profiles,
    situations,
    steadily,
    swept,
)
from tests.scaled_rates import scaled
from tools.advice import advise
from tools.cost.bounds import OptimisticCost, optimistic_costs
from tools.decide.boxes import Columns, decision_facts
from tools.decide.decide import outcome
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator
from tools.profile import FactValue, Known, Profile

PROMPTING, LONG_CONTEXT, RAG, FINE_TUNING, HYBRID = range(len(OPTIONS))
RETRIEVING, TUNING = (RAG, HYBRID), (FINE_TUNING, HYBRID)
BUDGETS = ("monthly_budget_usd", "upfront_budget_usd")
UNUSED = tuple(name for name in decision_facts() if name not in engine().used_facts)
FALLS, RISES = -1, 1
few = settings(steadily, max_examples=15)
fewer = settings(steadily, max_examples=7)
"""For whole decision records, with all their costs."""


def never_moves(scores: np.ndarray, direction: int) -> bool:
    """Whether no step of the scores from one value to the next goes in that direction."""
    return bool((np.diff(scores, axis=0) * direction <= 1e-9).all())


def moved(found: Sweep, from_: tuple[int, ...], to: tuple[int, ...]) -> np.ndarray:
    """Where the step from one value to the next moves the advice from some options to others."""
    return np.asarray(np.isin(found.winners[:-1], from_) & np.isin(found.winners[1:], to))


def others(*options: int) -> tuple[int, ...]:
    return tuple(option for option in range(len(OPTIONS)) if option not in options)


@pytest.mark.relation("one-recommendation")
@steadily
@given(profiles())
def test_every_profile_has_exactly_one_recommendation(profile: Codes) -> None:
    totals = judged(profile).totals[0]
    best = np.flatnonzero(totals == totals.max())
    assert np.isfinite(totals).all() and judged(profile).winners[0] == best[0]


@pytest.mark.relation("one-recommendation")
@steadily
@given(situations())
def test_only_an_open_option_is_advised_while_there_is_one(columns: Columns) -> None:
    found = engine().judge(columns)
    blocked = found.blocked[np.arange(len(found.winners)), found.winners]
    assert (~blocked | found.blocked.all(axis=1)).all()


@pytest.mark.relation("irrelevant-fact")
@steadily
@given(situations(), st.sampled_from(UNUSED))
def test_a_fact_that_no_rule_on_options_uses_changes_nothing(columns: Columns, name: str) -> None:
    totals = swept(columns, name).totals
    assert (totals == totals[0]).all()


def test_there_are_facts_that_no_rule_on_options_uses() -> None:
    assert {"annual_growth", "accuracy_target", "documents_unreliable"} <= set(UNUSED)


@pytest.mark.relation("irrelevant-fact")
@fewer
@given(partial_profiles(), st.text(min_size=1, max_size=200).filter(str.strip))
def test_the_description_is_no_part_of_the_decision_record(profile: Profile, text: str) -> None:
    described = profile.replace(use_case=Known(text))
    assert advise(described, AS_OF).record() == advise(profile, AS_OF).record()


@pytest.mark.relation("any-order")
@fewer
@given(partial_profiles(least=2), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing_in_the_record(profile: Profile, random: object) -> None:
    shuffled = list(profile.facts.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert advise(Profile(dict(shuffled)), AS_OF).record() == advise(profile, AS_OF).record()


@st.composite
def detours(draw: st.DrawFn) -> tuple[Profile, Mapping[str, FactValue]]:
    """A profile, and other values for some of what it knows."""
    profile = draw(partial_profiles(least=1))
    names = draw(st.lists(st.sampled_from(sorted(profile.facts)), min_size=1, unique=True))
    return profile, {name: draw(fact_values(name)) for name in names}


@pytest.mark.relation("there-and-back")
@fewer
@given(detours())
def test_a_correction_taken_back_leaves_no_trace(given_: tuple[Profile, Mapping[str, FactValue]]) -> None:
    profile, other = given_
    back = profile.replace(**other).replace(**{name: profile.facts[name] for name in other})
    assert advise(back, AS_OF).record() == advise(profile, AS_OF).record()


@pytest.mark.relation("prices-and-budgets")
@steadily
@given(situations(), st.sampled_from([0.01, 0.5, 8.0, 1000.0]))
def test_prices_and_budgets_in_another_currency_choose_the_same(columns: Columns, factor: float) -> None:
    dearer = Engine(Evaluator(engine().book, scaled(engine().evaluator.rates, factor)))
    richer = {**columns, **{name: columns[name] * factor for name in BUDGETS}}
    assert (dearer.judge(richer).winners == engine().judge(columns).winners).all()


@pytest.mark.relation("equal-fixed-cost")
@steadily
@given(situations(), st.sampled_from([1.0, 500.0, 2e5]), st.sampled_from([0.0, 40.0, 1e6]))
def test_a_cost_that_all_options_bear_and_all_budgets_allow_for_chooses_the_same(
    columns: Columns, monthly_usd: float, upfront_usd: float
) -> None:
    def dearer(*arguments: object) -> dict[str, OptimisticCost]:
        costs = optimistic_costs(*arguments)  # type: ignore[arg-type]
        return {
            option: OptimisticCost(own.monthly_usd + monthly_usd, own.upfront_usd + upfront_usd)
            for option, own in costs.items()
        }

    added = (monthly_usd, upfront_usd)
    richer = {**columns, **{name: columns[name] + more for name, more in zip(BUDGETS, added, strict=True)}}
    before = engine().judge(columns).winners
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools.decide.limits, "optimistic_costs", dearer)
        assert (engine().judge(richer).winners == before).all()


@pytest.mark.relation("fresher-data")
@steadily
@given(situations())
def test_fresher_data_never_moves_from_retrieval_to_tuning_alone(columns: Columns) -> None:
    found = swept(columns, "update_frequency").backwards()  # rising freshness
    assert not moved(found, RETRIEVING, (FINE_TUNING,)).any()
    assert all(never_moves(found.totals[..., one] - found.totals[..., FINE_TUNING], FALLS) for one in RETRIEVING)


@pytest.mark.relation("fresher-data")
@few
@given(partial_profiles(without=("update_frequency",)))
def test_with_facts_open_fresher_data_never_moves_from_retrieval_to_tuning_alone(profile: Profile) -> None:
    codes = reversed(decision_facts()["update_frequency"].codes)
    advised = [outcome(profile.replace(update_frequency=Known(code)), AS_OF).option for code in codes]
    assert not any(before in ("rag", "hybrid") and after == "fine_tuning" for before, after in pairwise(advised))


@pytest.mark.relation("citations")
@steadily
@given(situations())
def test_required_citations_never_move_away_from_retrieval(columns: Columns) -> None:
    found = swept(columns, "needs_citations")
    assert not moved(found, RETRIEVING, others(*RETRIEVING)).any()
    assert ((found.winners[1] != FINE_TUNING) | found.blocked[1].all(axis=-1)).all()


@pytest.mark.relation("citations")
@few
@given(partial_profiles(without=("needs_citations",)))
def test_with_facts_open_required_citations_never_move_away_from_retrieval(profile: Profile) -> None:
    free, cited = (outcome(profile.replace(needs_citations=Known(flag)), AS_OF).option for flag in (False, True))
    assert free not in ("rag", "hybrid") or cited in ("rag", "hybrid")


@pytest.mark.relation("more-labels")
@steadily
@given(situations())
def test_more_labels_never_lower_tuning(columns: Columns) -> None:
    totals = swept(columns, "labeled_examples").totals
    assert all(never_moves(totals[..., option], FALLS) for option in TUNING)


@pytest.mark.relation("stricter-form")
@steadily
@given(situations())
def test_a_stricter_form_never_lowers_tuning(columns: Columns) -> None:
    totals = swept(columns, "strict_output").totals
    assert all(never_moves(totals[..., option], FALLS) for option in TUNING)


@pytest.mark.relation("larger-corpus")
@steadily
@given(situations())
def test_a_larger_corpus_never_raises_long_context(columns: Columns) -> None:
    found = swept(columns, "knowledge_tokens")
    assert never_moves(found.totals[..., LONG_CONTEXT], RISES)
    assert not moved(found, others(LONG_CONTEXT), (LONG_CONTEXT,)).any()


@pytest.mark.relation("tighter-latency")
@steadily
@given(situations())
def test_a_tighter_latency_budget_never_raises_retrieval(columns: Columns) -> None:
    totals = swept(columns, "latency_budget_ms").backwards().totals
    assert all(never_moves(totals[..., option], RISES) for option in RETRIEVING)


@pytest.mark.relation("tighter-latency")
@steadily
@given(situations())
def test_retrieval_succeeds_under_a_tighter_latency_budget_only_where_another_became_too_slow(columns: Columns) -> None:
    found = swept(columns, "latency_budget_ms").backwards()
    too_slow = {row.option: at for at, row in enumerate(engine().evaluator.rows) if row.rule.id == "too-slow"}
    for step, place in zip(*np.nonzero(moved(found, others(*RETRIEVING), RETRIEVING)), strict=True):
        fired = found.fired[too_slow[OPTIONS[found.winners[step, place]]], :, place]
        assert fired[step + 1] and not fired[step]


@pytest.mark.relation("prompting-success")
@steadily
@given(situations())
def test_more_prompting_success_never_moves_away_from_prompting(columns: Columns) -> None:
    found = swept(columns, "prompting_success")
    assert not moved(found, (PROMPTING,), others(PROMPTING)).any()
    assert never_moves(found.totals[..., PROMPTING], FALLS)


@pytest.mark.relation("larger-budget")
@steadily
@given(situations(), st.sampled_from([*BUDGETS, "latency_budget_ms", "weeks_to_production"]))
def test_a_larger_limit_never_shrinks_the_feasible_set(columns: Columns, limit: str) -> None:
    blocked = swept(columns, limit).blocked
    assert not (blocked[1:] & ~blocked[:-1]).any()


@pytest.mark.relation("less-skill")
@steadily
@given(situations())
def test_less_skill_in_machine_learning_never_raises_tuning(columns: Columns) -> None:
    totals = swept(columns, "ml_expertise").totals
    assert all(never_moves(totals[..., option], FALLS) for option in TUNING)


@pytest.mark.relation("duties")
@steadily
@given(situations(), st.sampled_from(["access_control", "contains_pii"]))
def test_deletion_and_access_rights_never_move_towards_tuning_alone(columns: Columns, duty: str) -> None:
    assert not moved(swept(columns, duty), others(FINE_TUNING), (FINE_TUNING,)).any()


@pytest.mark.relation("too-few-labels")
@steadily
@given(situations(gap=1.0, teacher_available=0.0, labeled_examples=49.0))
def test_below_the_least_examples_training_alone_is_advised_only_where_nothing_is_left(columns: Columns) -> None:
    found = engine().judge(columns)
    assert ((found.winners != FINE_TUNING) | found.blocked.all(axis=1)).all()


@pytest.mark.relation("removing-a-loser")
@steadily
@given(situations(), st.sampled_from(range(len(OPTIONS))))
def test_removing_a_losing_option_keeps_the_winner(columns: Columns, removed: int) -> None:
    found = engine().judge(columns)
    left = found.best_of([OPTIONS[option] for option in others(removed)])
    assert ((left == found.winners) | (found.winners == removed)).all()


@pytest.mark.relation("own-price")
@steadily
@given(situations(), st.sampled_from([0.0, 0.1, 0.7]))
def test_an_options_own_price_falling_never_unseats_it(columns: Columns, factor: float) -> None:
    winners = engine().judge(columns).winners
    for winner in np.unique(winners):

        def cheaper(*arguments: object, own: Option = OPTIONS[winner]) -> dict[Option, OptimisticCost]:
            costs = optimistic_costs(*arguments)  # type: ignore[arg-type]
            usd = costs[own]
            return {**costs, own: OptimisticCost(usd.monthly_usd * factor, usd.upfront_usd * factor)}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tools.decide.limits, "optimistic_costs", cheaper)
            assert (engine().judge(columns).winners[winners == winner] == winner).all()
