"""Measures the search: quality on labelled questions, refusal of what nothing answers, speed and size.

    python -m tests.benchmarks.retrieval [--articles FOLDER] [--scale 100000] [--splits]

The articles are not part of the project. Name their folder with --articles or CONSULT_ARTICLES; without
them only the questions over the built-in claims are measured.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embedding import EmbeddedEmbedder, Vectors
from knowledge.index.passage import Passage
from knowledge.ingest.chunks import Chunk
from knowledge.ingest.run import documents_index, ingest
from knowledge.ingest.store import Document, DocumentStore
from knowledge.lexical import LexicalIndex, terms
from knowledge.library import claim_passages, open_searcher
from knowledge.retrieval import parameters
from knowledge.search import Searcher, evidence, fuse, top

HERE = Path(__file__).parent
QUESTIONS = HERE / "retrieval_questions.jsonl"
DEFAULT_ARTICLES = HERE.parent.parent.parent / "shared" / "sources"
ARTICLES = {
    "premai": "000_",
    "dashboardhub": "001_",
    "netvionix": "002_",
    "productstudio": "003_",
    "ninjastudio": "004_",
}
K = 10

Ranking = list[int]


@dataclass(frozen=True)
class Question:
    """A labelled question: the passages that answer it, as claim ids or as short locators in an article."""

    id: str
    over: str
    kind: str
    text: str
    gold: tuple[str | tuple[str, str], ...]


def questions() -> list[Question]:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [
        Question(row["id"], row["over"], row["kind"], row["question"], tuple(_gold(gold) for gold in row["gold"]))
        for row in rows
    ]


def _gold(gold: str | dict[str, str]) -> str | tuple[str, str]:
    return gold if isinstance(gold, str) else (gold["source"], _plain(gold["near"]))


def _plain(text: str) -> str:
    for curly, straight in (("’", "'"), ("“", '"'), ("”", '"')):
        text = text.replace(curly, straight)
    return " ".join(text.lower().split())


def relevant_rows(question: Question, passages: Sequence[Passage]) -> set[int]:
    """The rows that answer the question: named claims, and passages in which a locator stands."""
    found = set()
    for row, passage in enumerate(passages):
        for gold in question.gold:
            if isinstance(gold, str):
                hit = passage.id == gold
            else:
                hit = passage.source.startswith(ARTICLES[gold[0]]) and gold[1] in _plain(passage.text)
            if hit:
                found.add(row)
    return found


def ndcg(ranking: Ranking, relevant: set[int]) -> float:
    gains = sum(1 / np.log2(place + 2) for place, row in enumerate(ranking[:K]) if row in relevant)
    return float(gains / sum(1 / np.log2(place + 2) for place in range(min(K, len(relevant)))))


def recall(ranking: Ranking, relevant: set[int]) -> float:
    return len(relevant.intersection(ranking[:5])) / min(5, len(relevant))


def reciprocal_rank(ranking: Ranking, relevant: set[int]) -> float:
    return next((1 / place for place, row in enumerate(ranking[:K], 1) if row in relevant), 0.0)


def randomisation_p(one: Sequence[float], other: Sequence[float], rounds: int = 20_000) -> float:
    """The two-sided p of the mean difference under random swaps of each pair (Smucker et al. 2007)."""
    differences = np.asarray(one) - np.asarray(other)
    signs = np.random.default_rng(7).choice([-1, 1], size=(rounds, len(differences)))
    extreme = np.abs((signs * differences).mean(axis=1)) >= abs(differences.mean()) - 1e-12
    return float((extreme.sum() + 1) / (rounds + 1))


@dataclass
class Bench:
    """The systems compared, over one set of passages."""

    passages: tuple[Passage, ...]
    vectors: Vectors
    lexical: LexicalIndex
    embedder: EmbeddedEmbedder

    @classmethod
    def of(cls, passages: Sequence[Passage], vectors: Vectors, embedder: EmbeddedEmbedder) -> "Bench":
        lexical = LexicalIndex(terms(passage.indexed_text) for passage in passages)
        return cls(tuple(passages), vectors, lexical, embedder)

    def cosine(self, text: str) -> Vectors:
        return np.asarray(self.vectors @ self.embedder.embed([text])[0])

    def bm25(self, text: str) -> Ranking:
        return top(self.lexical.scores(terms(text)), K)

    def dense(self, text: str) -> Ranking:
        return top(self.cosine(text), K)

    def fused(self, text: str) -> Ranking:
        return top(fuse(self.lexical.scores(terms(text)), self.cosine(text), parameters().lexical_weight), K)

    def evidence(self, text: str) -> float:
        words, cosine = terms(text), self.cosine(text)
        best = top(fuse(self.lexical.scores(words), cosine, parameters().lexical_weight), 1)[0]
        return evidence(self.lexical.coverage(words, best), float(cosine[best]), parameters())


def quality(name: str, bench: Bench, asked: Sequence[Question], details: bool) -> None:
    relevant = {question.id: relevant_rows(question, bench.passages) for question in asked}
    for question in asked:
        if not relevant[question.id]:
            print(f"  {question.id}: no passage holds its locators", file=sys.stderr)
    asked = [question for question in asked if relevant[question.id]]
    with tempfile.TemporaryDirectory() as folder:
        chroma = plain_chroma(Path(folder), bench)
        systems = {"BM25 alone": bench.bm25, "dense alone": bench.dense, "fused": bench.fused, "plain Chroma": chroma}
        print(f"\n{name}: {len(asked)} questions, {len(bench.passages)} passages")
        print(f"{'system':<14}{'nDCG@10':>9}{'recall@5':>10}{'MRR@10':>8}{'p50 ms':>8}{'p95 ms':>8}")
        scores = {system: report(system, search, asked, relevant) for system, search in systems.items()}
    p = randomisation_p(scores["fused"], scores["BM25 alone"])
    gain = np.mean(scores["fused"]) - np.mean(scores["BM25 alone"])
    print(f"fused against BM25 alone: {gain:+.3f} nDCG@10, p = {p:.4f}")
    if details:
        for question, fused in sorted(zip(asked, scores["fused"], strict=True), key=lambda pair: pair[1]):
            print(f"  {fused:.2f} {question.id} {question.text}")


def report(
    system: str, search: Callable[[str], Ranking], asked: Sequence[Question], relevant: dict[str, set[int]]
) -> list[float]:
    rankings, times = [], []
    for question in asked:
        start = time.perf_counter()
        rankings.append((search(question.text), relevant[question.id]))
        times.append(1000 * (time.perf_counter() - start))
    means = [float(np.mean([measure(*pair) for pair in rankings])) for measure in (ndcg, recall, reciprocal_rank)]
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{system:<14}{means[0]:>9.3f}{means[1]:>10.3f}{means[2]:>8.3f}{p50:>8.2f}{p95:>8.2f}")
    return [ndcg(*pair) for pair in rankings]


def plain_chroma(folder: Path, bench: Bench) -> Callable[[str], Ranking]:
    """Chroma as it comes, over the same vectors: its own approximate search, cosine distance, default graph."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection("plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    for start in range(0, len(bench.passages), 2000):
        rows = range(start, min(start + 2000, len(bench.passages)))
        collection.add(
            ids=[str(row) for row in rows],
            documents=[bench.passages[row].text for row in rows],
            embeddings=bench.vectors[start : start + 2000],
        )

    def search(text: str) -> Ranking:
        found = collection.query(query_embeddings=bench.embedder.embed([text]), n_results=K)
        return [int(row) for row in found["ids"][0]]

    return search


