"""What all consultations share: the store, the language, the search, the settings, and decisions already taken."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from agent.guidance import Search
from agent.language.port import Language
from agent.settings import Settings
from agent.store import Store
from tools.advice import Advice, advise
from tools.decide.decide import decide
from tools.decide.decision import Decision, Flip
from tools.profile import Profile

REMEMBERED = 512
"""Decisions kept in memory: the one before a message is nearly always among them."""


@dataclass(frozen=True)
class Bureau:
    """Shared by all threads; decisions are functions of profile and date, so remembering them changes nothing."""

    store: Store
    language: Language
    search: Search
    settings: Settings
    _decisions: OrderedDict[tuple[date, str], Decision] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def decide(self, profile: Profile) -> Decision:
        """The decision for a profile at the day and the prices that count."""
        key = (self.settings.date(), json.dumps(profile.document()))
        with self._lock:
            found = self._decisions.get(key)
        if found is None:
            found = decide(profile, self.settings.date(), self.settings.price_table())
            with self._lock:
                self._decisions[key] = found
                while len(self._decisions) > REMEMBERED:
                    self._decisions.popitem(last=False)
        return found

    def check(self, profile: Profile) -> None:
        """Raises InputError for a profile on which nothing can be decided, such as one with an unknown model."""
        if "model" in profile.facts:
            self.decide(profile)

    def advise(self, profile: Profile) -> Advice:
        """The whole advice for a profile, costs included."""
        return advise(profile, self.settings.date(), self.settings.price_table())

    def flips(self, profile: Profile) -> tuple[Flip, ...]:
        """The smallest changes that move the advice for a profile."""
        return decide(profile, self.settings.date(), self.settings.price_table(), with_flips=True).flips
