"""Amounts of text as products: how many documents or passages there are, and how long each of them is."""

from collections.abc import Iterator
from dataclasses import replace

from agent.language.embedded.figures import Figure, Reading
from agent.language.embedded.lexicon import context_words, mapping, quantities, stems_of
from agent.language.embedded.number import Number
from tools.units import TOKENS

REACH_OF_LENGTH = 14
"""Words between the number of documents and the length of each."""
REACH_OF_NAME = 3
"""Sentences back in which that which each length is for may have been counted."""
MOST_PASSAGES = 50
"""More passages than that are no context of one request."""
MOST_CONTEXT = 100_000.0
"""Nor are more tokens than that."""
_LONGEST_OF_ONE = {"page": 1_000.0, "word": 40_000.0, "token": 60_000.0, "kilobyte": 900.0, "megabyte": 50.0}
"""Beyond this an amount of text is that of many documents."""
_AVERAGE = context_words("sizes_average")
_PARTS = context_words("sizes_parts")
_ENCLOSED = context_words("sizes_enclosed")
_HANDED = context_words("sizes_handed")
_REQUEST = context_words("sizes_request")
_TOGETHER = context_words("sizes_together")
_WRITING = context_words("sizes_writing")
_EACH = {"each", "every", "apiece", "per", "everyone", "/"}
_PIECES = {"piece", "pop", "go", "time"}
_LINKS = {"of", "at", "with", "à", "x", "×", "*", "averaging", "averages", "average", "@"}
_ABOUT = frozenset(mapping("context.yaml")["sizes_about"])
_IN_BETWEEN = {"a", "an", "my", "our", "behind", "one", "and", "which"}
MANY = 20
"""From how many on what stands behind a comma is theirs: "31,000 titles, blurbs of 110 words"."""
_INSIDE = {"long", "in", "on", "for", "of", "text", "length", "or", "so", "and", "a", "half", "("}
"""Words between a length and "each"."""


def read_products(reading: Reading, used: set[int]) -> Iterator[tuple[str, Figure]]:
    """ "600 articles of 700 words each", "5,000 reports, ten pages on average", "five passages of 500 tokens"."""
    for length in reading.figures:
        if id(length) in used or not _is_length(reading, length):
            continue
        if is_together(reading, length):
            yield from _total(reading, length, used)
            continue
        count = _count_of(reading, length)
        fact = _fact_of(reading, count, length) if count else None
        if count and fact:
            used |= {id(count), id(length)}
            yield fact, _product(count, length)


def _product(count: Figure, length: Figure) -> Figure:
    first, end = min(count.first, length.first), max(count.end, length.end)
    low, high = count.number.low * length.number.low, count.number.high * length.number.high
    number = Number(first, end, low, high, unsure=count.number.unsure or length.number.unsure)
    return Figure(number, first, end, size=length.size or "token")


def _total(reading: Reading, length: Figure, used: set[int]) -> Iterator[tuple[str, Figure]]:
    """ "Six snippets, 4,000 tokens together": what the passages of one request amount to."""
    left, right = reading.text.sentence_of(length.first)
    counts = [one for one in reading.figures if left <= one.first < right and {*one.nouns[:3]} & _PARTS]
    count = next((one for one in counts if 1 < one.number.high <= MOST_PASSAGES and _is_plain(one)), None)
    if count and length.size in {"token", "word", "page"}:
        used |= {id(count), id(length)}
        yield "context_tokens", replace(length, first=min(count.first, length.first), end=max(count.end, length.end))


def is_of_each(reading: Reading, length: Figure) -> bool:
    """Whether a length is said to be that of each of several things: "two pages apiece", "on average 40 words"."""
    return bool(_each_after(reading, length) or _each_before(reading, length) or _is_average(reading, length))


def is_together(reading: Reading, length: Figure) -> bool:
    """Whether an amount is that of several things together: "five passages, 2,000 tokens in total"."""
    tokens, (left, right) = reading.text.tokens, reading.text.sentence_of(length.first)
    around = [*range(max(left, length.first - 3), length.first), *range(length.end, min(right, length.end + 2))]
    return any(tokens[index].stem in _TOGETHER for index in around)


def _is_length(reading: Reading, figure: Figure) -> bool:
    bare = reading.asked == "context_tokens" and figure.size is None and not (figure.duration or figure.number.percent)
    if bare and figure.number.low >= 50 and reading.text.raw_at(figure.end) in {"each", "apiece"}:
        return not figure.period
    return not figure.period and figure.number.high <= _LONGEST_OF_ONE.get(figure.size or "", 0.0)


