"""Learning what counts of all that is heard, from what models say of messages that they did not learn from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, get_args
from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction import DictVectorizer
from sklearn.neural_network import MLPClassifier

from agent.language.embedded.choices import read_choices
from agent.language.embedded.figures import Candidate
from agent.language.embedded.gap import options_of_gap
from agent.language.embedded.mentions import options_of_jobs
from agent.language.embedded.numeric import options_of_figures
from agent.language.embedded.perceptron import Perceptron
from agent.language.embedded.stacking import Kind, Option, Signs, choices_of
from agent.language.embedded.voices import listen
from tests.benchmarks.understanding.by_author import Message, author_of
from tests.benchmarks.understanding.learning import reading_of
from tests.benchmarks.understanding.measure import declined, same
from tools.profile import Known

UNITS = 32
DECAY = 0.02
"""How strongly large weights are held back."""
RATE = 3e-3
BATCH = 256
EPOCHS = 30
PLAIN_AUTHORS = {"own", "ie"}
"""Who wrote as most people do; the others were asked to avoid the usual words."""
ORDINARY = 5.0
"""How much more their messages count: what people write is more often plain than not."""
KINDS: tuple[Kind, ...] = get_args(Kind)


class Example(NamedTuple):
    """A value that may be meant: its signs, whether it is, and how much that counts."""

    kind: Kind
    signs: Signs
    meant: bool
    counts: float


def examples(message: Message) -> Iterator[Example]:
    """Every value that a labelled message may state, as the models in use hear it; what is not barred."""
    reading = reading_of(message["text"], message.get("asked"))
    voices, counts = listen(reading), ORDINARY if author_of(message) in PLAIN_AUTHORS else 1.0
    options: dict[Kind, list[Option]] = {
        "choices": choices_of(reading, voices, list(read_choices(reading))),
        "figures": [option for one in options_of_figures(reading, voices, None) for option in one],
        "jobs": options_of_jobs(reading, voices),
        "gaps": options_of_gap(reading, voices),
    }
    for kind in KINDS:
        for candidate, signs in options[kind]:
            meant = _is_meant(candidate, message)
            if meant is not None and not reading.scope.bars(candidate.first, candidate.end):
                yield Example(kind, signs, meant, counts)


def _is_meant(candidate: Candidate, message: Message) -> bool | None:
    """Whether the message states the value, or asks back between the facts that it may be of; None if that is open."""
    facts, stated = {candidate.fact, *candidate.choices}, {**message["facts"], **declined(message)}
    if any(fact in stated and same(stated[fact], candidate.value) for fact in facts - {*message.get("optional", ())}):
        return True
    if candidate.fact == "gap" and stated.get("gap") == "both":
        return candidate.value in (Known("knowledge"), Known("behavior"))
    if candidate.fact == "task" and message.get("tasks"):
        return isinstance(candidate.value, Known) and candidate.value.value in message["tasks"]
    return None if facts & {*message.get("optional", ()), *message.get("questions", ())} else False


def learn_stacked(examples: Iterable[Example]) -> dict[Kind, Perceptron]:
    """The model of each kind of value."""
    by_kind: dict[Kind, list[Example]] = {kind: [] for kind in KINDS}
    for example in examples:
        by_kind[example.kind].append(example)
    return {kind: _learnt(rows) for kind, rows in by_kind.items()}


def _learnt(rows: Sequence[Example]) -> Perceptron:
    table = DictVectorizer(dtype=np.float32, sparse=False)
    seen, meant = table.fit_transform([one.signs for one in rows]), np.array([one.meant for one in rows])
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # so many rounds are what is wanted
        model = MLPClassifier(
            UNITS, alpha=DECAY, learning_rate_init=RATE, batch_size=BATCH, max_iter=EPOCHS, random_state=0
        ).fit(seen, meant, np.array([one.counts for one in rows]))
    (hidden, weights), (shifts, constant) = model.coefs_, model.intercepts_
    places = {name: place for place, name in enumerate(table.get_feature_names_out())}
    return Perceptron(places, hidden, shifts, weights[:, 0], float(constant[0]))
