"""What a message says is in order: a complaint beside it is about something else."""

from agent.language.embedded.figures import Reading
from agent.language.embedded.lexicon import book


def praised(reading: Reading) -> set[str]:
    """The kinds of gap that the message rules out: "the facts are right, but the tone is never ours"."""
    return {
        hit.meaning
        for hit in book("praised.yaml").find(reading.text)
        if not reading.scope.excludes(hit.first, hit.end)
        and not reading.scope.negated(reading.text, hit.first, hit.first)
    }
