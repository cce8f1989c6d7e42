"""Scenarios: a saved profile with some facts and prices changed, and the advice that follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.price_table import PriceTable, load_prices
from tools.advice import advise
from tools.profile import parse_profile
from ui.browser.consultancy import settings

MOST = 3
LETTERS = "ABC"


@dataclass
class Scenario:
    """What is changed: facts by name, and the rates of the priced model in USD per million tokens."""

    letter: str
    facts: dict[str, Any] = field(default_factory=dict)
    input_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is different from what is saved."""
        return bool(self.facts) or self.input_usd_per_mtok is not None or self.output_usd_per_mtok is not None


def supposed(saved: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The saved profile with the scenario's facts."""
    return {**saved, **scenario.facts}


def scenario_advice(saved: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The whole advice under a scenario; raises InputError where nothing can be decided on it."""
    profile = parse_profile(supposed(saved, scenario))
    return advise(profile, settings().date(), _prices(scenario, profile.known("model"))).document()


def model_names() -> list[str]:
    """All models that have a price."""
    return sorted(load_prices(settings().date(), settings().prices).models)


def _prices(scenario: Scenario, model: Any) -> PriceTable | None:
    """The price table with the scenario's rates for the model; None where no rate is changed."""
    table = load_prices(settings().date(), settings().prices)
    price = table.models.get(str(model)) if model is not None else None
    if price is None or (scenario.input_usd_per_mtok is None and scenario.output_usd_per_mtok is None):
        return None if settings().prices is None else table
    tiers = tuple(
        replace(
            tier,
            input_usd_per_mtok=_or(scenario.input_usd_per_mtok, tier.input_usd_per_mtok),
            output_usd_per_mtok=_or(scenario.output_usd_per_mtok, tier.output_usd_per_mtok),
        )
        for tier in price.tiers
    )
    return replace(table, models={**table.models, price.model: replace(price, tiers=tiers)})


def _or(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given
