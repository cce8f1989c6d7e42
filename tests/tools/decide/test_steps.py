"""A product of several jobs gets an answer for each of them."""

from datetime import date

import pytest

from knowledge.errors import InputError
from tools.decide.decide import decide
from tools.decide.steps import advise_steps
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)


def test_every_step_gets_its_own_advice_in_the_order_it_was_described() -> None:
    profile = parse_profile(
        {"gap": "knowledge", "task": "question_answering", "steps": "classification, question_answering"}
    )
    assert [(step.task, step.option) for step in advise_steps(profile, AS_OF)] == [
        ("classification", "fine_tuning"),
        ("question_answering", "rag"),
    ]


def test_the_step_that_is_the_main_task_gets_the_advice_of_the_product() -> None:
    profile = parse_profile({"gap": "both", "task": "assistant", "steps": ["assistant", "extraction"]})
    assert advise_steps(profile, AS_OF)[0].option == decide(profile, AS_OF).recommendation.option


def test_naming_the_steps_does_not_move_the_advice_for_the_product() -> None:
    plain = {"gap": "knowledge", "task": "assistant"}
    named = parse_profile({**plain, "steps": "assistant, classification"})
    assert decide(named, AS_OF).recommendation == decide(parse_profile(plain), AS_OF).recommendation


def test_a_product_of_one_job_has_no_steps() -> None:
    assert advise_steps(parse_profile({"task": "code"}), AS_OF) == ()


@pytest.mark.parametrize("steps", ["classification", "classification, juggling", 7, []])
def test_steps_that_are_no_tasks_are_refused_with_what_is_allowed(steps: object) -> None:
    with pytest.raises(InputError, match=r"steps: .* two or more of question_answering"):
        parse_profile({"steps": steps})


def test_the_examples_of_one_step_are_no_examples_of_another() -> None:
    profile = parse_profile(
        {
            "task": "classification",
            "steps": "classification, question_answering",
            "gap": "behavior",
            "labeled_examples": 8000,
            "prompting_success": 0.7,
            "task_stable": True,
            "strict_output": True,
            "queries_per_day": 60_000,
        }
    )
    assert [step.option for step in advise_steps(profile, AS_OF)] == ["fine_tuning", "rag"]
