"""Whether a model's sentence may stand for one of ours: numbers, options, negations and directions as they were."""

import re
from functools import cache
from typing import Final

from agent.language.model.wording import model_wording
from agent.memo.narrate import objections
from agent.memo.numerals import numerals
from agent.memo.outline import Sentence

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def faults(text: str, template: str) -> list[str]:
    """Why a text may not stand for a sentence; nothing where it may. These are signs, not proof."""
    found = objections(text, Sentence("given", (template,)))
    if backbone(text) != backbone(template):
        found.append("its numbers, options, negations and directions are not those of the sentence, in its order")
    if "\n" in text or any(not one.isprintable() for one in text):
        found.append("it is more than a sentence")
    return found


def backbone(text: str) -> tuple[str | float, ...]:
    """The numbers of a text and the words that carry what it says, by their groups, in order."""
    found: list[tuple[int, str | float]] = [(one.span[0], one.value) for one in numerals(text)]
    for match in WORD.finditer(text.lower().replace("’", "'")):
        found += [(match.start() + place, group) for place, group in _groups_of(match.group())]
    return tuple(anchor for _, anchor in sorted(found, key=lambda pair: pair[0]))


def _groups_of(word: str) -> list[tuple[int, str]]:
    """The group of a word; of a compound that has none itself, those of its parts."""
    if word in _groups():
        return [(0, _groups()[word])]
    parts = [(match.start(), match.group()) for match in re.finditer(r"[^-]+", word)] if "-" in word else []
    return [(place, _groups()[part]) for place, part in parts if part in _groups()]


@cache
def _groups() -> dict[str, str]:
    return {word: group for group, words in model_wording().anchors.items() for word in words}
