"""Weighing what was heard: what the perceptron computes, that it can be learnt, and which limits hold."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from agent.language.embedded.figures import Candidate
from agent.language.embedded.perceptron import Perceptron, load_perceptron
from agent.language.embedded.stacking import Kind, Option, choices_of, chosen, limit_of
from agent.language.embedded.thresholds import thresholds
from agent.language.embedded.voices import listen
from knowledge.errors import KnowledgeError
from tests.benchmarks.understanding.learning import reading_of
from tests.benchmarks.understanding.stacked import Example, examples, learn_stacked
from tools.profile import Known

SOME = Perceptron(
    {"phrase": 0, "rival": 1},
    np.array([[2, 0], [0, 3]], np.float32),
    np.array([0, -1], np.float32),
    np.array([1, -1], np.float32),
    0.5,
    "mark",
)
YES = Candidate("regulated", Known(True), 0, 1)


def test_log_odds_are_those_of_what_is_above_zero() -> None:
    rows = [{"phrase": 1.0}, {"rival": 1.0}, {"phrase": 1.0, "rival": 0.2}, {"never learnt": 9.0}, {}]
    assert SOME.log_odds(rows) == pytest.approx([2.5, -1.5, 2.5, 0.5, 0.5])


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    SOME.save(tmp_path / "model.npz")
    again = load_perceptron(tmp_path / "model.npz")
    assert again.built_from == "mark" and again.log_odds([{"phrase": 1.0}]) == pytest.approx([2.5])


def test_a_missing_model_says_how_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="scripts/train_language"):
        load_perceptron(tmp_path / "model.npz")


def test_it_learns_that_a_sign_counts_only_beside_another() -> None:
    rows = [({"phrase": a, "clause": b}, bool(a) != bool(b)) for a in (0.0, 1.0) for b in (0.0, 1.0)]
    seen = [Example(kind, signs, meant, 1.0) for kind in get_args(Kind) for signs, meant in rows * 200]
    learnt = learn_stacked(seen)["choices"].log_odds([signs for signs, _ in rows])
    assert [odds > 0 for odds in learnt] == [meant for _, meant in rows]


def test_what_is_optional_is_learnt_neither_way() -> None:
    text = "We answer 500 questions a day for nurses."
    message = {"id": "d0", "text": text, "facts": {}, "optional": ["queries_per_day"]}
    facts = [name for one in examples(message) for name in one.signs if name.startswith("fact ")]
    assert facts and "fact queries_per_day" not in facts


def test_a_phrase_counts_sooner_in_a_telegram() -> None:
    limits = thresholds()
    prose, telegram = (Option(YES, {"phrase": 1.0, "telegram": telegram}) for telegram in (0.0, 1.0))
    assert limit_of("choices", telegram) == limits["plain"]["choices"] < limits["stacked"]["choices"]
    assert limit_of("choices", prose) == limits["stacked"]["choices"]


@pytest.mark.parametrize(
    ("signs", "plain"),
    [
        ({"telegram": 1.0, "rule": 1.0}, True),
        ({"telegram": 0.0, "rule": 1.0}, False),
        ({"telegram": 0.0, "rule": 1.0, "around, ahead of none": 1.5}, True),
        ({"telegram": 1.0, "around, ahead of none": 1.5}, True),
        ({"telegram": 0.0, "around, ahead of none": 1.5}, False),
        ({"telegram": 0.0, "rule": 1.0, "kind rule": 1.0}, True),
    ],
)
def test_a_figure_is_plain_where_two_say_the_same(signs: dict[str, float], plain: bool) -> None:
    limit = limit_of("figures", Option(YES, signs))
    assert limit == thresholds()["plain" if plain else "stacked"]["figures"]


def test_of_a_fact_only_the_likeliest_value_counts() -> None:
    reading = reading_of("Every answer has to name the paragraph that it was taken from.")
    found = [option.candidate for option in chosen(choices_of(reading, listen(reading), []))]
    assert [one.value for one in found if one.fact == "needs_citations"] == [Known(True)]


def test_where_no_clause_can_be_judged_no_phrase_counts() -> None:
    reading = reading_of("Sources required.")
    phrase = Candidate("needs_citations", Known(True), 0, 2)
    assert choices_of(reading, {}, [phrase]) == []
