"""What the advice rests on, to be read: sources with their claims, conflicts, rules, facts."""

import json
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from knowledge.claims import load_claims
from knowledge.facts import fact_specs
from knowledge.rulebook import load_rulebook

JSON = "application/json"


def add_resources(server: MCPServer[Any]) -> None:
    """Adds `consult://sources`, `consult://sources/{source}`, `conflicts`, `rules`, `rules/{rule}` and `facts`."""
    server.resource("consult://sources", title="Sources", mime_type=JSON)(sources)
    server.resource("consult://sources/{source}", title="A source with its claims", mime_type=JSON)(source)
    server.resource("consult://conflicts", title="Where the sources disagree", mime_type=JSON)(conflicts)
    server.resource("consult://rules", title="Rules", mime_type=JSON)(rules)
    server.resource("consult://rules/{rule}", title="A rule with its condition", mime_type=JSON)(rule)
    server.resource("consult://facts", title="Facts", mime_type=JSON)(facts)


def sources() -> str:
    """The source cards with the number of their claims."""
    cards = load_claims().sources.values()
    return _json([{**card.model_dump(mode="json", exclude={"claims"}), "claims": len(card.claims)} for card in cards])


def source(source: str) -> str:
    """One source with everything it claims, in our own words."""
    known = load_claims().sources
    if source not in known:
        raise ResourceNotFoundError(f"There is no source '{source}'; the sources are {', '.join(known)}.")
    return _json(known[source].model_dump(mode="json"))


def conflicts() -> str:
    """Where the sources disagree, and what explains it."""
    return _json([conflict.model_dump(mode="json") for conflict in load_claims().conflicts])


def rules() -> str:
    """The ids of all rules with the claims that each rests on."""
    return _json([{"id": rule.id, "claims": list(rule.rests_on)} for rule in load_rulebook().grounded()])


def rule(rule: str) -> str:
    """One rule: its condition on facts, its effect, its reason and its claims."""
    found = next((one for one in load_rulebook().grounded() if one.id == rule), None)
    if found is None:
        raise ResourceNotFoundError(f"There is no rule '{rule}'; consult://rules lists them.")
    return _json({"kind": type(found).__name__, **found.model_dump(mode="json")})


def facts() -> str:
    """Every fact: its question, type, unit, limits and choices."""
    shown = ("kind", "label", "question", "because", "find_out", "unit", "low", "high", "values")
    return _json({name: spec.model_dump(mode="json", include=set(shown)) for name, spec in fact_specs().items()})


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)
