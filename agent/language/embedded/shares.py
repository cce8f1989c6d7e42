"""Shares of cases: what a prompt solves, what must be right, and yearly growth."""

from collections.abc import Collection, Iterator

from agent.language.embedded.figures import Candidate, Figure, Reading
from agent.language.embedded.growth import read_growth
from agent.language.embedded.lexicon import context_words
from agent.language.embedded.number import Number
from tools.profile import FactValue, Known, Range
from tools.units import Period, yearly_growth

_RIGHT = context_words("shares_right")
_CORRECT = context_words("shares_correct")
_WANTED = context_words("shares_wanted")
_TRIED = context_words("shares_tried")
GROWING = {None, "week", "month", "quarter", "year"}
"""Periods that growth is told for; without one it is a year's."""
_CUSTOMERS = context_words("shares_customers")


def read_shares(reading: Reading) -> Iterator[Candidate]:
    """Success of prompting, the accuracy that is needed, and growth."""
    growth = list(read_growth(reading))
    yield from growth
    for figure in reading.figures:
        number = figure.number
        if not (number.percent or number.share or _is_decimal_share(reading, figure)):
            continue
        first, end = figure.first, figure.end
        if any(one.first < end and first < one.end for one in growth):
            continue
        fact = _kind(reading, figure)
        if fact and number.high <= 1:
            yield Candidate(fact, share_value(number), first, number.end)


def grows(period: Period | None) -> bool:
    """Whether growth in such a period can be that of a year; "5 % every minute" is something else."""
    return period in GROWING


def share_value(number: Number) -> FactValue:
    """A share as a fact's value."""
    return Known(_plain(number.low), unsure=number.unsure) if number.single else Range(number.low, number.high)


def _is_decimal_share(reading: Reading, figure: Figure) -> bool:
    """ "0.71 accuracy"."""
    number = figure.number
    if not 0 < number.low <= number.high < 1 or figure.duration or figure.size or number.usd:
        return False
    return reading.near(number.first, number.end, {"accuraci", "f1", "precis", "recal", "score"}, 4, 3)


def _kind(reading: Reading, figure: Figure) -> str | None:
    first, end = figure.first, figure.number.end
    if reading.before(first, {"by"}, 1) or reading.near(first, end, {"reduc", "cut", "save", "discount"}, 5, 3):
        return None
    if reading.near(first, end, _CUSTOMERS, 3, 4) or not reading.near(first, end, _RIGHT, 8, 8, clause=False):
        if not reading.before(first, {"target"}, 2):
            return None
    wanted, tried = _distance(reading, figure, _WANTED), _distance(reading, figure, _TRIED)
    if wanted is None and tried is None:
        return None
    if wanted is not None and (tried is None or wanted <= tried + 2):
        strictly = reading.near(first, end, _CORRECT, 8, 8, clause=False) or reading.before(first, {"target"}, 2)
        if not strictly and tried is None:
            return None
        already = reading.near(first, end, {"alreadi"}, 5, 5) or (tried is not None and tried < wanted)
        return "prompting_success" if already else "accuracy_target"
    return "prompting_success"


def _distance(reading: Reading, figure: Figure, stems: Collection[str]) -> int | None:
    """The fewest words to one of the stems within the clause, a comma counting as four; None if there is none near."""
    tokens, (left, right) = reading.text.tokens, reading.text.clause_of(figure.first)
    distances = []
    for index in range(max(left, figure.first - 9), min(right, figure.number.end + 9)):
        if tokens[index].stem in stems and not figure.first <= index < figure.number.end:
            between = tokens[index : figure.first] if index < figure.first else tokens[figure.number.end : index]
            distances.append(len(between) + 4 * sum(token.stem == "," for token in between))
    return min(distances, default=None)


def growth_value(number: Number, period: Period) -> FactValue:
    """Growth in a period as growth in a year."""
    low, high = (_plain(yearly_growth(rate, period)) for rate in (number.low, number.high))
    return Known(low, unsure=number.unsure) if low == high else Range(low, high)


def _plain(value: float) -> float:
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
