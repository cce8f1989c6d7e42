"""The words of the memo, from `knowledge/wording/memo.yaml`."""

import re
from functools import cache

from pydantic import BaseModel, ConfigDict

from agent.memo.outline import Spelling
from knowledge.files import DATA, read_yaml
from knowledge.options import Option

SLOT = re.compile(r"\{([^{}]+)\}")


class Wording(BaseModel):
    """Headings, sentence templates, column titles, and the words that are spelled differently in America."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headings: dict[str, str]
    titles: dict[str, str]
    choices: dict[Option, dict[str, str]]
    sentences: dict[str, str]
    columns: dict[str, str]
    evidence: dict[str, list[str]]
    material: list[str]
    rests_on: dict[str, str]
    american: dict[str, str]

    def template(self, name: str) -> str | None:
        """The template of that name from any of the lists; None where there is none."""
        group, _, key = name.partition(":")
        if group == "choice":
            option, _, variant = key.partition(":")
            return self.choices.get(option, {}).get(variant)  # type: ignore[call-overload,no-any-return]
        lists = {"heading": self.headings, "title": self.titles, "column": self.columns}
        return lists[group].get(key) if group in lists and key else self.sentences.get(name)


@cache
def wording() -> Wording:
    """The words of the memo; raises KnowledgeError."""
    return read_yaml(DATA / "wording" / "memo.yaml", Wording)


def spelled(text: str, spelling: Spelling) -> str:
    """The text in the spelling asked for; the files are written in British spelling."""
    return text if spelling == "british" else _british().sub(_american, text)


@cache
def _british() -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(sorted(wording().american, key=len, reverse=True)) + r")\b", re.IGNORECASE)


def _american(match: re.Match[str]) -> str:
    word = match.group(0)
    american = wording().american[word.lower()]
    return american.capitalize() if word[0].isupper() else american
