"""Amounts of text: the knowledge as a whole, and the tokens of one request."""

from collections.abc import Iterator

from agent.language.embedded.figures import Candidate, Figure, Reading, other_of, value_of
from agent.language.embedded.lexicon import context_words, stems_of
from agent.language.embedded.number import Number
from agent.language.embedded.payload import read_payload
from agent.language.embedded.products import count_of_people, is_of_each, read_products
from tools.units import TOKENS

_OF_WHOLE = context_words("sizes_whole")
_HANDLED = context_words("sizes_handled")
_ONE_OF_THEM = context_words("sizes_one_of_them")
_ANSWER = context_words("sizes_answer")
_PROMPT = context_words("sizes_prompt")
_CONTEXT = context_words("sizes_context")
_PARTS = context_words("sizes_parts")
_HARDWARE = context_words("sizes_hardware")
_LONGEST_ANSWER = 5
"""Pages: what is longer is read rather than written."""
_MOST_OF_REQUEST = 200_000.0
"""Tokens: more are those of the knowledge, whatever words stand beside them."""
_FOR_ONE = {"each", "everi", "averag", "typic"}


def read_sizes(reading: Reading) -> Iterator[Candidate]:
    """All amounts of text that the message states."""
    used: set[int] = set()
    whole: list[tuple[Figure, float]] = []
    for fact, product in read_products(reading, used):
        if fact == "knowledge_tokens":
            whole.append((product, TOKENS[product.size or "token"]))
        else:
            yield _candidate(fact, product.number, TOKENS[product.size or "token"], product.first, product.end, True)
    products = len(whole)
    yield from read_payload(reading, used)
    for figure in reading.figures:
        if len(whole) > products and _is_another(reading, figure):
            whole.append((figure, whole[-1][1]))
        if figure.size is None or figure.period or figure.number.percent or figure.number.usd or id(figure) in used:
            continue
        factor = TOKENS[figure.size]
        part = _per_request(reading, figure)
        if part:
            yield _candidate(part, figure.number, factor, figure.first, figure.end, figure.size != "token")
        elif _is_knowledge(reading, figure):
            whole.append((figure, factor))
    yield from _whole(reading, sorted(whole, key=lambda one: one[0].first))


def _candidate(fact: str, number: Number, factor: float, first: int, end: int, derived: bool) -> Candidate:
    return Candidate(
        fact,
        value_of(number, factor, whole=True, digits=12),
        first,
        end,
        derived=derived,
        other=other_of(number, factor, whole=True),
    )


def _whole(reading: Reading, figures: list[tuple[Figure, float]]) -> Iterator[Candidate]:
    """The knowledge as a whole; parts joined by "plus" or "and" in one sentence add up."""
    tokens = reading.text.tokens
    index = 0
    while index < len(figures):
        figure, factor = figures[index]
        low, high, end, unsure = (
            figure.number.low * factor,
            figure.number.high * factor,
            figure.end,
            figure.number.unsure,
        )
        added = False
        while index + 1 < len(figures):
            following, next_factor = figures[index + 1]
            between = {token.raw for token in tokens[figure.end : following.first]}
            if (
                not between & {"plus", "and", "+"}
                or reading.text.sentence_of(figure.first) != reading.text.sentence_of(following.first)
                or following.first - end > 8
            ):
                break
            low, high, end, added = (
                low + following.number.low * next_factor,
                high + following.number.high * next_factor,
                following.end,
                True,
            )
            index += 1
        if added:
            yield _candidate("knowledge_tokens", Number(0, 0, low, high, unsure=unsure), 1, figure.first, end, True)
        else:
            yield _candidate(
                "knowledge_tokens", figure.number, factor, figure.first, figure.end, figure.size != "token"
            )
        index += 1


def _is_another(reading: Reading, figure: Figure) -> bool:
    """ "The handbook is 110 pages, plus the agreements, another 90": the unit is that of the amount before."""
    bare = figure.size is None and not (figure.period or figure.duration or figure.number.usd or figure.number.percent)
    return bare and reading.text.raw_at(figure.first - 1) == "another" and not count_of_people(figure)


