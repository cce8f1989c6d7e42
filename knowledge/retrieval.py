"""The numbers that searching depends on, read from `parameters/retrieval.yaml`."""

import datetime
from functools import cache

from pydantic import Field

from knowledge.files import DATA, Part, read_yaml


class EvidenceScale(Part):
    """How the best passage's absolute evidence is added up, and the sum below which nothing fits."""

    cosine_weight: float = Field(ge=0)
    coverage_weight: float = Field(ge=0)
    threshold: float


class RetrievalParameters(Part):
    """Weights and thresholds of the search."""

    source: str
    checked: datetime.date
    bm25_k1: float = Field(gt=0)
    bm25_b: float = Field(ge=0, le=1)
    lexical_weight: float = Field(ge=0, le=1)
    evidence: EvidenceScale
    stop_words: str


@cache
def parameters() -> RetrievalParameters:
    """The parameters in force; raises KnowledgeError with file, line and reason."""
    return read_yaml(DATA / "parameters" / "retrieval.yaml", RetrievalParameters)
