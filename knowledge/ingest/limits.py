"""What reading a file may cost and how passages are cut, from `parameters/ingest.yaml`."""

import datetime
from functools import cache
from typing import Literal

from pydantic import Field

from knowledge.errors import InputError
from knowledge.files import DATA, Part, read_yaml

DocumentKind = Literal["markdown", "text", "html", "pdf", "docx"]

MB = 1_000_000


class Refused(InputError):
    """One file that cannot be used; the others are."""


class Limits(Part):
    """What one file may take."""

    file_mb: int = Field(gt=0)
    pages: int = Field(gt=0)
    expanded_mb: int = Field(gt=0)
    cpu_s: int = Field(gt=0)
    wall_s: int = Field(gt=0)
    memory_mb: int = Field(gt=0)


class PassageSizes(Part):
    """Lengths in words."""

    target_words: int = Field(gt=0)
    most_words: int = Field(gt=0)


class IngestParameters(Part):
    """The whole file."""

    source: str
    checked: datetime.date
    limits: Limits
    passages: PassageSizes
    endings: dict[str, DocumentKind]


@cache
def parameters() -> IngestParameters:
    """The parameters in force; raises KnowledgeError with file, line and reason."""
    return read_yaml(DATA / "parameters" / "ingest.yaml", IngestParameters)
