"""The advice for a profile as the pages show it: computed once per profile and day, then kept."""

import json
from functools import lru_cache
from typing import Any

from tools.advice import advise
from tools.decide.decide import decide
from tools.decide.record import decision_document
from tools.profile import parse_profile
from ui.browser.consultancy import settings

KEPT = 128


def decided(profile: dict[str, Any]) -> dict[str, Any]:
    """The decision document of a profile, without flips; raises InputError for an unknown model."""
    return _decided(json.dumps(profile, sort_keys=True), settings().date().isoformat())


def advised(profile: dict[str, Any]) -> dict[str, Any]:
    """The whole document of `consult decide --json`: with flips, costs and latency."""
    return _advised(json.dumps(profile, sort_keys=True), settings().date().isoformat())


@lru_cache(KEPT)
def _decided(profile: str, day: str) -> dict[str, Any]:
    return decision_document(decide(parse_profile(json.loads(profile)), settings().date()))


@lru_cache(KEPT)
def _advised(profile: str, day: str) -> dict[str, Any]:
    return advise(parse_profile(json.loads(profile)), settings().date()).document()
