"""Learning the convolutional model from labelled texts: gradient descent on the log-loss of every label."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from agent.language.embedded.convolution import LONGEST_RUN, Convolution
from agent.language.embedded.meaning import vectors_of_words
from tests.benchmarks.understanding.learning import Row

FILTERS = 200
"""Filters for the runs of each length."""
EPOCHS = 18
BATCH = 64
RATE = 2e-3
"""Step of the first epoch; it falls to nothing along a cosine."""
DECAY = 1e-4
WEIGHT_OF_FINDS = 2.0
"""How much more a label that holds counts than one that does not: most do not."""
DROPPED_WORDS, DROPPED_FILTERS = 0.15, 0.5
"""Shares that are left out at random in each step, so that nothing rests on a single word or filter."""
SCALE = 4.0
"""Vectors have length one; so much longer they move the filters as fast as their shifts."""
LENGTHS = (8, 16, 24, 40, 64, 160)
"""Texts are learnt from beside others of about their length; words beyond the last are left out."""

Weights = dict[str, jax.Array]


@dataclass(frozen=True)
class Batch:
    """Texts of about one length: words (texts x words), which are there, and which labels hold and which count."""

    words: Any
    there: Any
    holds: Any
    counts: Any

    def picked(self, rows: Any) -> "Batch":
        """Some of the texts."""
        return Batch(self.words[rows], self.there[rows], self.holds[rows], self.counts[rows])


def learn_convolution(texts: Sequence[Row], labels: tuple[str, ...], seed: int = 0) -> Convolution:
    """The model of the labels, in their order; the same texts and seed give the same model on one machine."""
    random, key = np.random.default_rng(seed), jax.random.PRNGKey(seed)
    names = sorted({word for text in texts for word in text.words})
    vectors = np.float32(SCALE) * vectors_of_words(names)
    batches = list(_by_length(texts, labels, names))
    weights = _beginning(random, vectors.shape[1], len(labels))
    steps = EPOCHS * sum(-(-len(batch.words) // BATCH) for batch in batches)
    optimizer = optax.adamw(optax.cosine_decay_schedule(RATE, steps), weight_decay=DECAY)
    state = optimizer.init(weights)

    @jax.jit
    def stepped(weights: Weights, state: Any, key: Any, *batch: Any) -> tuple[Weights, Any]:
        slope = jax.grad(_loss)(weights, jnp.asarray(vectors), key, *batch)
        updates, state = optimizer.update(slope, state, weights)
        return optax.apply_updates(weights, updates), state

    for _ in range(EPOCHS):
        for batch in _shuffled(random, batches):
            key, once = jax.random.split(key)
            weights, state = stepped(weights, state, once, batch.words, batch.there, batch.holds, batch.counts)
    learnt = {name: np.asarray(values) for name, values in weights.items()}
    return Convolution(labels, np.float32(SCALE) * learnt["filters"], learnt["shifts"], learnt["weights"])


def _by_length(texts: Sequence[Row], labels: tuple[str, ...], names: Sequence[str]) -> Iterator[Batch]:
    places = {name: place for place, name in enumerate(names)}
    for shorter, longest in zip((0, *LENGTHS), LENGTHS, strict=False):
        rows = [text for text in texts if shorter < min(len(text.words), LENGTHS[-1]) <= longest]
        if not rows:
            continue
        words, there = np.zeros((len(rows), longest), np.int32), np.zeros((len(rows), longest), np.float32)
        for row, text in enumerate(rows):
            found = [places[word] for word in text.words[:longest]]
            words[row, : len(found)], there[row, : len(found)] = found, 1
        holds = np.array([[label in text.labels for label in labels] for text in rows], np.float32)
        unknown = np.array([[label.split("=")[0] in text.unknown for label in labels] for text in rows])
        yield Batch(words, there, holds, np.where(unknown & (holds == 0), 0, 1).astype(np.float32))


def _shuffled(random: np.random.Generator, batches: Sequence[Batch]) -> Iterator[Batch]:
    """Every text once; the last ones of a length are filled up with others, so that all steps have one shape."""
    chosen = []
    for place, batch in enumerate(batches):
        order = random.permutation(len(batch.words))
        full = np.resize(order, -(-len(order) // BATCH) * BATCH)
        chosen += [(place, rows) for rows in full.reshape(-1, BATCH)]
    for step in random.permutation(len(chosen)):
        place, rows = chosen[step]
        yield batches[place].picked(rows)


def _beginning(random: np.random.Generator, dimensions: int, labels: int) -> Weights:
    filters = [
        random.normal(0, np.sqrt(8 / (run * dimensions)), (run, dimensions, FILTERS))
        for run in range(1, LONGEST_RUN + 1)
    ]
    weights = random.normal(0, 0.05, (FILTERS * LONGEST_RUN + 1, labels))
    weights[-1] = -4.0  # most labels do not hold
    return {
        "filters": jnp.asarray(np.concatenate(filters), jnp.float32),
        "shifts": jnp.zeros((LONGEST_RUN, FILTERS)),
        "weights": jnp.asarray(weights, jnp.float32),
    }


def _loss(weights: Weights, vectors: Any, key: Any, words: Any, there: Any, holds: Any, counts: Any) -> Any:
    of_words, of_filters = jax.random.split(key)
    kept = jax.random.bernoulli(of_words, 1 - DROPPED_WORDS, words.shape) / (1 - DROPPED_WORDS)
    seen = vectors[words] * (there * kept)[..., None]
    heard = jnp.concatenate([_strongest(weights, seen, run) for run in range(1, LONGEST_RUN + 1)], axis=1)
    heard *= jax.random.bernoulli(of_filters, 1 - DROPPED_FILTERS, heard.shape) / (1 - DROPPED_FILTERS)
    odds = heard @ weights["weights"][:-1] + weights["weights"][-1]
    losses = WEIGHT_OF_FINDS * holds * jax.nn.softplus(-odds) + (1 - holds) * jax.nn.softplus(odds)
    return (losses * counts).sum(axis=1).mean()


def _strongest(weights: Weights, seen: Any, run: int) -> Any:
    """As `Convolution` computes it, for several texts at once."""
    first = run * (run - 1) // 2
    wide = jnp.pad(seen, ((0, 0), (run - 1, run), (0, 0)))
    windows = jnp.concatenate([wide[:, place : place + seen.shape[1] + run] for place in range(run)], axis=-1)
    filters = weights["filters"][first : first + run].reshape(-1, FILTERS)
    return jax.nn.relu((windows @ filters).max(axis=1) + weights["shifts"][run - 1])
