"""Turning text into vectors: the table that ships inside its package, or a configured endpoint.

Everything that needs vectors asks for an `Embedder`; an index records the id of the one that built it.
"""

from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import UnavailableError

Vectors = NDArray[np.float32]

PACKAGE = "wordllama"
WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"


class Embedder(Protocol):
    """Anything that turns texts into vectors which can be compared by their dot product."""

    @property
    def id(self) -> str:
        """Names the model and its version; vectors of two ids are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text (all zeros where the text has no words); shape (texts, dimensions)."""
        ...


def make_embedder(model: str | None = None, base_url: str | None = None, api_key: str | None = None) -> Embedder:
    """The endpoint's model if one is named, else the embedded table; raises UnavailableError."""
    if model:
        return EndpointEmbedder(model, base_url, api_key)
    return EmbeddedEmbedder()


class EmbeddedEmbedder:
    """Averages the vectors of a text's tokens from the table inside the wordllama package; works offline.

    The package's two files are read directly, because its own loader looks for the tokenizer in a folder
    that it does not ship and then tries to download it.
    """

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = _package_folder()
        try:
            self._table: Vectors = load_file(folder / WEIGHTS)["embedding.weight"].astype(np.float32)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:
            raise UnavailableError(
                f"The embedding table of the {PACKAGE} package cannot be read ({error}); reinstall {PACKAGE}."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._id = f"embedded/{PACKAGE}-{metadata.version(PACKAGE)}/{Path(WEIGHTS).stem}"

    @property
    def id(self) -> str:
        return self._id

    def embed(self, texts: Sequence[str]) -> Vectors:
        return unit_rows(self.sums(texts))

    def sums(self, texts: Sequence[str]) -> Vectors:
        """The sum of the vectors of each text's tokens; sums of words add up to that of their sentence."""
        vectors = np.zeros((len(texts), self._table.shape[1]), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].sum(axis=0)
        return vectors

    def knows(self, word: str) -> bool:
        """Whether a word is one piece of the table's vocabulary, which misspelt words seldom are."""
        return any(self._tokenizer.token_to_id(piece) is not None for piece in (f"▁{word}", f"▁{word.title()}"))


class EndpointEmbedder:
    """Asks any OpenAI-compatible endpoint for the vectors."""

    def __init__(self, model: str, base_url: str | None, api_key: str | None) -> None:
        from langchain_openai import OpenAIEmbeddings

        settings: dict[str, Any] = {
            "model": model,
            "base_url": base_url,
            "api_key": api_key or "unused",  # local servers want none, the client insists on one
            "check_embedding_ctx_length": False,  # otherwise it downloads a tokenizer
            "model_kwargs": {"encoding_format": "float"},  # local servers often lack the base64 default
            "chunk_size": 256,
            "max_retries": 2,
            "timeout": 30,
        }
        self._where = base_url or "the OpenAI endpoint"
        self._model = model
        self._client = OpenAIEmbeddings(**settings)

    @property
    def id(self) -> str:
        return f"endpoint/{self._model}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        from openai import OpenAIError

        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        try:
            rows = self._client.embed_documents(list(texts))
            vectors = np.asarray(rows, dtype=np.float32)
        except (OpenAIError, ValueError, TypeError) as error:
            raise UnavailableError(
                f"The embedding model {self._model} at {self._where} gave no usable vectors "
                f"({type(error).__name__}); check CONSULT_EMBEDDING_MODEL and the endpoint, or unset it."
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise UnavailableError(
                f"The embedding model {self._model} at {self._where} answered {len(rows)} vectors of unusable shape "
                f"for {len(texts)} texts; check CONSULT_EMBEDDING_MODEL, or unset it."
            )
        return unit_rows(vectors)


def _package_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError(f"The package {PACKAGE} is not installed; install it, or set CONSULT_EMBEDDING_MODEL.")
    return Path(spec.submodule_search_locations[0])


def unit_rows(vectors: Vectors) -> Vectors:
    """Every row brought to length 1, but for those of zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
