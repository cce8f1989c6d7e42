"""What goes into one request and comes out of it, said in passing: "900 in, 15 out", "question another 50"."""

from collections.abc import Iterator
from itertools import pairwise

from agent.language.embedded.figures import Candidate, Figure, Reading, value_of
from agent.language.embedded.lexicon import context_words, mapping
from agent.language.embedded.number import Number
from tools.units import TOKENS, Size

_ANSWER = context_words("sizes_answer")
_OTHER = _ANSWER | context_words("sizes_context") | context_words("sizes_parts") | context_words("sizes_enclosed")
_RULES = context_words("sizes_rules")
_ASKED = context_words("sizes_asked")
_FACTS = {"in": "prompt_tokens", "out": "output_tokens", "back": "output_tokens"}
_MOVES = {"go", "goes", "going", "come", "comes", "coming", "get", "sent", "max", "maximum"}
_CLOSES = {"", ".", ",", ";", ":", "(", ")", "/", "and", "with", "per", "plus", "on", "each", "or", "-", "–", "+"}
_FILLERS = frozenset(mapping("context.yaml")["sizes_fillers"])
_JOINTS = {",", "plus", "and", "+", "on"}
_INCLUDED = {"incl", "including", "included", "includes", "inclusive", "that", "them", "which", "thereof"}
_ENDS = {".", ",", ";", "(", ")"}
_MOST_BACK = 8
"""Words before a figure in which it may be named."""


def read_payload(reading: Reading, used: set[int]) -> Iterator[Candidate]:
    """Sizes of one request: sums of its parts, and figures whose unit or name is that of another beside them."""
    for found in (_sums(reading, used), _directions(reading, used), _named(reading, used)):
        for fact, size, figures in found:
            used |= {id(figure) for figure in figures}
            low, high = sum(one.number.low for one in figures), sum(one.number.high for one in figures)
            number = Number(0, 0, low, high, unsure=any(one.number.unsure for one in figures))
            value = value_of(number, TOKENS[size], whole=True, digits=12)
            yield Candidate(fact, value, figures[0].first, figures[-1].end, derived=size != "token" or len(figures) > 1)


_Found = Iterator[tuple[str, Size, tuple[Figure, ...]]]


def _directions(reading: Reading, used: set[int]) -> _Found:
    """ "260 tokens out, 4,000 in", "each request: 900 in, 15 out": without a unit only beside one another."""
    moving = [(one, way) for one in reading.figures if id(one) not in used and (way := _direction(reading, one))]
    for figure, way in moving:
        sentence = reading.text.sentence_of(figure.first)
        beside = {other for one, other in moving if reading.text.sentence_of(one.first) == sentence}
        size = figure.size or _unit_beside(reading, figure)
        if figure.size or (size and len(beside) > 1) or {"in", "out"} <= beside:
            yield _FACTS[way], size or "token", (figure,)


def _direction(reading: Reading, figure: Figure) -> str | None:
    if not _is_amount(figure):
        return None
    text, index = reading.text, figure.end if figure.size else figure.number.end
    while text.raw_at(index) in _MOVES and index < figure.end + 2:
        index += 1
    way, after = text.raw_at(index), text.raw_at(index + 1)
    return way if way in _FACTS and after in _CLOSES else None


def _named(reading: Reading, used: set[int]) -> _Found:
    """ "Prompts are 2,000 tokens, outputs roughly 350": a bare figure has the unit of the one beside it."""
    for figure in reading.figures:
        bare = _is_amount(figure) and figure.size is None and not figure.nouns and id(figure) not in used
        unit = _unit_beside(reading, figure) if bare else None
        fact = _name_before(reading, figure) if unit else None
        if unit and fact:
            yield fact, unit, (figure,)


def _name_before(reading: Reading, figure: Figure) -> str | None:
    """The part of a request that the words before a figure name directly."""
    tokens, left = reading.text.tokens, reading.text.sentence_of(figure.first)[0]
    index = figure.first - 1
    while index >= left and tokens[index].raw in _FILLERS:
        index -= 1
    if index < left:
        return None
    if tokens[index].stem in _ANSWER:
        return "output_tokens"
    part = tokens[index].stem in _RULES or (tokens[index].stem in _ASKED and not tokens[index].raw.endswith("s"))
    return "prompt_tokens" if part and "another" not in {tokens[figure.first - 1].raw} else None


def _sums(reading: Reading, used: set[int]) -> _Found:
    """ "1,100 tokens of rules plus roughly 100 for what the fitter types": both are one prompt."""
    figures = [one for one in reading.figures if id(one) not in used and _is_amount(one)]
    figures = [one for one in figures if not _direction(reading, one)]
    for one, other in pairwise(figures):
        size = one.size or other.size
        between = {token.raw for token in reading.text.tokens[one.end : other.first]}
        apart = reading.text.sentence_of(one.first) != reading.text.sentence_of(other.first) or ";" in between
        if size is None or apart or {one.size, other.size} - {None, size} or not _are_parts(reading, one, other):
            continue
        if id(one) not in used:
            yield "prompt_tokens", size, (one, other)


def _are_parts(reading: Reading, one: Figure, other: Figure) -> bool:
    """Whether one of two amounts is that of the instructions and the other that of the question."""
    text, (left, right) = reading.text, reading.text.sentence_of(one.first)
    joint = next((at for at in range(other.first - 1, one.end - 1, -1) if text.tokens[at].raw in _JOINTS), None)
    if joint is None:
        return False
    stop = next((at for at in range(other.end, right) if text.tokens[at].raw in _ENDS), right)
    first = text.tokens[max(left, one.first - _MOST_BACK) : joint]
    second = text.tokens[joint + 1 : min(stop, other.end + _MOST_BACK)]
    if {token.raw for token in (*first, *second)} & _INCLUDED:
        return False
    kinds = [_parts_named({token.stem for token in part}) for part in (first, second)]
    return sorted(kinds) == ["asked", "rules"]


def _parts_named(stems: set[str]) -> str:
    named = [name for name, words in (("asked", _ASKED), ("rules", _RULES)) if stems & words]
    return named[0] if len(named) == 1 and not stems & _OTHER else ""


def _is_amount(figure: Figure) -> bool:
    number = figure.number
    measured = figure.duration or figure.period or number.percent or number.share or number.usd or number.bare_year
    return not measured and figure.size in {None, "token", "word"} and number.low >= 1


def _unit_beside(reading: Reading, figure: Figure) -> Size | None:
    """The unit of the nearest amount of text in the sentence or the one before."""
    text = reading.text
    left, right = text.sentence_of(figure.first)
    left = text.sentence_of(left - 1)[0] if left else left
    sized = [one for one in reading.figures if one.size in {"token", "word"} and left <= one.first < right]
    return min(sized, key=lambda one: abs(one.first - figure.first)).size if sized else None
