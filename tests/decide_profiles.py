"""Profiles for tests of the decision, complete or partial: drawn around the values at which rules change their mind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from tools.decide.boxes import Columns, decision_facts, decode, just_below
from tools.decide.engine import Engine, engine_for
from tools.decide.evaluate import Verdicts
from tools.decide.priors import plausible_range
from tools.profile import FactValue, Known, Open, Profile, Range, State

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


@cache
def fact_values(name: str) -> st.SearchStrategy[FactValue]:
    """Everything that a profile may hold of a fact: a value, sure or not, a range, or one of the kinds of open."""
    spec, codes = decision_facts()[name], st.sampled_from(telling_values(name))
    known = codes.map(lambda code: Known(decode(spec, code)))
    unsure = codes.map(lambda code: Known(decode(spec, code), unsure=True))
    states: tuple[State, ...] = ("unknown", "later")
    if spec.not_applicable is not None:
        states = (*states, "not_applicable")
    kinds: list[st.SearchStrategy[FactValue]] = [known, known, known, unsure, st.sampled_from(states).map(Open)]
    if spec.numeric:
        ends = st.lists(codes, min_size=2, max_size=2, unique=True).map(sorted)
        kinds.append(ends.map(lambda pair: Range(*pair)))
    return st.one_of(kinds)


def partial_profiles(least: int = 0, most: int = 12, without: tuple[str, ...] = ()) -> st.SearchStrategy[Profile]:
    """Profiles of which some facts are known in any of the ways that there are, and the rest was never spoken of."""
    names = [name for name in decision_facts() if name not in without]
    spoken = st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)
    return spoken.flatmap(lambda few: st.fixed_dictionaries({name: fact_values(name) for name in few})).map(Profile)


COMPLETIONS = 32
"""How many plausible completions of a partial profile a relation between complete profiles is tried on."""


def situations(**held: float) -> st.SearchStrategy[Columns]:
    """Complete profiles, all at the values that rules look at, or such as are plausible for a partial profile."""
    return st.one_of(profiles(**held).map(lambda codes: columns_of(codes)), partial_profiles().map(_completed)).map(
        lambda columns: {**columns, **{name: np.full_like(columns[name], value) for name, value in held.items()}}
    )


def _completed(profile: Profile) -> Columns:
    return {name: column[:COMPLETIONS] for name, column in engine().complete(profile).items()}


@dataclass(frozen=True)
class Sweep:
    """The same profiles judged with each telling value of one fact, in rising order: arrays of values × profiles."""

    winners: np.ndarray
    totals: np.ndarray
    blocked: np.ndarray
    fired: np.ndarray
    """Rules × values × profiles."""

    def backwards(self) -> "Sweep":
        """With the values in falling order."""
        return Sweep(self.winners[::-1], self.totals[::-1], self.blocked[::-1], self.fired[:, ::-1])


def swept(columns: Columns, name: str) -> Sweep:
    """The profiles with each telling value of one fact in place of theirs, all else equal."""
    values = np.array(telling_values(name))
    size = len(columns[name])
    tiled = {fact: np.tile(column, len(values)) for fact, column in columns.items()}
    found = engine().judge({**tiled, name: np.repeat(values, size)})
    shape = (len(values), size)
    return Sweep(
        found.winners.reshape(shape),
        found.totals.reshape(*shape, -1),
        found.blocked.reshape(*shape, -1),
        found.fired.reshape(-1, *shape),
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
