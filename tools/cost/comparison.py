"""What separates the options: chances, drivers, payback, and the volumes at which the cheaper one changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from knowledge.options import Option
from tools.cost.formulas import payback_months
from tools.cost.horizon import HORIZONS, LONGEST, Totals
from tools.cost.inputs import Input, at_medians
from tools.cost.sampling import Array, median

Evaluate = Callable[[Mapping[str, Array]], dict[Option, Totals]]

LOW, HIGH = 0.1, 0.9
"""The shares of an input's distribution that a tornado swings between."""

LEAST_PER_DAY, MOST_PER_DAY, PER_DECADE = 1.0, 1e9, 64
"""The volumes that are searched for break-even points."""


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


def break_evens(inputs: Mapping[str, Input], evaluate: Evaluate) -> list[BreakEven]:
    """For each pair and horizon, the volumes at which the cheaper option changes, all else at its median."""
    decades = np.log10(MOST_PER_DAY / LEAST_PER_DAY)
    grid = np.logspace(np.log10(LEAST_PER_DAY), np.log10(MOST_PER_DAY), int(decades * PER_DECADE) + 1)
    coarse = _at_volumes(inputs, evaluate, grid)
    wanted = [(pair, span) for pair in combinations(coarse, 2) for span in HORIZONS]
    brackets = sorted({i for (a, b), span in wanted for i in _flips(coarse[a].tco[span] - coarse[b].tco[span])})
    fine = [np.linspace(grid[i], grid[i + 1], PER_DECADE + 1) for i in brackets]
    volumes = np.sort(np.concatenate([grid, *fine]))
    at = _at_volumes(inputs, evaluate, volumes) if brackets else coarse
    return [_break_even(pair, span, volumes, at) for pair, span in wanted]


def _at_volumes(inputs: Mapping[str, Input], evaluate: Evaluate, volumes: Array) -> dict[Option, Totals]:
    values = at_medians(inputs, len(volumes))
    values["queries_per_day"] = volumes
    return {option: found for option, found in evaluate(values).items() if bool(found.fits.all())}


def _flips(difference: Array) -> Sequence[int]:
    return np.flatnonzero((difference[:-1] > 0) != (difference[1:] > 0)).tolist()


def _break_even(pair: tuple[Option, Option], span: int, volumes: Array, at: Mapping[Option, Totals]) -> BreakEven:
    difference = at[pair[0]].tco[span] - at[pair[1]].tco[span]
    crossings = tuple(_crossing(volumes, difference, i) for i in _flips(difference))
    edges = [LEAST_PER_DAY, *crossings, MOST_PER_DAY]
    begins = 0 if difference[0] > 0 else 1
    intervals = tuple((edges[i], edges[i + 1]) for i in range(begins, len(edges) - 1, 2))
    return BreakEven(pair, span, crossings, intervals)


def _crossing(volumes: Array, difference: Array, i: int) -> float:
    """Where the line between two volumes crosses zero; in a step of a GPU, at its edge to within the grid."""
    left, right = difference[i], difference[i + 1]
    return float(volumes[i] + (volumes[i + 1] - volumes[i]) * left / (left - right))
