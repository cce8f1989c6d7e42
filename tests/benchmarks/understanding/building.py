"""Building all models of the embedded reading from the labelled texts beside this file."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from zlib import crc32

from agent.language.embedded import attribution, voices
from agent.language.embedded.stacking import model_of
from tests.benchmarks.understanding.by_author import Folds, Message, author_of, use
from tests.benchmarks.understanding.learning import MESSAGES, fingerprint, read_messages
from tests.benchmarks.understanding.stacked import Example, examples, learn_stacked

PARTS = 3
"""Parts of the authors; each is read by models that learnt from the others, and what these hear is learnt from."""
_MANY_HANDS = {"own", "blind"}
"""Messages of these are parted one by one: there is but one author of each."""


def build() -> list[Path]:
    """Learns all models anew and saves them with the fingerprint of their sources."""
    mark = fingerprint()
    folds = Folds([message for path in MESSAGES for message in read_messages(path)])
    stacked = learn_stacked(_left_out(folds))
    for kind, model in stacked.items():
        replace(model, built_from=mark).save(model_of(kind))
    clauses, words, figures = folds.without(lambda message: False)
    replace(clauses, built_from=mark).save(voices.MODEL)
    replace(words, built_from=mark).save(voices.OF_WORDS)
    replace(figures, built_from=mark).save(attribution.MODEL)
    return [voices.MODEL, voices.OF_WORDS, attribution.MODEL, *map(model_of, stacked)]


def _left_out(folds: Folds) -> Iterator[Example]:
    """What models hear in messages by authors whom they did not learn from."""
    for part in range(PARTS):
        use(*folds.without(partial(_is_in, part)))
        for message in filter(partial(_is_in, part), folds.messages):
            yield from examples(message)


def _is_in(part: int, message: Message) -> bool:
    return _part_of(message) == part


def _part_of(message: Message) -> int:
    author = author_of(message)
    return crc32((message["id"] if author in _MANY_HANDS else author).encode()) % PARTS
