#!/usr/bin/env python3
"""What a language model may and may not do, and what it costs in time; prints a table. No model is needed.

    python -m tests.benchmarks.model --lies 10000 --turns 150

A peer on this machine plays the model over real HTTP. *Lies*: whole consultations with a model that lies in every reply
(numbers in digits and words, false quotes, invented citations and links, other options, turned verdicts, wild tool
arguments), until enough were told; every reply, memo and export is searched for them, and facts, decision and ledger
are compared with a consultation without a model. *Subtle lies*: sentences that differ from a true one in one place (a
number, two numbers or options exchanged, an option, a negation, an opposite). *Careful claims*: what a careful reader
claims of messages in unusual words, by hand, and how much of it the rule of evidence lets through. *Attribution*: true
quotes claimed for wrong facts: six of them at random for each message, and the worst that can be done by choosing, for
every wrong fact, among all clauses and values. *Time*: our own share of a turn, and from a sentence's
last token to the door; in processor time and by the clock, which needs a quiet machine.
"""

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Semaphore
from typing import Any

from agent.consultation import Consultant
from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.anchoring import faults
from agent.language.model.evidence import Witness
from agent.language.model.understanding import joined, parse_read, readable
from agent.language.port import Understanding
from agent.memo.compose import write_memo
from agent.memo.numerals import numerals
from agent.memo.proof import prove
from agent.protocol import Answered, Commanded, Message, Said, Turn
from agent.settings import load_settings
from knowledge.claims import load_claims
from knowledge.facts import fact_specs
from knowledge.library import open_searcher
from knowledge.options import LABELS
from knowledge.search import Searcher
from tests.agent.language.model.scripted import Liar, claim, helpful
from tests.peers.model import ModelPeer, Reply, Request, asked_for
from tools.advice import advise
from tools.profile import parse_profile

LABELLED = Path(__file__).parent / "understanding"
CLAIMS = Path(__file__).parent / "model_claims.jsonl"
OPPOSITES = [
    ("more", "less"), ("higher", "lower"), ("better", "worse"), ("cheaper", "dearer"), ("faster", "slower"),
    ("above", "below"), ("before", "after"), ("with", "without"), ("can", "cannot"), ("rises", "falls"),
    ("always", "never"), ("most", "least"), ("large", "small"), ("increase", "decrease"),
]  # fmt: skip
TALK: list[Message] = [
    Said("A support bot over 300 pages of product manuals that change every week; it does not know our products."),
    Said("About 10k questions a day, and every answer must cite its source."),
    Said("What does reranking do for retrieval?"),
    Answered({"latency_budget_ms": 3000}),
    Said("Why not fine-tuning? And what if the manuals changed every hour?"),
    Commanded("memo"),
]

TURNS: list[Message] = [
    TALK[0],
    Said("About 10k questions a day come in from our shops."),
    Said("Every answer must cite its source, and nobody may wait longer than three seconds."),
    TALK[3],
    Said("Actually make it 12,000 questions a day."),
    Said("The documents hold names and addresses of patients; our auditors read every reply."),
    Said("Nobody here has ever trained a model, and it has to be live in ten weeks."),
]
"""What a session of the time measurement says: descriptions, answers and a correction."""


@dataclass(frozen=True)
class Held:
    """A consultation that was held: its turns and its export."""

    turns: list[Turn]
    export: dict[str, Any]

    @property
    def substance(self) -> str:
        """What it came to, apart from words."""
        kept = [
            {name: value for name, value in turn.document().items() if name not in ("session", "reply", "memo")}
            for turn in self.turns
        ]
        return json.dumps([kept, self.export["ledger"]])

    @property
    def text(self) -> str:
        """Everything that was shown or stored."""
        return json.dumps(self.export) + "".join(turn.reply + (turn.memo or "") for turn in self.turns)

    @property
    def record(self) -> str:
        """The decision record on its facts."""
        facts = {name: one["value"] for name, one in self.turns[-1].facts.items() if one["value"] is not None}
        return json.dumps(advise(parse_profile(facts), load_settings().date()).record())


def held(searcher: Searcher, peer: ModelPeer | None, talk: list[Message] = TALK) -> Held:
    """Holds a consultation in a folder of its own."""
    flags: dict[str, Any] = {"home": Path(tempfile.mkdtemp())}
    if peer is not None:
        flags |= {"language_model": "scripted", "OPENAI_BASE_URL": peer.base_url, "model_tokens_per_session": 10**9}
    consultant = Consultant(load_settings(**flags), searcher=searcher)
    turns = [consultant.start()]
    turns += [consultant.send(turns[0].session, message) for message in talk]
    export = consultant.export(turns[0].session)
    consultant.close()
    return Held(turns, export)


