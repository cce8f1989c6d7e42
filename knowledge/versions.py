"""Versions of what the advice rests on, so that it can be reproduced and compared."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from knowledge.files import DATA

DISTRIBUTION = "llm-architecture-consultant"
RULES = ("rules/*.yaml", "facts.yaml", "parameters/*.yaml")
CLAIMS = ("sources/*.yaml", "conflicts.yaml")


@cache
def versions(folder: Path = DATA) -> dict[str, str]:
    """The product's version and the digests of its rules and its claims."""
    return {
        "consult": version(DISTRIBUTION),
        "rules": _digest(folder, RULES),
        "knowledge": _digest(folder, CLAIMS),
    }


def _digest(folder: Path, patterns: tuple[str, ...]) -> str:
    """Twelve hex digits that change whenever one of the files does."""
    digest = hashlib.sha256()
    for path in sorted(found for pattern in patterns for found in folder.glob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
