"""Ceilings for running cost and for building, from amounts of money."""

from collections.abc import Iterator

from agent.language.embedded.figures import Candidate, Figure, Reading, value_of
from agent.language.embedded.lexicon import book, context_words
from tools.profile import Open
from tools.units import per_month

_CEILING = context_words("money_ceiling")
_STRONG = context_words("money_strong")
_BUILD = context_words("money_build")
_RUN = context_words("money_run")
_RUNNING = context_words("money_running")
_APPROVED = context_words("money_approved")
_GOODS = context_words("money_goods")
_SPENT = context_words("money_spent")
_PAID_NOW = context_words("money_paid_now")


def read_money(reading: Reading) -> Iterator[Candidate]:
    """Budgets; an amount without a word like "budget" is none, one without "a month" or "to build" is asked back."""
    for hit in book("money.yaml").find(reading.text):
        yield Candidate(hit.meaning, Open("not_applicable"), hit.first, hit.end, confidence=0.9)
    for figure in reading.figures:
        if _is_budget(reading, figure):
            yield from _budget(reading, figure)


def _is_budget(reading: Reading, figure: Figure) -> bool:
    number = figure.number
    if number.percent or number.share or figure.size or figure.duration:
        return False
    spoken = reading.near(figure.first, figure.end, _STRONG, 8, 5)
    unpriced = number.usd is None
    if unpriced and not (
        (reading.near(figure.first, figure.end, _SPENT, 5, 4) and not figure.nouns[:1] and number.low >= 50)
        or _bare_money(reading, figure)
        or (number.scale >= 1000 and not figure.nouns[:1] and reading.before(figure.first, _APPROVED, 4))
    ):
        return False
    running = bool(figure.period) and reading.near(figure.first, figure.end, _RUNNING, 8, 4)
    if reading.near(figure.first, figure.end, _GOODS, 6, 3) and not spoken and not running:
        return False
    if reading.near(figure.first, figure.end, _PAID_NOW, 6, 0) and not reading.near(
        figure.first,
        figure.end,
        _STRONG | {"can", "could", "will", "may", "under", "below", "stay", "within", "must", "should", "more"},
        8,
        3,
    ):
        return False
    return (
        spoken
        or reading.near(figure.first, figure.end, _CEILING | _BUILD, 9, 6)
        or reading.near(figure.first, figure.end, _RUN - {"month"}, 8, 6)
        or _alone(reading, figure)
    )


def _bare_money(reading: Reading, figure: Figure) -> bool:
    """ "Budget: 60k upfront, then 1.5k per month": numbers without a sign in a sentence about a budget."""
    return (
        bool(figure.period)
        and figure.number.low >= 50
        and (
            reading.near(figure.first, figure.end, _SPENT | {"usd", "dollar", "fee"}, 12, 4, clause=False)
            or (figure.period in {"month", "year"} and reading.near(figure.first, figure.end, _RUNNING, 8, 4))
        )
        and not [
            n
            for n in figure.nouns
            if n not in {"a", "per", "each", "month", "year", "monthly", "/", "an", "annum", "usd", "for", *_RUNNING}
        ]
    )


def _alone(reading: Reading, figure: Figure) -> bool:
    """An amount that a short clause consists of: "$40k to build it", "max $2,500 a month"."""
    return (
        figure.number.usd is not None
        and figure.period in {"month", "year"}
        and reading.text.clause_of(figure.first)[1] - reading.text.clause_of(figure.first)[0] < 9
    )


def _budget(reading: Reading, figure: Figure) -> Iterator[Candidate]:
    number, rate = figure.number, figure.number.usd or 1.0
    derived = rate != 1.0
    building = reading.near(figure.first, figure.end, _BUILD, 5, 7)
    if figure.period and not (building and reading.near(figure.number.end, figure.end, _BUILD, 0, 4)):
        yield Candidate(
            "monthly_budget_usd",
            value_of(number, rate * per_month(1, figure.period)),
            figure.first,
            figure.end,
            derived=derived,
        )
    elif building:
        yield Candidate("upfront_budget_usd", value_of(number, rate), figure.first, figure.end, derived=derived)
    elif reading.near(figure.first, figure.end, _RUN, 6, 5):
        yield Candidate("monthly_budget_usd", value_of(number, rate), figure.first, figure.end, derived=derived)
    elif reading.asked in {"monthly_budget_usd", "upfront_budget_usd"}:
        yield Candidate(reading.asked, value_of(number, rate), figure.first, figure.end, derived=derived)
    else:
        choices = ("monthly_budget_usd", "upfront_budget_usd")
        yield Candidate(
            "monthly_budget_usd", value_of(number, rate), figure.first, figure.end, derived=derived, choices=choices
        )
