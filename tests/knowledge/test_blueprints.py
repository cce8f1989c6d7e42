"""The blueprints name nothing that is not there."""

import shutil
from pathlib import Path

import pytest

from knowledge.blueprints import load_blueprints
from knowledge.errors import KnowledgeError
from knowledge.files import DATA


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("{fact: contains_pii, is: true}", "{fact: contains_pi, is: true}", "no fact named 'contains_pi'"),
        ("{fact: task, in: [assistant]}", "{fact: task, in: [asistant]}", "'asistant' is no value of 'task'"),
        ("{fact: ml_expertise, is: false}", "{fact: ml_expertise, is: 1}", "'ml_expertise' is a flag"),
        (
            "{fact: labeled_examples, below: 500}",
            "{fact: labeled_examples, is: 500}",
            "numbers take at_least",
        ),
        ("{fact: latency_budget_ms, below: 1000}", "{fact: latency_budget_ms, bellow: 1000}", "bellow"),
        (
            "variants: [small_classifier]",
            "variants: [small_clasifier]",
            "'small_clasifier' is no variant",
        ),
        ("variants: [tools]", "variants: [lora]", "'lora' is no variant of rag"),
        ("  summarization: {claims", "  sumarization: {claims", "no task named 'sumarization'"),
        ("  routing: {claims", "  routeing: {claims", "no add-on named 'routeing'"),
        ("claims: [house:routing]", "claims: [house:routeing]", "house:routeing"),
    ],
)
def test_a_misspelling_is_refused_and_named(tmp_path: Path, right: str, wrong: str, reason: str) -> None:
    shutil.copytree(DATA / "sources", tmp_path / "sources")
    shutil.copy(DATA / "conflicts.yaml", tmp_path)
    text = (DATA / "blueprints.yaml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "blueprints.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="^blueprints.yaml.*" + reason):
        load_blueprints(tmp_path)
