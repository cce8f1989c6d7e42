"""What the two audits measure against (`parameters/audits.yaml`) and the words they use (`wording/audits.yaml`)."""

import datetime
from functools import cache
from typing import Literal

from pydantic import ConfigDict

from knowledge.files import DATA, Part, read_yaml

Kind = Literal["knowledge", "behavior", "reasoning", "random"]
"""What went wrong in a failed answer, as far as the remedy is concerned."""

KINDS: tuple[Kind, ...] = ("knowledge", "behavior", "reasoning", "random")


class AuditNumber(Part):
    """One number with its unit, source and date of checking."""

    value: float
    unit: str
    source: str
    checked: datetime.date
    because: str

    def __int__(self) -> int:
        return int(self.value)


class FileLimits(Part):
    """What a file may look like, and how much of what is wrong with it is listed."""

    kinds: dict[Literal["csv", "jsonl", "xlsx"], list[str]]
    delimiters: list[str]
    largest_line_bytes: AuditNumber
    largest_csv_row_characters: AuditNumber
    largest_workbook_expanded_bytes: AuditNumber
    most_errors_listed: AuditNumber
    longest_excerpt_characters: AuditNumber


class Columns(Part):
    """The names under which each column may stand, in the order of preference."""

    query: list[str]
    expected: list[str]
    actual: list[str]
    label: list[str]


class Signs(Part):
    """Patterns and thresholds by which an unlabelled failure gets a suggested label."""

    no_information: list[str]
    asks_for_conclusion: str
    asks_for_form: str
    gives_premises: str
    draws_conclusion: str
    verdict_yes: str
    verdict_no: str
    negation: str
    cut_off: str
    code_fence: str
    list_item: str
    heading: str
    table_row: str
    words_that_say_little: list[str]
    same_content_at_least: AuditNumber
    contains_at_least: AuditNumber
    much_longer_at_least: AuditNumber
    little_in_common_below: AuditNumber
    detail_words: AuditNumber
    detail_alike_at_least: AuditNumber
    same_word_at_least: AuditNumber
    short_answer_words: AuditNumber
    label_seen_at_least: AuditNumber


class FailureAuditParameters(Part):
    """Columns, labels, the stated rule of the diagnosis, and the signs for suggestions."""

    columns: Columns
    labels: dict[Literal["knowledge", "behavior", "reasoning", "random", "passed"], list[str]]
    gap_of: dict[Kind, Literal["knowledge", "behavior", "reasoning", "none"]]
    claims: dict[str, list[str]]
    confidence_level: AuditNumber
    least_labelled: AuditNumber
    advised_queries: AuditNumber
    both_at_least: AuditNumber
    most_confident: AuditNumber
    suggested_discount: AuditNumber
    most_more_to_label: AuditNumber
    most_suggestions_kept: AuditNumber
    longest_compared_characters: AuditNumber
    most_labels_seen: AuditNumber
    signs: Signs


class Band(Part):
    """What a number of examples is good for, with the claims that say so."""

    at_least: int
    name: Literal["too_few", "first_effect", "reliable", "usual", "above_usual"]
    claims: list[str]


class LabelRules(Part):
    """When answers count as labels, and when their balance is worth a warning."""

    longest_words: AuditNumber
    most_distinct: AuditNumber
    least_share: AuditNumber
    seen_on_average: AuditNumber
    fewest_per_label: AuditNumber
    largest_ratio: AuditNumber


class KindShares(Part):
    """From which share of telling characters a text counts as that kind."""

    cjk: float
    digits: float
    other_european: float


class CharactersPerToken(Part):
    """Average length of a token by kind of text."""

    source: str
    checked: datetime.date
    prose: float
    code: float
    markdown: float
    json_: float
    numeric: float
    other_european: float
    cjk: float
    shares: KindShares

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"))


class PersonalDataPattern(Part):
    """How one kind of personal data looks, the character it cannot do without, and its checksum."""

    pattern: str
    needs: str | None = None
    check: Literal["luhn", "iban", "ipv4"] | None = None


class DatasetAuditParameters(Part):
    """Schema, thresholds, likeness and token figures of the training-data audit."""

    roles: list[str]
    message_keys: list[str]
    bands: list[Band]
    most_examples_compared: AuditNumber
    near_duplicate_at_least: AuditNumber
    shortest_compared_bytes: AuditNumber
    largest_error_share: AuditNumber
    largest_duplicate_share: AuditNumber
    longest_example_tokens: AuditNumber
    fewest_examples_accepted: AuditNumber
    tokens_per_message: AuditNumber
    labels: LabelRules
    characters_per_token: CharactersPerToken
    personal_data_confidence: AuditNumber
    personal_data: dict[str, PersonalDataPattern]


class AuditParameters(Part):
    """Everything in `parameters/audits.yaml`."""

    files: FileLimits
    failure_audit: FailureAuditParameters
    dataset_audit: DatasetAuditParameters


class AuditWording(Part):
    """Everything in `wording/audits.yaml`: sentences with named slots."""

    kinds: dict[Kind, str]
    gaps: dict[Literal["knowledge", "behavior", "both", "reasoning", "none"], str]
    failures: dict[str, str]
    evidence: dict[str, str]
    schema_errors: dict[str, str]
    dataset: dict[str, str]
    bands: dict[str, str]
    personal_data: dict[str, str]


@cache
def audit_parameters() -> AuditParameters:
    """The parameters of both audits; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "parameters" / "audits.yaml", AuditParameters)


@cache
def audit_wording() -> AuditWording:
    """The sentences of both audits; raises KnowledgeError where the file is broken."""
    return read_yaml(DATA / "wording" / "audits.yaml", AuditWording)
