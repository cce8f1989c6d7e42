"""How a language model is called and what its replies must show: read from the knowledge folder."""

import datetime as dt
from functools import cache
from typing import Literal

from pydantic import Field

from knowledge.files import DATA, Part, read_yaml

Purpose = Literal["understand", "phrase", "explain", "narrate", "probe"]


class SettingDefaults(Part):
    """What holds where a setting is not given."""

    timeout_s: float = Field(gt=0)
    retries: int = Field(ge=0)
    tokens_per_session: int = Field(gt=0)


class EvidenceParameters(Part):
    """What a quote that only the model read must show to count."""

    likeness: float = Field(ge=-1, le=1)
    best_of: int = Field(ge=1)
    least_likeness: float = Field(ge=-1, le=1)
    fewest_words: int = Field(ge=1)
    most_bare_words: int = Field(ge=1)
    spoken_for: float = Field(ge=0, le=1)


class ModelParameters(Part):
    """Limits in seconds, bytes, characters, tokens and calls, as their names say."""

    source: str
    checked: dt.date
    settings: SettingDefaults
    stall_s: float = Field(gt=0)
    longest_wait_s: float = Field(ge=0)
    largest_reply_bytes: int = Field(gt=0)
    most_claims: int = Field(gt=0)
    short_answer_words: int = Field(ge=0)
    output_tokens: dict[Purpose, int]
    overhead_tokens: int = Field(ge=0)
    rest_after_failures: int = Field(ge=1)
    rest_s: float = Field(ge=0)
    explanation_timeouts: float = Field(gt=0)
    tool_rounds: int = Field(ge=1)
    tool_calls_a_round: int = Field(ge=1)
    tool_result_characters: int = Field(ge=100)
    concurrent_calls: int = Field(ge=1)
    sentences_a_call: int = Field(ge=1)
    longest_quote_characters: int = Field(ge=1)
    same_value: float = Field(ge=0, lt=1)
    evidence: EvidenceParameters


@cache
def parameters() -> ModelParameters:
    """The parameters; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "parameters" / "model.yaml", ModelParameters)
