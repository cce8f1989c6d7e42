"""Figures that a user sets in place of the ranges in the files."""

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from knowledge.errors import InputError
from knowledge.figures import Spread, cost_figures, latency_figures

SET_BY_USER = "set by the user"
DERIVED = ("gpu_rent", "tokenizer", "price_level")
"""Inputs that are ranges too, but follow from prices and from the model."""


def parse_override(text: str) -> tuple[str, Spread]:
    """A figure set as NAME=VALUE, NAME=LOW..HIGH or NAME=LOW..MODE..HIGH; raises InputError."""
    name, _, stated = text.partition("=")
    check_figures([name.strip()])
    try:
        ends = [float(end) for end in stated.split("..")]
        if len(ends) == 2:
            ends.insert(1, (ends[0] + ends[1]) / 2)
        low, mode, high = ends if len(ends) == 3 else ends * 3
        return name.strip(), Spread(low=low, mode=mode, high=high)
    except (ValueError, ValidationError) as error:
        forms = "VALUE, LOW..HIGH or LOW..MODE..HIGH, none of them negative and the smaller first"
        raise InputError(f"{name.strip()}: '{stated[:60]}' is no figure; it takes {forms}.") from error


def as_spread(value: float | Spread) -> Spread:
    """A certain value as a range without width; raises InputError for one that no figure can have."""
    try:
        return value if isinstance(value, Spread) else Spread(low=value, mode=value, high=value)
    except ValidationError as error:
        raise InputError(f"A figure cannot be {value}; it takes zero or more.") from error


def check_figures(names: Mapping[str, Spread] | list[str]) -> None:
    """Raises InputError for the first name that is no figure, with the nearest ones."""
    known = [*cost_figures(), *latency_figures(), *DERIVED]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"the nearest are {', '.join(near)}" if near else "`consult cost --json` lists them as assumptions"
            raise InputError(f"There is no figure named '{name[:60]}'; {hint}.")
