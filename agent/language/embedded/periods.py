"""The period that a number repeats in, from the words after and before it."""

from agent.language.embedded.lexicon import context_words, quantities
from agent.language.embedded.tokens import Text, stem
from tools.units import Period

AHEAD = 6
"""Words after a number among which the thing counted and its period are looked for."""
VERBS = {"once", "twice", "are", "is", "was", "were", "get", "gets", "has", "have"}
_CHANGES = context_words("figures_changes")

PER = {"a", "an", "per", "each", "every", "/"}

_ARTICLES = {"a", "an", "one", "the", "whole", "full", "entire"}

_OVER = {"on", "over", "during", "across", "throughout", "in"}

_KINDS_OF_DAY = context_words("figures_kinds_of_day")


def period_after(text: Text, index: int, starts: set[int], ahead: int = AHEAD + 2) -> tuple[Period | None, int]:
    """The period a number repeats in, from the words after it, and where they end."""
    for position in range(index, min(index + ahead, len(text.tokens))):
        token = text.tokens[position]
        if token.stem in {".", ";", ","} or token.raw in VERBS or token.stem in _CHANGES:
            break
        if position in starts and position > index and token.raw not in {"a", "one"}:
            break
        found = _period_at(text, position)
        if found:
            return found
    return None, index


def _period_at(text: Text, position: int) -> tuple[Period, int] | None:
    """A period whose words start at a token, and where they end."""
    words, token = quantities(), text.tokens[position]
    one, two, three = (text.raw_at(position + step) for step in (1, 2, 3))
    day_kind = token.raw in _OVER and one in {"a", "any", "one"} and stem(two) in _KINDS_OF_DAY
    found: list[tuple[Period | None, int]] = [
        (_whole_period(text, position), 3),
        (words.adverbs.get(token.raw), 1),
        (period_word(one) if token.raw in PER else None, 2),
        (period_word(two) if _leads_to_period(token.raw, one, two) else None, 3),
        (period_word(three) if day_kind else None, 4),
        ("day" if token.raw in PER and two == "day" and one.isalpha() and one not in words.periods else None, 3),
    ]
    return next(((period, position + length) for period, length in found if period), None)


def _leads_to_period(word: str, one: str, two: str) -> bool:
    """ "Per working day", "every single day", "over the day", "in one day"."""
    described = word in PER | _OVER and stem(one) in _KINDS_OF_DAY
    single = word in {"each", "every"} and one == "single"
    through = word in _OVER and one == "the" and period_word(two) in {"day", "week"}
    within = word == "in" and one in {"a", "one"} and two == "day"
    return described or single or through or within


def _whole_period(text: Text, index: int) -> Period | None:
    """ "every 24 hours", "per 7 days": a period named by its parts."""
    if text.tokens[index].raw not in PER or index + 2 >= len(text.tokens):
        return None
    parts: dict[tuple[str, str | None], Period] = {
        ("24", "hour"): "day", ("7", "day"): "week", ("30", "day"): "month", ("12", "month"): "year",
        ("60", "second"): "minute", ("60", "minute"): "hour", ("365", "day"): "year",
    }  # fmt: skip
    return parts.get((text.tokens[index + 1].raw, period_word(text.tokens[index + 2].raw)))


def period_before(text: Text, first: int, starts: set[int]) -> tuple[Period | None, int]:
    """The period in the words just before a number: "daily volume is", "each month about"."""
    words, clause_first = quantities(), text.clause_of(first)[0]
    for position in range(first - 1, max(clause_first, first - 9) - 1, -1):
        token = text.tokens[position]
        if (
            position in starts
            or token.kind == "number"
            or token.stem in {","}
            or (token.raw in quantities().durations and text.tokens[position - 1].kind == "number")
        ):
            break
        if token.raw in words.adverbs:
            return words.adverbs[token.raw], position
        if token.raw in words.rates and first - position <= 4:
            return words.rates[token.raw], position
        if token.raw in PER and text.tokens[position + 1].stem in _KINDS_OF_DAY and position + 2 < first:
            named = period_word(text.tokens[position + 2].raw)
            if named:
                return named, position
        if starts & set(range(position - 4, position)):
            continue
        if (
            token.raw in {"per", "each", "every", "/"}
            and period_word(text.tokens[position + 1].raw)
            and position + 1 < first
        ):
            return period_word(text.tokens[position + 1].raw), position
    return None, first


def period_of_money(text: Text, index: int) -> Period | None:
    """The period that an amount is for: "a limit of 6,000 dollars, for a quarter and not for a month"."""
    for position in range(index, text.sentence_of(index - 1)[1] - 1):
        if position > index and text.tokens[position].kind == "number":
            return None
        said = text.raw_at(position) == "for" and text.raw_at(position - 1) not in {"not", "than"}
        named = next((word for step in (1, 2, 3) if (word := text.raw_at(position + step)) not in _ARTICLES), "")
        period = quantities().periods.get(named)
        if said and period in {"month", "quarter", "year"} and text.raw_at(position + 1) in _ARTICLES:
            return period
    return None


def period_word(word: str) -> Period | None:
    periods = quantities().periods
    return periods.get(word) or (periods.get(word[:-1]) if word.endswith("s") and len(word) > 3 else None)
