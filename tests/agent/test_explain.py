"""Reasons on tap: every explanation comes from the trace."""

from datetime import date

import pytest

from agent.explain import how_sure, what_if, what_is_meant, what_would_change, why_not, why_question
from agent.glossary import definitions, only_points
from agent.language.embedded.intents import read_intents
from agent.language.embedded.reader import read_text
from agent.wording import passage_text, percent, scalar_in_words
from knowledge.facts import fact_specs
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


def test_how_sure_tells_the_share_whether_it_is_proven_and_what_would_change_it(decision: Decision) -> None:
    text = how_sure(decision, decision.flips)
    proven = {"proven": "It is proven", "probable": "probable, not proven", "open": "It is not settled"}
    assert percent(decision.recommendation.confidence) in text
    assert proven[decision.certificate.certainty] in text
    assert what_would_change(decision, decision.flips) in text


@pytest.mark.parametrize("asked", ["what is retrieval", "what do you mean by near misses", "explain a LoRA to me"])
def test_a_word_that_is_asked_for_has_one_meaning(asked: str) -> None:
    assert len(definitions(asked)) == 1 and not only_points(asked)


def test_a_longer_name_goes_before_one_that_is_part_of_it() -> None:
    assert definitions("what is prompt caching")[0].startswith("**Prompt caching**")


def test_what_is_meant_by_a_question_is_told_with_its_words_and_its_reason() -> None:
    assert only_points("what does that mean")
    text = what_is_meant("noisy_retrieval")
    assert "**Near misses**" in text and fact_specs()["noisy_retrieval"].because in text


@pytest.mark.parametrize("asked", ["how confident are you?", "How sure are you?", "are you sure?"])
def test_asking_how_sure_the_advice_is_is_understood(asked: str) -> None:
    assert [intent.kind for intent in read_intents(read_text(asked, lambda word: word), has_facts=False)] == [
        "confidence"
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(40_000 / 30.4167, "1,315 queries a day"), (12.3456, "12.3 queries a day"), (2.994, "2.99 queries a day")],
)
def test_a_worked_out_number_is_shown_rounded(value: float, shown: str) -> None:
    assert scalar_in_words("queries_per_day", value) == shown


def test_the_condition_of_a_claim_stands_before_its_full_stop() -> None:
    assert passage_text("It was missed. (after deployment)") == "It was missed (after deployment)."
