"""Short, hasty and everyday wording that was once read wrongly, one kind to a test."""

from typing import Any

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.port import Understanding
from tools.profile import Known, Open, parse_profile

LANGUAGE = EmbeddedLanguage()


def read(message: str, asked: str | None = None, **known: Any) -> Understanding:
    return LANGUAGE.understand(message, asked, parse_profile(known))


@pytest.mark.parametrize(
    "message",
    [
        "I do not know the budget, must cite sources",
        "We never set a deadline, answers must cite their sources",
        "We do not have a deadline, sources are required",
    ],
)
def test_a_negation_does_not_reach_a_thought_after_a_comma(message: str) -> None:
    assert read(message).value("needs_citations") == Known(True)


def test_a_negation_still_reaches_within_its_own_thought() -> None:
    assert read("We do not need to cite sources").value("needs_citations") == Known(False)


def test_what_does_not_change_after_all_replaces_the_frequency_that_was_given() -> None:
    said = read("No wait, it doesn't change, I was thinking about the cost centres", update_frequency="quarterly")
    assert said.value("update_frequency") == Known("static")
    assert said.value("gap") is None
    assert all(one.correction for one in said.statements if one.fact == "update_frequency")


@pytest.mark.parametrize("asked", [None, "gap"])
def test_messy_formats_are_behaviour_and_say_nothing_of_the_documents(asked: str | None) -> None:
    said = read("codes right about 70% but formats are a mess", asked)
    assert said.value("documents_unreliable") is None
    assert said.value("gap") == Known("behavior")


def test_documents_that_are_a_mess_are_unreliable() -> None:
    assert read("Half of our documents are outdated and contradict each other.").value("documents_unreliable") == Known(
        True
    )


def test_a_guess_after_not_knowing_is_the_answer() -> None:
    said = read("I don't know, couple seconds?", "latency_budget_ms").value("latency_budget_ms")
    assert isinstance(said, Known) and said.value == 2_000


def test_not_knowing_alone_leaves_the_question_open() -> None:
    assert read("I don't know", "latency_budget_ms").value("latency_budget_ms") == Open("unknown")


def test_both_answers_what_is_missing() -> None:
    assert read("both", "gap").value("gap") == Known("both")


def test_a_minute_that_is_fine_is_a_wait() -> None:
    assert read("a minute is fine", "latency_budget_ms").value("latency_budget_ms") == Known(60_000)


def test_a_hasty_list_states_each_of_its_items() -> None:
    said = read("we get 2k q/day, pdfs 300, gotta cite; gdpr")
    assert said.value("queries_per_day") == Known(2_000)
    assert said.value("needs_citations") == Known(True)
    assert said.value("contains_pii") == Known(True)


@pytest.mark.parametrize("greeting", ["hi", "Hello there", "Good morning!"])
def test_a_greeting_is_no_use_case(greeting: str) -> None:
    assert read(greeting, "use_case").value("use_case") is None


def test_a_count_out_of_the_ones_tried_is_a_share() -> None:
    assert read("38 out of the 50 we tried it on", "prompting_success").value("prompting_success") == Known(0.76)


def test_a_fortnight_give_or_take_is_two_weeks() -> None:
    assert read("a fortnight, give or take", "weeks_to_production").value("weeks_to_production") == Known(2)


def test_what_never_changes_but_grows_is_not_taken_as_static() -> None:
    said = read("Contracts don't change once signed, but we add 5 or so a month")
    assert said.value("update_frequency") != Known("static")


def test_one_that_points_at_what_was_named_before_is_no_number() -> None:
    said = read("let me come back to you on that one, finance meets on Thursday", "monthly_budget_usd")
    assert said.value("monthly_budget_usd") == Open("later")


@pytest.mark.parametrize("answer", ["option two. content's spot on", "Number 2, I would say", "alternative two"])
def test_a_choice_is_named_by_its_number(answer: str) -> None:
    said = read(answer, "gap").value("gap")
    assert isinstance(said, Known) and said.value == "behavior"


def test_a_choice_that_there_is_not_is_none() -> None:
    assert read("option nine", "gap").value("gap") is None


def test_how_it_would_look_at_another_volume_supposes_it() -> None:
    said = read("how would it look at 50k a day instead?")
    assert said.value("queries_per_day") is None and [one.kind for one in said.intents] == ["what_if"]


def test_asking_what_makes_one_want_to_know_asks_why() -> None:
    assert [one.kind for one in read("what makes you want to know that?", "contains_pii").intents] == ["why"]


@pytest.mark.parametrize(
    "message", ["patent claims de>en. it mixes them up", "Call w/ Lindiwe, grain co-op. Farmers ask about spraying"]
)
def test_abbreviations_are_no_other_language(message: str) -> None:
    assert read(message).unread is None


@pytest.mark.parametrize("message", ["Combien coûte le modèle de base", "el bot no sabe la respuesta"])
def test_a_short_sentence_in_another_language_is_named(message: str) -> None:
    assert read(message).unread is not None


@pytest.mark.parametrize(
    ("answer", "fact"), [("about 2 seconds", "latency_budget_ms"), ("3 weeks", "weeks_to_production")]
)
def test_a_measure_is_no_number_of_a_choice(answer: str, fact: str) -> None:
    said = read(answer, "gap")
    assert said.value("gap") is None and said.value(fact) is not None


def test_a_bare_number_is_that_of_a_choice() -> None:
    assert read("2", "gap").value("gap") == read("2 please", "gap").value("gap") == Known("behavior")


@pytest.mark.parametrize("complaint", ["The pilot made things up about warranties.", "It hallucinates a lot."])
def test_a_plain_complaint_stands_in_a_long_message(complaint: str) -> None:
    around = "We run 14 garden centres and staff ask about plants 300 times a day. {} The handbook has 220 pages."
    assert read(around.format(complaint)).value("gap") == Known("knowledge")


@pytest.mark.parametrize(
    ("message", "fact"),
    [
        ("We run a helpdesk bot for 14 shops. Answers need a source. We have no ML people.", "needs_citations"),
        ("sorting tickets into 12 queues for the whole of the support team, json only", "strict_output"),
        ("json only", "strict_output"),
        ("It is only an experiment.", "exploratory"),
    ],
)
def test_a_curt_sentence_states_what_its_phrase_says(message: str, fact: str) -> None:
    assert read(message).value(fact) == Known(True)
