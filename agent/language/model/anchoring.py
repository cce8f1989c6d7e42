"""Whether a model's sentence may stand for one of ours: the same numbers, options, negations and directions."""

from collections import Counter
from functools import cache

from agent.language.model.wording import model_wording
from agent.memo.narrate import objections
from agent.memo.outline import Sentence


def faults(text: str, template: str) -> list[str]:
    """Why a text may not stand for a sentence; nothing where it may. These are signs, not proof."""
    found = objections(text, Sentence("given", (template,)))
    if directions(text) != directions(template):
        found.append("it points in another direction")
    if "\n" in text or any(not one.isprintable() for one in text):
        found.append("it is more than a sentence")
    return found


def directions(text: str) -> Counter[str]:
    """How often a text points up or down, to better or worse, towards or away from something."""
    words = (word.strip(".,;:!?()“”\"'") for word in text.lower().split())
    return Counter(group for word in words if (group := _groups().get(word)))


@cache
def _groups() -> dict[str, str]:
    return {word: group for group, words in model_wording().directions.items() for word in words}
