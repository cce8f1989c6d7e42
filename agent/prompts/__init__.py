"""The prompts for a language model: one file each, with a version that changes whenever its words do."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from knowledge.errors import KnowledgeError

Name = Literal["understand", "phrase", "explain", "narrate"]
NAMES: tuple[Name, ...] = ("understand", "phrase", "explain", "narrate")


@dataclass(frozen=True)
class Prompt:
    """The words of a prompt; `{name}` in double braces stands for what is filled in."""

    name: str
    version: int
    text: str

    def filled(self, **parts: str) -> str:
        """The prompt with its parts; raises KnowledgeError where one is missing or not foreseen."""
        text = self.text
        for name, part in parts.items():
            if f"{{{{{name}}}}}" not in self.text:
                raise KnowledgeError(f"prompts/{self.name}.md has no place for '{name}'.")
            text = text.replace(f"{{{{{name}}}}}", part)
        return text


@cache
def prompt(name: Name) -> Prompt:
    """The prompt of that name; raises KnowledgeError where its first line does not give its version."""
    from importlib.resources import files

    first, _, text = (files("agent.prompts") / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    title, _, version = first.removeprefix("# ").partition(", version ")
    if title != name or not version.strip().isdigit():
        raise KnowledgeError(f"prompts/{name}.md, line 1: expected '# {name}, version N'.")
    return Prompt(name, int(version), text.strip() + "\n")