def _each_after(reading: Reading, length: Figure) -> bool:
    """ "... each", "a pop", "per card", "/country", "(each)"; after "on average" or "long" too."""
    text, index = reading.text, length.end
    while text.raw_at(index) in _INSIDE and index < length.end + 4:
        if text.raw_at(index) == "a" and text.raw_at(index + 1) in _PIECES:
            return True
        index += 1
    return text.raw_at(index) in _EACH and not _is_each_time(reading, index)


def _each_before(reading: Reading, length: Figure) -> bool:
    """ "each of about 200 pages", "each transcribed at 900 words", "every treaty is forty pages"."""
    tokens, left = reading.text.tokens, reading.text.sentence_of(length.first)[0]
    ends = {figure.end for figure in reading.figures if figure.size}
    for index in range(length.first - 1, max(left, length.first - 8) - 1, -1):
        if tokens[index].raw in _EACH - {"/"}:
            return index not in ends and not _is_each_time(reading, index)
        if reading.figure_at(index) is not None:
            return False
    return False


def _is_each_time(reading: Reading, index: int) -> bool:
    """ "Each week", "per question": how often, and not what a length is of."""
    following = reading.text.tokens[index + 1] if index + 1 < len(reading.text.tokens) else None
    return following is not None and (following.stem in _REQUEST or following.raw in quantities().periods)


def _is_average(reading: Reading, length: Figure) -> bool:
    """ "avg 24 pages", "typically two pages", "ten pages on average"."""
    tokens, (left, right) = reading.text.tokens, reading.text.sentence_of(length.first)
    before, after = range(max(left, length.first - 5), length.first), range(length.end, min(right, length.end + 3))
    return any(tokens[index].stem in _AVERAGE for index in (*before, *after))


def _count_of(reading: Reading, length: Figure) -> Figure | None:
    """How many there are of what has this length: beside it, or counted by name elsewhere."""
    return _named(reading, length) or _beside(reading, length) or _counted_before(reading, length)


def _named(reading: Reading, length: Figure) -> Figure | None:
    """ "26 canteens … 6 pages per canteen", "each venue has a text of 400 words, 3,300 venues"."""
    tokens, (left, right) = reading.text.tokens, reading.text.sentence_of(length.first)
    names = {
        tokens[index + 1].stem
        for index in range(max(left, length.first - 8), min(right - 1, length.end + 3))
        if tokens[index].raw in {"per", "each", "every", "/"} and not length.first <= index < length.end
    }
    names = {name for name in names if name.isalpha()} - _REQUEST - stems_of("queries")
    since = _sentences_back(reading, length, REACH_OF_NAME)
    found = [
        figure
        for figure in reading.figures
        if since <= figure.first < right and _counts_things(figure) and names & {*figure.nouns[:2]}
    ]
    return min(found, key=lambda figure: abs(figure.first - length.first), default=None)


def _beside(reading: Reading, length: Figure) -> Figure | None:
    """The count nearest to the length in its sentence, that before it first."""
    left, right = reading.text.sentence_of(length.first)
    before = [one for one in reading.figures if left <= one.first and one.end <= length.first]
    for count in reversed(before):
        if (count.size and not _counts_pages(count, length)) or length.first - count.number.end > REACH_OF_LENGTH:
            break
        if count.number.high == 1 and is_of_each(reading, length):
            continue  # "140 animals, one sheet of two pages each"
        if _is_another(reading, count) or not _has_room(reading, count, length):
            continue
        if _is_linked(reading, count, length) or is_of_each(reading, length):
            return count
    if not (_each_after(reading, length) or _is_average(reading, length)):
        return None
    after = [one for one in reading.figures if length.end <= one.first and one.end <= right]
    for count in after[:1]:
        close = count.first - length.end <= REACH_OF_LENGTH and not count.size
        if close and count.number.low > 1 and not _is_another(reading, count) and _counts_things(count):
            return count
    return None


def _counts_pages(count: Figure, length: Figure) -> bool:
    """ "22,000 pages, call it 250 words each"."""
    return count.size == "page" and length.size in {"word", "token"} and not count.period


