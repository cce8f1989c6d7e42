"""The diagnosis speaks of a fact only as surely as the fact is known."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from knowledge.facts import fact_specs
from tests.decide_profiles import AS_OF, Codes, as_profile, engine, profiles, steadily
from tools.decide.boxes import decision_facts
from tools.decide.decide import decide
from tools.decide.decision import Diagnosis
from tools.profile import Known, Open, Profile, parse_profile
from tools.wording import fact_value_text

SOME = [name for name in decision_facts() if name != "gap"]
LABELS = {spec.label: name for name, spec in fact_specs().items()}


def diagnosed(**facts: Any) -> Diagnosis:
    return decide(parse_profile(facts), AS_OF).diagnosis


def doubted(codes: Codes, open_: set[str], unsure: set[str]) -> Profile:
    """A profile with some facts open and some given with doubt."""
    profile = as_profile(codes, *open_)
    hedged = {name: Known(fact.value, unsure=True) for name, fact in _known(profile).items() if name in unsure}
    return profile.replace(**hedged)


def _known(profile: Profile) -> Mapping[str, Known]:
    return {name: fact for name, fact in profile.facts.items() if isinstance(fact, Known)}


@steadily
@given(profiles(), st.sets(st.sampled_from(SOME), min_size=20), st.sets(st.sampled_from(SOME)), st.booleans())
def test_no_statement_is_made_about_an_open_gap_or_fact(
    codes: Codes, open_: set[str], unsure: set[str], gap_unsure: bool
) -> None:
    gap = {"gap"}
    profile = doubted(codes, open_ if gap_unsure else open_ | gap, unsure | gap)
    first, *others = decide(profile, AS_OF).diagnosis.because
    assert first in engine().book.scale.gaps_if.values() and first.startswith("If ")
    for said in others:
        label, _, value = said.removesuffix(".").partition(": ")
        fact = _known(profile)[LABELS[label]]
        hedge = " (not sure)" if fact.unsure else ""
        assert value == fact_value_text(LABELS[label], fact.value) + hedge


@steadily
@given(profiles(), st.sets(st.sampled_from(SOME)))
def test_a_gap_told_for_certain_is_said_as_it_was_told(codes: Codes, open_: set[str]) -> None:
    profile = as_profile(codes, *open_)
    found = decide(profile, AS_OF).diagnosis
    assert found == Diagnosis(
        str(profile.known("gap")), True, False, 1.0, (engine().book.scale.gaps[str(profile.known("gap"))],)
    )


def test_a_gap_named_with_doubt_is_told_as_named_and_as_open() -> None:
    found = diagnosed(gap={"value": "knowledge", "unsure": True})
    assert (found.gap, found.stated, found.unsure) == ("knowledge", True, True)
    assert 0.8 <= found.probability < 1


def test_a_gap_put_off_is_as_open_as_one_never_spoken_of() -> None:
    later = decide(Profile({"gap": Open("later")}), AS_OF).diagnosis
    assert later == diagnosed() and not later.stated


def test_every_kind_of_gap_can_be_said_both_ways() -> None:
    scale = engine().book.scale
    assert set(scale.gaps) == set(scale.gaps_if) == set(fact_specs()["gap"].codes)
    assert not any(words.startswith("If ") for words in scale.gaps.values())
