"""The limits from which on what is heard counts, read once."""

from functools import cache

from agent.language.embedded.lexicon import mapping


@cache
def thresholds() -> dict[str, dict[str, float]]:
    """The groups of `thresholds.yaml`, each with its limits."""
    return {name: {**values} for name, values in mapping("thresholds.yaml").items()}
