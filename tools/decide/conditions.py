"""Conditions over boxes in three values: certainly true, possible, impossible."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from knowledge.facts import Scalar, fact_specs
from knowledge.options import Option
from knowledge.rulebook import AllOf, AnyOf, Condition, Exceeds, FactIs, Limit, Not
from tools.decide.boxes import Boxes, Mask, encode


@dataclass(frozen=True)
class Truth:
    """For each box whether a condition certainly holds in all of it, and whether it possibly holds in some of it."""

    certain: Mask
    possible: Mask

    @property
    def decided(self) -> bool:
        """Whether what is possible is certain, as it is for complete profiles; both are then one array."""
        return self.certain is self.possible


LimitTest = Callable[[Boxes, Limit, Option], Truth]
"""Whether an option is beyond a computed limit."""


def untabulated(_: Boxes, limit: Limit, option: Option) -> Truth:
    """Stands for the computed limits where conditions are tabulated, which such a limit cannot be."""
    raise AssertionError(f"the limit {limit} of {option} is computed, not tabulated")


def evaluate(condition: Condition, boxes: Boxes, option: Option | None, limits: LimitTest) -> Truth:
    """The condition's truth in each box; `option` is the one that computed limits are tested for."""
    if isinstance(condition, FactIs):
        return _fact_is(condition, boxes)
    if isinstance(condition, Exceeds):
        assert option is not None, "a computed limit is always one of some option"  # noqa: S101
        return limits(boxes, condition.exceeds, option)
    if isinstance(condition, Not):
        inner = evaluate(condition.not_, boxes, option, limits)
        certain = ~inner.possible
        return Truth(certain, certain if inner.decided else ~inner.certain)
    parts = [evaluate(part, boxes, option, limits) for part in _parts(condition)]
    join = np.logical_and if isinstance(condition, AllOf) else np.logical_or
    return reduce(lambda one, other: _joined(join, one, other), parts)


def _joined(join: np.ufunc, one: Truth, other: Truth) -> Truth:
    certain = join(one.certain, other.certain)
    if one.decided and other.decided:
        return Truth(certain, certain)
    return Truth(certain, join(one.possible, other.possible))


def _parts(condition: AllOf | AnyOf) -> tuple[Condition, ...]:
    return condition.all if isinstance(condition, AllOf) else condition.any


def _fact_is(condition: FactIs, boxes: Boxes) -> Truth:
    low, high = boxes.low[condition.fact], boxes.high[condition.fact]
    spec = fact_specs()[condition.fact]
    if spec.numeric:
        floor = -np.inf if condition.at_least is None else condition.at_least
        ceiling = np.inf if condition.below is None else condition.below
        certain = (low >= floor) & (high < ceiling)
        return Truth(certain, certain if low is high else (high >= floor) & (low < ceiling))
    counted = _counted_codes(condition.fact, condition.is_, condition.in_, condition.from_, condition.to)
    first = boxes.codes(condition.fact)
    if low is high:
        accepted = (np.diff(counted) > 0)[first]
        return Truth(accepted, accepted)
    last = high.astype(np.intp) + 1
    matching = counted[last] - counted[first]
    return Truth(matching == last - first, matching > 0)


@cache
def _counted_codes(
    fact: str, is_: Scalar | None, in_: tuple[str, ...], from_: str | None, to: str | None
) -> NDArray[np.int64]:
    """How many of the codes before each one a condition on a flag or choice accepts."""
    spec = fact_specs()[fact]
    codes = np.zeros(max(2, len(spec.codes)), dtype=np.int64)
    if spec.kind == "flag":
        codes[int(bool(is_))] = 1
    else:
        named = (*in_, *([str(is_)] if is_ is not None else []))
        codes[[int(encode(spec, name)) for name in named]] = 1
    if from_ or to:
        codes[int(encode(spec, from_)) if from_ else None : int(encode(spec, to)) + 1 if to else None] = 1
    return np.concatenate([[0], np.cumsum(codes)])


def atoms(condition: Condition) -> Iterator[FactIs | Exceeds]:
    """The conditions on single facts and limits that a condition is made of."""
    if isinstance(condition, FactIs | Exceeds):
        yield condition
    elif isinstance(condition, Not):
        yield from atoms(condition.not_)
    else:
        for part in _parts(condition):
            yield from atoms(part)


def facts_in(condition: Condition) -> tuple[str, ...]:
    """The facts that a condition speaks of, each once, in order."""
    return tuple(dict.fromkeys(atom.fact for atom in atoms(condition) if isinstance(atom, FactIs)))
