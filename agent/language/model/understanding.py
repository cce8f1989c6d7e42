"""Understanding with a model: it points at facts and their words; what the words bear out joins the embedded reading.

The policy: what the embedded language read holds, always; what it only inferred counts as said where the model read the
same. A fact that only the model found joins it, to be confirmed where it matters, when its quote stands in the message
letter by letter, is said as a present fact, and carries evidence of that fact and value.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.interview import patience
from agent.language.model.endpoint import Form
from agent.language.model.evidence import Witness
from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import parameters
from agent.language.port import Intent, Statement, Understanding
from agent.prompts import prompt
from knowledge.errors import InputError
from knowledge.facts import FactSpec, fact_specs
from tools.profile import FactValue, Known, parse_fact

CONFIDENCE = 0.7
"""Of what only the model found; the grammar's reading has 1."""

ASKING = {"why", "why_not", "what_if", "what_would_change", "cost", "concept", "memo", "back", "skip", "restart"}


class Claimed(BaseModel):
    """A fact as the model claims it; nothing of it is believed yet."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    fact: str
    value: bool | float | str | None = None
    low: float | None = None
    high: float | None = None
    unsure: bool = False
    quote: str


@dataclass(frozen=True)
class Read:
    """What a model says it read: claims that have the form of one, and a question that the user asks."""

    claims: tuple[Claimed, ...]
    question: str | None


def readable() -> list[FactSpec]:
    """The facts that a model may point at: all but free text, which is taken from the message itself."""
    return [spec for spec in fact_specs().values() if spec.kind != "text"]


def system_prompt() -> str:
    """The instructions, the same for every message."""
    return prompt("understand").filled(facts="\n".join(f"- {_described(spec)}" for spec in readable()))


def user_prompt(message: str, asked: str | None) -> str:
    """The message as material, not as instructions."""
    return json.dumps({"asked": asked, "message": message}, ensure_ascii=False)


def reading_form() -> Form:
    """The form of the reply, within what every server's structured output accepts."""
    names = [spec.name for spec in readable()]
    nullable_number = {"type": ["number", "null"]}
    entry = _object(
        fact={"type": "string", "enum": names},
        value={"type": ["number", "boolean", "string", "null"]},
        low=nullable_number,
        high=nullable_number,
        unsure={"type": "boolean"},
        quote={"type": "string"},
    )
    question = {"type": ["string", "null"]}
    return Form("stated_facts", _object(facts={"type": "array", "items": entry}, question=question))


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parse_read(document: Any) -> Read:
    """What has the form of a claim, the rest left out; raises NoAnswer where it is no reading at all."""
    if not isinstance(document, dict) or not isinstance(document.get("facts"), list):
        raise NoAnswer("unfit")
    question = document.get("question")
    return Read(
        tuple(_claims(document["facts"][: parameters().most_claims])), question if isinstance(question, str) else None
    )


def _claims(entries: Iterable[Any]) -> Iterator[Claimed]:
    for entry in entries:
        try:
            yield Claimed.model_validate(entry, strict=True)
        except ValidationError:
            continue


def joined(embedded: Understanding, read: Read, witness: Witness) -> Understanding:
    """The embedded reading with what the model found besides, as far as its words bear it out."""
    embedded = _agreed(embedded, read, witness)
    taken = {said.fact for said in embedded.statements} | {one.fact for one in embedded.questions_back}
    statements = list(embedded.statements)
    for claimed in read.claims:
        said = admitted(claimed, witness) if claimed.fact not in taken else None
        if said is not None and not _spoken_for(said, embedded.statements):
            statements.append(said)
            taken.add(said.fact)
    statements.sort(key=lambda said: said.span)
    if len(statements) > len(embedded.statements):
        embedded = replace(embedded, statements=tuple(statements), intents=_answering(embedded.intents))
    return _with_question(embedded, read.question, witness)


def _agreed(embedded: Understanding, read: Read, witness: Witness) -> Understanding:
    """What the embedded language only inferred counts as said where the model read the same, in the model's quote."""
    inferred = {said.fact: said for said in embedded.statements if said.confidence < patience().sure_from}
    confirmed: dict[str, Statement] = {}
    for claimed in read.claims:
        said = admitted(claimed, witness) if claimed.fact in inferred else None
        if said is not None and _same(said.value, inferred[said.fact].value):
            confirmed[said.fact] = replace(said, confidence=patience().sure_from)
    return replace(embedded, statements=tuple(confirmed.get(said.fact, said) for said in embedded.statements))


def _same(one: FactValue, other: FactValue) -> bool:
    return isinstance(one, Known) and isinstance(other, Known) and one.value == other.value


def admitted(claimed: Claimed, witness: Witness) -> Statement | None:
    """The statement that a claim amounts to; None where its quote does not stand, or does not bear it out."""
    if claimed.fact not in {spec.name for spec in readable()}:
        return None
    span = witness.place(claimed.quote)
    value = _value(claimed)
    if span is None or value is None or not witness.stated(claimed.fact, span):
        return None
    shown = witness.borne_out(claimed.fact, value, span)
    if shown is None:
        return None
    return Statement(claimed.fact, shown, witness.message[slice(*span)], span, confidence=CONFIDENCE)


def _value(claimed: Claimed) -> FactValue | None:
    form: Any = {"value": claimed.value, "unsure": claimed.unsure}
    if claimed.value is None:
        form = {"low": claimed.low, "high": claimed.high}
    try:
        return parse_fact(claimed.fact, form)
    except InputError:
        return None


def _spoken_for(said: Statement, others: Iterable[Statement]) -> bool:
    """Whether words were read as another fact already: a number as another number, of others most words as anything."""
    specs, (start, end) = fact_specs(), said.span
    rivals = [other.span for other in others if specs[other.fact].kind != "text"]
    if specs[said.fact].numeric:
        numbers = [other.span for other in others if specs[other.fact].numeric]
        return any(first < end and start < last for first, last in numbers)
    spoken = {place for first, last in rivals for place in range(max(start, first), min(end, last))}
    return len(spoken) > parameters().evidence.spoken_for * (end - start)


def _answering(intents: tuple[Intent, ...]) -> tuple[Intent, ...]:
    """A message that states facts is not off the topic."""
    kept = tuple(intent for intent in intents if intent.kind != "off_topic")
    return kept or (Intent("answer"),)


def _with_question(heard: Understanding, question: str | None, witness: Witness) -> Understanding:
    """A question that the embedded language did not hear, or not in full, is explained; quoted letter by letter."""
    span = witness.place(question) if question else None
    if span is None or any(intent.kind in ASKING and not _vague(intent, heard) for intent in heard.intents):
        return heard
    if "?" not in witness.message[span[0] : span[1] + 2]:
        return heard
    quoted = Intent("concept", quote=witness.message[slice(*span)])
    kept = (one for one in heard.intents if one.kind != "off_topic" and not _vague(one, heard))
    return replace(heard, intents=(*kept, quoted))


def _vague(intent: Intent, heard: Understanding) -> bool:
    """A question that the embedded language heard without what it is about: it has no good answer to it of its own."""
    return (intent.kind == "why_not" and intent.about is None) or (intent.kind == "what_if" and not heard.suppositions)


def _described(spec: FactSpec) -> str:
    kind = "true or false" if spec.kind == "flag" else "one of: " + ", ".join(spec.values)
    if spec.numeric:
        kind = f"number, {spec.unit or 'a plain count or share'}, {spec.low:g} to {spec.high:g}"
    return f"`{spec.name}` ({kind}): {spec.label}. {spec.question}"
