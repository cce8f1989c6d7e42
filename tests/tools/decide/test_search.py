"""The search for a profile that moves the advice, against looking at every one."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.options import OPTIONS, Option
from tests.decide_profiles import as_profile, columns_of, engine, steadily, telling_values
from tests.decide_rulebooks import rule, small
from tools.cost.bounds import optimistic_costs
from tools.decide.boxes import decision_facts
from tools.decide.certificate import whole_box
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator
from tools.decide.priors import plausible_range
from tools.decide.search import can_be_moved
from tools.profile import Known, Range

KNOWN = {name: plausible_range(name)[0] for name in decision_facts()}
CONDITIONS: dict[str, dict[str, object]] = {
    "regulated": {"fact": "regulated", "is": True},
    "contains_pii": {"fact": "contains_pii", "is": False},
    "queries_per_day": {"fact": "queries_per_day", "at_least": 1000, "below": 2000},
    "labeled_examples": {"fact": "labeled_examples", "at_least": 50, "below": 51},
    "update_frequency": {"fact": "update_frequency", "in": ["daily"]},
    "gap": {"fact": "gap", "in": ["reasoning"]},
}
INSIDE = {"queries_per_day": (1000.0, 1999.0), "labeled_examples": (49.0, 50.0, 51.0)}
effects = st.sampled_from([-2.0, -1.0, -0.4, 0.4, 1.0, 2.0])


def moved(one: Engine, winner: int, *open_: str) -> bool:
    return can_be_moved(one, whole_box(as_profile(KNOWN, *open_)), winner)


def every(open_: tuple[str, ...]) -> list[dict[str, float]]:
    """All profiles that the rules can tell apart."""
    values = [(*telling_values(name), *INSIDE.get(name, ())) for name in open_]
    ends = [[each for each in lot if plausible_range(name)[0] <= each] for name, lot in zip(open_, values, strict=True)]
    picked = [lot if len(lot) < 9 else [lot[0], lot[-1], *INSIDE[name]] for name, lot in zip(open_, ends, strict=True)]
    return [{**KNOWN, **dict(zip(open_, combination, strict=True))} for combination in product(*picked)]


@steadily
@given(st.dictionaries(st.sampled_from(sorted(CONDITIONS)), effects, min_size=1, max_size=4), st.booleans())
def test_with_one_rival_the_search_finds_what_looking_at_every_profile_finds(
    moves: dict[str, float], rag: bool
) -> None:
    rules: list[tuple[dict[str, object], dict[Option, float]]] = [
        (CONDITIONS[name], {"rag": effect}) for name, effect in moves.items()
    ]
    one = small(*rules, rag=1.0 if rag else -1.0, long_context=-9.0, fine_tuning=-9.0)
    winner = OPTIONS.index("rag" if rag else "prompting")
    open_ = tuple(moves)
    anywhere = bool((one.judge(columns_of(*every(open_))).winners != winner).any())
    assert moved(one, winner, *open_) == anywhere


def test_what_only_several_answers_together_can_move_is_found() -> None:
    rules: list[tuple[dict[str, object], dict[Option, float]]] = [
        (condition, {"rag": 0.4}) for condition in CONDITIONS.values()
    ]
    for lead, found in ((2.3, True), (2.5, False)):
        one = small(*rules, prompting=lead, long_context=-9.0, fine_tuning=-9.0)
        assert moved(one, 0, *CONDITIONS) is found


def test_nothing_open_is_nothing_to_move() -> None:
    one = small((CONDITIONS["regulated"], {"rag": 2.0}))
    assert not moved(one, 0)
    assert not moved(one, OPTIONS.index("rag"))


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(10, 999, False), (10, 1000, True), (1999, 5000, True), (2000, 5000, False)]
)
def test_only_values_within_a_range_are_tried(low: float, high: float, expected: bool) -> None:
    one = small((CONDITIONS["queries_per_day"], {"rag": 2.0}))
    profile = as_profile(KNOWN).replace(queries_per_day=Range(low, high))
    assert can_be_moved(one, whole_box(profile), 0) is expected


@pytest.mark.parametrize("unsure", [True, False])
def test_an_unsure_value_may_be_moved_and_a_sure_one_not(unsure: bool) -> None:
    one = small((CONDITIONS["gap"], {"rag": 2.0}))
    profile = as_profile(KNOWN).replace(gap=Known("knowledge", unsure=unsure))
    assert can_be_moved(one, whole_box(profile), 0) is unsure


def test_a_budget_that_only_the_dearest_use_of_all_breaks_is_found() -> None:
    book, rates = engine().book, engine().evaluator.rates
    gate = next(gate for gate in book.gates if gate.id == "over-the-monthly-budget")
    one = Engine(
        Evaluator(
            replace(
                book,
                gates=(gate.model_copy(update={"blocks": ("prompting",)}),),
                evidence=(rule(0, CONDITIONS["queries_per_day"], {"hybrid": -1.0}),),
            ),
            rates,
        )
    )
    ends = {"queries_per_day": (100.0, 40_000.0), "output_tokens": (10.0, 2000.0), "repetitive_queries": (1.0, 0.0)}
    uses = [{**KNOWN, **dict(zip(ends, use, strict=True))} for use in product(*ends.values())]
    *cheaper, dearest = optimistic_costs(columns_of(*uses), rates)["prompting"].monthly_usd
    for budget, found in ((max(cheaper), True), (float(dearest), False)):
        profile = as_profile(KNOWN, "repetitive_queries").replace(
            queries_per_day=Range(100, 40_000),
            output_tokens=Range(10, 2000),
            monthly_budget_usd=Range(float(budget), 2 * float(dearest)),
        )
        assert can_be_moved(one, whole_box(profile), 0) is found
