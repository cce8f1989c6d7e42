"""Both ways to get vectors: the table in its package, and a local stand-in for an endpoint."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import numpy as np
import pytest

from knowledge.embedding import EmbeddedEmbedder, EndpointEmbedder, make_embedder
from knowledge.errors import UnavailableError
from tests.peers.local import LocalServer


@pytest.fixture(scope="module")
def embedded() -> EmbeddedEmbedder:
    return EmbeddedEmbedder()


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A server that answers [length of the text, 1] for each text, and the requests it got."""
    seen: list[dict[str, object]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            texts = seen[-1]["input"]
            assert isinstance(texts, list)
            rows = [{"object": "embedding", "index": i, "embedding": [len(t), 1.0]} for i, t in enumerate(texts)]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            body = json.dumps({"object": "list", "data": rows, "model": "stand-in", "usage": usage}).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        def log_message(self, *_: object) -> None:
            pass

    with LocalServer(Answer) as server:
        yield f"{server.url}/v1", seen


def test_vectors_have_length_one_and_are_the_same_alone_or_in_a_batch(embedded: EmbeddedEmbedder) -> None:
    batch = embedded.embed(["prompt caching", "a much longer text about prompt caching and its price"])
    assert np.linalg.norm(batch, axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert np.array_equal(batch[0], embedded.embed(["prompt caching"])[0])


def test_related_texts_are_closer_than_unrelated_ones(embedded: EmbeddedEmbedder) -> None:
    car, vehicle, soup = embedded.embed(["a car on the road", "vehicles driving", "tomato soup recipe"])
    assert car @ vehicle > car @ soup


def test_text_without_words_gives_zeros_instead_of_nothing(embedded: EmbeddedEmbedder) -> None:
    assert not embedded.embed([""]).any()
    assert embedded.embed([]).shape == (0, 256)


def test_table_is_used_where_no_model_is_named() -> None:
    assert make_embedder().id.startswith("embedded/")


def test_endpoint_is_asked_for_plain_texts_and_plain_floats(
    endpoint: tuple[str, list[dict[str, object]]],
) -> None:
    url, seen = endpoint
    vectors = EndpointEmbedder("stand-in", url, None).embed(["abc", "four"])
    assert seen[0]["input"] == ["abc", "four"] and seen[0]["encoding_format"] == "float"
    assert vectors[0] == pytest.approx(np.array([3, 1]) / np.sqrt(10))


def test_dead_endpoint_is_told_in_one_sentence_with_the_remedy() -> None:
    embedder = EndpointEmbedder("some-model", "http://127.0.0.1:9/v1", None)
    embedder._client.client._client.max_retries = 0  # the test need not wait for three tries
    with pytest.raises(UnavailableError, match=r"some-model at http://127.0.0.1:9/v1.*CONSULT_EMBEDDING_MODEL"):
        embedder.embed(["hello"])
