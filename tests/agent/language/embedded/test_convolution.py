"""The model of words in their order: what it computes, and that it can be learnt."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.embedded import voices
from agent.language.embedded.convolution import LONGEST_RUN, Convolution, load_convolution
from agent.language.embedded.linear import load
from agent.language.embedded.meaning import vectors_of_words
from knowledge.errors import KnowledgeError
from tests.benchmarks.understanding.learning import Row, learn_words, reading_of

WORDS = "we keep every reply short because customers read it on a phone while they walk".split()
LABELS = ("one", "other")


def some_model(seed: int = 1) -> Convolution:
    random = np.random.default_rng(seed)
    dimensions, filters = vectors_of_words(["word"]).shape[1], 5
    places = LONGEST_RUN * (LONGEST_RUN + 1) // 2
    shapes = (places, dimensions, filters), (LONGEST_RUN, filters), (LONGEST_RUN * filters + 1, len(LABELS))
    of_runs, shifts, weights = (random.normal(size=shape).astype(np.float32) for shape in shapes)
    return Convolution(LABELS, of_runs, shifts, weights)


def learnt(rows: list[Row], labels: tuple[str, ...]) -> Convolution:
    """What is learnt in a process of its own, because other tests here fork, which the threads of JAX forbid."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(learn_words, rows, labels).result()


def by_definition(model: Convolution, words: list[str]) -> list[float]:
    """The log-odds word by word: every window, also those that reach beyond an end, and one of nothing."""
    vectors, heard = vectors_of_words(words), []
    for run in range(1, LONGEST_RUN + 1):
        first = run * (run - 1) // 2
        windows = [np.zeros(model.filters.shape[2])]
        for start in range(1 - run, len(words)):
            inside = [place for place in range(run) if 0 <= start + place < len(words)]
            windows.append(sum(vectors[start + place] @ model.filters[first + place] for place in inside))
        heard += [
            max(0.0, max(window[i] for window in windows) + shift) for i, shift in enumerate(model.shifts[run - 1])
        ]
    return [float(odds) for odds in np.array(heard) @ model.weights[:-1] + model.weights[-1]]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_the_log_odds_are_those_of_the_definition(words: list[str]) -> None:
    assert some_model().log_odds([words])[0] == pytest.approx(by_definition(some_model(), words), rel=1e-3, abs=1e-3)


def test_the_order_of_words_counts() -> None:
    odds = some_model().log_odds([WORDS])[0]
    assert not np.allclose(odds, some_model().log_odds([WORDS[::-1]])[0])


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    some_model().save(tmp_path / "words.npz")
    again = load_convolution(tmp_path / "words.npz")
    assert again.labels == LABELS
    assert again.log_odds([WORDS])[0] == pytest.approx(some_model().log_odds([WORDS])[0], rel=0.02, abs=0.05)


def test_a_missing_model_says_how_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="scripts/train_language"):
        load_convolution(tmp_path / "words.npz")


def test_both_models_of_clauses_know_the_same_labels() -> None:
    assert load_convolution(voices.OF_WORDS).labels == load(voices.MODEL).labels


def test_it_learns_what_kind_of_words_stand_in_a_place() -> None:
    animals, fruits = (
        ("dog", "cat", "horse", "cow", "goat", "pig"),
        ("apple", "pear", "plum", "cherry", "lemon", "grape"),
    )
    frames = ("we saw the {} again", "there was a {} on the road", "nobody likes my {} here")
    texts = [
        Row([], {label}, frame.format(name).split())
        for label, names in zip(LABELS, (animals, fruits), strict=True)
        for name in names
        for frame in frames
    ]
    model = learnt(texts * 6, LABELS)
    for label, unseen in zip(LABELS, ("sheep", "peach"), strict=True):
        odds = model.log_odds([f"we found the {unseen} later".split()])[0]
        assert LABELS[int(np.argmax(odds))] == label


def test_what_is_not_known_of_a_text_is_not_learnt() -> None:
    known = [Row([], {"one=true"}, ["yes", "indeed"], {"other"})] * 64
    against = [Row([], {"one=true"}, ["yes", "indeed"])] * 64
    labels = ("one=true", "other=true")
    odds = [learnt(rows, labels).log_odds([["yes", "indeed"]])[0] for rows in (known, against)]
    assert odds[0][1] > odds[1][1]


def test_a_long_message_is_judged_passage_by_passage() -> None:
    filler = "The weather was mild and the garden looked green to everybody who came along the road that day. "
    said = "Every answer has to name the paragraph that it was taken from."
    alone = voices.listen(reading_of(said))["needs_citations=true"]
    among = voices.listen(reading_of(filler * 12 + said))["needs_citations=true"]
    assert among.score > 0 and (among.first, among.end) != (alone.first, alone.end)
