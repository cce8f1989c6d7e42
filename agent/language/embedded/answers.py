"""Answers in context: what a short message says about the fact that was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from agent.language.embedded.amounts import put_together
from agent.language.embedded.figures import Candidate, Figure, Reading, counts_people, other_of, value_of
from agent.language.embedded.lexicon import book, context_words
from agent.language.embedded.phrases import Found
from agent.language.embedded.tokens import stem
from knowledge.facts import FactSpec, fact_specs
from tools.profile import Known, Open, Profile, State
from tools.units import TOKENS

SHORT = 12
"""Words up to which a message without a number may be nothing but an answer."""
LIKE_A_LABEL = 86
_ORDINALS = {
    "first": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "sixth": 5,
    "seventh": 6,
    "eighth": 7,
    "1st": 0,
    "former": 0,
    "last": -1,
}
_CEILINGS = {"monthly_budget_usd", "upfront_budget_usd", "weeks_to_production", "latency_budget_ms"}
_STATES: dict[str, State] = {
    "unknown": "unknown",
    "not_applicable": "not_applicable",
    "later": "later",
    "skip": "unknown",
}
_BARE_TOKENS = 20_000
"""A bare number below this, asked for the size of the knowledge, is more likely pages than tokens."""


def read_answer(reading: Reading, found: Sequence[Candidate], profile: Profile) -> Iterator[Candidate]:
    """What the message says of the asked fact, where the other readers found nothing of it.

    A yes confirms what was inferred before and stands in the profile as unsure.
    """
    spec = fact_specs().get(reading.asked or "")
    if spec is None or not reading.text.tokens:
        return
    hits = book("answers.yaml").find(reading.text)
    mine = [candidate for candidate in found if candidate.fact == spec.name]
    if mine:
        return
    if spec.numeric:
        number = _number(reading, spec, found)
        if number:
            yield number
            return
    state = _state(reading, spec, hits)
    if state and not _answers_another(reading, state, found):
        yield state
    elif spec.kind == "flag":
        yield from _flag(reading, spec, hits)
    elif spec.categorical:
        yield from list(_choice(reading, spec, hits)) or _confirmed(reading, spec, hits, profile)
    elif spec.kind == "text" and not reading.scope.asked and not reading.scope.instructed and not _greets(reading):
        yield Candidate(spec.name, Known(_text(spec, reading)), 0, len(reading.text.tokens))


def _greets(reading: Reading) -> bool:
    """ "Hi", "good morning": a message of nothing but a greeting."""
    greetings = context_words("answers_greeting")
    return all(token.kind == "symbol" or token.stem in greetings for token in reading.text.tokens)


def _text(spec: FactSpec, reading: Reading) -> str:
    words = reading.text.message.strip()
    return words.lower().rstrip(".!").replace(" ", "-") if spec.name == "model" and len(words.split()) <= 4 else words


def hedged(reading: Reading, candidate: Candidate) -> Candidate:
    """The candidate marked unsure where the answer itself is hedged."""
    if candidate.fact == reading.asked and isinstance(candidate.value, Known) and len(reading.text.tokens) <= SHORT:
        doubt = [
            hit
            for hit in book("answers.yaml").find(reading.text)
            if hit.meaning == "unsure" and abs(hit.first - candidate.first) < 6
        ]
        if doubt and not candidate.value.unsure:
            return replace(candidate, value=Known(candidate.value.value, unsure=True))
    return candidate


def _number(reading: Reading, spec: FactSpec, found: Sequence[Candidate]) -> Candidate | None:
    taken = {index for candidate in found for index in range(candidate.first, candidate.end)}
    free = [
        figure
        for figure in reading.figures
        if taken.isdisjoint(range(figure.number.first, figure.number.end))
        and not reading.scope.negated(reading.text, figure.first, figure.first)
        and _fits(figure, spec)
    ]
    free = put_together(reading, spec, free)
    if not free or any(
        index in reading.scope.asked | reading.scope.supposed | reading.scope.others | reading.scope.left_out
        for figure in free
        for index in range(figure.first, figure.end)
    ):
        return None
    low, high = free[0], free[-1]
    if (
        len(free) > 1
        and len(reading.text.tokens) <= 2 * SHORT
        and not reading.text.sentence_of(low.first) != reading.text.sentence_of(high.first)
    ):
        ends = sorted(end for figure in free for end in (figure.number.low, figure.number.high))
        if spec.kind == "share" and ends[0] >= 1:  # "of the sixty we tried, forty-five came out usable"
            ends = [ends[0] / ends[-1]]
        number = replace(low.number, low=ends[0], high=ends[-1], other=None)
    else:
        number = low.number
        high = low
    if len(reading.text.tokens) > 2 * SHORT and low.first > 6:
        return None
    factor, choices = _default(spec, number.low, low)
    value = value_of(number, factor, whole=spec.kind == "integer", digits=12)
    other = other_of(number, factor, whole=spec.kind == "integer")
    if choices:
        other = value_of(number, choices, whole=True, digits=12)
    return Candidate(
        spec.name,
        value,
        low.first,
        max(high.end if high.period is None else high.number.end, low.number.end),
        other=other,
    )


def _fits(figure: Figure, spec: FactSpec) -> bool:
    if spec.name != "queries_per_day" and counts_people(figure):
        return False
    if spec.kind == "share":
        return not figure.size and not figure.duration and figure.number.usd is None
    if figure.number.percent or figure.number.share:
        return False
    money = spec.name.endswith("_usd")
    return not figure.size and not figure.duration and (money or figure.number.usd is None)


def _default(spec: FactSpec, number: float, figure: Figure) -> tuple[float, float | None]:
    """What a bare number is multiplied by, and by what else it could be."""
    if spec.kind == "share" and not (figure.number.percent or figure.number.share):
        return (0.01, None) if number > 1 else (1.0, None)
    if spec.name == "latency_budget_ms" and number <= 60:
        return 1_000.0, 1.0
    if spec.name == "knowledge_tokens" and number < _BARE_TOKENS:
        return TOKENS["page"], 1.0
    return (figure.number.usd or 1.0), None


def _state(reading: Reading, spec: FactSpec, hits: Sequence[Found[str]]) -> Candidate | None:
    if len(reading.text.tokens) > 2 * SHORT or reading.scope.asked:
        return None
    for hit in hits:
        if any(longer.first <= hit.first and hit.end < longer.end for longer in hits):
            continue  # "no idea" is more than "no"
        if spec.name in _CEILINGS and hit.meaning == "unlimited" and hit.first <= 3:
            return Candidate(spec.name, Open("not_applicable"), hit.first, hit.end)
        if spec.name == "labeled_examples" and hit.meaning == "nothing" and _opens(reading, hit.first):
            return Candidate(spec.name, Known(0), hit.first, hit.end)
    for wanted in ("skip", "not_applicable", "later", "unknown"):
        for hit in hits:
            reach = 14 if wanted in {"later", "unknown", "not_applicable"} else 6
            if hit.meaning == wanted and hit.first <= reach and not (wanted == "skip" and len(reading.text.tokens) > 6):
                return Candidate(spec.name, Open(_STATES[wanted]), hit.first, hit.end)
    return None


def _opens(reading: Reading, index: int) -> bool:
    """Whether a token is one of the first three of a sentence: "haven't got any. Zip."."""
    return index - reading.text.sentence_of(index)[0] <= 2


def _answers_another(reading: Reading, state: Candidate, found: Sequence[Candidate]) -> bool:
    """ "I don't know, a couple of seconds?": what is given in the same breath is what was not known."""
    unknown = isinstance(state.value, Open) and state.value.state == "unknown"
    sentence = reading.text.sentence_of(state.first)
    return (
        unknown
        and len(reading.text.tokens) <= SHORT
        and any(
            candidate.first >= state.end and reading.text.sentence_of(candidate.first) == sentence
            for candidate in found
        )
    )


def _flag(reading: Reading, spec: FactSpec, hits: Sequence[Found[str]]) -> Iterator[Candidate]:
    if reading.scope.asked or reading.scope.supposed:
        return
    said = [hit for hit in hits if hit.meaning in {"yes", "no"} and hit.first <= 5]
    if not said:
        return
    longest = max(said, key=lambda hit: (hit.end - hit.first, -hit.first))
    first = min(said, key=lambda hit: (hit.first, -(hit.end - hit.first)))
    decisive = longest if longest.first <= first.end else first
    doubt = any(hit.meaning == "unsure" and hit.first <= 6 for hit in hits)
    yield Candidate(spec.name, Known(decisive.meaning == "yes", unsure=doubt), decisive.first, decisive.end)


def _concludes(reading: Reading, hit: Found[str]) -> bool:
    """ "My nephew did a course once. So, no.": a verdict that ends what led to it."""
    words = [token.raw for token in reading.text.tokens if token.kind != "symbol"]
    rest = [token for token in reading.text.tokens[hit.end :] if token.kind != "symbol"]
    return not rest and words[-2:-1] == ["so"]


def conclusion(reading: Reading) -> Candidate | None:
    """The yes or no with which an answer ends, whatever was said on the way: "we scrub all names first, so no"."""
    spec = fact_specs().get(reading.asked or "")
    if spec is not None and spec.name == "labeled_examples":
        return _none_at_all(reading)
    if spec is None or spec.kind != "flag" or reading.scope.asked or reading.scope.supposed:
        return None
    for hit in book("answers.yaml").find(reading.text):
        if hit.meaning in {"yes", "no"} and _concludes(reading, hit):
            return Candidate(spec.name, Known(hit.meaning == "yes"), hit.first, hit.end)
    return None


def _none_at_all(reading: Reading) -> Candidate | None:
    """ "None. Nobody wrote down what a good one looks like": none at first, and no amount after it."""
    first, end = reading.text.sentence_of(0) if reading.text.tokens else (0, 0)
    words = sum(token.kind == "word" for token in reading.text.tokens[first:end])
    more = any(figure.number.high > 1 for figure in reading.figures)
    said = [hit for hit in book("answers.yaml").find(reading.text) if hit.meaning == "nothing" and hit.first == first]
    alone = next((hit for hit in said if words <= hit.end - hit.first), None)
    return Candidate("labeled_examples", Known(0), alone.first, alone.end) if alone and not more else None


def denied(reading: Reading, profile: Profile) -> bool:
    """Whether the message is a bare no to what was inferred."""
    said = _verdict(reading, book("answers.yaml").find(reading.text), profile)
    return said is not None and said.meaning == "no"


def _confirmed(reading: Reading, spec: FactSpec, hits: Sequence[Found[str]], profile: Profile) -> Iterator[Candidate]:
    guess, said = profile.facts.get(spec.name), _verdict(reading, hits, profile)
    if isinstance(guess, Known) and said is not None and said.meaning == "yes":
        yield Candidate(spec.name, Known(guess.value), said.first, said.end)


def _verdict(reading: Reading, hits: Sequence[Found[str]], profile: Profile) -> Found[str] | None:
    """The yes or no that a short message says to what stands in the profile as unsure; None where it says neither."""
    guess = profile.facts.get(reading.asked or "")
    if not (isinstance(guess, Known) and guess.unsure) or len(reading.text.tokens) > SHORT or reading.scope.asked:
        return None
    return next((hit for hit in hits if hit.meaning in {"yes", "no"} and hit.first <= 2), None)


def _by_number(reading: Reading, choices: int) -> int | None:
    """ "Option two", "number 3, I think": the place of the choice."""
    tokens = reading.text.tokens
    if len(tokens) < 2 or tokens[0].stem not in context_words("answers_numbered"):
        return None
    figure = next((one for one in reading.figures if one.number.first == 1), None)
    place = figure.number.low - 1 if figure else -1
    return int(place) if place in range(choices) else None


def _is_measure(figure: Figure | None) -> bool:
    """ "About 2 seconds" answers another question than the one whose second choice it would be."""
    return figure is not None and bool(figure.duration or figure.size or figure.period or figure.number.percent)


def _choice(reading: Reading, spec: FactSpec, hits: Sequence[Found[str]]) -> Iterator[Candidate]:
    tokens, text = reading.text.tokens, reading.text
    if len(tokens) > SHORT or reading.scope.asked:
        return
    doubt = any(hit.meaning == "unsure" for hit in hits)
    denied = next((hit for hit in hits if hit.meaning == "no" and hit.first <= 2), None)
    if spec.name == "update_frequency" and denied:
        yield Candidate(spec.name, Known("static", unsure=doubt), denied.first, denied.end)
        return
    named = _by_number(reading, len(spec.codes))
    if named is not None and spec.kind == "choice":
        yield Candidate(spec.name, Known(spec.codes[named], unsure=doubt), 0, 2)
        return
    for index, token in enumerate(tokens):
        if token.raw in _ORDINALS and spec.kind == "choice" and len(tokens) <= 5:
            yield Candidate(spec.name, Known(spec.codes[_ORDINALS[token.raw]], unsure=doubt), index, index + 1)
            return
        if (
            token.kind == "number"
            and token.raw.isdigit()
            and 1 <= int(token.raw) <= len(spec.codes)
            and len(tokens) <= 3
            and not _is_measure(reading.figure_at(index))
        ):
            yield Candidate(spec.name, Known(spec.codes[int(token.raw) - 1], unsure=doubt), index, index + 1)
            return
    codes = {stem(word): code for code in spec.codes for word in [code.split("_")[0]]}
    told = [
        (index, codes[token.stem])
        for index, token in enumerate(tokens)
        if token.stem in codes and not reading.scope.negated(text, index, index)
    ]
    if told and len({code for _, code in told}) == 1:
        yield Candidate(spec.name, Known(told[0][1], unsure=doubt), told[0][0], told[0][0] + 1)
        return
    scores = {code: fuzz.token_set_ratio(text.message.lower(), label.lower()) for code, label in spec.values.items()}
    best = max(scores, key=lambda code: scores[code])
    if scores[best] >= LIKE_A_LABEL and len(tokens) >= 2:
        yield Candidate(spec.name, Known(best, unsure=doubt), 0, len(tokens))