def lies(searcher: Searcher, wanted: int) -> Iterator[str]:
    """Consultations with a liar until enough lies were told."""
    plain, seen = held(searcher, None), Counter[str]()
    while seen["told"] < wanted:
        liar = Liar(seed=seen["talks"])
        with ModelPeer(liar) as peer:
            talk = held(searcher, peer)
        seen["talks"] += 1
        seen["told"] += liar.told
        seen["shown or stored"] += sum(lie in talk.text for lie in liar.lies)
        seen["other facts or advice"] += talk.substance != plain.substance
        seen["other record"] += talk.record != plain.record
        seen["memo not proven"] += not prove(talk.turns[-1].memo or "").passed
    yield f"lies over HTTP: {seen['told']:,} in {seen['talks']} consultations"
    for name in ("shown or stored", "other facts or advice", "other record", "memo not proven"):
        yield f"  {name}: {seen[name]}"


def subtle_lies() -> Iterator[str]:
    """Sentences of the memo and claims, changed in one place; how many would stand."""
    memo = write_memo(advise(parse_profile({"gap": "knowledge", "queries_per_day": 900}), load_settings().date()), {})
    claims = [one.text for source in load_claims().sources.values() for one in source.claims]
    truths = [*dict.fromkeys(sentence.text.strip() for _, sentence in memo.sentences()), *claims]
    made, passed = Counter[str](), Counter[str]()
    examples: dict[str, str] = {}
    for truth in truths:
        for kind, lie in _subtle(truth):
            made[kind] += 1
            if not faults(lie, truth):
                passed[kind] += 1
                examples.setdefault(kind, lie)
    yield f"subtle lies: {made.total():,} sentences that differ from a true one in one place"
    for kind in made:
        example = f"; such as: {examples[kind][:110]}" if kind in examples else ""
        yield f"  {kind}: {passed[kind]} of {made[kind]} would stand{example}"


def _subtle(  # noqa: C901  (one kind of lie after the other)
    truth: str,
) -> Iterator[tuple[str, str]]:
    found = numerals(truth)
    for one in found:
        other = next((each.text for each in found if each.value != one.value), "37")
        yield "number", truth[: one.span[0]] + other + truth[one.span[1] :]
    for option, label in LABELS.items():
        name = label.partition(" (")[0]
        for rival in (text.partition(" (")[0] for other, text in LABELS.items() if other != option):
            if name in truth and rival in truth and rival not in name and name not in rival:
                yield "exchange", truth.replace(name, "\0").replace(rival, name).replace("\0", rival)
        if name in truth:
            rivals = [text.partition(" (")[0] for other, text in LABELS.items() if other != option]
            yield from (("option", truth.replace(name, rival)) for rival in rivals if rival not in truth)
    if len(found) > 1 and found[0].value != found[-1].value:
        first, last = found[0], found[-1]
        between = truth[first.span[1] : last.span[0]]
        yield "exchange", truth[: first.span[0]] + last.text + between + first.text + truth[last.span[1] :]
    for verb in (" is ", " are ", " can ", " does ", " needs ", " helps "):
        if verb in truth:
            yield "negation", truth.replace(verb, f"{verb}not ", 1)
    padded = f" {truth} "
    for pair in OPPOSITES:
        for word, opposite in (pair, pair[::-1]):
            if f" {word} " in padded:
                yield "opposite", padded.replace(f" {word} ", f" {opposite} ", 1).strip()


def careful_claims() -> Iterator[str]:
    """What a careful reader claims of hard messages; how much the embedded language reads, and with the claims."""
    embedded, nothing, seen = EmbeddedLanguage(), parse_profile({}), Counter[str]()
    for line in CLAIMS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        plain = embedded.understand(row["text"], row["asked"], nothing)
        claims = [claim(fact, value, quote) for fact, value, quote in row["claims"]]
        witness = Witness(row["text"], row["asked"], embedded)
        best = joined(plain, parse_read({"facts": claims, "question": None}), witness)
        for one in claims:
            seen["claims"] += 1
            seen["read without a model"] += plain.value(one["fact"]) is not None
            seen["read with them"] += best.value(one["fact"]) is not None
    yield "careful claims: " + ", ".join(f"{words} {count:,}" for words, count in seen.items())


