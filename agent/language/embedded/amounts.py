"""Amounts as they are said in a short answer: without the hundred, or with the scale or currency added behind."""

from dataclasses import replace

from agent.language.embedded.figures import Figure, Reading
from agent.language.embedded.lexicon import quantities
from agent.language.embedded.number import Number
from agent.language.embedded.tokens import stem
from knowledge.facts import FactSpec

_TEN, _THOUSAND = 10, 1_000


def put_together(reading: Reading, spec: FactSpec, free: list[Figure]) -> list[Figure]:
    """The figures of an answer with what was said behind them: "five fifty", "20, thousand that is", "500, euros"."""
    if not free or spec.kind == "share" or spec.name == "weeks_to_production":
        return free
    first, *rest = free
    if rest and _hundreds_left_out(reading, first.number, rest[0].number):
        value, behind = first.number.low * 100 + rest[0].number.low, rest.pop(0).number.end
    else:
        value, behind = first.number.low, first.number.end
    if value == first.number.low and not first.number.single:
        return free
    index = _behind_comma(reading, behind)
    word = reading.text.raw_at(index) if index else ""
    scale = quantities().scales.get(word, 1) if word not in quantities().letters else 1
    if index and scale >= _THOUSAND > value:
        value, behind = value * scale, index + 1
        rest = [figure for figure in rest if figure.number.first >= behind]
        index = _behind_comma(reading, behind)
    usd = _currency(reading, index) if index else None
    number = replace(first.number, low=value, high=value, end=behind) if value != first.number.low else first.number
    number = replace(number, usd=usd) if usd and number.usd is None else number
    return [replace(first, number=number, end=max(first.end, behind)), *rest]


def _hundreds_left_out(reading: Reading, hundreds: Number, rest: Number) -> bool:
    """ "Five fifty", "twelve thirty-five", but not "ten eleven" or "fifteen twenty", which are ranges."""
    spelt = all(reading.text.tokens[one.first].kind == "word" for one in (hundreds, rest))
    plain = hundreds.single and rest.single and hundreds.usd is None and hundreds.scale == 1
    apart = rest.low > (hundreds.low + 1 if hundreds.low < _TEN else 2 * hundreds.low)
    return (
        spelt
        and plain
        and hundreds.end == rest.first
        and 1 <= hundreds.low < 2 * _TEN
        and apart
        and (_TEN < rest.low < 10 * _TEN)
    )


def _behind_comma(reading: Reading, index: int) -> int | None:
    """The first word behind a number and the comma or dash after it."""
    tokens = reading.text.tokens
    if index >= len(tokens) or tokens[index].raw not in {",", "-", "–", "—", "(", "."}:
        return None
    return index + 1 if index + 1 < len(tokens) else None


def _currency(reading: Reading, index: int) -> float | None:
    """What a unit of the currency named at a token is worth in dollars."""
    named = reading.text.tokens[index]
    return next((rate for word, rate in quantities().currencies.items() if stem(word) == named.stem), None)
