"""Whether a record's break-evens say of today's volume what its table of costs says."""

import math
from collections.abc import Mapping
from typing import Any

from agent.memo.forms import two_digits
from tools.cost.horizon import LONGEST

STRETCHES = "second_is_cheaper"


def agrees(record: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether the middle estimates say of today's volume what a row of the break-evens, as it is told, says of it."""
    first, second = (middle(record, option) for option in row["between"])
    today = next((each for each in record.get("assumptions", []) if each["name"] == "queries_per_day"), None)
    if first is None or second is None or today is None:
        return False
    volume = today["value"] if today.get("value") is not None else today["p50"]
    stretches = [(two_digits(low), math.inf if high is None else two_digits(high)) for low, high in row[STRETCHES]]
    within = any(low <= volume < high for low, high in stretches)
    return within == (second < first)


def middle(record: Mapping[str, Any], option: str) -> float | None:
    """The middle estimate of what an option costs over the longest horizon, in USD; None where it was not computed."""
    amounts = record.get("costs", {}).get(option, {}).get(f"tco_{LONGEST}_months_usd", {})
    middle: float | None = amounts.get("p50")
    return middle
