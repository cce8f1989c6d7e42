"""Why a fact is asked and why an option is not advised: computed from the same rules as the advice."""

import numpy as np
import pytest

from knowledge.errors import InputError
from knowledge.options import OPTIONS, Option
from tests.decide_profiles import AS_OF, engine
from tools.decide.consequences import Consequence, _groups, _joined, consequences, why_not
from tools.decide.decide import decide
from tools.decide.priors import plausible_range
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


def test_a_number_that_no_rule_cuts_is_told_in_quarters() -> None:
    values = np.arange(1.0, 1001.0)
    found = _groups(engine(), "monthly_budget_usd", values)
    assert [round(each.chance, 2) for each in found] == [0.25] * 4
    assert [each.typical for each in found] == [125, 375, 625, 875]
    assert found[0].low == 1
    above = _groups(engine(), "monthly_budget_usd", 10 * plausible_range("monthly_budget_usd")[0] + values)
    assert above[0].low == plausible_range("monthly_budget_usd")[0]


def test_groups_meet_at_the_cuts_and_reach_from_the_least_that_is_plausible_to_the_greatest_value() -> None:
    first, second, third = _groups(engine(), "labeled_examples", np.array([5.0, 49.0, 50.0, 499.0, 1500.0]))
    least = plausible_range("labeled_examples")[0]
    ends = [(first.low, first.high), (second.low, second.high), (third.low, third.high)]
    assert ends == [(least, 49), (50, 499), (500, 1999)]
    assert [each.chance for each in (first, second, third)] == [0.4, 0.4, 0.2]
    (last,) = _groups(engine(), "labeled_examples", np.array([5000.0, 7000.0]))
    assert (last.low, last.high, last.typical) == (2000, 7000, 5000)
    (below,) = _groups(engine(), "queries_per_day", np.array([plausible_range("queries_per_day")[0] - 1.0]))
    assert below.low == plausible_range("queries_per_day")[0] - 1.0


def test_a_flag_has_two_answers() -> None:
    assert [(each.low, each.high) for each in consequences(KNOWLEDGE, "regulated", AS_OF)] == [
        (False, False),
        (True, True),
    ]


def test_what_is_joined_keeps_its_ends_and_averages_its_confidence_by_chance() -> None:
    apart = [
        Consequence(0, 9, 0.25, "rag", 0.8),
        Consequence(10, 19, 0.5, "rag", 0.5),
        Consequence(20, 30, 0.25, "prompting", 0.9),
    ]
    joined, other = _joined(apart)
    assert (joined.low, joined.high, joined.chance, joined.option) == (0, 19, 0.75, "rag")
    assert joined.confidence == pytest.approx(0.6) and other == apart[2]


@pytest.mark.parametrize("option", OPTIONS)
def test_what_speaks_for_and_against_an_option_is_every_rule_on_it_that_holds_and_no_gate(option: Option) -> None:
    profile = parse_profile({"gap": "both", "ml_expertise": False, "labeled_examples": 300, "strict_output": True})
    decision, found = decide(profile, AS_OF), why_not(profile, option, AS_OF)
    about = [reason for reason in decision.reasons if reason.option == option and not reason.gate]
    assert list(found.against) == [reason for reason in about if reason.effect < 0]
    assert list(found.in_favour) == [reason for reason in about if reason.effect > 0]
    assert len(found.against) + len(found.in_favour) == len(about) > 0
