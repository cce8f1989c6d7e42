"""Writing habits that must not change what is read: case, punctuation, order, contractions, spelling, one slip."""

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent.language.embedded.understand import EmbeddedLanguage
from tools.profile import FactValue, parse_profile

ROWS = Path(__file__).parents[2] / "benchmarks" / "understanding" / "development.jsonl"
LANGUAGE = EmbeddedLanguage()
READ = 1_500
"""Messages that are read, spread evenly over the set."""
ENOUGH = 0.95
CONTRACTED = [("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("are not", "aren't"),
              ("we have", "we've"), ("it is", "it's"), ("cannot", "can't"), ("we are", "we're")]  # fmt: skip
BRITISH = [("labelled", "labeled"), ("behaviour", "behavior"), ("catalogue", "catalog"), ("categorised", "categorized"),
           ("summarise", "summarize"), ("centre", "center"), ("licence", "license"), ("organisation", "organization"),
           ("anonymised", "anonymized"), ("categorise", "categorize"), ("prioritise", "prioritize")]  # fmt: skip


def messages() -> list[str]:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    skipped = {"answers", "corrections", "intents", "foreign", "injection", "nothing"}
    texts = [row["text"] for row in rows if row["category"] not in skipped and row["facts"]]
    return texts[:: len(texts) // READ]


@cache
def read(message: str) -> dict[str, FactValue]:
    said = LANGUAGE.understand(message, None, parse_profile({})).statements
    return {statement.fact: statement.value for statement in said if statement.fact != "use_case"}


def agreement(change: Callable[[str], str], texts: list[str]) -> tuple[float, list[Any]]:
    changed = [(text, change(text)) for text in texts]
    pairs = [(before, after) for before, after in changed if before != after]
    broken = [(after, read(before), read(after)) for before, after in pairs if read(before) != read(after)]
    assert pairs
    return 1 - len(broken) / len(pairs), broken


def without_final_stop(text: str) -> str:
    return text.rstrip(".!")


def with_extra_marks(text: str) -> str:
    return text.rstrip(".") + " !!"


def contracted(text: str) -> str:
    for long, short in CONTRACTED:
        text = text.replace(long, short)
    return text


def written_out(text: str) -> str:
    for long, short in CONTRACTED:
        text = text.replace(short, long)
    return text


def american(text: str) -> str:
    for british, other in BRITISH:
        text = text.replace(british, other)
    return text


def curly(text: str) -> str:
    return text.replace("'", "’")


def with_a_slip(text: str) -> str:
    """One pair of letters swapped, or one letter doubled or left out, inside one long word of the message."""
    chance = random.Random(text)  # noqa: S311  (the same slip every time)
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= 7 and word.isalpha()]
    if not long:
        return text
    index = chance.choice(long)
    word, place = words[index], chance.randrange(1, len(words[index]) - 2)
    words[index] = chance.choice(
        [
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1 :],
        ]
    )
    return " ".join(words)


@pytest.mark.parametrize(
    "change",
    [str.lower, str.upper, without_final_stop, with_extra_marks, contracted, written_out, american, curly, with_a_slip],
    ids=lambda change: str(change.__name__),
)
def test_the_facts_stay_the_same_under(change: Callable[[str], str]) -> None:
    share, broken = agreement(change, messages())
    assert share >= ENOUGH, "\n".join(map(str, broken))


PARTS = ["500 requests a day", "300 pages of docs", "updated weekly", "sources required", "no PII", "2 ML engineers",
         "800 labelled examples", "p95 under 2 seconds", "$1,000 a month budget", "live in six weeks"]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_a_list_does_not_matter(seed: int) -> None:
    shuffled = list(PARTS)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  (any order will do)
    assert read("; ".join(shuffled)) == read("; ".join(PARTS))


def test_each_part_of_a_list_is_read() -> None:
    assert len(read("; ".join(PARTS))) == len(PARTS)
