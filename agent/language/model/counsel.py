"""The read-only tools of an explanation: each gives sentences that are computed or sourced, with an id to refer to."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.model.parameters import parameters
from agent.language.model.wording import model_wording
from agent.language.port import Evidence
from agent.wording import cited, dollars, percent
from knowledge.claims import load_claims
from knowledge.errors import InputError
from knowledge.facts import FactSpec, fact_specs
from knowledge.options import LABELS, OPTIONS, Option
from knowledge.rulebook import Evidence as EvidenceRule
from knowledge.rulebook import Gate, load_rulebook
from tools.decide.decision import Decision
from tools.profile import Profile, parse_profile

if TYPE_CHECKING:
    from agent.bureau import Bureau

LONGEST_QUERY = 400


@dataclass(frozen=True)
class Ground:
    """A sentence that an explanation may rest on; `fixed` ones are figures and verdicts and are shown as they are."""

    id: str
    text: str
    fixed: bool
    source: str = ""

    @property
    def shown(self) -> str:
        """The sentence with its source."""
        return with_source(self.text, self)


def with_source(text: str, ground: Ground) -> str:
    """A sentence with the source of what it rests on."""
    text = text if text.endswith((".", "!", "?", ":")) else text + "."
    return f"{text} ({ground.source})" if ground.source else text


def passage_grounds(evidence: Iterable[Evidence]) -> list[Ground]:
    """Passages as grounds: claims by their ids, passages of own documents by theirs; one line each."""
    claims = load_claims()
    return [
        Ground(
            one.id,
            " ".join(one.text.split()),
            one.id not in claims,
            cited([one.id]) if one.id in claims else ", ".join(part for part in (one.source, one.section) if part),
        )
        for one in evidence
    ]


class Counsel:
    """Looks things up for one session. Nothing here changes anything; whatever cannot be used is told and left out."""

    def __init__(self, bureau: "Bureau", profile: Callable[[], Profile]) -> None:
        self._bureau = bureau
        self._profile = profile
        self._advised: tuple[Profile, dict[str, Any]] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What is known so far, as a profile takes it; no text of the user's."""
        known = self._profile().document()
        return {fact: value for fact, value in known.items() if fact_specs()[fact].kind != "text"}

    @property
    def tools(self) -> dict[str, Callable[..., Iterable[Ground]]]:
        """The tools by name."""
        return {
            "search": self._search,
            "decide": self._decide,
            "cost": self._cost,
            "latency": self._latency,
            "what_if": self._what_if,
            "compare": self._compare,
            "show_rule": self._show_rule,
        }

    def look_up(self, name: str, arguments: Any) -> tuple[list[Ground], str]:
        """What a tool gives, and the sentence for the model where it gives nothing."""
        faults = model_wording().tool_faults
        tool = self.tools.get(name)
        if tool is None:
            return [], faults["unknown"].format(names=", ".join(self.tools))
        if not isinstance(arguments, Mapping) or set(arguments) != set(_arguments(name)):
            return [], faults["arguments"].format(reason=f"It takes {', '.join(_arguments(name)) or 'none'}.")
        try:
            found = list(tool(**arguments))
        except InputError as error:
            return [], faults["arguments"].format(reason=error)
        return found, "" if found else faults["nothing"]

    def _search(self, query: Any) -> Iterable[Ground]:
        if not isinstance(query, str) or not query.strip() or len(query) > LONGEST_QUERY:
            raise InputError(f"A query is text of at most {LONGEST_QUERY} characters.")
        return passage_grounds(self._bureau.search(query, 5))

    @property
    def _decision(self) -> Decision:
        return self._bureau.decide(self._profile())

    @property
    def _advice(self) -> dict[str, Any]:
        """The whole advice as a document; computed once for a profile, as it takes a while."""
        profile = self._profile()
        if self._advised is None or self._advised[0] != profile:
            self._advised = profile, self._bureau.advise(profile).document()
        return self._advised[1]

    def _decide(self) -> Iterator[Ground]:
        decision, wording = self._decision, model_wording().grounds
        advice = decision.recommendation
        shown = wording["advised"].format(option=LABELS[advice.option], confidence=percent(advice.confidence))
        yield Ground("advice", shown, True)
        yield from self._ruled_out(OPTIONS)
        yield from self._reasons(OPTIONS)

    def _ruled_out(self, options: Iterable[Option]) -> Iterator[Ground]:
        for row in self._decision.recommendation.ranking:
            for blocker in row.blockers if row.option in options else ():
                text = model_wording().grounds["ruled_out"].format(option=LABELS[row.option], text=blocker.text)
                yield Ground(f"gate:{blocker.rule}:{row.option}", text, True, cited(blocker.citations))

    def _reasons(self, options: Iterable[Option]) -> Iterator[Ground]:
        for reason in self._decision.reasons:
            if reason.option in options and not reason.gate:
                name = "speaks_for" if reason.effect > 0 else "speaks_against"
                text = model_wording().grounds[name].format(option=LABELS[reason.option], text=reason.text)
                yield Ground(f"rule:{reason.rule}:{reason.option}", text, True, cited(reason.citations))

    def _cost(self, options: Iterable[Option] = OPTIONS) -> Iterator[Ground]:
        yield from self._costs_in(self._advice["costs"], options, "cost", "cost:")

    def _costs_in(
        self, costs: Mapping[str, Any], options: Iterable[Option], sentence: str, prefix: str
    ) -> Iterator[Ground]:
        wording = model_wording().grounds
        for option in options:
            found = costs.get(option, {})
            monthly, upfront = (found.get(name, {}).get("p50") for name in ("monthly_usd", "upfront_usd"))
            if monthly is None or upfront is None:
                text = wording["no_cost"].format(option=LABELS[option])
            else:
                shown = {"monthly": dollars(monthly), "upfront": dollars(upfront)}
                text = wording[sentence].format(option=LABELS[option], **shown)
            yield Ground(f"{prefix}{option}", text, True)

    def _latency(self, options: Iterable[Option] = OPTIONS) -> Iterator[Ground]:
        waits = self._advice["latency"]
        wording = model_wording().grounds
        for option in options:
            found = waits.get(option, {}).get("ttft_ms", {})
            if found.get("p50") is None:
                text = wording["no_wait"].format(option=LABELS[option])
            else:
                middle, most = (f"{float(f'{found[name]:.2g}'):,.0f}" for name in ("p50", "p95"))
                text = wording["wait"].format(option=LABELS[option], middle=middle, most=most)
            yield Ground(f"latency:{option}", text, True)

    def _what_if(self, changes: Any) -> Iterator[Ground]:
        from agent.explain import what_if

        supposed = parse_profile(changes).facts
        then = self._profile().replace(**supposed)
        self._bureau.check(then)
        name = "what_if:" + ",".join(sorted(supposed))
        yield Ground(name, " ".join(what_if(supposed, self._decision, self._bureau.foresee).split()), True)
        if supposed:
            yield from self._costs_in(self._bureau.advise(then).document()["costs"], OPTIONS, "cost_then", f"{name}:")

    def _compare(self, first: Any, second: Any) -> Iterator[Ground]:
        for option in (first, second):
            if option not in OPTIONS:
                raise InputError(f"The options are {', '.join(OPTIONS)}.")
        pair: list[Option] = [first, second]
        yield from self._ruled_out(pair)
        yield from self._reasons(pair)
        yield from self._cost(pair)
        yield from self._latency(pair)

    def _show_rule(self, rule: Any) -> Iterator[Ground]:
        book = load_rulebook()
        rules: list[Gate | EvidenceRule] = [*book.gates, *book.evidence]
        for found in rules:
            if found.id == rule:
                yield Ground(f"rule:{rule}", found.reason_for(1.0), True, cited(found.claims_for(1.0)))


