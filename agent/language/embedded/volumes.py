"""Volume, examples in hand, and the growth of traffic, from figures."""

from collections.abc import Iterator

from agent.language.embedded.figures import Candidate, Figure, Reading, count_of, other_of, value_of
from agent.language.embedded.lexicon import book, context_words, quantities, stems_of
from agent.language.embedded.number import Number
from agent.language.embedded.tokens import Token, stem
from agent.language.embedded.workload import read_workload, with_period
from tools.profile import Known
from tools.units import DAYS, per_day

_ASKING = context_words("volumes_asking")
_PROCESSING = context_words("volumes_processing")
_VOLUME = context_words("volumes_volume")
_GROWING = context_words("volumes_growing")
_INVOKED = context_words("volumes_invoked")
_USUAL = context_words("volumes_usual")
_GONE = context_words("volumes_gone")
_CAPPED = context_words("volumes_capped")
_REACH_BEFORE, _REACH_AFTER = 8, 3
"""Words between a number and the "each" before it, or the "per" behind it, that says what it is counted for."""
_TIMES = {"x", "times", "*", "×"}
_OUTCOME = context_words("volumes_outcome")
_JOINED_WITH = {"with", "alongside", "plus", "including"}
_GOODS = stems_of("goods") - {"order"}
_TEXTUAL = context_words("volumes_textual")
_MADE = context_words("volumes_made")
_KIND = context_words("volumes_kind")
_EXAMPLE_NOUNS = stems_of("examples") - {stem("gold"), stem("hand"), stem("curated")}
_PROMPT = {"prompt", "instruct"}
_NOT_IN_HAND = context_words("volumes_not_in_hand")


def read_volume(reading: Reading) -> Iterator[Candidate]:
    """Requests a day: a count with a period, or people times what each of them asks."""
    products = list(read_workload(reading)) or list(_per_head(reading)) or list(_named_heads(reading))
    yield from products
    alone = []
    for counted in reading.figures:
        figure = with_period(reading, counted) or counted
        if any(product.first <= figure.first < product.end for product in products):
            continue
        if (
            figure.period
            and not figure.number.share
            and not figure.number.percent
            and figure.number.usd is None
            and _is_volume(reading, figure)
        ):
            alone.append(figure)
    steady = [figure for figure in alone if not reading.near(figure.first, figure.end, {"peak", "burst"}, 1, 3)]
    usual = [figure for figure in steady if reading.near(figure.first, figure.end, _USUAL, 5, 3)]
    for figure in usual or steady or alone:
        assert figure.period  # noqa: S101  (only figures with a period were kept)
        yield _volume(figure, figure.number, per_day(1, figure.period), figure.first, figure.end)


def _volume(figure: Figure, number: Number, factor: float, first: int, end: int, derived: bool = False) -> Candidate:
    return Candidate(
        "queries_per_day",
        value_of(number, factor),
        first,
        end,
        derived=derived,
        other=other_of(number, factor, whole=True),
    )


def _is_volume(reading: Reading, figure: Figure) -> bool:
    first, end = figure.first, figure.end
    if (
        figure.duration
        or figure.size not in {None, "page"}
        or (
            (_GOODS & {*figure.nouns[:2]} or reading.near(first, end, _GOODS, 4, 6)) and not count_of(figure, "queries")
        )
        or ("time" in figure.nouns and not reading.near(first, end, _INVOKED, 5, 2))
    ):
        return False
    if _of_one(reading, figure) or any(_per_after(reading, figure)) or reading.before(first, _CAPPED, 3):
        return False  # what one person does; the product with their number is read elsewhere
    if not count_of(figure, "queries") and ("new" in figure.nouns or reading.before(first, {"expert", "review"}, 4)):
        return False
    if reading.near(first, end, _GROWING, 4, 3) and not count_of(figure, "queries"):
        return False
    if count_of(figure, "queries"):
        return True
    if reading.near(first, figure.number.end + 3, _TEXTUAL, 5, 2) or figure.size:
        return False
    if count_of(figure, "items"):
        return True
    if count_of(figure, "people"):
        return reading.near(first, end, _ASKING, 2, 5) and not _asks_several(reading, figure)
    if reading.near(first, end, _MONEY, 6, 3):
        return False
    others = [noun for noun in figure.nouns if noun.isalpha() and noun not in _FILLERS]
    return not others or reading.near(first, end, _VOLUME | _PROCESSING, 8, 4)


_MONEY = context_words("volumes_money")
_FILLERS = context_words("volumes_fillers")


