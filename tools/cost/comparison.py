"""What separates the options: chances, drivers, payback, and the volumes at which the cheaper one changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from knowledge.options import Option
from tools.cost.formulas import payback_months
from tools.cost.horizon import HORIZONS, LONGEST, Totals
from tools.cost.inputs import Input, at_medians, drawn
from tools.cost.sampling import Array, median

Evaluate = Callable[[Mapping[str, Array]], dict[Option, Totals]]

LOW, HIGH = 0.1, 0.9
"""The shares of an input's distribution that a tornado swings between."""

LEAST_PER_DAY, MOST_PER_DAY, PER_DECADE = 1.0, 1e8, 4
"""The volumes that are searched for break-even points."""

SEARCH_DRAWS = 250
"""Draws at each of these volumes; their medians are those of an estimate to within a few percent."""

MOSTLY = 0.5
"""The share of draws in which an option has to fit before volumes are named at which it is cheaper."""


@dataclass(frozen=True)
class Swing:
    """The 24-month total of an option with one input at its P10 and P90, all others at their medians."""

    name: str
    label: str
    option: Option
    low_usd: float
    high_usd: float


@dataclass(frozen=True)
class BreakEven:
    """Volumes at which the cheaper of two options changes; `intervals` are those in which the second is cheaper."""

    between: tuple[Option, Option]
    months: int
    crossings: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]

    def document(self) -> dict[str, Any]:
        """As JSON; an interval without an upper end reaches beyond what was searched."""
        return {
            "between": list(self.between),
            "queries_per_day": self.crossings[0] if self.crossings else None,
            "months": self.months,
            "crossings_per_day": list(self.crossings),
            "second_is_cheaper": [[low, high if high < MOST_PER_DAY else None] for low, high in self.intervals],
        }


def chances_cheaper(totals: Mapping[Option, Totals]) -> dict[tuple[Option, Option], float]:
    """The share of draws in which the first option's 24-month total is below the second's; what does not fit loses."""
    cost = {option: np.where(each.fits, each.tco[LONGEST], np.inf) for option, each in totals.items()}
    return {(a, b): float(np.mean(cost[a] < cost[b])) for a in cost for b in cost if a != b}


def tornado(inputs: Mapping[str, Input], evaluate: Evaluate, most: int = 8) -> list[Swing]:
    """The inputs that move each option's 24-month total most, largest swing first."""
    uncertain = [each for each in inputs.values() if each.uncertain]
    values = at_medians(inputs, 2 * len(uncertain))
    for row, each in enumerate(uncertain):
        values[each.name][2 * row : 2 * row + 2] = each.at(np.array([LOW, HIGH]))
    swings = []
    for option, found in evaluate(values).items():
        ends = found.tco[LONGEST].reshape(-1, 2)
        order = np.argsort(-np.abs(ends[:, 1] - ends[:, 0]), kind="stable")[:most]
        moved = [i for i in order if ends[i, 0] != ends[i, 1]]
        swings += [Swing(uncertain[i].name, uncertain[i].label, option, *ends[i].tolist()) for i in moved]
    return swings


def paybacks(totals: Mapping[Option, Totals]) -> list[dict[str, Any]]:
    """For each pair, when the lower bills of an option with a higher upfront price have repaid it."""
    found = []
    for pair in combinations(totals, 2):
        base, other = sorted(pair, key=lambda option: median(totals[option].upfront))
        a, b = totals[base], totals[other]
        months = payback_months(a.spent - b.spent, b.upfront - a.upfront)[a.fits & b.fits]
        if months.size == 0:
            continue
        central = median(months)
        repaid = float(np.mean(np.isfinite(months)))
        stated = int(central) if np.isfinite(central) else None
        found.append({"option": other, "instead_of": base, "months": stated, "probability_within_24_months": repaid})
    return found


def break_evens(inputs: Mapping[str, Input], evaluate: Evaluate, seed: int) -> list[BreakEven]:
    """For each pair and horizon, the volumes at which the option with the lower median total changes.

    The medians are over draws of all other inputs, as the amounts of an estimate are, so that both tell the same.
    """
    decades = np.log10(MOST_PER_DAY / LEAST_PER_DAY)
    volumes = np.logspace(np.log10(LEAST_PER_DAY), np.log10(MOST_PER_DAY), int(decades * PER_DECADE) + 1)
    at = _medians_at(volumes, drawn(inputs, SEARCH_DRAWS, seed), evaluate)
    wanted = [(pair, span) for pair in combinations(at, 2) for span in HORIZONS]
    return [_break_even(pair, span, volumes, at[pair[0]][span] - at[pair[1]][span]) for pair, span in wanted]


def _medians_at(volumes: Array, values: Mapping[str, Array], evaluate: Evaluate) -> dict[Option, dict[int, Array]]:
    """The median total of each option that mostly fits, by horizon: one for each volume."""
    rows = {name: np.tile(column, len(volumes)) for name, column in values.items()}
    rows["queries_per_day"] = np.repeat(volumes, SEARCH_DRAWS)
    found: dict[Option, dict[int, Array]] = {}
    for option, total in evaluate(rows).items():
        fits = total.fits[:SEARCH_DRAWS]  # what is sent with one query decides, not how many there are
        if fits.mean() >= MOSTLY:
            found[option] = {
                span: _row_medians(total.tco[span].reshape(len(volumes), -1)[:, fits]) for span in HORIZONS
            }
    return found


def _row_medians(rows: Array) -> Array:
    ordered, last = np.sort(rows, axis=1), rows.shape[1] - 1
    return np.asarray((ordered[:, last // 2] + ordered[:, (last + 1) // 2]) / 2)


def _flips(difference: Array) -> Sequence[int]:
    return np.flatnonzero((difference[:-1] > 0) != (difference[1:] > 0)).tolist()


def _break_even(pair: tuple[Option, Option], span: int, volumes: Array, difference: Array) -> BreakEven:
    crossings = tuple(_crossing(volumes, difference, i) for i in _flips(difference))
    edges = [LEAST_PER_DAY, *crossings, MOST_PER_DAY]
    begins = 0 if difference[0] > 0 else 1
    intervals = tuple((edges[i], edges[i + 1]) for i in range(begins, len(edges) - 1, 2))
    return BreakEven(pair, span, crossings, intervals)


def _crossing(volumes: Array, difference: Array, i: int) -> float:
    """Where the line between two neighbouring volumes crosses zero."""
    left, right = difference[i], difference[i + 1]
    return float(volumes[i] + (volumes[i + 1] - volumes[i]) * left / (left - right))
