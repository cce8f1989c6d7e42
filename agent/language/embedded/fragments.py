"""Telegrams: what is said in pieces of a few words instead of sentences, "35 pages, 300 a day, two seconds"."""

from itertools import pairwise

from agent.language.embedded.figures import Reading

FRAGMENT = 6
"""Tokens of the longest piece that counts as a fragment."""


def is_fragment(reading: Reading, index: int) -> bool:
    """ "Sources required": whether a token stands in a piece of so few words."""
    return any(index in piece and len(piece) <= FRAGMENT for piece in _between_commas(reading, index))


def is_terse(reading: Reading, index: int) -> bool:
    """Whether the clause of a token holds fragments only, and no running sentence."""
    return all(len(piece) <= FRAGMENT for piece in _between_commas(reading, index))


def is_curt(reading: Reading, index: int) -> bool:
    """Whether the whole sentence of a token is so short: "Answers need a source."."""
    first, end = reading.text.sentence_of(index)
    return end - first <= FRAGMENT


def is_telegram(reading: Reading) -> bool:
    """Whether a whole message is written in such pieces, a word more each."""
    clauses = {reading.text.clause_of(index) for index in range(len(reading.text.tokens))}
    return all(len(piece) <= FRAGMENT + 1 for first, _ in clauses for piece in _between_commas(reading, first))


def _between_commas(reading: Reading, index: int) -> list[range]:
    """The pieces of the clause in which a token stands."""
    tokens, (first, end) = reading.text.tokens, reading.text.clause_of(index)
    commas = [first - 1, *(place for place in range(first, end) if tokens[place].raw == ","), end]
    return [range(start + 1, stop) for start, stop in pairwise(commas)]
