#!/usr/bin/env python3
"""Draws pairs of a memo's sentence and a claim it cites, for a person to judge whether the claim supports it.

    python -m tests.benchmarks.citation_pairs --number 200 --seed 1 > first.jsonl
    python -m tests.benchmarks.citation_pairs --number 200 --seed 2 --except first.jsonl > second.jsonl

The memos are those of the articles' cases and of random profiles. A pair is a sentence as it stands in the memo, the
option it speaks of and one cited claim; each is drawn once, and a pair of the files given with `--except` never.
`beside` holds the other claims of the sentence, since several may support it together; `own_words` is false where the
sentence is the claim's text itself. Afterwards `--judged LABELS` counts labels: a JSON line each with `number` and
`label` (full, partial, none or contradicts).
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from agent.memo.compose import write_memo
from agent.memo.outline import Citation, Memo, Sentence
from knowledge.claims import load_claims
from tests.agent.memo.made_advice import AS_OF
from tests.agent.memo.situations import article_cases, random_profile
from tools.advice import advise
from tools.profile import parse_profile

Pair = dict[str, Any]
FIGURE = re.compile(r"\d[\d,.]*")


def memos(profiles: int, seed: int) -> Iterator[Memo]:
    """The memos of the articles' cases and of so many random profiles."""
    drawn = [random_profile(1000 * seed + number) for number in range(profiles)]
    for profile in (*article_cases().values(), *drawn):
        yield write_memo(advise(parse_profile(profile), AS_OF), {})


def pairs_of(memo: Memo) -> Iterator[Pair]:
    """Every pair of a sentence and a claim in a memo."""
    for section, sentence in memo.sentences():
        for citation in sentence.citations:
            yield _pair(section, sentence, citation)


def _pair(section: str, sentence: Sentence, citation: Citation) -> Pair:
    claim = load_claims()[citation.claim]
    shown = sentence.text.strip()
    return {
        "sentence": shown,
        "option": citation.option,
        "claim": claim.id,
        "text": claim.text,
        "verdict": claim.verdict,
        "conditions": claim.conditions,
        "section": section,
        "beside": [other.claim for other in sentence.citations if other.claim != claim.id],
        "own_words": shown.rstrip(".") != claim.text.strip().rstrip("."),
    }


def key(pair: Pair) -> tuple[str, ...]:
    """What makes a pair another one: the sentence whatever its figures are, the option and the claim."""
    return FIGURE.sub("#", str(pair["sentence"])), str(pair["option"]), str(pair["claim"])


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def draw(found: Iterable[Pair], number: int, seed: int, seen: set[tuple[str, ...]]) -> list[Pair]:
    """So many of the pairs at random, each once and none of those seen before."""
    distinct = {key(pair): pair for pair in found if key(pair) not in seen}
    names = sorted(distinct)
    chance = random.Random(seed)  # noqa: S311  (a measurement's draw)
    return [distinct[name] for name in chance.sample(names, min(number, len(names)))]


def judged(path: Path) -> str:
    """The shares of the labels of a file, in one line."""
    labels = Counter(str(line["label"]) for line in read_lines(path))
    total = labels.total()
    shares = (f"{label} {labels[label]} ({labels[label] / total:.1%})" for label in sorted(labels))
    return f"{total} pairs: {', '.join(shares)}"


def main() -> None:
    """Prints the pairs drawn as JSON lines, or counts labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=200, help="pairs to draw")
    parser.add_argument("--profiles", type=int, default=60, help="random profiles beside the articles' cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--except", dest="seen", type=Path, action="append", default=[], help="pairs drawn before")
    parser.add_argument("--judged", type=Path, help="count the labels of this file instead")
    arguments = parser.parse_args()
    if arguments.judged:
        print(judged(arguments.judged))
        return
    seen = {key(pair) for path in arguments.seen for pair in read_lines(path)}
    found = [pair for memo in memos(arguments.profiles, arguments.seed) for pair in pairs_of(memo)]
    for number, pair in enumerate(draw(found, arguments.number, arguments.seed, seen), 1):
        print(json.dumps({"number": number, **pair}, ensure_ascii=False))


if __name__ == "__main__":
    main()
