"""The shapes that the tools take and give back, as the protocol shows them to a client."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from agent.protocol import LONGEST_ID, Command
from knowledge.facts import FactSpec, fact_specs
from tools.profile import LONGEST_TEXT

LONGEST_QUERY = 1_000
LONGEST_MEMO = 4_000_000
LONGEST_PATH = 4_096
"""Characters that an argument may have; the message and its limit are those of every other door."""

OPEN = {"type": "object", "properties": {"state": {"enum": ["unknown", "not_applicable", "later"]}}}


def profile_schema() -> dict[str, Any]:
    """The JSON schema of a profile: every fact with its type, limits and meaning."""
    return {
        "type": "object",
        "properties": {name: _fact_schema(spec) for name, spec in fact_specs().items()},
        "additionalProperties": False,
        "description": "What is known, {fact: value}; a fact that is absent or null is unknown.",
    }


def _fact_schema(spec: FactSpec) -> dict[str, Any]:
    value = _value_schema(spec)
    forms = [
        value,
        {"type": "null"},
        OPEN,
        {"type": "object", "properties": {"value": value, "unsure": {"const": True}}},
    ]
    if spec.numeric:
        forms.append({"type": "object", "properties": {"low": value, "high": value}})
    unit = f" ({spec.unit})" if spec.unit else ""
    return {"description": f"{spec.label}{unit}. {spec.question}", "anyOf": forms}


def _value_schema(spec: FactSpec) -> dict[str, Any]:
    if spec.kind == "flag":
        return {"type": "boolean"}
    if spec.categorical:
        return {"enum": list(spec.codes)}
    if spec.kind == "text":
        return {"type": "string", "maxLength": LONGEST_TEXT}
    return {
        "type": "integer" if spec.kind == "integer" else "number",
        "minimum": spec.low,
        "maximum": spec.high,
    }


ProfileDocument = Annotated[dict[str, Any], WithJsonSchema(profile_schema())]
Answers = Annotated[dict[str, Any], WithJsonSchema(profile_schema() | {"description": "Typed answers, {fact: value}."})]
Query = Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY, description="What to look for.")]
Count = Annotated[int, Field(ge=1, le=100, description="At most so many passages.")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="A text in someone's own words.")]
Asked = Annotated[str, Field(max_length=100, description="The fact that the text answers, if it answers one.")]
MemoText = Annotated[str, Field(min_length=1, max_length=LONGEST_MEMO, description="A memo in JSON or Markdown.")]
FailuresPath = Annotated[
    str, Field(min_length=1, max_length=LONGEST_PATH, description="A CSV, JSON lines or XLSX file on this machine.")
]
TrainPath = Annotated[
    str, Field(min_length=1, max_length=LONGEST_PATH, description="A JSON lines file of chat examples, here.")
]
HeldOutPath = Annotated[str, Field(max_length=LONGEST_PATH, description="The examples kept for testing, if any.")]
Session = Annotated[str, Field(min_length=1, max_length=64, description="The id that start_consultation gave.")]
Words = Annotated[str, Field(max_length=LONGEST_TEXT, description="An answer in someone's own words.")]
ChatCommand = Annotated[Command | Literal[""], Field(description="A command instead of an answer.")]
Speaker = Annotated[str, Field(max_length=200, description="Who says it, where several people contribute.")]
MessageId = Annotated[
    str, Field(max_length=LONGEST_ID, description="An id of your own: the same id twice counts once.")
]


class _Document(BaseModel):
    """A JSON document whose parts are named here and stand in full in the documentation of `consult`."""

    model_config = ConfigDict(extra="allow")


class Advice(_Document):
    """The advice for a profile."""

    recommendation: dict[str, Any] = Field(description="Option, variant, confidence, ranking, add-ons.")
    diagnosis: dict[str, Any] = Field(description="The gap, and why.")
    reasons: list[dict[str, Any]] = Field(description="The rules that fired, each with its citations.")
    plan: list[dict[str, Any]] = Field(description="Phases with exit criteria.")
    costs: dict[str, Any] = Field(description="By option: upfront, monthly, per 1,000 queries, 12 and 24 months.")
    latency: dict[str, Any] = Field(description="By option: time to the first token and to the whole answer.")
    flips: list[dict[str, Any]] = Field(description="The smallest changes that move the advice.")
    unknown: list[dict[str, Any]] = Field(description="Open facts with what learning each is worth.")
    citations: dict[str, Any] = Field(description="Every claim cited, in our own words, with its source.")
    versions: dict[str, str] = Field(description="What it was computed with.")


class Costs(_Document):
    """What every option costs."""

    costs: dict[str, Any] = Field(description="By option, as percentiles, with the lines they are made of.")
    break_even: list[dict[str, Any]] = Field(description="Where two options cost the same.")


class Latencies(BaseModel):
    """How long every option lets a user wait."""

    latency: dict[str, Any] = Field(description="By option: percentiles in ms, and the stages.")


class FailureAudit(_Document):
    """What kinds of failures a file shows."""

    diagnosis: dict[str, Any] = Field(description="The gap that the failures support, and why.")
    shares: dict[str, Any] = Field(description="The share of each kind with its 95 % interval.")


class DatasetAudit(_Document):
    """Whether a file is fit to train on."""

    verdict: str = Field(description="ready, pilot or not_ready.")
    summary: str
    next_steps: list[str]


class Passages(BaseModel):
    """The passages that fit a query, best first."""

    passages: list[dict[str, Any]] = Field(description="id, source, section, text, score and kind of each.")


class FactsRead(BaseModel):
    """What a text says."""

    facts: dict[str, Any] = Field(description="Each fact with its value, the words it came from, and its origin.")


class Verification(_Document):
    """Whether everything in a memo could be proven."""

    passed: bool
    findings: list[dict[str, Any]] = Field(description="What could not be proven: section, sentence, problem.")


class ConsultationTurn(BaseModel):
    """The answer to one message: the fields of the chat protocol."""

    session: str
    reply: str = Field(description="Markdown for the user.")
    asks: str | None = Field(description="The fact that is asked for; null when nothing is asked.")
    choices: list[Any] | None = Field(description="What can be answered; null for an open question.")
    facts: dict[str, Any]
    recommendation: dict[str, Any]
    open: list[dict[str, Any]]
    changed: dict[str, Any] | None
    done: bool = Field(description="Whether nothing open is worth asking any more.")
    memo: str | None = Field(description="The Markdown memo after the command memo.")
