"""The priors as distributions: what is drawn and what is weighed are one."""

import numpy as np
import pytest

from tests.decide_profiles import telling_values
from tools.decide.boxes import decision_facts
from tools.decide.priors import EVENLY, draw, gaps, mass, plausible_range, weights

NUMBERS = [name for name, spec in decision_facts().items() if spec.kind in ("number", "share")]
WHOLE = [name for name, spec in decision_facts().items() if spec.kind == "integer"]
SHARES = np.array([0.02, 0.1, 0.25, 0.5, 0.77, 0.9, 0.99])


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("given", [*gaps(), EVENLY])
def test_a_value_drawn_at_a_share_has_that_share_below_it(name: str, given: str) -> None:
    low, high = plausible_range(name)
    drawn = draw(name, given, SHARES)
    if np.unique(drawn).size == SHARES.size:
        below = [mass(name, given, low, float(value)) for value in drawn]
        above = [mass(name, given, float(value), high) for value in drawn]
        assert below == pytest.approx(SHARES.tolist()) and above == pytest.approx((1 - SHARES).tolist())


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("given", ["knowledge", "behavior", EVENLY])
def test_whole_numbers_are_drawn_as_often_as_they_weigh(name: str, given: str) -> None:
    drawn = draw(name, given, (np.arange(20_000) + 0.5) / 20_000)
    for low, high in ((0, 0), (1, 1), (1, 40), (80, 80), (41, 3000), (3001, 1e12)):
        share = float(((drawn >= low) & (drawn <= high)).mean())
        assert mass(name, given, low, high) == pytest.approx(share, abs=2e-4)


@pytest.mark.parametrize("name", sorted(decision_facts()))
@pytest.mark.parametrize("given", ["knowledge", "behavior", "none", EVENLY])
def test_the_masses_of_all_parts_add_up_to_one(name: str, given: str) -> None:
    edges = telling_values(name)
    whole = not decision_facts()[name].numeric or name in WHOLE
    starts = [edges[0], *((edge + 1 if whole else float(np.nextafter(edge, np.inf))) for edge in edges[:-1])]
    parts = [mass(name, given, low, high) for low, high in zip(starts, edges, strict=True)]
    assert min(parts) >= 0 and sum(parts) == pytest.approx(1)


@pytest.mark.parametrize("name", NUMBERS)
def test_nothing_lies_outside_what_is_plausible(name: str) -> None:
    low, high = plausible_range(name)
    assert mass(name, "knowledge", low - 0.9, float(np.nextafter(low, -np.inf))) == 0
    assert mass(name, "knowledge", high * 1.001, high * 2) == 0


def test_many_at_exactly_the_last_value_belong_to_that_value() -> None:
    top = plausible_range("monthly_budget_usd")[1]
    assert mass("monthly_budget_usd", "knowledge", top, top) == pytest.approx(0.1)
    assert mass("monthly_budget_usd", "knowledge", 0, top * 0.999) == pytest.approx(0.9, abs=0.001)


def test_what_is_plausible_spans_every_kind_of_gap() -> None:
    assert plausible_range("queries_per_day") == (5, 1e8)
    assert plausible_range("prompting_success") == (0.02, 1)
    assert plausible_range("gap") == (0, 4) and plausible_range("regulated") == (0, 1)


def test_evenly_spread_numbers_take_every_order_of_magnitude_alike_and_shares_every_tenth() -> None:
    thirds = draw("knowledge_tokens", EVENLY, np.array([1 / 3, 2 / 3]))
    assert np.log1p(thirds) / np.log1p(2e9) == pytest.approx([1 / 3, 2 / 3], rel=1e-3)
    assert draw("prompting_success", EVENLY, np.array([0.5]))[0] == pytest.approx((0.02 + 1) / 2)


@pytest.mark.parametrize("name", [name for name, spec in decision_facts().items() if not spec.numeric])
@pytest.mark.parametrize("given", [*gaps(), EVENLY])
def test_flags_and_choices_are_drawn_as_often_as_they_weigh(name: str, given: str) -> None:
    weighed = weights(name, given)
    drawn = draw(name, given, (np.arange(10_000) + 0.5) / 10_000).astype(int)
    assert weighed.sum() == pytest.approx(1)
    assert np.bincount(drawn, minlength=len(weighed)) / 10_000 == pytest.approx(weighed, abs=1e-3)
    assert draw(name, given, np.array([0.0, 1.0])).tolist() == [np.flatnonzero(weighed)[0], len(weighed) - 1]
    last = len(weighed) - 1
    assert mass(name, given, 1, last) == pytest.approx(weighed[1:].sum())
    assert mass(name, given, 0, 0) == pytest.approx(weighed[0])