def _of_one(reading: Reading, figure: Figure) -> bool:
    each = reading.near(figure.first, figure.end, {"each", "apiec"}, 0, 3)
    return each or _each_of_them(reading, figure) or _per_person(reading, figure)


def _each_of_them(reading: Reading, figure: Figure) -> bool:
    """ "15 lookups each per day", but not "15 lookups each day"."""
    text = reading.text
    return any(
        text.raw_at(index) in {"each", "apiece"} and text.raw_at(index + 1) not in quantities().periods
        for index in range(figure.number.end, figure.end)
    )


def _asks_several(reading: Reading, figure: Figure) -> bool:
    return any(other.first > figure.first and count_of(other, "queries") for other in reading.figures)


def _per_head(reading: Reading) -> Iterator[Candidate]:
    """ "150 agents ask 20 questions a day each", "ten customers a day, ten messages each"."""
    text = reading.text
    for asks in reading.figures:
        often = "time" in asks.nouns[:1] and asks.period
        handled = count_of(asks, "items") and reading.before(asks.first, {"each"}, 4)
        spoken = count_of(asks, "queries") or often or handled or reading.near(asks.first, asks.end, {"ask"}, 4, 2)
        shared = reading.near(asks.first, asks.end, {"each", "apiec"}, 8 if often else 5, 3)
        times = asks.first > 0 and text.tokens[asks.first - 1].raw in _TIMES
        shared = shared or _each_of_them(reading, asks)
        if not spoken or not (shared or times or _per_person(reading, asks)):
            continue
        heads = [figure for figure in reading.figures if figure is not asks and _are_heads(reading, figure, asks)]
        period = asks.period or next((figure.period for figure in heads if figure.period), None)
        if heads and period:
            people = min(heads, key=lambda figure: abs(figure.first - asks.first))
            low, high = asks.number.low * people.number.low, asks.number.high * people.number.high
            product = Number(0, 0, low, high, unsure=asks.number.unsure)
            first, end = min(asks.first, people.first), max(asks.end, people.end)
            if first >= text.sentence_of(asks.first)[0]:
                yield _volume(asks, product, 1 / DAYS[period], first, end, derived=True)


def _named_heads(reading: Reading) -> Iterator[Candidate]:
    """ "We run 35 shops. Each shop asks 20 times a day": what each of them asks, times how many are named."""
    for asks in reading.figures:
        one = unit_of(reading, asks)
        named = [figure for figure in reading.figures if one in figure.nouns and not (figure.period or figure.size)]
        if one and asks.period and named and named[0] is not asks and not asks.size:
            low, high = asks.number.low * named[0].number.low, asks.number.high * named[0].number.high
            product = Number(0, 0, low, high, unsure=asks.number.unsure)
            yield _volume(asks, product, 1 / DAYS[asks.period], asks.first, asks.end, derived=True)


def unit_of(reading: Reading, figure: Figure) -> str | None:
    """The stem of what a number is said of one by one: "each shop asks 20 times a day", "20 a day per shop"."""
    text, start = reading.text, reading.text.clause_of(figure.first)[0]
    before = [
        index
        for index in range(max(start, figure.first - _REACH_BEFORE), figure.first - 1)
        if text.raw_at(index) in {"each", "every"}
    ]
    for index in (*before, *_per_after(reading, figure)):
        noun = text.raw_at(index + 1)
        named = next((one for place in range(index + 2, index + 4) if (one := reading.figure_at(place))), None)
        if noun == "of" and named and named is not figure:
            return named.nouns[0] if named.nouns else None  # "each of our 12 clinics gets 90 calls a day"
        if noun.isalpha() and noun not in {"of", *quantities().periods}:
            return text.tokens[index + 1].stem
    return None


def _per_after(reading: Reading, figure: Figure) -> Iterator[int]:
    """Where "per" stands close behind a figure: "400 a day was per branch", but not "400 a day, 30 words per mail"."""
    text = reading.text
    for index in range(figure.end, min(text.clause_of(figure.first)[1], figure.end + _REACH_AFTER)):
        if text.tokens[index].kind != "word":
            return
        if text.raw_at(index) == "per":
            yield index


