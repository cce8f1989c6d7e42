"""What a memo may rest on, as plain data that is looked up by path: the record, the ledger's words, claims, figures.

A path is written with slashes: `record/costs/rag/monthly_usd/p50`, `claims/premai:failure-audit/text`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from agent.memo.forms import FORMS, OWN_WORDS
from agent.memo.outline import Spelling, Traced
from agent.memo.wording import spelled, wording
from knowledge.blueprints import load_blueprints
from knowledge.claims import load_claims
from knowledge.errors import VerificationError
from knowledge.facts import fact_specs
from knowledge.options import LABELS, OPTIONS
from tools.cost.formulas import PER_QUERIES
from tools.cost.horizon import LONGEST, YEAR
from tools.cost.sampling import DECILES
from tools.latency.report import PERCENTILES
from tools.profile import Profile
from tools.sample_size import cases_for_difference, cases_for_share
from tools.units import TOKENS

HEARD = ("value", "quote", "by", "turn", "origin")


def gather(advice: Any, heard: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored with a memo: the profile, the ledger's words, the decision and the record of the advice."""
    return {
        "as_of": advice.as_of.isoformat(),
        "profile": advice.profile.document(),
        "heard": {fact: said(entry) for fact, entry in heard.items()},
        "decision": plain_data(advice.decision, leave_out=frozenset({"profile"})),
        "record": advice.document(),
    }


def said(entry: Any) -> dict[str, Any]:
    """One entry of the ledger as plain data, from a mapping, an object or a tuple with these fields."""
    if isinstance(entry, Mapping):
        found = {name: entry.get(name) for name in HEARD}
    elif isinstance(entry, Sequence) and not hasattr(entry, "quote"):
        found = dict(zip(HEARD, [*entry, *[None] * len(HEARD)], strict=False))
    else:
        found = {name: getattr(entry, name, None) for name in HEARD}
    return {name: _value(value) if name == "value" else value for name, value in found.items()}


def _value(value: Any) -> Any:
    """A fact's value as JSON, also where it comes as a Known, Range or Open."""
    if is_dataclass(value):
        return Profile({"use_case": value}).document().get("use_case")  # type: ignore[dict-item]
    return value


def plain_data(value: Any, leave_out: frozenset[str] = frozenset()) -> Any:
    """Dataclasses, mappings and sequences as the dicts and lists that JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in leave_out]
        return {name: plain_data(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain_data(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(entry) for entry in value]
    return value


class Grounds:
    """Looks values up by path and shows them in a form; raises VerificationError for a path that leads nowhere."""

    def __init__(self, stored: Mapping[str, Any], spelling: Spelling = "british") -> None:
        self.spelling = spelling
        self.roots: dict[str, Any] = {**_knowledge(), **stored}
        self.roots["derived"] = derive(stored)

    def at(self, path: str) -> Any:
        """The value at a path."""
        value: Any = self.roots
        for part in path.split("/"):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, ValueError, TypeError):
                raise VerificationError(f"There is nothing at '{path}' among what this memo rests on.") from None
        return value

    def has(self, path: str) -> bool:
        """Whether a path leads to a value other than null."""
        try:
            return self.at(path) is not None
        except VerificationError:
            return False

    def show(self, path: str, form: str = "text") -> Traced:
        """The value at a path as it is shown."""
        text = FORMS[form](self.at(path), path)
        return Traced(text if form in OWN_WORDS else spelled(text, self.spelling), path, form)


@cache
def _knowledge() -> dict[str, Any]:
    """What every memo can look up: claims, sources, conflicts, facts, labels, practice."""
    claims = load_claims()
    return {
        "claims": {claim.id: claim.model_dump() for claim in claims},
        "sources": {source.id: source.model_dump(exclude={"claims"}) for source in claims.sources.values()},
        "conflicts": {conflict.id: plain_data(conflict.model_dump()) for conflict in claims.conflicts},
        "facts": {name: spec.model_dump(include=_FACT_FIELDS) for name, spec in fact_specs().items()},
        "options": {option: option for option in OPTIONS},
        "labels": dict(LABELS),
        "choices": dict(wording().choices),
        "practice": {**load_blueprints().model_dump(mode="json", by_alias=True), "figures": _headings()},
    }


def _headings() -> dict[str, dict[str, float]]:
    """What the tables and charts of costs and waits are named by: horizons, percentiles and units of the tools."""
    tail, middle = PERCENTILES["p95"], PERCENTILES["p50"]
    found = {
        "horizon_months": LONGEST,
        "year_months": YEAR,
        "band": DECILES["p90"] - DECILES["p10"],
        "tail": tail,
        "tail_percent": 100 * tail,
        "middle_percent": 100 * middle,
        "per_queries": PER_QUERIES,
    }
    return {name: {"value": round(float(value), 6)} for name, value in found.items()}


_FACT_FIELDS = {"name", "label", "question", "because", "find_out", "unit", "values"}


def derive(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Figures that only a memo needs, from what is stored: sample sizes, passages, the time until launch."""
    profile = settled(stored["profile"])
    return {
        "evaluation": _evaluation(profile),
        "passages": _passages(profile),
        "launch": _launch(stored["decision"]["plan"]),
        "zero": 0,
    }


def settled(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a profile document that have one value each."""
    return {
        name: value["value"] if isinstance(value, Mapping) else value
        for name, value in profile.items()
        if not isinstance(value, Mapping) or "value" in value
    }


def _evaluation(profile: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: figure.value for name, figure in load_blueprints().evaluation.items()}
    target = profile.get("accuracy_target")
    stated = isinstance(target, int | float) and 0 < target < 1
    share = float(target) if stated and target is not None else figures["share"]
    return {
        "share": share,
        "stated": stated,
        "margin_points": round(100 * figures["margin"], 6),
        "confidence": figures["confidence"],
        "power": figures["power"],
        "cases": cases_for_share(share, figures["margin"], figures["z"]),
        "cases_to_compare": cases_for_difference(share, figures["margin"], figures["z"], figures["z_power"]),
    }


def _passages(profile: Mapping[str, Any]) -> dict[str, float]:
    """How many passages the knowledge makes at the longest and at the shortest length advised."""
    tokens = profile.get("knowledge_tokens")
    if not isinstance(tokens, int | float) or isinstance(tokens, bool):
        return {}
    claim = load_claims()["practice:passages-of-60-to-120-words"]
    assert claim.low is not None and claim.high is not None  # noqa: S101  (the knowledge file holds both)
    words = tokens / TOKENS["word"]
    return {"fewest": words / claim.high, "most": words / claim.low}


def _launch(plan: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The shortest and the longest time of the phases before launch, in weeks; whole ones from one week on."""
    before = [phase["weeks"] for phase in plan if not phase["after_launch"]]
    least, most = (sum(weeks[end] for weeks in before) for end in (0, 1))
    return {"least": least, "most": most, "shown_least": _whole(least), "shown_most": _whole(most)}


def _whole(weeks: float) -> float:
    return round(weeks) if weeks >= 1 else weeks
