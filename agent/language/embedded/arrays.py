"""What the learnt models are kept in: compressed files of plain arrays."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import KnowledgeError

Floats = NDArray[np.float32]


@contextmanager
def read_arrays(path: Path) -> Iterator[Mapping[str, NDArray[np.generic]]]:
    """The arrays of a file; raises KnowledgeError where there are none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except (OSError, KeyError, ValueError) as error:
        raise KnowledgeError(f"{path.name} cannot be read ({error}); build it with scripts/train_language.") from error


def packed(names: Iterable[str]) -> NDArray[np.uint8]:
    """Names as an array of bytes."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def unpacked(packed: NDArray[np.generic]) -> tuple[str, ...]:
    """The names in an array of bytes."""
    return tuple(packed.tobytes().decode().split("\n"))