def refusal(
    name: str, bench: Bench, answerable: Sequence[Question], unanswerable: Sequence[Question], details: bool
) -> None:
    threshold = parameters().evidence.threshold
    held_back = [question for question in unanswerable if "held back" in question.kind]
    first = [question for question in unanswerable if "held back" not in question.kind]
    for title, asked in (("answerable", answerable), ("unanswerable", first), ("held-back unanswerable", held_back)):
        sums = [(bench.evidence(question.text), question.text) for question in asked]
        refused = sum(value < threshold for value, _ in sums)
        print(f"{name}: {refused} of {len(sums)} {title} questions refused ({refused / len(sums):.0%})")
        if details:
            for value, text in sorted(sums)[:12] if title == "answerable" else sorted(sums):
                print(f"  {value:.3f} {text}")


def ingested(articles: Path, embedder: EmbeddedEmbedder) -> Searcher:
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        results = ingest(sorted(articles.glob("*_*.txt")), Path(home), embedder)
        print(f"ingested {len(results)} articles in {time.perf_counter() - start:.2f} s")
        return open_searcher(Path(home), embedder)


def scale(count: int, embedder: EmbeddedEmbedder) -> None:
    """Speed and size with `count` passages of 80 words: the claims' own words in chance order, and made-up ones."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start, cpu = time.perf_counter(), cpu_s()
        with DocumentStore(home) as store:
            for number in range(0, count, DOCUMENT):
                chunks = made_up_chunks(min(DOCUMENT, count - number), number)
                document = Document(
                    f"doc-{number:07d}", f"{number}.txt", "", "text", None, len(chunks), str(number), ""
                )
                vectors = embedder.embed([chunk.text for chunk in chunks])
                store.add(document, "", chunks, vectors, embedder.id)
            documents_index(home).build(store.batches(), embedder.id, store.fingerprint())
        built, cpu = time.perf_counter() - start, cpu_s() - cpu
        disk = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) / 1e6
        own, chroma = (
            resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"{count:,} passages embedded, kept and indexed in {built:.1f} s ({count / built:,.0f}/s)", flush=True)
        print(f"that took {cpu:.1f} s of processor time ({count / cpu:,.0f} a processor second)")
        print(
            f"peak memory {own:.2f} GB, {chroma:.2f} GB in the process that writes Chroma; {disk:,.0f} MB on disk",
            flush=True,
        )
        subprocess.run([sys.executable, "-m", "tests.benchmarks.retrieval", "--queries-in", folder], check=True)


DOCUMENT = 1_000


def cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def made_up_chunks(count: int, seed: int) -> list[Chunk]:
    random = np.random.default_rng(seed)
    known = np.array(" ".join(passage.text for passage in claim_passages()).split())
    invented = np.array([f"{first}{second}" for first in _SYLLABLES for second in _SYLLABLES])
    real = random.random((count, 80)) < 0.7
    words = np.where(real, random.choice(known, (count, 80)), random.choice(invented, (count, 80)))
    return [Chunk(" ".join(row), "", None) for row in words]


def queries_in(home: Path, embedder: EmbeddedEmbedder) -> None:
    """Opens the index in a fresh process, as a user's search does, and asks every labelled question twice."""
    start = time.perf_counter()
    loaded = documents_index(home).load(embedder.id)
    searcher = Searcher(loaded.passages, loaded.vectors, embedder)
    print(f"opened in {time.perf_counter() - start:.1f} s")
    asked = [question.text for question in questions() if question.over == "articles"] * 2
    lexical = searcher._lexical
    print(f"{'system':<14}{'p50 ms':>8}{'p95 ms':>8}")
    timed("BM25 alone", asked, lambda text: top(lexical.scores(terms(text)), K))
    timed("dense alone", asked, lambda text: top(loaded.vectors @ embedder.embed([text])[0], K))
    timed("fused", asked, lambda text: [hit.passage for hit in searcher.search(text, k=K)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory {peak:.2f} GB")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        chroma = plain_chroma(Path(folder), Bench(loaded.passages, loaded.vectors, lexical, embedder))
        built = time.perf_counter() - start
        timed("plain Chroma", asked, chroma)
        print(f"plain Chroma built in {built:.1f} s ({len(loaded.passages) / built:,.0f}/s)")


def timed(system: str, asked: Sequence[str], search: Callable[[str], object]) -> None:
    times = []
    for text in asked:
        start = time.perf_counter()
        search(text)
        times.append(1000 * (time.perf_counter() - start))
    p50, p95 = np.percentile(times[len(times) // 2 :], [50, 95])
    print(f"{system:<14}{p50:>8.2f}{p95:>8.2f}")


_SYLLABLES = [f"{a}{b}{c}" for a in "bcdfglmnprst" for b in "aeiou" for c in ("n", "r", "")]


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--articles", type=Path, default=Path(os.environ.get("CONSULT_ARTICLES", DEFAULT_ARTICLES)))
    options.add_argument("--scale", type=int, default=0, help="measure speed and size with so many passages")
    options.add_argument("--queries-in", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--details", action="store_true", help="show every question")
    chosen = options.parse_args(arguments)
    embedder = EmbeddedEmbedder()
    if chosen.queries_in:
        queries_in(chosen.queries_in, embedder)
        return
    if chosen.scale:
        scale(chosen.scale, embedder)
        return
    asked = questions()
    unanswerable = [question for question in asked if not question.gold]
    if any(chosen.articles.glob("000_*.txt")):
        everything = ingested(chosen.articles, embedder)
        rows = [row for row, passage in enumerate(everything.passages) if passage.kind == "document"]
        bench = bench_of(everything, rows, embedder)
        over = [question for question in asked if question.over == "articles"]
        quality("the user's documents (articles)", bench, over, chosen.details)
        refusal("documents alone", bench, over, unanswerable, chosen.details)
        refusal(
            "claims and documents",
            bench_of(everything, range(len(everything.passages)), embedder),
            over,
            unanswerable,
            False,
        )
        rows = [row for row, passage in enumerate(everything.passages) if passage.kind == "claim"]
        claims = bench_of(everything, rows, embedder)
    else:
        print(f"The articles are not in {chosen.articles}; their questions are left out (see --articles).")
        with tempfile.TemporaryDirectory() as home:
            searcher = open_searcher(Path(home), embedder)
        claims = bench_of(searcher, range(len(searcher.passages)), embedder)
    over = [question for question in asked if question.over == "claims"]
    if over:
        quality("the built-in claims", claims, over, chosen.details)
        refusal("claims alone", claims, over, unanswerable, chosen.details)


def bench_of(searcher: Searcher, rows: Sequence[int], embedder: EmbeddedEmbedder) -> Bench:
    passages = [searcher.passages[row] for row in rows]
    return Bench.of(passages, embedder.embed([passage.indexed_text for passage in passages]), embedder)


if __name__ == "__main__":
    main()
