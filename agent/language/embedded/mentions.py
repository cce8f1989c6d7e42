"""What a message mentions besides figures and yes/no facts: jobs, the use case, the model, and what is not known."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from agent.language.embedded.choices import find_tasks
from agent.language.embedded.figures import Candidate, Reading
from agent.language.embedded.gap import read_gap
from agent.language.embedded.lexicon import book, context_words
from agent.language.embedded.stacking import Option, jobs_of, likely
from agent.language.embedded.voices import Voices
from agent.language.port import Statement, TaskMention
from tools.profile import FactValue, Known, Open, Profile, State

SHORTEST_DESCRIPTION = 8
"""Words from which a message that names a job counts as a description of the use case."""

_MODEL = re.compile(
    r"\b(?P<name>gpt[- ]?\d[\w.]*(?:[- ](?:mini|nano|turbo|pro))?"
    r"|claude(?:[- ](?:\d[\d.]*|opus|sonnet|haiku))*"
    r"|gemini(?:[- ](?:\d[\d.]*|pro|flash|lite|ultra))*"
    r"|llama[- ]?\d[\d.]*(?:[- ]\d+b)?"
    r"|mistral(?:[- ](?:large|medium|small|nemo|\d[\w.]*))+"
    r"|mixtral[- ]?\w*|qwen[- ]?\d[\w.]*|deepseek[- ]?[\w.]+|o[134](?:-mini)?|phi-?\d[\w.]*|gemma[- ]?\d?\w*"
    r"|command[- ]?(?:r|a)\+?)(?![\w-])",
    re.IGNORECASE,
)
_WISH = context_words("mentions_wish")
_STATED = {"are", "is", "was", "were", "have", "has", "had"}
_USE = context_words("mentions_use")
_NOT_USED = context_words("mentions_not_used")
_ABOUT_JOBS = {None, "task", "use_case"}
"""Questions whose answers name jobs."""
_MAKERS = {Known(name) for name in ("claude", "gemini")}
"""Names that stand for many models."""


def read_tasks(reading: Reading, voices: Voices) -> list[TaskMention]:
    """The jobs in the order they are named, of those that overlap the likeliest; other answers name none."""
    if reading.asked not in _ABOUT_JOBS:
        return []
    kept = list[Candidate]()
    for one, _ in likely("jobs", options_of_jobs(reading, voices)):
        if not any(one.first < other.end and other.first < one.end for other in kept):
            kept.append(one)
    mentions = [
        TaskMention(str(one.value.value), reading.text.quote(one.first, one.end), reading.text.span(one.first, one.end))
        for one in sorted(kept, key=lambda one: one.first)
        if isinstance(one.value, Known)
    ]
    return mentions if len(mentions) < 2 else [_with_gap(reading, voices, mention) for mention in mentions]


def options_of_jobs(reading: Reading, voices: Voices) -> list[Option]:
    """The jobs that the message may ask for, in phrases or as the models hear it."""
    phrases = [Candidate("task", Known(hit.meaning.value), hit.first, hit.end) for hit in find_tasks(reading)]
    return jobs_of(reading, voices, phrases, partial(_is_wished, reading))


def _with_gap(reading: Reading, voices: Voices, mention: TaskMention) -> TaskMention:
    """The mention with what is missing, where its own sentence says so."""
    index = next(position for position, token in enumerate(reading.text.tokens) if token.start >= mention.span[0])
    first, end = reading.text.sentence_of(index)
    gap = read_gap(reading, voices)
    inside = gap is not None and first <= gap.first < end
    value = gap.value.value if gap and inside and isinstance(gap.value, Known) else None
    return TaskMention(mention.task, mention.quote, mention.span, str(value) if value else None)


def _is_wished(reading: Reading, index: int) -> bool:
    """Whether a job is asked for: beside a word of wishing or building, as what "we" do, or as a heading of its own."""
    tokens = reading.text.tokens
    first, end = reading.text.sentence_of(index)
    if _WISH & {token.stem for token in tokens[first:end]}:
        return True
    if index and tokens[index - 1].raw in {"we", "i", "to"}:
        return True
    return index - first <= 2 and not _STATED & {token.raw for token in tokens[index:end]}


def read_described(
    reading: Reading, statements: Sequence[Statement], tasks: Sequence[TaskMention], profile: Profile
) -> list[Statement]:
    """The message as the description of the use case, if there is none yet and it names a job."""
    words = sum(token.kind == "word" for token in reading.text.tokens)
    taken = "use_case" in profile.facts or any(said.fact == "use_case" for said in statements)
    if (
        taken
        or not tasks
        or words < SHORTEST_DESCRIPTION
        or reading.asked not in {None, "use_case"}
        or reading.scope.instructed
    ):
        return []
    message = reading.text.message.strip()
    start = reading.text.message.index(message)
    return [Statement("use_case", Known(message), message, (start, start + len(message)))]


def read_model(reading: Reading) -> Iterator[Candidate]:
    """The base model, where the message says that it is or will be used, or names just one by its full name."""
    named = [one for one in _models_named(reading) if not _is_passed_over(reading, one)]
    alone = [one for one in named if reading.asked == "model" and len(reading.text.tokens) <= one.end - one.first + 4]
    used = [one for one in named if reading.before(one.first, _USE, 4)]
    meant = [one for one in named if one.value not in _MAKERS and _is_of_use(reading, one)]
    only = meant if len({one.value for one in meant}) == 1 else []
    yield from (alone or used or only)[:1]


def _is_passed_over(reading: Reading, named: Candidate) -> bool:
    """ "Not gpt-4o", or what others use, or what was used."""
    negated = reading.scope.negated(reading.text, named.first, named.first)
    return negated or reading.scope.excludes(named.first, named.end)


def _is_of_use(reading: Reading, named: Candidate) -> bool:
    """Not where a model is only tried, asked, or the largest there is: "the big Claude can, but it is too dear"."""
    return not reading.near(named.first, named.end, _NOT_USED, 3, 4)


def read_other_model(reading: Reading, known: FactValue | None) -> Candidate | None:
    """The model that a correction names instead of the known one: the last that is not denied."""
    before = known.value if isinstance(known, Known) else None
    others = [
        named
        for named in _models_named(reading)
        if before is not None
        and named.value != Known(_model_name(str(before)))
        and not reading.scope.negated(reading.text, named.first, named.first)
    ]
    return others[-1] if others else None


def _models_named(reading: Reading) -> Iterator[Candidate]:
    tokens = reading.text.tokens
    for match in _MODEL.finditer(reading.text.message):
        inside = [index for index, token in enumerate(tokens) if match.start("name") <= token.start < match.end("name")]
        if inside:
            yield Candidate("model", Known(_model_name(match.group("name"))), inside[0], inside[-1] + 1, confidence=0.9)


def _model_name(name: str) -> str:
    """As the catalogue writes it: "GPT 4o" is gpt-4o."""
    return re.sub(r"\s+", "-", name.lower().rstrip("."))


def read_open_facts(reading: Reading) -> Iterator[Candidate]:
    """Facts that the user says they do not know, will tell later, or that do not apply: "volume is unknown yet"."""
    states: dict[str, State] = {"unknown": "unknown", "later": "later"}
    named = book("topics.yaml").find(reading.text)
    for hit in book("answers.yaml").find(reading.text):
        if hit.meaning not in states:
            continue
        first, end = reading.text.clause_of(hit.first)
        topics = [
            topic
            for topic in named
            if first <= topic.first < end and abs(topic.first - hit.first) <= 7 and topic.meaning != reading.asked
        ]
        if (
            topics
            and not any(figure.first >= first and figure.end <= end for figure in reading.figures)
            and end - first <= 14
        ):
            yield Candidate(
                topics[0].meaning,
                Open(states[hit.meaning]),
                min(hit.first, topics[0].first),
                max(hit.end, topics[0].end),
                confidence=0.7,
            )