def tool_schemas() -> list[dict[str, Any]]:
    """The tools as functions that a model may call."""
    return [
        {
            "name": name,
            "description": text,
            "parameters": {
                "type": "object",
                "properties": _arguments(name),
                "required": list(_arguments(name)),
                "additionalProperties": False,
            },
        }
        for name, text in model_wording().tools.items()
    ]


def _arguments(name: str) -> dict[str, Any]:
    text, option = {"type": "string"}, {"type": "string", "enum": list(OPTIONS)}
    by_tool: dict[str, dict[str, Any]] = {
        "search": {"query": text},
        "what_if": {"changes": {"type": "object", "properties": _facts(), "additionalProperties": False}},
        "compare": {"first": option, "second": option},
        "show_rule": {"rule": text},
    }
    return by_tool.get(name, {})


def _facts() -> dict[str, Any]:
    """Every fact that can be supposed, as a JSON schema."""
    return {spec.name: _shape(spec) for spec in fact_specs().values() if spec.kind != "text"}


def _shape(spec: FactSpec) -> dict[str, Any]:
    if spec.kind == "flag":
        return {"type": "boolean", "description": spec.label}
    if spec.categorical:
        return {"type": "string", "enum": list(spec.codes), "description": spec.label}
    return {"type": "number", "description": f"{spec.label}, {spec.unit or 'a share or count'}"}


def told(grounds: Iterable[Ground], fault: str) -> str:
    """What a tool gave, as the model reads it: one sentence a line with its id, within the limit of characters."""
    lines = [json.dumps({"id": one.id, "text": one.text}, ensure_ascii=False) for one in grounds] or [fault]
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > parameters().tool_result_characters:
            break
        kept.append(line)
    return "\n".join(kept)
