"""Why a fact is asked and why an option is not advised: computed from the same rules as the advice."""

import pytest

from knowledge.errors import InputError
from knowledge.options import OPTIONS
from tests.decide_profiles import AS_OF
from tools.decide.consequences import consequences, why_not
from tools.decide.decide import decide
from tools.profile import Known, parse_profile

KNOWLEDGE = parse_profile({"gap": "knowledge", "update_frequency": "weekly"})


def test_every_choice_has_its_consequence() -> None:
    found = consequences(parse_profile({}), "gap", AS_OF)
    assert [(each.low, each.option) for each in found] == [
        ("knowledge", "rag"),
        ("behavior", "fine_tuning"),
        ("both", "hybrid"),
        ("reasoning", "prompting"),
        ("none", "prompting"),
    ]


def test_a_consequence_is_the_advice_for_that_answer() -> None:
    for each in consequences(KNOWLEDGE, "needs_citations", AS_OF):
        told = decide(KNOWLEDGE.replace(needs_citations=Known(each.low)), AS_OF).recommendation
        assert (told.option, told.confidence) == (each.option, each.confidence)


def test_numbers_are_joined_where_they_lead_to_the_same_and_meet_without_a_hole() -> None:
    found = consequences(KNOWLEDGE, "knowledge_tokens", AS_OF)
    assert [each.option for each in found] == ["long_context", "rag"]
    assert isinstance(found[0].high, int) and found[1].low == found[0].high + 1


def test_the_chances_of_all_answers_add_up() -> None:
    for fact in ("gap", "knowledge_tokens", "strict_output", "monthly_budget_usd"):
        assert sum(each.chance for each in consequences(KNOWLEDGE, fact, AS_OF)) == pytest.approx(1)


def test_a_known_fact_can_be_asked_about_too() -> None:
    assert len(consequences(KNOWLEDGE, "update_frequency", AS_OF)) == 8


def test_free_text_has_no_consequences_and_an_unknown_name_is_refused() -> None:
    assert consequences(KNOWLEDGE, "use_case", AS_OF) == ()
    with pytest.raises(InputError, match="knowledge_tokens"):
        consequences(KNOWLEDGE, "knowledge_token", AS_OF)


def test_a_blocked_option_says_what_shuts_it_out_and_what_would_have_to_be_true() -> None:
    found = why_not(KNOWLEDGE, "fine_tuning", AS_OF)
    assert "training-does-not-teach-facts" in [blocker.rule for blocker in found.blockers]
    assert found.ways


@pytest.mark.parametrize("option", OPTIONS)
def test_every_way_to_an_option_leads_there(option: str) -> None:
    found = why_not(KNOWLEDGE, option, AS_OF)  # type: ignore[arg-type]
    for way in found.ways:
        changed = KNOWLEDGE.replace(**{name: Known(value) for name, value in way.changes.items()})
        assert decide(changed, AS_OF).recommendation.option == option == way.to


def test_the_advised_option_needs_no_excuse() -> None:
    found = why_not(KNOWLEDGE, "rag", AS_OF)
    assert found.advised and not found.blockers and not found.ways
