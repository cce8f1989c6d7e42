"""What is found, in which order, and when the search says that nothing fits."""

from collections import Counter
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import EmbeddedEmbedder, Vectors
from knowledge.errors import UnavailableError
from knowledge.index.passage import Passage
from knowledge.lexical import LexicalIndex, terms
from knowledge.library import open_searcher
from knowledge.options import Option
from knowledge.search import Searcher, fuse, top

TEXTS = {
    "a:cache": "Cached input tokens cost a tenth of the normal price.",
    "b:labels": "Fine-tuning needs at least 500 labelled examples of good quality.",
    "c:latency": "Retrieval adds 100 to 500 milliseconds to each query.",
    "d:same": "An identical sentence about governance.",
    "e:same": "An identical sentence about governance.",
}


@pytest.fixture(scope="module")
def embedder() -> EmbeddedEmbedder:
    return EmbeddedEmbedder()


@pytest.fixture(scope="module")
def searcher(embedder: EmbeddedEmbedder) -> Searcher:
    options: dict[str, tuple[Option, ...]] = {"a:cache": ("long_context",), "b:labels": ("fine_tuning",)}
    passages = [
        Passage(key, key[0], "", text, "document" if key > "d" else "claim", options=options.get(key, ()))
        for key, text in TEXTS.items()
    ]
    return Searcher(passages, embedder.embed([passage.indexed_text for passage in passages]), embedder)


def ids(searcher: Searcher, query: str, **narrowed: Any) -> list[str]:
    return [hit.passage.id for hit in searcher.search(query, **narrowed)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10,000 queries", "10k query"),
        ("$2.50", "2.5"),
        ("fine-tuning", "Fine tuned"),
        ("labelled behaviour", "labeled behavior"),
        ("1.5M tokens", "1,500,000 token"),
        ("500ms", "500 ms"),
    ],
)
def test_different_spellings_of_one_thing_give_the_same_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_different_numbers_and_model_names_stay_apart() -> None:
    assert terms("7B") != terms("8B") and terms("2.5") != terms("25") and terms("0.5") != terms("5")


words = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12)


@given(documents=st.lists(words, min_size=2, max_size=8), query=words)
@settings(max_examples=40, deadline=None)
def test_bm25_agrees_with_the_reference_implementation(documents: list[list[str]], query: list[str]) -> None:
    reference = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    reference.index(documents, show_progress=False)
    known = [word for word in query if any(word in document for document in documents)]
    expected = reference.get_scores(known) if known else np.zeros(len(documents))
    assert LexicalIndex(documents).scores(query) == pytest.approx(expected, abs=1e-4)


@given(documents=st.lists(words, min_size=1, max_size=8), query=words)
@settings(max_examples=40, deadline=None)
def test_coverage_is_a_share_and_whole_only_where_every_term_stands(
    documents: list[list[str]], query: list[str]
) -> None:
    index = LexicalIndex(documents)
    for row, document in enumerate(documents):
        coverage = index.coverage(query, row)
        assert 0 <= coverage <= 1 + 1e-9
        assert (coverage > 1 - 1e-9) == (not Counter(set(query)) - Counter(set(document)))


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=30), st.integers(1, 40))
@settings(deadline=None)
def test_top_is_the_beginning_of_the_whole_order(scores: list[float], k: int) -> None:
    array = np.array(scores, dtype=np.float32)
    assert top(array, k) == top(array, len(array))[:k]


def test_exact_number_is_found(searcher: Searcher) -> None:
    assert ids(searcher, "are 500 labeled examples enough for fine tuning?")[0] == "b:labels"


def test_paraphrase_is_found(searcher: Searcher) -> None:
    assert ids(searcher, "how slow does retrieval make a query")[0] == "c:latency"


def test_equal_passages_come_in_the_order_of_their_ids(searcher: Searcher) -> None:
    assert ids(searcher, "identical sentence about governance", k=2) == ["d:same", "e:same"]


def test_nothing_fits_gives_an_empty_list(searcher: Searcher) -> None:
    assert searcher.search("sourdough with rye flour") == []
    assert searcher.search("   ") == [] and searcher.search("cached tokens", k=0) == []


def test_question_can_be_narrowed_to_documents_or_claims(searcher: Searcher) -> None:
    assert set(ids(searcher, "sentence about governance", kinds=["document"])) == {"d:same", "e:same"}
    assert "d:same" not in ids(searcher, "cached input tokens price", kinds=["claim"])


def test_narrowing_to_an_option_leaves_out_claims_on_other_options_only(searcher: Searcher) -> None:
    found = ids(searcher, "500 labelled examples fine-tuning milliseconds", options=["long_context"])
    assert "b:labels" not in found and "c:latency" in found


def test_row_has_the_published_shape(searcher: Searcher) -> None:
    row = searcher.search("price of cached input tokens")[0].row()
    assert list(row) == ["id", "source", "section", "text", "score", "kind"]


def test_silent_endpoint_leaves_word_search_and_a_notice(searcher: Searcher) -> None:
    class Silent:
        id = "silent"

        def embed(self, texts: object) -> Vectors:
            raise UnavailableError("The endpoint is silent.")

    alone = Searcher(searcher.passages, np.zeros((5, 2), dtype=np.float32), Silent())
    assert ids(alone, "cached input tokens price")[0] == "a:cache"
    assert "only matching words" in alone.notices[0]


def test_missing_meaning_is_no_match() -> None:
    assert fuse(np.zeros(3, dtype=np.float32), None, 0.6).tolist() == [0, 0, 0]


def test_built_in_knowledge_is_searched_in_an_empty_home_and_saved_for_the_next_time(
    tmp_path: Path, embedder: EmbeddedEmbedder
) -> None:
    first = open_searcher(tmp_path, embedder)
    assert "used for the first time" in first.notices[0]
    first.save()
    second = open_searcher(tmp_path, embedder)
    query = "what does prompt caching save"
    assert second.notices == [] and second.search(query) == first.search(query) != []


def test_damaged_index_rebuilds_itself_and_says_so(tmp_path: Path, embedder: EmbeddedEmbedder) -> None:
    first = open_searcher(tmp_path, embedder)
    first.save()
    for file in (tmp_path / "index" / "knowledge").rglob("*"):
        if file.is_file() and file.name not in ("CURRENT", "manifest.json", "writer.lock"):
            file.write_bytes(b"noise")
    second = open_searcher(tmp_path, embedder)
    assert "rebuilt" in second.notices[0]
    assert second.search("prompt caching") == first.search("prompt caching")
    second.save()
    assert open_searcher(tmp_path, embedder).notices == []
