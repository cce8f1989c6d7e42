"""Many complete profiles decided at once: the winners alone, for benchmarks, evaluations and what-if sweeps."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from knowledge.errors import InputError
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from tools.decide.boxes import Columns, Indices, decision_facts
from tools.decide.engine import engine_with
from tools.decide.settled import is_settled, settled_value
from tools.profile import Profile

AT_ONCE: Final = 8_192
"""Profiles judged together; more would only take memory."""


def decide_batch(columns: Columns, as_of: date, model: str | None = None, prices: PriceTable | None = None) -> Indices:
    """The recommended option's place in `OPTIONS` for every complete profile.

    `columns` holds one array per fact, all of one length, coded as in `tools.decide.boxes`; `profile_columns` makes
    them. Raises InputError where a fact is missing or the lengths differ.
    """
    lengths = {len(column) for column in columns.values()}
    missing = [name for name in decision_facts() if name not in columns]
    if missing or len(lengths) != 1:
        lacking = f"{', '.join(missing)} missing" if missing else "the columns differ in length"
        raise InputError(f"A batch takes one column of equal length for every fact, but {lacking}.")
    engine, size = engine_with(model, as_of, prices), lengths.pop()
    parts = [
        engine.judge({name: column[start : start + AT_ONCE] for name, column in columns.items()}).winners
        for start in range(0, size, AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)


def profile_columns(profiles: Sequence[Profile]) -> Columns:
    """Complete profiles as columns; raises InputError that names a fact which some profile leaves open."""
    for profile in profiles:
        missing = [name for name in decision_facts() if not is_settled(profile, name)]
        if missing:
            raise InputError(f"A batch takes complete profiles only; {missing[0]} is open. Use `decide` for this one.")
    return {name: np.array([settled_value(profile, name) for profile in profiles]) for name in decision_facts()}


def named(winners: Indices) -> list[Option]:
    """The options by name."""
    return [OPTIONS[place] for place in winners]
