"""What all consultations share: the store, the language, the search, the settings, and decisions already taken."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar

from agent.guidance import Search
from agent.language.port import Language
from agent.settings import Settings
from agent.store import Store
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from tools.advice import Advice, advise
from tools.cost.report import median_monthly_usd
from tools.decide.decide import check_model, decide, flips_of, outcome
from tools.decide.decision import Decision, Flip, Outcome
from tools.profile import Profile

Result = TypeVar("Result")
REMEMBERED = 512
"""Results kept in memory, some 15 kB each: the last decision of some four hundred sessions that take turns."""


@dataclass(frozen=True)
class Bureau:
    """Shared by all threads; decisions are functions of profile and date, so remembering them changes nothing."""

    store: Store
    language: Language
    search: Search
    settings: Settings
    _kept: OrderedDict[tuple[str, date, bytes], Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def decide(self, profile: Profile, *, passing: bool = False) -> Decision:
        """The decision for a profile at the day and the prices that count; `passing` where it is looked back at."""
        return self._remembered("decide", profile, decide, passing=passing)

    def advise(self, profile: Profile) -> Advice:
        """The whole advice for a profile, costs included; not kept, as it holds every draw."""
        return advise(profile, self.settings.date(), self.settings.price_table())

    def foresee(self, profile: Profile) -> Outcome:
        """What would be advised for a profile, and why; not kept, as it is hardly asked for twice."""
        return outcome(profile, self.settings.date(), self.settings.price_table())

    def monthly_usd(self, profile: Profile, option: Option) -> float | None:
        """The median running cost of an option, USD a month; None where it cannot be built."""
        return median_monthly_usd(profile, option, self.settings.date(), self.settings.price_table())

    def flips(self, profile: Profile) -> tuple[Flip, ...]:
        """The smallest changes that move the advice for a profile."""
        return self._remembered("flips", profile, flips_of)

    def prepare(self) -> None:
        """Draws what every decision and every price is worked out from, so that no message has to wait for it."""
        nothing_known = Profile({})
        self.decide(nothing_known)
        for option in OPTIONS:
            self.monthly_usd(nothing_known, option)

    def check(self, profile: Profile) -> None:
        """Raises InputError for a profile on which nothing can be decided, such as one with an unknown model."""
        check_model(profile, self.settings.date(), self.settings.price_table())

    def _remembered(
        self,
        kind: str,
        profile: Profile,
        compute: Callable[[Profile, date, PriceTable | None], Result],
        *,
        passing: bool = False,
    ) -> Result:
        """What was computed before, or now; asking in passing does not make it last longer."""
        content = blake2b(json.dumps(profile.document()).encode(), digest_size=16).digest()
        key = (kind, self.settings.date(), content)
        with self._lock:
            found: Result | None = self._kept.get(key)
        if found is None:
            found = compute(profile, self.settings.date(), self.settings.price_table())
        with self._lock:
            self._kept[key] = found
            if not passing:
                self._kept.move_to_end(key)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return found
