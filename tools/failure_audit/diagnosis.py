"""From counted failures to the gap they support: shares with intervals, a stated rule, and how many more to label.

The rule: both gaps where missing knowledge and behaviour each surely make up a share worth a remedy of its own;
else the kind whose interval lies wholly above every other's; else none, and more labels are asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtri

from knowledge.audits import KINDS, FailureAuditParameters, Kind, audit_parameters

Gap = Literal["knowledge", "behavior", "both", "reasoning", "none"]
Counts = Mapping[Kind, float]


@dataclass(frozen=True)
class Share:
    """A kind's part of the failures with its Wilson score interval; all of 0–1."""

    count: int
    share: float
    low: float
    high: float


def shares(counts: Counts, level: float | None = None) -> dict[Kind, Share]:
    """Each kind's share of all counted failures; the level is the parameter's unless given."""
    total = sum(counts.values())
    found = {}
    for kind in KINDS:
        low, high = wilson(counts.get(kind, 0), total, level or _parameters().confidence_level.value)
        count = counts.get(kind, 0)
        found[kind] = Share(round(count), count / total if total else 0.0, low, high)
    return found


def wilson(count: float, total: float, level: float) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927); (0, 1) where nothing was counted."""
    if total <= 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + level / 2))
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * ((share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5)
    return max(0.0, middle - half), min(1.0, middle + half)


def supported_gap(counts: Counts, level: float | None = None) -> Gap | None:
    """The gap that the counted failures support at the level, or None."""
    if sum(counts.values()) < _parameters().least_labelled.value:
        return None
    found = shares(counts, level)
    both = _parameters().both_at_least.value
    if found["knowledge"].low >= both and found["behavior"].low >= both:
        return "both"
    leader = max(KINDS, key=lambda kind: found[kind].low)
    if all(found[leader].low > found[kind].high for kind in KINDS if kind != leader):
        return _parameters().gap_of[leader]
    return None


def confidence(counts: Counts) -> float:
    """The highest level, up to the stated one, at which the counts still support the gap that they support."""
    gap = supported_gap(counts)
    low, high = _parameters().confidence_level.value, _parameters().most_confident.value
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if supported_gap(counts, middle) == gap else (low, middle)
    return low


def needed_failures(counts: Counts) -> int | None:
    """How many failures support a gap if the shares stay as they are; None where no reasonable number does."""
    total = sum(counts.values())
    if total <= 0:
        return int(_parameters().least_labelled)
    most = int(_parameters().most_more_to_label)

    def decides(number: int) -> bool:
        return supported_gap({kind: count / total * number for kind, count in counts.items()}) is not None

    if not decides(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high


def _parameters() -> FailureAuditParameters:
    return audit_parameters().failure_audit
