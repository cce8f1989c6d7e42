"""The shapes that the tools take and give back, as the protocol shows them to a client."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from typing_extensions import TypedDict

from agent.protocol import LONGEST_ID, Command
from knowledge.facts import FactSpec, fact_specs
from knowledge.options import Option
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


class _Part(TypedDict):
    """A part of a document, with further fields that stand in the documentation of `consult`."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]


class Ranked(_Part):
    """One option among all five."""

    option: Option
    score: float
    probability: Annotated[float, Field(ge=0, le=1, description="How often it comes first among what is plausible.")]
    feasible: bool
    blockers: list[Any]


class Recommendation(_Part):
    """What is advised."""

    option: Option
    variant: str | None
    confidence: Annotated[float, Field(ge=0, le=1)]
    ranking: list[Ranked]
    add_ons: list[str]


class Diagnosis(_Part):
    """What today's model lacks, and why that is thought."""

    gap: str | None
    because: list[str]


class Reason(_Part):
    """A rule that fired."""

    rule: Annotated[str, Field(description="Read it at consult://rules/{rule}.")]
    option: Option
    effect: Annotated[float, Field(description="In log-odds; above zero supports the option.")]
    text: str
    citations: Annotated[list[str], Field(description="Ids of claims, source:slug.")]


class Flip(_Part):
    """The smallest change of facts that moves the advice."""

    changes: Annotated[dict[str, Any], Field(description="The exact thresholds.")]
    to: Option
    shown: Annotated[dict[str, Any], Field(description="The thresholds rounded so that they still move the advice.")]
    sides: Annotated[
        dict[str, Literal["at_least", "at_most", "exactly"]],
        Field(description="Where it moves: from there up or down."),
    ]


class OpenFact(_Part):
    """A fact that is not known."""

    fact: str
    value_of_information: float


class Citation(_Part):
    """A claim in our own words."""

    source: str
    section: str
    claim: str


class Deciles(_Part):
    """A range: one case in ten is below p10, one in ten above p90; null where the option is not possible."""

    p10: float | None
    p50: float | None
    p90: float | None


class OptionCost(_Part):
    """What one option costs, in US dollars."""

    upfront_usd: Deciles
    monthly_usd: Deciles
    per_1k_queries_usd: Deciles
    tco_12_months_usd: Deciles
    tco_24_months_usd: Deciles
    lines: list[dict[str, Any]]


class Wait(_Part):
    """Percentiles in milliseconds."""

    p50: float | None
    p95: float | None


class OptionLatency(_Part):
    """How long one option lets a user wait."""

    ttft_ms: Wait
    total_ms: Wait
    stages: list[dict[str, Any]]


class Passage(_Part):
    """A claim, or a passage of an own document."""

    id: str
    source: str
    section: str | None
    text: str
    score: float
    kind: Literal["claim", "document"]


class FactRead(_Part):
    """A fact with the words it came from; `state` where it was declared open."""

    value: Any
    quote: str
    origin: Literal["user", "derived", "assumed"]
    state: NotRequired[Literal["unknown", "not_applicable", "later"]]


class Advice(_Document):
    """The advice for a profile."""

    recommendation: Recommendation
    diagnosis: Diagnosis
    reasons: list[Reason] = Field(description="The rules that fired, each with its citations.")
    plan: list[dict[str, Any]] = Field(description="Phases with exit criteria.")
    costs: dict[Option, OptionCost]
    latency: dict[Option, OptionLatency]
    flips: list[Flip] = Field(description="The smallest changes that move the advice.")
    unknown: list[OpenFact] = Field(description="Open facts with what learning each is worth.")
    citations: dict[str, Citation] = Field(description="Every claim cited.")
    versions: dict[str, str] = Field(description="What it was computed with.")


class Costs(_Document):
    """What every option costs."""

    costs: dict[Option, OptionCost]
    break_even: list[dict[str, Any]] = Field(description="Where two options cost the same.")


class Latencies(BaseModel):
    """How long every option lets a user wait."""

    latency: dict[Option, OptionLatency]


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

    passages: list[Passage]


class FactsRead(BaseModel):
    """What a text says."""

    facts: dict[str, FactRead] = Field(description="By fact.")
    notes: list[str] = Field(description="What whoever said it should know, such as that no model could be asked.")


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
    facts: dict[str, Any] = Field(description="By fact: value, quote, origin, and who said it.")
    recommendation: Recommendation
    open: list[OpenFact]
    changed: dict[str, Any] | None
    done: bool = Field(description="Whether nothing open is worth asking any more.")
    memo: str | None = Field(description="The Markdown memo after the command memo.")
