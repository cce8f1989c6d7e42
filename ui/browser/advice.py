"""The advice for a profile as the pages show it: each part worked out when it is first shown, then kept."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tools.advice import advise
from tools.cost.report import estimate_costs
from tools.decide.record import decision_document
from tools.latency.report import estimate_latency
from tools.profile import Profile, parse_profile
from ui.browser.consultancy import consultant, settings

KEPT = 128


def decided(profile: dict[str, Any]) -> dict[str, Any]:
    """The decision document of a profile, without flips; the reply to the message has computed it already."""
    return decision_document(consultant().decision(parse_profile(profile)))


def with_flips(profile: dict[str, Any]) -> dict[str, Any]:
    """The decision document of a profile with what would change the advice."""
    parsed = parse_profile(profile)
    return decision_document(replace(consultant().decision(parsed), flips=consultant().flips(parsed)))


def figures(profile: dict[str, Any]) -> dict[str, Any]:
    """What every option costs and how long it takes: the costs, break-even points, waits and warnings of the advice."""
    return _figures(*_key(profile))


def advised(profile: dict[str, Any]) -> dict[str, Any]:
    """The whole document of `consult decide --json`: with flips, costs and latency."""
    return _advised(*_key(profile))


def _key(profile: dict[str, Any]) -> tuple[str, str]:
    """What the figures depend on besides the settings, which stay the same while the program runs."""
    return json.dumps(profile, sort_keys=True), settings().date().isoformat()


def _parsed(profile: str) -> Profile:
    return parse_profile(json.loads(profile))


@lru_cache(KEPT)
def _figures(profile: str, day: str) -> dict[str, Any]:
    parsed, prices = _parsed(profile), settings().price_table()
    latency = estimate_latency(parsed, settings().date(), prices)
    return estimate_costs(parsed, settings().date(), prices).document() | {"latency": latency.document()}


@lru_cache(KEPT)
def _advised(profile: str, day: str) -> dict[str, Any]:
    return advise(_parsed(profile), settings().date(), settings().price_table()).document()
