"""Complete profiles for tests of the decision: drawn at and around every value at which a rule changes its mind."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from tools.decide.boxes import Columns, decision_facts, decode, just_below
from tools.decide.engine import Engine, engine_for
from tools.decide.evaluate import Verdicts
from tools.decide.priors import plausible_range
from tools.profile import Known, Profile

AS_OF = date(2026, 11, 20)
Codes = Mapping[str, float]
"""A complete profile as numbers: flags 0 and 1, choices their place."""

steadily = settings(derandomize=True, deadline=None, max_examples=40, database=None)


@cache
def engine() -> Engine:
    return engine_for(None, AS_OF)


@cache
def telling_values(name: str) -> tuple[float, ...]:
    """Every choice of a fact; for numbers both ends of what is plausible, and the values on each side of every cut."""
    spec = decision_facts()[name]
    if not spec.numeric:
        return tuple(float(code) for code in range(max(2, len(spec.codes))))
    low, high = plausible_range(name)
    near = [edge for cut in engine().cuts.get(name, ()) for edge in (just_below(name, cut), cut)]
    grid = np.linspace(low, high, 5) if spec.kind == "share" else np.round(np.geomspace(max(low, 1.0), high, 7))
    return tuple(sorted({low, high, *near, *(float(value) for value in grid)}))


def profiles(**held: float) -> st.SearchStrategy[dict[str, float]]:
    """Complete profiles, with some facts held."""
    return st.fixed_dictionaries(
        {
            name: st.just(held[name]) if name in held else st.sampled_from(telling_values(name))
            for name in decision_facts()
        }
    )


def columns_of(*rows: Codes) -> Columns:
    return {name: np.array([row[name] for row in rows]) for name in decision_facts()}


def judged(*rows: Codes) -> Verdicts:
    return engine().judge(columns_of(*rows))


def varied(profile: Codes, name: str) -> list[Codes]:
    """The profile with each telling value of one fact, in rising order."""
    return [{**profile, name: value} for value in telling_values(name)]


def as_profile(codes: Codes, *open_: str) -> Profile:
    """The profile that the numbers stand for, with some facts left open."""
    facts = decision_facts()
    return Profile({name: Known(decode(facts[name], value)) for name, value in codes.items() if name not in open_})
