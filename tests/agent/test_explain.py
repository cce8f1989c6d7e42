"""Reasons on tap: every explanation comes from the trace."""

from datetime import date

import pytest

from agent.explain import what_if, what_would_change, why_not, why_question
from knowledge.options import LABELS
from tools.decide.decide import decide, outcome
from tools.decide.decision import Decision, Outcome
from tools.profile import Known, Profile, parse_profile

DAY = date(2026, 11, 20)
PROFILE = parse_profile({"gap": "knowledge", "update_frequency": "weekly", "queries_per_day": 10_000})


def foreseen(profile: Profile) -> Outcome:
    return outcome(profile, DAY)


@pytest.fixture(scope="module")
def decision() -> Decision:
    return decide(PROFILE, DAY, with_flips=True)


def test_why_says_what_each_answer_would_lead_to_and_names_rules_with_sources(decision: Decision) -> None:
    text = why_question("knowledge_tokens", decision, foreseen)
    assert "Below what fits into one prompt" in text and "→" in text and "(" in text


def test_why_without_a_question_says_so(decision: Decision) -> None:
    assert why_question(None, decision, foreseen) == "No question is open at the moment."


def test_a_blocked_option_is_explained_by_its_gate(decision: Decision) -> None:
    blocked = next(row for row in decision.recommendation.ranking if row.blockers)
    assert blocked.blockers[0].text in why_not(blocked.option, decision, decision.flips)


def test_why_not_the_winner_is_why_the_winner(decision: Decision) -> None:
    option = decision.recommendation.option
    reason = next(one for one in decision.reasons if one.option == option and one.effect > 0)
    assert reason.text in why_not(option, decision, decision.flips)


def test_every_change_of_mind_is_one_that_the_decision_makes(decision: Decision) -> None:
    text = what_would_change(decision, decision.flips)
    shown = decision.flips[:5]
    assert shown and text.count("→") == len(shown)
    assert all(LABELS[flip.to] in text for flip in shown)


def test_a_supposition_that_moves_the_advice_says_from_and_to(decision: Decision) -> None:
    text = what_if({"gap": Known("behavior")}, decision, foreseen)
    assert LABELS[decision.recommendation.option] in text and "would move" in text


def test_a_supposition_that_could_not_be_read_says_how_to_put_it(decision: Decision) -> None:
    assert "what if" in what_if({}, decision, foreseen)
