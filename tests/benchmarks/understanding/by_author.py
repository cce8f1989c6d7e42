"""Measures the reading of each author's labelled messages with models that learnt from others alone.

    python tests/benchmarks/understanding/by_author.py [author ...] [--with name=path.jsonl ...] [--facts]

The authors named are left out together; without names all are, in turn, some at a time. Learning takes some minutes.

This is the judge of every change to features, learning and limits: figures on messages that were learnt from say
nothing about the next author. Phrases and rules are not left out, so what was mended after reading an author's failures
counts in that author's favour.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import partial
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

from agent.language.embedded import attribution, voices
from agent.language.embedded.convolution import Convolution
from agent.language.embedded.linear import Linear
from tests.benchmarks.understanding import learning
from tests.benchmarks.understanding.measure import Score, measure

Message = dict[str, Any]
COUNTS = ("right", "wrong_value", "missed", "invented")
TURNS = 5
"""Times that the models are learnt to leave out every author once."""
Models = tuple[Linear, Convolution, Linear]
"""The models of clauses, of words and of figures."""
OUTCOMES = ("corrections", "gaps", "intents", "asked_back", "tasks")


def author_of(message: Message) -> str:
    """Who wrote a message: a letter, `blind` or, for the author of the phrases, `own`."""
    return str(message.get("by") or ("own" if message["id"].startswith("d") else "blind"))


class Folds:
    """Labelled messages with what is seen of them, worked out once for all folds."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = list(messages)
        self._exemplars = learning.exemplar_rows()
        self._rows = [learning.message_rows([message]) for message in self.messages]
        self._figure_exemplars = list(learning.figure_exemplars())
        self._figures = [list(learning.figures_of([message])) for message in self.messages]

    def without(self, left_out: Callable[[Message], bool]) -> Models:
        """The models that learnt from all messages but some."""
        kept = [not left_out(message) for message in self.messages]
        rows = [*self._exemplars, *(row for rows in compress(self._rows, kept) for row in rows)]
        figures = [figure for found in compress(self._figures, kept) for figure in found]
        clauses = learning.learn_clauses(rows)
        words = learning.learn_words(rows, clauses.labels)
        return clauses, words, learning.learn_rows([*self._figure_exemplars, *figures])

    def of(self, author: str) -> list[Message]:
        """The messages of one author."""
        return [message for message in self.messages if author_of(message) == author]


def _is_by(authors: Collection[str], message: Message) -> bool:
    return author_of(message) in authors


def use(clauses: Linear, words: Convolution, figures: Linear) -> None:
    """Reads with these models from here on instead of the ones that are shipped."""
    voices._model = lambda: clauses  # type: ignore[assignment]
    voices._model_of_words = lambda: words  # type: ignore[assignment]
    attribution._model = lambda: figures  # type: ignore[assignment]


def summed(scores: Iterable[Score]) -> Score:
    """All authors' counts as one."""
    total = Score()
    for score in scores:
        for name in COUNTS:
            getattr(total, name).update(getattr(score, name))
        for name in OUTCOMES:
            getattr(total, name).extend(getattr(score, name))
        total.messages += score.messages
        total.messages_with_invention += score.messages_with_invention
    return total


def line(name: str, score: Score) -> str:
    """One author's figures."""
    right, wrong, missed, invented = (sum(getattr(score, count).values()) for count in COUNTS)
    precision, recall = right / max(1, right + wrong + invented), right / max(1, right + wrong + missed)
    shares = [sum(outcomes) / len(outcomes) if outcomes else 1.0 for outcomes in (score.corrections, score.gaps)]
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return (
        f"{name:6} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} "
        f"values {right / max(1, right + wrong):.3f} invented {score.messages_with_invention / score.messages:.3f} "
        f"corrections {shares[0]:.2f} gap {shares[1]:.2f} tasks {sum(score.tasks)} of {len(score.tasks)}"
    )


def facts(score: Score) -> str:
    """The counts of each fact, those missed most often first."""
    counts: list[Counter[str]] = [getattr(score, name) for name in COUNTS]
    named = sorted(set().union(*counts), key=lambda fact: (-score.missed[fact], fact))
    rows = [f"{fact:24}" + "".join(f"{count[fact]:>13}" for count in counts) for fact in named]
    return "\n".join([f"{'fact':24}" + "".join(f"{name:>13}" for name in COUNTS), *rows])


def _messages(further: Iterable[str]) -> list[Message]:
    messages = [message for path in learning.MESSAGES for message in learning.read_messages(path)]
    for named in further:
        author, path = named.split("=", 1)
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        messages += [{**json.loads(line), "by": author} for line in lines if line.strip()]
    return messages


def _main(arguments: list[str]) -> None:
    further = [after for option, after in pairwise(arguments) if option == "--with"]
    chosen = [one for one in arguments if not one.startswith("--") and one not in further]
    folds = Folds(_messages(further))
    authors = sorted({author_of(message) for message in folds.messages} - {"own"})
    scores = []
    for left_out in [chosen] if chosen else [authors[start::TURNS] for start in range(TURNS)]:
        use(*folds.without(partial(_is_by, left_out)))
        for author in left_out:
            scores.append(measure(folds.of(author)))
            print(line(author, scores[-1]), flush=True)
    print(line("all", summed(scores)))
    if "--facts" in arguments:
        print(facts(summed(scores)))


if __name__ == "__main__":
    _main(sys.argv[1:])
