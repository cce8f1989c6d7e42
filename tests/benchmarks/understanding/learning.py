"""Learning the linear models of the embedded reading from the labelled texts beside this file."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from agent.language.embedded.arrays import Floats
from agent.language.embedded.attribution import NONE, figure_features, stated_in, window_vectors
from agent.language.embedded.clauses import Clause, clauses_of
from agent.language.embedded.clean import clean_message
from agent.language.embedded.convolution import Convolution, words_of
from agent.language.embedded.figures import Reading, read_figures
from agent.language.embedded.judgement import AMOUNT, ANY, CORRECTION, NO_LIMIT
from agent.language.embedded.lexicon import FOLDER, mapping
from agent.language.embedded.linear import Linear
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import read_scope
from agent.language.embedded.spelling import spelling
from knowledge.facts import fact_specs
from tests.benchmarks.understanding.logistic import log_odds, words_of_rows
from tests.benchmarks.understanding.logistic import solve as solve_logistic
from tests.benchmarks.understanding.ridge import design_of, solve, unscaled
from tools.profile import FactValue, Known, Range

LABELLED = Path(__file__).parent
MESSAGES = (LABELLED / "development.jsonl", LABELLED / "blind.jsonl")
"""The labelled messages whose failures may be read; the held-out and later blind ones are never learnt from."""
STIFFNESS = 1.0
"""How strongly large weights are held back in judging figures."""
ENOUGH = 20
"""Texts that a label must have to be learnt."""
SILENT = 3
"""Of the clauses that bear nothing, one in so many is learnt from."""
LEAST = 0.3
"""Smaller weights are left out: three quarters of the file, for nothing that is heard."""
LOOKS = 2
"""Times that the clause which bears a text's label is looked for."""
CHOICES = {"gap", "task", "update_frequency"}
"""The facts with a value of several, each of which is a label."""
NONE_AT_ALL = {"labeled_examples", "annual_growth"}
"""The facts of which a text says without a number that there is none."""


@dataclass
class Row:
    """The clauses of one labelled text, the labels that hold, and the facts of which nothing is known."""

    clauses: list[Clause]
    labels: set[str]
    words: list[str]
    unknown: set[str] = field(default_factory=set)


def reading_of(message: str, asked: str | None = None) -> Reading:
    """A message made ready as in use."""
    text = read_text(clean_message(message).text, spelling().correct)
    return Reading(text, read_scope(text), asked, read_figures(text))


def exemplar_rows() -> list[Row]:
    """The labelled sentences under `knowledge/language`, each judged as one clause."""
    return [row for sentence, label in _exemplars() if (row := _exemplar(sentence, label))]


def message_rows(messages: Iterable[dict[str, Any]]) -> list[Row]:
    """Labelled messages; short answers to a question are left out, because they mean nothing without it."""
    rows = []
    for message in messages:
        reading = reading_of(message["text"], message.get("asked"))
        clauses = clauses_of(reading)
        if clauses and not (message.get("asked") and len(reading.text.tokens) < 10):
            unknown = {*message.get("optional", ()), *(["task"] if message.get("tasks") else [])}
            labels = {*_labels(message)}
            rows.append(Row(clauses, labels | set(map(_of_any, labels)), words_of(reading, clauses), unknown))
    return rows


def learn_clauses(rows: Sequence[Row]) -> Linear:
    """The model that tells what a text, or one of its clauses, states.

    It is learnt from whole texts; then the clause that it finds likeliest to bear a text's label is taken to bear it,
    and it is learnt anew from texts and clauses together, twice. What is not known of a clause counts neither way.
    """
    labels = _learnable(rows)
    texts = [set().union(*(clause.features for clause in row.clauses)) for row in rows]
    clauses = [clause.features for row in rows for clause in row.clauses]
    places, idf = _vocabulary(texts)
    words, said = words_of_rows(texts, places, idf), _stated(rows, labels)
    words_of_clauses = words_of_rows(clauses, places, idf)
    weights = solve_logistic(words, said)
    for _ in range(LOOKS):
        borne = _borne(rows, labels, log_odds(words_of_clauses, weights))
        chosen = np.flatnonzero((borne > 0).any(axis=1) | (np.arange(len(clauses)) % SILENT == 0))
        both = csr_matrix(vstack([words, words_of_clauses[chosen]]))
        weights = solve_logistic(both, np.concatenate([said, borne[chosen]]))
    weights[:-1][np.abs(weights[:-1]) < LEAST] = 0
    return Linear(labels, places, idf, weights, "")