def _counted_before(reading: Reading, length: Figure) -> Figure | None:
    """ "Which of our 60 camps suits? Camp descriptions half a page each."; "800 rulings. Four pages each."."""
    if not (_each_after(reading, length) or _is_average(reading, length)):
        return None
    left = reading.text.sentence_of(length.first)[0]
    said = {token.stem for token in reading.text.tokens[left : length.first]}
    since = _sentences_back(reading, length, REACH_OF_NAME)
    for count in reversed([one for one in reading.figures if since <= one.first < left]):
        names = {*count.nouns[:2]} - {"of", "them"}
        documents = {*count.nouns[:3]} & stems_of("documents") and left - count.end <= 3
        if _counts_things(count) and (said & names or (documents and length.first - left <= 4)):
            return count
    return None


def _sentences_back(reading: Reading, figure: Figure, many: int) -> int:
    starts = [first for first, _ in reading.text.sentences if first <= figure.first]
    return starts[max(0, len(starts) - 1 - many)]


def _has_room(reading: Reading, count: Figure, length: Figure) -> bool:
    """Whether a figure before the length may be the number of those that have it."""
    if _counts_things(count) or _counts_pages(count, length):
        return True
    gap = [token.raw for token in reading.text.tokens[count.number.end : length.first]]
    if count.nouns or not _is_plain(count) or count.number.high == 1:
        return False
    return (
        not gap
        or gap[0] in {"x", "×", "*"}
        or (len(gap) <= 6 and gap[0] in {",", "(", "-", "–"} and (_each_after(reading, length) or "each" in gap))
    )


def _is_plain(figure: Figure) -> bool:
    number = figure.number
    measured = figure.size or figure.duration or figure.period or number.percent or number.share or number.usd
    return not measured and not number.bare_year and number.low >= 1


def _counts_things(figure: Figure) -> bool:
    """Something countable that is no time, money, share or person; what it is called matters little."""
    dated = len(figure.nouns) == 1 and figure.nouns[0] in quantities().periods  # "1 spring"
    return _is_plain(figure) and bool(figure.nouns) and not dated and not count_of_people(figure)


def count_of_people(figure: Figure) -> bool:
    """Whether the first thing counted is a person."""
    return bool(stems_of("people") & {*figure.nouns[:1]})


def _is_another(reading: Reading, figure: Figure) -> bool:
    """ "Another 90", and the pronoun in "each one": no count."""
    before = reading.text.tokens[figure.first - 1].raw if figure.first else ""
    pronoun = reading.text.tokens[figure.first].raw == "one" and before in {"each", "every", "which", "that", "this"}
    return before == "another" or pronoun


def _is_linked(reading: Reading, count: Figure, length: Figure) -> bool:
    """ "31 PDFs of about 40 pages", "articles à 1.5 pages", "85k abstracts (250 words)", "95 one-page plans"."""
    text, gap = reading.text, [token.raw for token in reading.text.tokens[count.number.end : length.first]]
    if not gap:
        tokens, message = text.tokens, text.message
        between = message[tokens[count.number.end - 1].end : tokens[length.first].start].strip()
        return between == "×" or message[tokens[length.number.end - 1].end : tokens[length.end - 1].start] == "-"
    if gap[-1] == "(" and text.raw_at(length.end) in {")", ","}:
        return len(gap) <= 6
    while gap and gap[-1] in _ABOUT:
        gap.pop()
    if not gap or gap.pop() not in _LINKS:
        return False
    return not {*gap} & _IN_BETWEEN and ("," not in gap[:-1] or count.number.low >= MANY)


def _fact_of(reading: Reading, count: Figure, length: Figure) -> str | None:
    """What goes with one request, or the knowledge as a whole; nothing where texts are to be written."""
    left, right = reading.text.sentence_of(length.first)
    said = {token.stem for token in reading.text.tokens[left:right]}
    tokens = count.number.high * length.number.high * TOKENS[length.size or "token"]
    few = 1 < count.number.high <= MOST_PASSAGES and tokens <= MOST_CONTEXT
    best = count.first and reading.text.raw_at(count.first - 1) == "top" and length.first - count.number.end <= 3
    asked = reading.asked == "context_tokens" or {*count.nouns[:3]} & _PARTS or best
    if few and (asked or said & _ENCLOSED or (said & _HANDED and said & _REQUEST)):
        return "context_tokens"
    written = _is_written(reading, left, length.first) and not {*count.nouns} & stems_of("documents")
    if length.size is None or written or _REQUEST & {*count.nouns[:1]}:
        return None
    return "knowledge_tokens"


def _is_written(reading: Reading, first: int, end: int) -> bool:
    """Whether something is to be written: "write stories from a few keywords", not "nothing in writing but"."""
    tokens = reading.text.tokens
    return any(tokens[index].stem in _WRITING and tokens[index - 1].raw != "in" for index in range(first, end))
