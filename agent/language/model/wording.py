"""What is said about the language model: why it was not used, and what to do about it."""

from functools import cache
from typing import Literal

from knowledge.files import DATA, Part, read_yaml

Failure = Literal[
    "no_key",
    "key",
    "model",
    "unsupported",
    "busy",
    "broken",
    "slow",
    "unreachable",
    "cut",
    "empty",
    "foreign",
    "too_long",
    "unfit",
    "refused",
    "loop",
    "limit",
    "unpriced",
    "resting",
]


class ModelWording(Part):
    """Sentences by failure, and the words that carry what a sentence says."""

    fallback: str
    memo_fallback: str
    why: dict[Failure, str]
    remedy: dict[Failure, str]
    anchors: dict[str, list[str]]
    grounds: dict[str, str]
    tools: dict[str, str]
    tool_faults: dict[str, str]


@cache
def model_wording() -> ModelWording:
    """The sentences; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "wording" / "model.yaml", ModelWording)


def fallback_line(failure: Failure) -> str:
    """The one line that tells why the embedded language answered."""
    return model_wording().fallback.format(why=model_wording().why[failure])


def memo_line(failure: Failure) -> str:
    """The one line that tells why a memo is worded by its templates."""
    return model_wording().memo_fallback.format(why=model_wording().why[failure])