def learn_words(rows: Sequence[Row], labels: tuple[str, ...]) -> Convolution:
    """The model that tells what a text states from its words in their order."""
    from tests.benchmarks.understanding.convolving import learn_convolution  # JAX starts threads: only where it learns

    return learn_convolution(rows, labels)


def learn_rows(answered: Iterable["Answered"]) -> Linear:
    """The model that gives each row one label."""
    features, vectors, answers = (list(column) for column in zip(*answered, strict=True))
    labels = tuple(sorted(set(answers)))
    places, idf = _vocabulary(features)
    targets = np.full((len(answers), len(labels)), -1, dtype=np.float32)
    targets[np.arange(len(answers)), [labels.index(answer) for answer in answers]] = 1
    design = design_of(features, vectors, places, idf)
    solved = solve(design, targets, np.ones_like(targets), STIFFNESS, design.zeros(len(labels)))
    return Linear(labels, places, idf, unscaled(solved, len(places)), "")


def _exemplars() -> Iterable[tuple[str, str | None]]:
    named = {"yes": "true", "no": "false"}
    for fact, answers in mapping("exemplars/flags.yaml").items():
        for answer, lines in answers.items():
            yield from ((line, f"{fact}={named.get(answer, answer)}") for line in lines.splitlines())
    for fact in ("gap", "tasks"):
        for kind, lines in mapping(f"exemplars/{fact}.yaml").items():
            yield from ((line, f"{fact.removesuffix('s')}={kind}") for line in lines.splitlines())
    yield from ((line, None) for line in mapping("exemplars/other.yaml")["other"].splitlines())
    for fact, lines in mapping("exemplars/figures.yaml").items():
        if fact != "update_frequency":
            yield from ((re.sub("[{}]", "", line), None) for line in lines.splitlines())
    for fact, answers in mapping("meanings.yaml").items():
        for answer, sentences in answers.items():
            yield from ((sentence, None if fact == "other" else f"{fact}={named[answer]}") for sentence in sentences)
    for kind, sentences in mapping("exemplars.yaml").items():
        yield from ((sentence, None if kind == "other" else f"gap={kind}") for sentence in sentences)


def _exemplar(sentence: str, label: str | None) -> Row | None:
    reading = reading_of(sentence)
    clauses = clauses_of(reading)
    if not clauses:
        return None
    longest = max(clauses, key=lambda clause: clause.end - clause.first)
    labels = {label, _of_any(label)} if label else set()
    return Row([longest], labels, words_of(reading, [longest]))


def _of_any(label: str) -> str:
    """That something is said of a fact, whatever it is: easier to tell than what."""
    return f"{label.split('=')[0]}={ANY}"


def _labels(message: dict[str, Any]) -> Iterable[str]:
    for fact, value in message["facts"].items():
        plain = value.get("value") if isinstance(value, dict) else value
        if isinstance(plain, bool):
            yield f"{fact}={str(plain).lower()}"
        elif fact == "gap" and plain == "both":
            yield from ("gap=knowledge", "gap=behavior")
        elif (fact in CHOICES and plain) or (fact in NONE_AT_ALL and plain == 0):
            yield f"{fact}={plain or 0}"
        elif fact_specs()[fact].numeric and isinstance(value, dict) and value.get("state") == NO_LIMIT:
            yield f"{fact}={NO_LIMIT}"
        elif fact_specs()[fact].numeric and (plain is not None or "low" in value):
            yield f"{fact}={AMOUNT}"
    yield from (f"task={task}" for task in message.get("tasks", ()))
    if message.get("corrects"):
        yield f"{CORRECTION}=true"


def _learnable(rows: Sequence[Row]) -> tuple[str, ...]:
    """The labels of enough texts; that a fact is spoken of only where it has several values."""
    texts = Counter(label for row in rows for label in row.labels)
    kept = [label for label, count in texts.items() if count >= ENOUGH]
    values = Counter(label.split("=")[0] for label in kept)
    return tuple(sorted(label for label in kept if not label.endswith(f"={ANY}") or values[label.split("=")[0]] > 2))


