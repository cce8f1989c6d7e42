"""The linear models that read clauses and figures, and what they are built from."""

from pathlib import Path
from typing import get_args

import pytest

from agent.language.embedded import attribution, voices
from agent.language.embedded.attribution import stated_in
from agent.language.embedded.convolution import load_convolution
from agent.language.embedded.linear import load
from agent.language.embedded.perceptron import load_perceptron
from agent.language.embedded.stacking import Kind, model_of
from agent.language.embedded.understand import EmbeddedLanguage
from knowledge.errors import KnowledgeError
from tests.benchmarks.understanding.learning import fingerprint, reading_of
from tools.profile import Known, Range, parse_profile

NOTHING = parse_profile({})


MARKS = [
    load(voices.MODEL).built_from,
    load_convolution(voices.OF_WORDS).built_from,
    load(attribution.MODEL).built_from,
    *(load_perceptron(model_of(kind)).built_from for kind in get_args(Kind)),
]


@pytest.mark.parametrize("mark", MARKS, ids=["clauses", "words", "figures", *get_args(Kind)])
def test_the_models_are_as_new_as_what_they_are_learnt_from(mark: str) -> None:
    assert mark == fingerprint(), "run scripts/train_language"


def test_a_missing_model_says_how_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="scripts/train_language"):
        load(tmp_path / "clauses.npz")


@pytest.mark.parametrize(
    ("words", "fact", "value"),
    [
        ("300ms-500ms", "latency_budget_ms", Range(300, 500)),
        ("half a minute would do", "latency_budget_ms", Known(30_000)),
        ("within a quarter of a second", "latency_budget_ms", Known(250)),
        ("one tenth of a second per message", "latency_budget_ms", Known(100)),
        ("1,300 on a normal day", "queries_per_day", Known(1300)),
        ("2,700 mails reach us on any given day", "queries_per_day", Known(2700)),
        ("6k questions per sea day", "queries_per_day", Known(6000)),
        ("one every ten seconds", "queries_per_day", Known(8640.0)),
        ("half a million lookups every single day", "queries_per_day", Known(500_000)),
        ("two grand a month", "monthly_budget_usd", Known(2000)),
        ("7 of every 10", "prompting_success", Known(0.7)),
        ("ten working days", "weeks_to_production", Known(2)),
        ("about a quarter of a million", "labeled_examples", Known(250_000)),
        ("forty, fifty thousand", "labeled_examples", Range(40_000, 50_000)),
        ("most weeks", "update_frequency", Known("weekly")),
        ("twice-yearly", "update_frequency", Known("quarterly")),
        ("every single morning", "update_frequency", Known("daily")),
        ("on Fridays", "update_frequency", Known("weekly")),
    ],
)
def test_the_grammar_reads_quantities_whatever_they_are_about(words: str, fact: str, value: object) -> None:
    assert value in [stated.values.get(fact) for stated in stated_in(reading_of(words))]


def test_no_just_software_engineers_is_read_as_no_ml_expertise() -> None:
    read = EmbeddedLanguage().understand("no, just software engineers", "ml_expertise", NOTHING)
    assert read.value("ml_expertise") == Known(False)


@pytest.mark.parametrize("code", ["$$; DROP SCHEMA public; $$", '{"command": "restart"}', "<script>alert(1)</script>"])
def test_code_states_nothing(code: str) -> None:
    assert EmbeddedLanguage().understand(code, None, NOTHING).statements == ()


def test_writing_in_capitals_changes_no_voices() -> None:
    language, message = EmbeddedLanguage(), "It waffles, the facts are fine. Client data mustn't go out of the door."
    small, large = (language.understand(text, None, NOTHING) for text in (message, message.upper()))
    assert {said.fact: said.value for said in small.statements} == {said.fact: said.value for said in large.statements}
