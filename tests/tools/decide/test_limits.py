"""Computed limits over boxes: exactly what the profiles in the box say."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Limit
from tests.decide_profiles import Codes, columns_of, engine, profiles, steadily, telling_values
from tools.cost.bounds import fits_window_tokens, optimistic_costs
from tools.decide.boxes import Boxes, decision_facts
from tools.decide.conditions import Truth
from tools.decide.limits import BOUND_FACTS, CEILINGS, Limits, facts_of_limit
from tools.latency.floor import optimistic_latency_ms

rates = engine().evaluator.rates
BOUNDED = (*BOUND_FACTS, "task", "self_hosting_required")
some_open = st.lists(st.sampled_from(BOUNDED), min_size=1, max_size=3, unique=True)
fewer = steadily.__class__(steadily, max_examples=25)


def figures(rows: Sequence[Codes]) -> dict[Limit, Mapping[Option, np.ndarray]]:
    """What each option costs and how long it takes at least, per profile."""
    columns = columns_of(*rows)
    costs = optimistic_costs(columns, rates)
    return {
        "monthly_budget": {option: cost.monthly_usd for option, cost in costs.items()},
        "upfront_budget": {option: cost.upfront_usd for option, cost in costs.items()},
        "latency_budget": optimistic_latency_ms(columns, rates),
    }


def inside(profile: Codes, *open_: str) -> list[Codes]:
    """The profiles at every combination of the open facts' ends, with all values of choices."""
    facts = decision_facts()
    values = [telling_values(name) for name in open_]
    ends = [each if not facts[name].numeric else (each[0], each[-1]) for name, each in zip(open_, values, strict=True)]
    return [{**profile, **dict(zip(open_, corner, strict=True))} for corner in product(*ends)]


def truths(spans: Sequence[Sequence[Codes]], limit: Limit, option: Option, **held: float) -> Truth:
    """The limit over the boxes that hold each lot of profiles, with some facts held."""
    low = [{name: held.get(name, min(row[name] for row in rows)) for name in decision_facts()} for rows in spans]
    high = [{name: held.get(name, max(row[name] for row in rows)) for name in decision_facts()} for rows in spans]
    boxes = Boxes(columns_of(*low), columns_of(*high), len(spans))
    return Limits(boxes, rates).test(boxes, limit, option)


@fewer
@given(profiles(), profiles(), some_open)
def test_a_ceiling_is_certainly_broken_below_the_least_figure_and_possibly_below_the_greatest(
    one: Codes, other: Codes, open_: list[str]
) -> None:
    spans = [inside(one, *open_), inside(other, *open_)]
    found = [figures(rows) for rows in spans]
    for (limit, ceiling), option in product(CEILINGS.items(), OPTIONS):
        for at in range(2):
            least, greatest = float(found[at][limit][option].min()), float(found[at][limit][option].max())
            exactly = truths(spans, limit, option, **{ceiling: least})
            assert not exactly.certain[at]
            assert truths(spans, limit, option, **{ceiling: np.nextafter(least, -np.inf)}).certain[at]
            assert not truths(spans, limit, option, **{ceiling: greatest}).possible[at]
            assert truths(spans, limit, option, **{ceiling: np.nextafter(greatest, -np.inf)}).possible[at]


@pytest.mark.parametrize("limit", CEILINGS)
def test_an_open_ceiling_is_certainly_broken_only_where_its_upper_end_is(limit: Limit) -> None:
    row = {name: telling_values(name)[-1] for name in decision_facts()} | {"self_hosting_required": 0.0}
    figure = float(figures([row])[limit]["prompting"][0])
    ends = [{**row, CEILINGS[limit]: figure / 2}, {**row, CEILINGS[limit]: figure}]
    found = truths([ends], limit, "prompting")
    assert not found.certain[0] and found.possible[0]


@steadily
@given(profiles(), st.lists(st.sampled_from(["prompt_tokens", "output_tokens"]), unique=True))
def test_what_just_fits_beside_the_longest_prompt_and_answer_fits_beside_all(profile: Codes, open_: list[str]) -> None:
    rows = inside(profile, *open_)
    columns = columns_of(*rows)
    fits = fits_window_tokens(rates, columns["prompt_tokens"], columns["output_tokens"])
    assert not truths([rows], "context_window", "rag", knowledge_tokens=float(fits.min())).possible[0]
    assert truths([rows], "context_window", "rag", knowledge_tokens=float(fits.min()) + 1).possible[0]
    assert not truths([rows], "context_window", "rag", knowledge_tokens=float(fits.max())).certain[0]
    assert truths([rows], "context_window", "rag", knowledge_tokens=float(fits.max()) + 1).certain[0]


def test_open_knowledge_may_be_beyond_the_window_without_being_so_for_sure() -> None:
    row = {name: telling_values(name)[0] for name in decision_facts()}
    ends = [{**row, "knowledge_tokens": 0.0}, {**row, "knowledge_tokens": 1e12}]
    found = truths([ends], "context_window", "long_context")
    assert not found.certain[0] and found.possible[0]


@steadily
@given(profiles())
def test_a_point_is_beyond_a_limit_above_it_and_not_at_it(profile: Codes) -> None:
    found = figures([profile])
    for (limit, ceiling), option in product(CEILINGS.items(), OPTIONS):
        figure = float(found[limit][option][0])
        for at, beyond in ((figure, False), (np.nextafter(figure, -np.inf), True)):
            boxes = Boxes.points(columns_of({**profile, ceiling: float(at)}))
            assert Limits(boxes, rates).test(boxes, limit, option).certain.tolist() == [beyond]


@pytest.mark.parametrize("limit", [*CEILINGS, "context_window"])
def test_a_limit_names_every_fact_that_can_move_it(limit: Limit) -> None:
    low = {name: telling_values(name)[1] for name in decision_facts()} | {"queries_per_day": 1e4}
    named = facts_of_limit(limit)
    for name in decision_facts().keys() - set(named):
        rows = inside(low, name)
        boxes = Boxes.points(columns_of(*rows))
        for option in OPTIONS:
            assert len(set(Limits(boxes, rates).test(boxes, limit, option).certain.tolist())) == 1
    assert set(CEILINGS.values()) & set(named) == ({CEILINGS[limit]} if limit in CEILINGS else set())
