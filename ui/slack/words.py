"""The words of the Slack bot, read from the knowledge folder."""

from functools import cache
from typing import Any

from pydantic import ConfigDict

from knowledge.files import DATA, Part, read_yaml
from tools.wording import filled


class Prompt(Part):
    """A situation that an empty conversation offers to start with."""

    title: str
    message: str


class Words(Part):
    """All sentences by name, and the suggested prompts."""

    model_config = ConfigDict(extra="allow")

    prompts: tuple[Prompt, ...]


@cache
def words() -> Words:
    """The words of `wording/slack.yaml`; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "wording" / "slack.yaml", Words)


def word(name: str, **parts: Any) -> str:
    """One sentence with its parts filled in."""
    return filled(str((words().model_extra or {})[name]).strip(), parts)
