"""The spelling corrector over the words of the phrases."""

from functools import cache

from agent.language.embedded.lexicon import vocabulary
from agent.language.embedded.meaning import embedder
from agent.language.embedded.reader import Spelling


@cache
def spelling() -> Spelling:
    """Built once: it puts words right towards those that the phrases use."""
    return Spelling(vocabulary(), embedder().knows)
