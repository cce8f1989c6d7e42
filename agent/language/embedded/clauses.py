"""Clauses: the pieces of a message that can each state something, and what the classifier sees of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent.language.embedded.figures import Reading
from agent.language.embedded.lexicon import word_classes
from agent.language.embedded.scope import GUESSED
from agent.language.embedded.tokens import Text, stem

LONGEST = 26
"""Words of the longest run that is judged as one; what is said in more says several things."""
JOINED = 3
"""Pieces that may be read together: a thought is often spread over a comma."""
WHOLE = 60
"""Tokens up to which a message of several sentences is judged as a whole too: a complaint needs its contrast."""
_CUTS = {",", ";", ":", "-", "+"}
_OPENS = frozenset(
    stem(word)
    for word in (
        "and but so because which as since though although while whereas when then plus or however yet unless".split()
    )
)
_REACH = 6
"""Words after a negation that are marked as negated."""


@dataclass(frozen=True)
class Clause:
    """Tokens first to end of a message, and its features."""

    first: int
    end: int
    features: frozenset[str]


def clauses_of(reading: Reading) -> list[Clause]:
    """All runs of up to three neighbouring pieces of a sentence that can be judged, and a short message as a whole.

    What cannot state anything, such as questions and orders to the program, is left out.
    """
    text, runs = reading.text, list[tuple[int, int]]()
    for sentence in text.sentences:
        pieces = list(_pieces(text, *sentence))
        for start in range(len(pieces)):
            for stop in range(start + 1, min(start + JOINED, len(pieces)) + 1):
                first, end = pieces[start][0], pieces[stop - 1][1]
                if end - first > LONGEST and stop > start + 1:
                    break
                runs.append((first, end))
    if len(text.sentences) > 1 and len(text.tokens) <= WHOLE:
        runs.append((0, len(text.tokens)))
    return [Clause(*run, frozenset(features_of(reading, *run))) for run in runs if not reading.scope.bars(*run)]


def _pieces(text: Text, first: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence cut at its commas, colons and joining words; a piece of one word stays with the one before."""
    cuts = [first]
    for index in range(first + 1, end):
        token = text.tokens[index]
        opens = token.stem in _OPENS or text.tokens[index - 1].stem in _CUTS
        if opens and index - cuts[-1] >= 2 and end - index >= 2:
            cuts.append(index)
    for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
        words = [index for index in range(start, stop) if text.tokens[index].kind != "symbol"]
        if words:
            yield words[0], words[-1] + 1


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    """The word classes that each stem belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in word_classes().items():
        for word in words:
            found[stem(word)] = (*found.get(stem(word), ()), "@" + name)
    return found


def features_of(reading: Reading, first: int, end: int) -> Iterator[str]:
    """Stems, pairs of neighbours, word classes, scopes, and what stands after a negation."""
    text, classes = reading.text, _classes()
    stems = [text.tokens[index].stem for index in range(first, end) if text.tokens[index].kind != "symbol"]
    negated = _negated(reading, first, end)
    yield from stems
    yield from (f"{one} {other}" for one, other in zip(["^", *stems], [*stems, "$"], strict=True))
    yield from (f"{one} _ {other}" for one, other in zip(stems, stems[2:], strict=False))
    for word in stems:
        yield from classes.get(word, ())
    yield from (f"scope:{name}" for name in GUESSED if first in getattr(reading.scope, name))
    for index in negated:
        word = text.tokens[index].stem
        yield f"!{word}"
        yield from (f"!{name}" for name in classes.get(word, ()))
    if negated:
        yield "!"


def _negated(reading: Reading, first: int, end: int) -> Sequence[int]:
    marked: list[int] = []
    for negation in reading.scope.negations:
        if first <= negation < end:
            marked += [index for index in range(negation + 1, min(negation + 1 + _REACH, end))]
    return marked
