"""Versions of what the advice rests on, so that it can be reproduced and compared."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from knowledge.files import DATA

DISTRIBUTION = "llm-architecture-consultant"
RULES = ("rules/*.yaml", "facts.yaml", "parameters/*.yaml")
CLAIMS = ("sources/*.yaml", "conflicts.yaml", "topics.yaml")
PRACTICE_AND_WORDS = ("blueprints.yaml", "wording/memo.yaml", "wording/conversation.yaml", "wording/options.yaml")
"""What a memo says beside the claims; the words of the doors are in no memo and have no version."""


@cache
def versions(folder: Path = DATA) -> dict[str, str]:
    """The product's version, the digest of its rules, and that of its claims with what a memo says beside them."""
    return {
        "consult": version(DISTRIBUTION),
        "rules": digest(_files(folder, RULES)),
        "knowledge": digest(_files(folder, CLAIMS + PRACTICE_AND_WORDS)),
    }


def digest(files: Iterable[tuple[str, bytes]]) -> str:
    """Twelve hex digits that change whenever one of the files does, its name or its bytes."""
    summed = hashlib.sha256()
    for name, content in files:
        summed.update(name.encode() + b"\0" + content + b"\0")
    return summed.hexdigest()[:12]


def _files(folder: Path, patterns: tuple[str, ...]) -> Iterable[tuple[str, bytes]]:
    for path in sorted(found for pattern in patterns for found in folder.glob(pattern)):
        yield path.relative_to(folder).as_posix(), path.read_bytes()