def _vocabulary(rows: Sequence[Iterable[str]]) -> tuple[dict[str, int], Floats]:
    """Features that occur in two rows at least, with how rare they are."""
    counts = Counter(feature for row in rows for feature in row)
    kept = sorted(feature for feature, count in counts.items() if count > 1)
    idf = np.array([np.log(len(rows) / counts[feature]) + 0.1 for feature in kept], dtype=np.float32)
    return {feature: place for place, feature in enumerate(kept)}, idf


def _stated(rows: Sequence[Row], labels: tuple[str, ...]) -> Floats:
    """For each text 1 where a label holds, -1 where it does not, 0 where that is not known."""
    holds = np.array([[label in row.labels for label in labels] for row in rows])
    unknown = np.array([[label.split("=")[0] in row.unknown for label in labels] for row in rows])
    return np.where(holds, 1, np.where(unknown, 0, -1)).astype(np.float32)


def _borne(rows: Sequence[Row], labels: tuple[str, ...], scores: Floats) -> Floats:
    """The same for each clause: of a text's clauses, the one with the highest score bears its label."""
    stated = _stated(rows, labels)
    borne = np.repeat(np.where(stated > 0, 0, stated), [len(row.clauses) for row in rows], axis=0)
    start = 0
    for row, holds in zip(rows, stated > 0, strict=True):
        own = slice(start, start + len(row.clauses))
        borne[start + np.argmax(scores[own][:, holds], axis=0), np.flatnonzero(holds)] = 1
        start = own.stop
    return borne


Answered = tuple[frozenset[str], Floats, str]
"""What is seen of a figure, and the fact that it states."""


def figure_exemplars() -> Iterable[Answered]:
    """The labelled sentences with numbers; braces mark the number that is meant where there are several."""
    for fact, lines in mapping("exemplars/figures.yaml").items():
        for line in lines.splitlines():
            reading = reading_of(re.sub("[{}]", "", line))
            meant = re.search(r"\{(.*?)\}", line)
            found = stated_in(reading)
            for stated, vector in zip(found, window_vectors(reading, found), strict=True):
                start = reading.text.tokens[stated.first].start
                chosen = meant is None or meant.start() <= start < meant.end() - 2
                if fact in stated.values or fact == NONE or not chosen:
                    answer = fact if chosen and fact in stated.values else NONE
                    yield figure_features(reading, stated), vector, answer


def figures_of(messages: Iterable[dict[str, Any]]) -> Iterable[Answered]:
    """The figures of labelled messages; a figure states the fact whose labelled value it gives.

    What is asked or supposed in a what-if is left out: in use the scopes see to it, or it is read as if it were so.
    """
    for message in messages:
        reading = reading_of(message["text"], message.get("asked"))
        found = stated_in(reading)
        for stated, vector in zip(found, window_vectors(reading, found), strict=True):
            if reading.scope.bars(stated.first, stated.end):
                continue
            named = [fact for fact, value in stated.values.items() if _gives(value, message["facts"].get(fact))]
            open_ends = {*message.get("optional", ()), *message.get("questions", ())}
            if named or not open_ends & {*stated.values}:
                answer = named[0] if named else NONE
                yield figure_features(reading, stated), vector, answer


def _gives(value: FactValue, label: Any) -> bool:
    """Whether a value is the labelled one, within one per cent."""
    if label is None:
        return False
    plain = label.get("value", label) if isinstance(label, dict) else label
    if isinstance(value, Known):
        if isinstance(value.value, str) or isinstance(plain, str | dict):
            return bool(value.value == plain)
        return abs(float(value.value) - float(plain)) <= 0.01 * abs(float(plain))
    if isinstance(value, Range) and isinstance(plain, dict) and "low" in plain:
        return all(abs(a - b) <= 0.01 * abs(b) for a, b in ((value.low, plain["low"]), (value.high, plain["high"])))
    return False


def sources() -> list[Path]:
    """The files of labelled messages and sentences that the models learn from."""
    sentences = [*sorted((FOLDER / "exemplars").glob("*.yaml")), FOLDER / "meanings.yaml", FOLDER / "exemplars.yaml"]
    return [*sentences, *MESSAGES]


def fingerprint() -> str:
    """What the models are learnt from, in short."""
    parts = (path.read_text(encoding="utf-8") for path in sources())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def read_messages(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of labelled messages."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
