"""Prompts: each has a version that changes with its words, and says what its replies are checked for."""

import hashlib

import pytest

from agent.language.model.counsel import tool_schemas
from agent.language.model.understanding import readable, reading_form, system_prompt
from agent.prompts import NAMES, Name, prompt
from knowledge.errors import KnowledgeError

WORDS = {
    ("understand", 2): "937485e87957a292",
    ("phrase", 2): "1a89a166477ca3af",
    ("explain", 2): "cf929f4c0e12c5a9",
    ("narrate", 2): "5bfcde1467b25e2f",
}
"""A prompt's words by version: whoever changes words raises the version and puts the new digest here."""


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_whose_words_change_gets_a_new_version(name: Name) -> None:
    found = prompt(name)
    digest = hashlib.sha256(found.text.encode()).hexdigest()[:16]
    assert WORDS.get((found.name, found.version)) == digest, f"{name} {found.version}: {digest}"


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_calls_what_it_is_given_material_and_no_instruction(name: Name) -> None:
    text = " ".join(prompt(name).text.split())
    assert "instruction" in text
    assert "material" in text


@pytest.mark.parametrize("name", ["phrase", "explain", "narrate"])
def test_a_prompt_for_wording_says_that_numbers_stay(name: Name) -> None:
    assert "every number" in " ".join(prompt(name).text.lower().split())


def test_the_reading_prompt_names_every_fact_with_its_unit_or_values() -> None:
    text = system_prompt()
    assert "{{" not in text
    for spec in readable():
        assert f"`{spec.name}`" in text
        assert all(value in text for value in spec.values)


def test_the_reading_form_is_within_strict_structured_output() -> None:
    entry = reading_form().schema["properties"]["facts"]["items"]
    for shape in (reading_form().schema, entry):
        assert shape["additionalProperties"] is False
        assert set(shape["required"]) == set(shape["properties"])
    assert "use_case" not in entry["properties"]["fact"]["enum"]


def test_every_tool_is_described_and_takes_named_arguments_only() -> None:
    for tool in tool_schemas():
        assert tool["description"]
        assert tool["parameters"]["additionalProperties"] is False


def test_a_part_that_a_prompt_has_no_place_for_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no place"):
        prompt("narrate").filled(facts="x")
