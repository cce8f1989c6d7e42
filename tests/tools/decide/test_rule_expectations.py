"""Every rule does what its entry among the expectations says: where it fires, where not, whom it moves and how far."""

from dataclasses import replace

import pytest

from tests.decide_profiles import engine
from tests.rule_expectations import GATED, expectations, unmet


def test_every_rule_meets_its_expectations() -> None:
    assert list(unmet(engine().book)) == []


@pytest.mark.parametrize("rule", sorted(GATED))
def test_a_gate_taken_away_is_noticed(rule: str) -> None:
    gates = tuple(gate for gate in engine().book.gates if gate.id != rule)
    assert list(unmet(replace(engine().book, gates=gates)))


def test_every_expectation_has_both_sides() -> None:
    without = [expected["rule"] for expected in expectations() if not (expected["fires"] and expected["silent"])]
    assert without == ["rag-hybrid-search"], "only the default form of retrieval holds for everyone"
