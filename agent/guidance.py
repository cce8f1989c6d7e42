"""The guidance that goes with a question: the claim that says most about it, from the rules that look at the fact."""

from collections.abc import Callable
from functools import cache

from agent.language.port import Evidence
from knowledge.claims import load_claims
from knowledge.facts import fact_specs
from knowledge.rulebook import load_rulebook
from tools.decide.conditions import facts_in

Search = Callable[[str, int], list[Evidence]]
CANDIDATES = 12


def guidance(fact: str, search: Search) -> Evidence | None:
    """The claim behind the rules on this fact that fits its question best; else any that fits, or none."""
    spec = fact_specs()[fact]
    grounds = _grounds(fact)
    found = [one for one in search(f"{spec.question} {spec.because}", CANDIDATES) if _sound(one.id)]
    fitting = [one for one in found if one.id in grounds] or found
    return fitting[0] if fitting else None


@cache
def _grounds(fact: str) -> frozenset[str]:
    """The claims that the rules on a fact rest on."""
    book = load_rulebook()
    rules = (*book.gates, *book.evidence)
    return frozenset(claim for rule in rules if fact in facts_in(rule.when) for claim in rule.rests_on)


def _sound(claim: str) -> bool:
    claims = load_claims()
    return claim in claims and claims[claim].verdict == "sound" and claims[claim].source != "house"