def _are_heads(reading: Reading, figure: Figure, asks: Figure) -> bool:
    people = count_of(figure, "people") and not count_of(figure, "queries")
    if not people and figure.nouns and not (figure.size or figure.duration or figure.period):
        things = count_of(figure, "queries") or count_of(figure, "items") or count_of(figure, "documents")
        asking = reading.near(figure.number.end, figure.number.end, {"ask", "send", "submit", "write"}, 0, 3)
        near = asking or 0 < asks.first - figure.number.end <= 4
        people = not things and near and figure.first < asks.first and figure.nouns[0].isalpha()
    return people and not figure.number.bare_year and abs(figure.first - asks.first) < 25


def _per_person(reading: Reading, figure: Figure) -> bool:
    people, tokens = stems_of("people"), reading.text.tokens
    return any(
        tokens[index].raw in {"per", "each", "every"} and index + 1 < len(tokens) and tokens[index + 1].stem in people
        for index in range(max(0, figure.first - 4), min(figure.end + 5, len(tokens)))
    )


def read_examples(reading: Reading) -> Iterator[Candidate]:
    """Pairs in hand: "500 labelled examples", "18k tickets that were routed by hand", "annotated 40,000 paragraphs"."""
    said = [hit for hit in book("zeros.yaml").find(reading.text) if not reading.near(hit.end, hit.end, _PROMPT, 0, 4)]
    none = {(hit.first, hit.end): hit.meaning for hit in said}
    for (first, end), meaning in none.items():
        yield Candidate(meaning, Known(0), first, end, confidence=0.9)
    for figure in reading.figures:
        number = figure.number
        if any(first < number.first < end for first, end in none):
            continue  # "not one labelled pair"
        gone = reading.near(number.first, number.end, _GONE, 0, 14, clause=False)
        if _countable(figure) and not gone and not reading.near(number.first, number.end, _NOT_IN_HAND, 4, 1):
            signs = _signs(reading, figure)
            if _in_hand(reading, figure, signs):
                end = max([sign + 1 for sign in signs][:3], default=number.end)
                value, other = value_of(number, 1, whole=True), other_of(number, 1, whole=True)
                yield Candidate("labeled_examples", value, number.first, max(end, number.end), other=other)


def _countable(figure: Figure) -> bool:
    number = figure.number
    if figure.period or figure.duration or figure.size not in {None, "page"}:
        return False
    return not (number.percent or number.share or number.usd or number.bare_year)


def _signs(reading: Reading, figure: Figure) -> list[int]:
    """The tokens after a number that say that people made or checked what is counted."""
    number, tokens = figure.number, reading.text.tokens
    stop = min(number.end + 9, reading.text.clause_of(number.first)[1])
    stop = next((index for index in range(number.end + 1, stop) if reading.figure_at(index)), stop)
    return [index for index in range(number.end, stop) if _is_sign(tokens[index])]


def _with_outcome(reading: Reading, figure: Figure) -> bool:
    """ "640 emails with the reply we sent": items that come with what was made of them."""
    tokens, first = reading.text.tokens, figure.number.end
    stop = min(first + 8, reading.text.clause_of(figure.number.first)[1])
    joint = next((index for index in range(first + 1, stop) if tokens[index].raw in _JOINED_WITH), None)
    if joint is None or any(token.stem == "," for token in tokens[first:joint]):
        return False
    following = tokens[joint + 1 : min(joint + 5, len(tokens))]
    return any(token.stem in _OUTCOME for token in following) and any(
        token.raw in {"the", "their", "its", "a", "an", "final", "correct", "right", "our"} for token in following
    )


def _is_sign(token: Token) -> bool:
    made = token.stem in _MADE and token.raw.endswith(("ed", "en"))
    return made or token.stem in _KIND | _EXAMPLE_NOUNS


def _in_hand(reading: Reading, figure: Figure, signs: list[int]) -> bool:
    tokens, first = reading.text.tokens, figure.number.first
    if reading.before(first, {"these", "those"}, 1):
        return False
    named = bool(set(figure.nouns) & _EXAMPLE_NOUNS)
    counted = named or count_of(figure, "items") or count_of(figure, "queries") or "data" in figure.nouns
    if (count_of(figure, "people") and not counted) or reading.near(first, figure.end, {"prompt"}, 0, 5):
        return False
    made = (
        bool(signs)
        or _with_outcome(reading, figure)
        or reading.before(first, _MADE - {stem("written"), stem("answered"), stem("sorted")}, 3)
    )
    if counted and (made or named):
        return True
    titled = reading.before(first, {"exampl", "label", "pair"}, 4) and tokens[first - 1].raw in {":", "=", "is", "are"}
    return titled or (reading.before(first, {"write"}, 3) and "answer" in figure.nouns)
