#!/usr/bin/env python3
"""How well the verifier guards memos, how long they take and how long they are to read; prints a table.

    python -m tests.benchmarks.memo --profiles 300 --files 6

Every memo of the articles' cases and of random profiles is checked; then every number is changed in turn and every
citation swapped for one of another option or topic (checked sentence by sentence), and a sample of the same changes is
made to the files as they are received, Markdown and JSON (computed again).
"""

import argparse
import random
import re
import time
from collections import Counter
from functools import cache
from typing import Any

from agent.memo.compose import write_memo
from agent.memo.document import render_json
from agent.memo.grounds import Grounds
from agent.memo.markdown import render_markdown
from agent.memo.numerals import numerals
from agent.memo.outline import Memo
from agent.memo.proof import prove
from agent.memo.verify import check_sentence, verify_memo
from knowledge.claims import load_claims
from knowledge.errors import ConsultError
from tests.agent.memo.made_advice import AS_OF
from tests.agent.memo.mutations import changed_numeral, spoiled_sentences, swapped_citations
from tests.agent.memo.situations import article_cases, random_profile
from tools.advice import advise
from tools.profile import parse_profile
from ui.render import SUFFIXES, render

WORD = re.compile(r"[A-Za-z][\w'’-]*")


def guard(memo: Memo, chance: random.Random, seen: Counter[str]) -> None:
    """Changes every number and swaps every citation of a memo, and counts what is caught."""
    grounds, claims = Grounds(memo.grounds, memo.spelling), load_claims()
    for _, sentence in memo.sentences():
        for spoiled in spoiled_sentences(sentence, chance):
            seen["numbers"] += 1
            seen["numbers caught"] += bool(check_sentence(spoiled, grounds, claims))
        for spoiled in swapped_citations(sentence, claims, chance):
            seen["citations"] += 1
            seen["citations caught"] += bool(check_sentence(spoiled, grounds, claims))


def guard_files(memo: Memo, chance: random.Random, sample: int, seen: Counter[str]) -> None:
    """Changes some numbers and citations of a memo's files, and counts what is caught on receipt."""

    @cache
    def once(key: str, day: Any) -> Any:
        return advise(parse_profile(memo.grounds["profile"]), day)

    def again(profile: Any, day: Any) -> Any:
        same = profile.document() == memo.grounds["profile"]
        return once("", day) if same else advise(profile, day)

    for name, text in (("markdown", render_markdown(memo)), ("json", render_json(memo))):
        for found in chance.sample(numerals(text), sample):
            start, end = found.span
            spoiled = text[:start] + changed_numeral(found.text, chance) + text[end:]
            seen[f"{name} files"] += 1
            try:
                seen[f"{name} files caught"] += not prove(spoiled, again).passed
            except ConsultError as error:
                seen[f"{name} files caught"] += 1
                seen[f"refused: {type(error).__name__}"] += 1


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=40, help="random profiles beside the articles' cases")
    parser.add_argument("--files", type=int, default=3, help="changes made to each file of every tenth memo")
    arguments = parser.parse_args()
    profiles = {**article_cases(), **{f"random-{seed}": random_profile(seed) for seed in range(arguments.profiles)}}
    chance, seen = random.Random(7), Counter[str]()  # noqa: S311  (a measurement's draw)
    words, markdown_s, failed = [], [], []
    formats: dict[str, list[float]] = {suffix: [] for suffix in SUFFIXES}
    for number, (name, profile) in enumerate(profiles.items()):
        advice = advise(parse_profile(profile), AS_OF)
        advice.document()
        start = time.perf_counter()
        memo = write_memo(advice, {})
        text = render_markdown(memo)
        markdown_s.append(time.perf_counter() - start)
        report = verify_memo(memo)
        if memo.replaced or not report.passed:
            failed.append(name)
        words.append(len(WORD.findall(text.split("## Appendix")[0])))
        guard(memo, chance, seen)
        if number % 10 == 0:
            guard_files(memo, chance, arguments.files, seen)
            for suffix in SUFFIXES:
                start = time.perf_counter()
                render(memo, suffix)
                formats[suffix].append(time.perf_counter() - start)
    print(f"memos {len(profiles)}, not passing {len(failed)} {failed[:5]}")
    for kind in ("numbers", "citations", "markdown files", "json files"):
        if seen[kind]:
            print(f"{kind:<16} {seen[kind]:>8} changed, {100 * seen[f'{kind} caught'] / seen[kind]:.3f} % caught")
    print({key: count for key, count in seen.items() if key.startswith("refused")})
    words.sort()
    print(f"words of the main part: median {words[len(words) // 2]}, most {words[-1]}")
    formats["composed, verified, in Markdown"] = markdown_s
    for suffix, took in formats.items():
        took.sort()
        print(f"{suffix:<32} median {1000 * took[len(took) // 2]:.0f} ms, most {1000 * took[-1]:.0f} ms")


if __name__ == "__main__":
    main()
