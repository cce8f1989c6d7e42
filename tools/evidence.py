"""What a tool says about one fact, ready for the ledger."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """A fact's value as a file shows it: how sure (0–1), whether a person should confirm it, and in what words."""

    fact: str
    value: str | int | bool
    confidence: float
    unsure: bool
    words: str
