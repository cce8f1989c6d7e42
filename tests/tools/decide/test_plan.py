"""The plan asks for nothing that a stated fact makes needless, and keeps its phases while the fact is open."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import PlannedPhase, Rulebook
from tests.decide_profiles import Codes, as_profile, engine, profiles, steadily
from tools.decide.boxes import decision_facts
from tools.decide.decision import Phase
from tools.decide.plan import plan_of
from tools.decide.plan_checks import phases_that_never_change, plans_that_run_empty
from tools.profile import parse_profile

BUILDING_RETRIEVAL = {"premai:rag-weeks-to-production", "netvionix:rag-prototype-days", "dashboardhub:rag-build-weeks"}
MEASURING_THE_PROMPT = {"premai:failure-audit-50-100"}
LABELLING = {"premai:dataset-prep-from-scratch", "house:distillation"}
GROUNDS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "retrieval": ({"rag_in_production": True}, BUILDING_RETRIEVAL),
    "a measured prompt": ({"prompting_success": 0.5}, MEASURING_THE_PROMPT),
    "a prompt that suffices": ({"prompting_success": 0.9}, MEASURING_THE_PROMPT),
    "labelled examples": ({"labeled_examples": 500}, LABELLING),
}


def plan(option: Option, **facts: Any) -> tuple[Phase, ...]:
    return plan_of(engine(), parse_profile(facts), option)


def citing(phases: tuple[Phase, ...], claims: set[str]) -> list[str]:
    return [phase.title for phase in phases if claims & set(phase.citations)]


@pytest.mark.parametrize("there", GROUNDS)
@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_already_there_is_not_asked_for(option: Option, there: str) -> None:
    facts, claims = GROUNDS[there]
    assert citing(plan(option, **facts), claims) == []


@pytest.mark.parametrize("there", GROUNDS)
def test_it_is_asked_for_while_it_is_open(there: str) -> None:
    option: Option = "fine_tuning" if there == "labelled examples" else "hybrid"
    facts, claims = GROUNDS[there]
    name, value = next(iter(facts.items()))
    assert citing(plan(option), claims)
    assert citing(plan(option, **{name: {"value": value, "unsure": True}}), claims)


def test_a_range_across_a_bound_settles_nothing() -> None:
    across, above = {"low": 300, "high": 900}, {"low": 500, "high": 900}
    assert citing(plan("fine_tuning", labeled_examples=across), LABELLING)
    assert not citing(plan("fine_tuning", labeled_examples=above), LABELLING)


@pytest.mark.parametrize("option", OPTIONS)
def test_where_nothing_is_known_the_plan_holds_what_has_no_condition_to_be_shown(option: Option) -> None:
    usual = [phase.exit for phase in engine().book.plans[option] if phase.when is None]
    assert [phase.exit for phase in plan(option)] == usual


def test_a_documents_fault_is_repaired_before_anything_reads_them() -> None:
    for option in ("long_context", "rag", "hybrid"):
        titles = [phase.title for phase in plan(option, documents_unreliable=True)]
        assert "Repair the documents that are at fault" in titles[:2]


def test_records_alone_need_no_index() -> None:
    records = plan("rag", live_records=True, knowledge_tokens=0)
    assert not citing(records, BUILDING_RETRIEVAL) and citing(records, {"house:live-records-tools"})
    both = plan("rag", live_records=True, knowledge_tokens=5_000_000)
    assert citing(both, BUILDING_RETRIEVAL) and citing(both, {"house:live-records-tools"})


def test_training_is_no_next_step_where_it_is_not_allowed() -> None:
    said = " ".join(phase.exit for phase in plan("rag", training_allowed=False))
    assert "training" not in said and "training" in " ".join(phase.exit for phase in plan("rag"))


@steadily
@given(profiles(), st.sampled_from(OPTIONS[:3]))
def test_the_least_time_before_launch_keeps_a_stated_deadline(codes: Codes, option: Option) -> None:
    phases = plan_of(engine(), as_profile(codes), option)
    assert sum(phase.weeks[0] for phase in phases if not phase.after_launch) <= codes["weeks_to_production"]


@steadily
@given(profiles(), st.sets(st.sampled_from(list(decision_facts()))), st.sampled_from(OPTIONS))
def test_every_plan_leads_to_a_launch_whatever_is_open(codes: Codes, open_: set[str], option: Option) -> None:
    phases = plan_of(engine(), as_profile(codes, *open_), option)
    assert [phase.phase for phase in phases] == [*range(1, len(phases) + 1)]
    assert any(not phase.after_launch for phase in phases) and any(phase.option == option for phase in phases)
    assert len({phase.title for phase in phases}) == len(phases)


def with_plan(option: Option, *phases: dict[str, Any]) -> Rulebook:
    plain = {"option": option, "title": "t", "weeks": [1, 2], "entry": "e", "exit": "x", "claims": ["house:routing"]}
    made = tuple(PlannedPhase.model_validate({**plain, **phase}) for phase in phases)
    return replace(engine().book, plans={**engine().book.plans, option: made})


LIVE = {"fact": "rag_in_production", "is": True}
TOO_FEW = {"all": [{"fact": "labeled_examples", "below": 50}, {"fact": "labeled_examples", "at_least": 500}]}


@pytest.mark.parametrize(
    ("phase", "fault"),
    [
        ({"when": LIVE, "unless": LIVE}, "never shown"),
        ({"when": TOO_FEW}, "never shown"),
        ({"unless": TOO_FEW}, "always shown"),
        ({"when": {"exceeds": "monthly_budget"}}, "computed limit"),
    ],
)
def test_a_condition_that_makes_no_difference_is_found(phase: dict[str, Any], fault: str) -> None:
    assert fault in " ".join(phases_that_never_change(with_plan("rag", {}, phase)))


@pytest.mark.parametrize(
    ("phases", "fault"),
    [
        ([{"unless": LIVE}, {"after_launch": True}], "no phase before launch"),
        ([{"when": LIVE}, {"when": {"not": LIVE}}], "no phase before launch"),
        ([{"option": "prompting"}], "no phase of its own"),
    ],
)
def test_a_plan_that_can_run_empty_is_found(phases: list[dict[str, Any]], fault: str) -> None:
    assert fault in " ".join(plans_that_run_empty(with_plan("rag", *phases)))


def test_a_phase_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter first"):
        with_plan("rag", {"weeks": [3, 2]})
