"""The ledger: an append-only list whose fold is the profile, whatever the order and the detours."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ledger import Entry, Ledger
from knowledge.facts import fact_specs
from tools.profile import FactValue, Known, Open, State

FLAGS = [spec.name for spec in fact_specs().values() if spec.kind == "flag"]
OPEN: tuple[State, ...] = ("unknown", "not_applicable", "later")
VALUES: st.SearchStrategy[FactValue] = st.one_of(
    st.builds(Known, st.booleans()), st.builds(Open, st.sampled_from(OPEN))
)
FINAL = st.dictionaries(st.sampled_from(FLAGS), VALUES, min_size=1, max_size=8)


def statements(facts: list[tuple[str, FactValue]]) -> list[Entry]:
    return [Entry("stated", turn, fact, value) for turn, (fact, value) in enumerate(facts)]


@pytest.mark.relation("any-order")
@given(FINAL, st.randoms(use_true_random=False))
def test_any_order_of_answers_makes_the_same_profile(final: dict[str, FactValue], random: Random) -> None:
    shuffled = list(final.items())
    random.shuffle(shuffled)
    profiles = [Ledger(tuple(statements(facts))).profile for facts in (list(final.items()), shuffled)]
    assert profiles[0].document() == profiles[1].document() and list(profiles[0].facts) == list(profiles[1].facts)


@pytest.mark.relation("there-and-back")
@given(FINAL, st.lists(st.tuples(st.sampled_from(FLAGS), VALUES), max_size=12))
def test_detours_and_corrections_end_where_the_final_facts_do(
    final: dict[str, FactValue], detours: list[tuple[str, FactValue]]
) -> None:
    wandering = [(fact, value) for fact, value in detours if fact in final]
    entries = statements([*wandering, *final.items()])
    assert (
        Ledger(tuple(entries)).profile.document() == Ledger(tuple(statements(list(final.items())))).profile.document()
    )


@given(FINAL, st.integers(0, 8))
def test_the_ledger_before_a_turn_is_what_was_said_until_then(final: dict[str, FactValue], turn: int) -> None:
    entries = statements(list(final.items()))
    assert Ledger(tuple(entries)).until(turn).entries == tuple(entries[:turn])