def attribution(name: str) -> Iterator[str]:
    """True quotes for wrong facts: at random, and the best choice of clause and value for every wrong fact."""
    embedded, chance, seen = EmbeddedLanguage(), random.Random(1), Counter[str]()  # noqa: S311
    nothing = parse_profile({})
    for line in (LABELLED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        witness = Witness(row["text"], row.get("asked"), embedded)
        plain = embedded.understand(row["text"], row.get("asked"), nothing)
        quotes = [row["text"][:400].strip(), *_clauses(row["text"])]
        spared = {*row["facts"], *row.get("optional", []), *(said.fact for said in plain.statements)}
        wrong = [spec.name for spec in readable() if spec.name not in spared]
        for fact in chance.sample(wrong, min(6, len(wrong))):
            seen["random wrong claims"] += 1
            quote = chance.choice(quotes)
            seen["stored of them"] += _taken(plain, witness, claim(fact, chance.choice(_values(fact, quote)), quote))
        for fact in wrong:
            seen["wrong facts"] += 1
            claims = (claim(fact, value, quote) for quote in quotes for value in _values(fact, quote))
            seen["with a claim that would be stored"] += any(_taken(plain, witness, one) for one in claims)
    yield f"attribution, {name}: " + ", ".join(f"{words} {count:,}" for words, count in seen.items())


def _clauses(message: str) -> list[str]:
    """Sentences and their parts, as quotes."""
    sentences = [one.strip() for one in re.split(r"(?<=[.!?;])\s+|\n", message)]
    parts = [part.strip() for one in sentences for part in re.split(r",\s+|\s+(?:and|but|because|so)\s+|[:()]", one)]
    return [one[:400] for one in dict.fromkeys([*sentences, *parts]) if len(one.split()) > 1]


def _values(fact: str, quote: str) -> list[Any]:
    spec = fact_specs()[fact]
    if spec.numeric:
        return [one.value for one in numerals(quote)] or [7]
    return [True, False] if spec.kind == "flag" else list(spec.codes)


def _taken(plain: Understanding, witness: Witness, one: dict[str, Any]) -> bool:
    return joined(plain, parse_read({"facts": [one], "question": None}), witness).value(one["fact"]) is not None


def own_time(searcher: Searcher, turns: int) -> Iterator[str]:
    """Our own share of a turn with a model whose endpoint answers at once: all of the turn but waiting.

    The processor time is that of the thread that answers, which also makes the model's calls; the peer has its own.
    """
    took: dict[str, list[float]] = {"processor": [], "clock": []}
    with ModelPeer(helpful()) as peer, closing(_consultant(searcher, peer)) as consultant:
        for number in range(turns + 2):
            if number % len(TURNS) == 0:
                session = consultant.start().session
            message = TURNS[number % len(TURNS)]
            started = time.thread_time(), time.perf_counter()
            consultant.send(session, message)
            ended = time.thread_time(), time.perf_counter()
            if number >= 2:  # the first load what all others use
                for name, before, after in zip(took, started, ended, strict=True):
                    took[name].append((after - before) * 1_000)
    for name, times in took.items():
        yield f"own share of a turn, {name}: p50 {statistics.median(times):.1f} ms, p95 {_p95(times):.1f} ms of {turns}"


def to_the_door(searcher: Searcher, times: int) -> Iterator[str]:
    """From the moment the server has sent a sentence's last token until the door has the sentence."""
    sent: list[float] = []
    came: list[float] = []
    heard = Semaphore(0)

    def on_line() -> None:
        sent.append(time.perf_counter())
        heard.acquire(timeout=5)

    def reply(request: Request) -> Reply:
        answer = helpful()(request)
        told = asked_for(request) == "explain" and answer.content is not None
        return replace(answer, content=f"{answer.content}\n", on_line=on_line) if told else answer

    def hear(piece: str) -> None:
        if not piece.startswith("\n"):  # the question that follows in a paragraph of its own was not streamed
            came.append(time.perf_counter())
            heard.release()

    with ModelPeer(reply) as peer, closing(_consultant(searcher, peer)) as consultant:
        session = consultant.start().session
        consultant.send(session, TALK[0])
        for _ in range(times):
            consultant.send(session, TALK[2], hear=hear)
    waits = [(there - gone) * 1_000 for gone, there in zip(sent, came, strict=True)]
    yield f"last token to the door: p50 {statistics.median(waits):.1f} ms, p95 {_p95(waits):.1f} ms of {len(waits)}"


def _consultant(searcher: Searcher, peer: ModelPeer) -> Consultant:
    flags: dict[str, Any] = {"language_model": "scripted", "OPENAI_BASE_URL": peer.base_url}
    home = Path(tempfile.mkdtemp())
    return Consultant(load_settings(home=home, model_tokens_per_session=10**9, **flags), searcher=searcher)


def _p95(times: list[float]) -> float:
    return sorted(times)[max(int(len(times) * 0.95) - 1, 0)]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lies", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=150)
    parser.add_argument("--only", choices=["time", "lies"])
    chosen = parser.parse_args()
    searcher = open_searcher(Path(tempfile.mkdtemp()))
    measured = [own_time(searcher, chosen.turns), to_the_door(searcher, 20)]
    lied = [subtle_lies(), careful_claims(), attribution("blind_a"), attribution("held_out")]
    for part in [
        *(measured if chosen.only != "lies" else []),
        *([*lied, lies(searcher, chosen.lies)] if chosen.only != "time" else []),
    ]:
        for line in part:
            print(line, flush=True)


if __name__ == "__main__":
    main()
