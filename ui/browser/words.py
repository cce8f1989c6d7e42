"""The words of the browser app, read from the knowledge folder."""

from functools import cache
from typing import Any

from pydantic import ConfigDict

from knowledge.files import DATA, Part, read_yaml
from tools.wording import filled


class Example(Part):
    """A situation that the first page offers to start with."""

    title: str
    teaser: str
    text: str


class Words(Part):
    """All sentences by name, and the example situations."""

    model_config = ConfigDict(extra="allow")

    examples: tuple[Example, ...]


@cache
def words() -> Words:
    """The words of `wording/browser.yaml`; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "wording" / "browser.yaml", Words)


def word(name: str, /, **parts: Any) -> str:
    """One sentence with its parts filled in."""
    return filled(str((words().model_extra or {})[name]).strip(), parts)
