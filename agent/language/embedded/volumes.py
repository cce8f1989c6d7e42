"""Volume, examples in hand, and the growth of traffic, from figures."""

from collections.abc import Iterator

from agent.language.embedded.figures import Candidate, Figure, Reading, count_of, other_of, value_of
from agent.language.embedded.lexicon import stems_of
from agent.language.embedded.numbers import Number
from agent.language.embedded.tokens import stem
from tools.units import DAYS, per_day

_ASKING = {
    stem(word)
    for word in "ask write contact message call query send search use visit chat request raise submit open file email post text need".split()
}
_PROCESSING = {
    stem(word)
    for word in "handle process classify tag label receive get answer resolve score route triage read review see serve run call expect face process translate extract summarise code".split()
}
_VOLUME = {stem(word) for word in "volume traffic usage load throughput demand requests queries rate".split()}
_GROWING = {stem(word) for word in "grow growth double triple increase rise climb".split()}
_GOODS = stems_of("goods") - {"order"}
_TEXTUAL = {stem(word) for word in "new add added upload change update publish edit revise arrive land".split()}
_MADE_BY_PEOPLE = {stem(word) for word in ("label labeled labelled annotate annotated tag tagged hand approve approved rate rated review reviewed correct corrected "
    "categorise categorize categorised route routed gold curate curated golden verify verified training train human expert senior best well pair example sample "
    "demonstration graded ranked score scored classify classified code coded sort sorted").split()}  # fmt: skip
_EXAMPLE_NOUNS = stems_of("examples") - {stem("gold"), stem("hand"), stem("curated")}
_NOT_IN_HAND = {stem(word) for word in "need require recommend minimum per page long".split()}


def read_volume(reading: Reading) -> Iterator[Candidate]:
    """Requests a day: a count with a period, or people times what each of them asks."""
    yield from _per_head(reading)
    for figure in reading.figures:
        if (
            figure.period
            and not figure.number.share
            and not figure.number.percent
            and figure.number.usd is None
            and _is_volume(reading, figure)
        ):
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
    text, first, end = reading.text, figure.first, figure.end
    if (
        figure.duration
        or figure.size not in {None, "page"}
        or reading.near(first, end, _GOODS, 4, 6)
        or "time" in figure.nouns
    ):
        return False
    if reading.near(first, end, {"each"}, 0, 3) and any(
        other is not figure and other.nouns and count_of(other, "people") for other in reading.figures
    ):
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
    others = [noun for noun in figure.nouns if noun.isalpha() and noun not in _FILLERS]
    return not others or reading.near(first, end, _VOLUME | _PROCESSING, 8, 4)


_FILLERS = {
    stem(word)
    for word in "a an per each every day week month year hour minute second daily weekly monthly yearly annually hourly now once so far at on average peak tops max or of need to be is the most more like".split()
}


def _asks_several(reading: Reading, figure: Figure) -> bool:
    return any(other.first > figure.first and count_of(other, "queries") for other in reading.figures)


def _per_head(reading: Reading) -> Iterator[Candidate]:
    """ "150 agents ask 20 questions a day each", "ten customers a day, ten messages each"."""
    text = reading.text
    for asks in reading.figures:
        spoken = count_of(asks, "queries") or reading.near(asks.first, asks.end, {"ask"}, 4, 2)
        if not spoken or not (
            reading.near(asks.first, asks.end, {"each", "apiec"}, 5, 3) or _per_person(reading, asks)
        ):
            continue
        heads = [figure for figure in reading.figures if figure is not asks and count_of(figure, "people") and not count_of(figure, "queries")
                 and not figure.number.bare_year and abs(figure.first - asks.first) < 25]  # fmt: skip
        period = asks.period or next((figure.period for figure in heads if figure.period), None)
        if heads and period:
            people = min(heads, key=lambda figure: abs(figure.first - asks.first))
            low, high = asks.number.low * people.number.low, asks.number.high * people.number.high
            product = Number(0, 0, low, high, unsure=asks.number.unsure)
            first, end = min(asks.first, people.first), max(asks.end, people.end)
            if first >= text.sentence_of(asks.first)[0]:
                yield _volume(asks, product, 1 / DAYS[period], first, end, derived=True)


def _per_person(reading: Reading, figure: Figure) -> bool:
    people, tokens = stems_of("people"), reading.text.tokens
    return any(
        tokens[index].raw in {"per", "each", "every"} and index + 1 < len(tokens) and tokens[index + 1].stem in people
        for index in range(max(0, figure.first - 4), min(figure.end + 5, len(tokens)))
    )


def read_examples(reading: Reading) -> Iterator[Candidate]:
    """Pairs in hand: "500 labelled examples", "18k tickets that were routed by hand", "annotated 40,000 paragraphs"."""
    for figure in reading.figures:
        number, tokens = figure.number, reading.text.tokens
        if (
            figure.period
            or figure.duration
            or figure.size not in {None, "page"}
            or number.percent
            or number.share
            or number.usd
            or number.bare_year
        ):
            continue
        ahead = range(number.end, min(number.end + 9, reading.text.clause_of(number.first)[1]))
        stems = {
            tokens[index].stem
            for index in ahead
            if not any(
                other.first <= index and other is not figure and other.first > number.end for other in reading.figures
            )
        }
        made = stems & _MADE_BY_PEOPLE or reading.before(
            number.first, {"annot", "label", "labeled", "tag", "grade", "colon"}, 4
        )
        counted = (
            count_of(figure, "items")
            or count_of(figure, "queries")
            or bool(set(figure.nouns) & (_EXAMPLE_NOUNS | {"data", "answer", "output", "past"}))
        )
        titled = (
            reading.before(number.first, {"exampl", "label"}, 4)
            and number.first
            and tokens[number.first - 1].raw in {":", "=", "is", "are"}
        )
        written = reading.before(number.first, {"write"}, 3) and "answer" in figure.nouns
        if reading.near(number.first, number.end, _NOT_IN_HAND, 4, 1) or count_of(figure, "people") and not counted:
            continue
        if (counted and (made or bool(set(figure.nouns) & _EXAMPLE_NOUNS))) or titled or written:
            end = max(
                [index + 1 for index in ahead if tokens[index].stem in _MADE_BY_PEOPLE | _EXAMPLE_NOUNS][:3],
                default=number.end,
            )
            yield Candidate(
                "labeled_examples",
                value_of(number, 1, whole=True),
                number.first,
                max(end, number.end),
                other=other_of(number, 1, whole=True),
            )
