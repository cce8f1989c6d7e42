"""What all consultations share: the store, the language, the search, the settings, and decisions already taken."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from agent.guidance import Search
from agent.language.port import Language
from agent.settings import Settings
from agent.store import Store
from knowledge.options import Option
from knowledge.price_table import PriceTable
from tools.advice import Advice, advise
from tools.cost.report import deciles, estimate_costs
from tools.decide.decide import decide
from tools.decide.decision import Decision, Flip
from tools.profile import Profile

Result = TypeVar("Result")
REMEMBERED = 256
"""Results kept in memory: the one before a message is nearly always among them."""


@dataclass(frozen=True)
class Bureau:
    """Shared by all threads; decisions are functions of profile and date, so remembering them changes nothing."""

    store: Store
    language: Language
    search: Search
    settings: Settings
    _kept: OrderedDict[tuple[str, date, str], Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def decide(self, profile: Profile) -> Decision:
        """The decision for a profile at the day and the prices that count."""
        return self._remembered("decide", profile, decide)

    def advise(self, profile: Profile) -> Advice:
        """The whole advice for a profile, costs included; not kept, as it holds every draw."""
        return advise(profile, self.settings.date(), self.settings.price_table())

    def monthly_usd(self, profile: Profile) -> dict[Option, float | None]:
        """The median running cost of every option, USD a month; None where it cannot be built."""
        return self._remembered("monthly", profile, _monthly_usd)

    def flips(self, profile: Profile) -> tuple[Flip, ...]:
        """The smallest changes that move the advice for a profile."""
        return self._remembered("flips", profile, partial(decide, with_flips=True)).flips

    def check(self, profile: Profile) -> None:
        """Raises InputError for a profile on which nothing can be decided, such as one with an unknown model."""
        if "model" in profile.facts:
            self.decide(profile)

    def _remembered(
        self, kind: str, profile: Profile, compute: Callable[[Profile, date, PriceTable | None], Result]
    ) -> Result:
        key = (kind, self.settings.date(), json.dumps(profile.document()))
        with self._lock:
            found: Result | None = self._kept.get(key)
        if found is None:
            found = compute(profile, self.settings.date(), self.settings.price_table())
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > REMEMBERED:
                    self._kept.popitem(last=False)
        return found


def _monthly_usd(profile: Profile, as_of: date, prices: PriceTable | None) -> dict[Option, float | None]:
    totals = estimate_costs(profile, as_of, prices).totals
    return {option: deciles(total.monthly, total.fits)["p50"] for option, total in totals.items()}