def _is_knowledge(reading: Reading, figure: Figure) -> bool:
    first, end = figure.first, figure.end
    if _is_short(reading, figure):
        return False
    if (
        is_of_each(reading, figure)
        or reading.near(first, end, _ONE_OF_THEM, 2, 3)
        or reading.near(first, end, _HARDWARE, 2, 5)
    ):
        return False
    if reading.before(first, _FOR_ONE, 9) or reading.before(first, _PARTS, 5):
        return False
    tokens = reading.text.tokens
    after = tokens[end].raw if end < len(tokens) else ""
    before = tokens[first - 1].raw if first else ""
    if after in {"view", "views", "visit", "visits", "impression", "impressions", "load", "loads"}:
        return False
    if after == "/" or (before == "of" and reading.near(first, first, stems_of("documents"), 4, 0) and after == "each"):
        return False
    if figure.size == "page" and reading.before(first, {"a", "an"}, 1) and not reading.before(first, _HANDLED, 8):
        if reading.before(first, _OF_WHOLE, 6) or reading.near(end, end, {"all", "everyth", "onli"}, 0, 6):
            return True
    if figure.size == "page" and after in {"contract", "agreement", "report", "document", "pdf", "summary"}:
        return False  # "a 40 page contract" is one document, not all of them
    if figure.size == "page" and reading.before(first, {"often", "usual", "typic"}, 3):
        return False
    return not (
        reading.before(first, {"a", "an"}, 1)
        and figure.number.single
        and figure.number.low < 1000
        and after not in {"of", ""}
        and tokens[first].raw not in {"a", "an"}
    )


def _per_request(reading: Reading, figure: Figure) -> str | None:
    """Which part of one request an amount belongs to, by the nearest word that says so."""
    if figure.size == "page" and figure.number.high <= _LONGEST_ANSWER and _is_of_answer(reading, figure):
        return "output_tokens"
    if figure.size not in {"token", "word"} or figure.number.high * TOKENS[figure.size] > _MOST_OF_REQUEST:
        return None
    if reading.asked in {"prompt_tokens", "context_tokens", "output_tokens"} and len(reading.text.tokens) < 12:
        return reading.asked
    first, end = figure.first, figure.end
    if reading.near(first, end, _HARDWARE, 5, 3):
        return None
    left, right = reading.text.sentence_of(first)
    found: list[tuple[int, str]] = []
    for index in range(max(left, first - 9), min(right, end + 6)):
        token = reading.text.tokens[index].stem
        distance = first - index if index < first else index - end + 1
        if index > first and reading.text.tokens[index].stem in {",", ";"}:
            break
        for fact, stems in (("output_tokens", _ANSWER), ("context_tokens", _CONTEXT), ("prompt_tokens", _PROMPT)):
            if token in stems and not first <= index < end:
                found.append((distance + (2 if index > first and figure.size == "word" else 0), fact))
    if reading.near(first, end, stems_of("documents") | {"corpus", "knowledg", "wiki", "handbook", "manual"}, 5, 3):
        return None
    return min(found)[1] if found else None


def _is_of_answer(reading: Reading, figure: Figure) -> bool:
    """ "The reply is one page", "a two-page summary"."""
    text, (left, _) = reading.text, reading.text.sentence_of(figure.first)
    before = text.tokens[max(left, figure.first - 5) : figure.first]
    commas = [place for place, token in enumerate(before) if token.raw in {",", ":"}]
    before = before[commas[-1] + 1 :] if commas else before
    attributive = text.tokens[figure.end].stem in _ANSWER if figure.end < len(text.tokens) else False
    return attributive or any(token.stem in _ANSWER for token in before)


def _is_short(reading: Reading, figure: Figure) -> bool:
    """A page or less is one document, or an answer, unless it is said to be all there is."""
    if figure.size == "page" and figure.number.high <= 2 and reading.text.raw_at(figure.first) in {"a", "an"}:
        return True
    tokens = figure.number.high * TOKENS[figure.size or "token"]
    return tokens <= TOKENS["page"] and not reading.before(figure.first, _OF_WHOLE, 8)
