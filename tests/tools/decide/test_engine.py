"""The engine: its cells, the facts it uses, and whose prices it counts with."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.price_table import PriceTable, load_prices
from tests.decide_profiles import AS_OF, as_profile, columns_of, engine
from tools.decide.boxes import Boxes, decision_facts, decode
from tools.decide.engine import engine_for, engine_with
from tools.decide.priors import plausible_range
from tools.profile import Known, parse_profile

LEAST = {name: plausible_range(name)[0] for name in decision_facts()}


def _busy(**held: float) -> dict[str, float]:
    return LEAST | {"gap": 4.0, "queries_per_day": 1000.0, "output_tokens": 500.0, "latency_budget_ms": 1e5} | held


def dearer() -> PriceTable:
    """The built-in prices, every model a million times as dear."""
    table = load_prices(AS_OF)
    models = {
        name: replace(
            model,
            tiers=tuple(
                replace(tier, input_usd_per_mtok=1e6, cache_read_usd_per_mtok=None, output_usd_per_mtok=1e6)
                for tier in model.tiers
            ),
        )
        for name, model in table.models.items()
    }
    return replace(table, models=models)


def test_prices_of_the_users_own_are_what_budgets_are_held_against() -> None:
    columns = columns_of(_busy(monthly_budget_usd=1e5))
    assert not engine_with(None, AS_OF, None).judge(columns).blocked[0, 0]
    assert engine_with(None, AS_OF, dearer()).judge(columns).blocked[0, 0]


def test_without_prices_of_the_users_own_the_engine_of_the_day_serves() -> None:
    assert engine_with(None, AS_OF, None) is engine_for(None, AS_OF)


@pytest.mark.parametrize("name", ["gap", "task", "update_frequency", "needs_citations", "training_allowed"])
def test_flags_and_choices_are_cut_between_all_their_values(name: str) -> None:
    low, high = plausible_range(name)
    assert engine().cuts[name] == tuple(np.arange(low + 1, high + 1))


def test_every_fact_that_can_change_a_rule_is_used_and_in_the_order_of_the_facts_file() -> None:
    used = engine().used_facts
    assert list(used) == [name for name in decision_facts() if name in used]
    assert set(used) >= {name for row in engine().evaluator.rows for name in row.rests_on}


def test_where_all_that_rules_use_is_known_there_is_one_completion() -> None:
    unused = [name for name in decision_facts() if name not in engine().used_facts]
    assert unused
    assert {len(column) for column in engine().complete(as_profile(LEAST, *unused)).values()} == {1}
    assert {len(column) for column in engine().complete(as_profile(LEAST)).values()} == {1}


def test_one_unsure_fact_is_enough_for_many_completions() -> None:
    unsure = as_profile(LEAST).replace(ml_expertise=Known(False, unsure=True))
    columns = engine().complete(unsure)
    assert {len(column) for column in columns.values()} == {engine().book.scale.completions}
    assert set(columns["ml_expertise"]) == {0.0, 1.0}


def test_some_of_many_boxes_keep_both_their_ends() -> None:
    ends = {"queries_per_day": np.array([1.0, 2.0, 3.0])}, {"queries_per_day": np.array([10.0, 20.0, 30.0])}
    taken = Boxes(*ends, 3).take(np.array([False, True, True]))
    assert taken.size == 2
    assert taken.low["queries_per_day"].tolist() == [2, 3] and taken.high["queries_per_day"].tolist() == [20, 30]
    points = Boxes.points(ends[0]).take(np.array([0]))
    assert points.size == 1 and points.high["queries_per_day"].tolist() == [1]


def test_a_number_is_said_without_decimals_where_it_has_none() -> None:
    facts = decision_facts()
    assert repr(decode(facts["queries_per_day"], 20.0)) == "20"
    assert repr(decode(facts["queries_per_day"], 20.5)) == "20.5"
    assert repr(decode(facts["labeled_examples"], 20.0)) == "20"


def test_what_does_not_apply_is_settled_at_nothing_and_what_is_unknown_is_not() -> None:
    profile = parse_profile({"gap": {"state": "unknown"}, "knowledge_tokens": {"state": "not_applicable"}})
    assert engine().complete(profile)["knowledge_tokens"].max() == 0
    assert np.unique(engine().complete(profile)["gap"]).size == 5
