"""Situations to write memos about: the articles' worked cases, and profiles drawn at random from the facts' priors."""

import random
from pathlib import Path
from typing import Any

import yaml

from knowledge.facts import FactSpec, fact_specs

CASES = Path(__file__).parents[2] / "cases" / "articles.yaml"


def article_cases() -> dict[str, dict[str, Any]]:
    """The profile of each worked case by its id."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return {case["id"]: {name: fact["value"] for name, fact in case["facts"].items()} for case in cases}


def random_profile(seed: int) -> dict[str, Any]:
    """A profile with some facts known, some given as ranges, some not sure and most open."""
    chance = random.Random(seed)  # noqa: S311  (a test's draw, not a secret)
    known = chance.choice((0.1, 0.3, 0.6, 0.9))
    profile = {
        name: _value(spec, chance)
        for name, spec in fact_specs().items()
        if spec.kind != "text" and chance.random() < known
    }
    return profile


def _value(spec: FactSpec, chance: random.Random) -> Any:
    assert spec.prior is not None
    form = chance.random()
    if form < 0.04:
        return {
            "state": chance.choice(
                ("unknown", "later", "not_applicable") if spec.not_applicable is not None else ("unknown", "later")
            )
        }
    if spec.kind == "flag":
        return chance.random() < 0.5
    if spec.categorical:
        return chance.choice(spec.codes)
    quantiles = spec.prior.quantiles
    assert quantiles is not None
    low, high = sorted(chance.choice(quantiles[1:4]) * chance.uniform(0.5, 1.5) for _ in range(2))
    if spec.kind == "integer":
        low, high = float(int(low)), float(int(high))
    if spec.kind == "share":
        low, high = min(low, 1.0), min(high, 1.0)
    if form < 0.15 and low < high:
        return {"low": low, "high": high}
    return {"value": low, "unsure": True} if form < 0.25 else low
