"""Every sentence that the knowledge folder holds for a door is said there: what nothing says any more is taken out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import knowledge
from knowledge.files import DATA

CODE = Path(knowledge.__file__).parent.parent
NOT_SENTENCES = {"examples", "prompts"}
"""Parts that are read whole."""


def names_in(folder: Path) -> Iterator[re.Pattern[str]]:
    """What the code may mean by a name: each literal, and each name put together from a beginning and a value."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.compile(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                if re.fullmatch(r"[a-z_]+_", beginning := str(node.values[0].value)):
                    yield re.compile(re.escape(beginning) + r"\w+")


@pytest.mark.parametrize(
    ("file", "folder"), [("browser", "ui/browser"), ("slack", "ui/slack"), ("conversation", "agent")]
)
def test_every_sentence_is_said_somewhere(file: str, folder: str) -> None:
    sentences = set(yaml.safe_load((DATA / "wording" / f"{file}.yaml").read_text(encoding="utf-8"))) - NOT_SENTENCES
    meant = list(names_in(CODE / folder))
    assert {name for name in sentences if not any(one.fullmatch(name) for one in meant)} == set()
