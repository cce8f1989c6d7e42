"""Conditions over boxes in three values: certainly true, possible, impossible."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.facts import fact_specs
from knowledge.options import Option
from knowledge.rulebook import AllOf, AnyOf, Condition, Exceeds, FactIs, Limit, Not
from tools.decide.boxes import Boxes, Mask, encode


@dataclass(frozen=True)
class Truth:
    """For each box whether a condition certainly holds in all of it, and whether it possibly holds in some of it."""

    certain: Mask
    possible: Mask


LimitTest = Callable[[Boxes, Limit, Option], Truth]
"""Whether an option is beyond a computed limit."""


def evaluate(condition: Condition, boxes: Boxes, option: Option | None, limits: LimitTest) -> Truth:
    """The condition's truth in each box; `option` is the one that computed limits are tested for."""
    if isinstance(condition, FactIs):
        return _fact_is(condition, boxes)
    if isinstance(condition, Exceeds):
        assert option is not None, "a computed limit is always one of some option"  # noqa: S101
        return limits(boxes, condition.exceeds, option)
    if isinstance(condition, Not):
        inner = evaluate(condition.not_, boxes, option, limits)
        return Truth(~inner.possible, ~inner.certain)
    parts = [evaluate(part, boxes, option, limits) for part in _parts(condition)]
    join = np.logical_and.reduce if isinstance(condition, AllOf) else np.logical_or.reduce
    return Truth(join([part.certain for part in parts]), join([part.possible for part in parts]))


def _parts(condition: AllOf | AnyOf) -> tuple[Condition, ...]:
    return condition.all if isinstance(condition, AllOf) else condition.any


def _fact_is(condition: FactIs, boxes: Boxes) -> Truth:
    low, high = boxes.low[condition.fact], boxes.high[condition.fact]
    spec = fact_specs()[condition.fact]
    if spec.numeric:
        floor = -np.inf if condition.at_least is None else condition.at_least
        ceiling = np.inf if condition.below is None else condition.below
        return Truth((low >= floor) & (high < ceiling), (high >= floor) & (low < ceiling))
    wanted = _wanted_codes(condition)
    counted = np.concatenate([[0], np.cumsum(wanted)])
    first, last = low.astype(np.intp), high.astype(np.intp) + 1
    matching = counted[last] - counted[first]
    return Truth(matching == last - first, matching > 0)


def _wanted_codes(condition: FactIs) -> NDArray[np.int64]:
    """A 1 at each code of the fact that the condition accepts."""
    spec = fact_specs()[condition.fact]
    if spec.kind == "flag":
        return np.array([not condition.is_, bool(condition.is_)], dtype=np.int64)
    codes = np.zeros(len(spec.codes), dtype=np.int64)
    named = (*condition.in_, *([str(condition.is_)] if condition.is_ is not None else []))
    codes[[int(encode(spec, name)) for name in named]] = 1
    if condition.from_ or condition.to:
        start = encode(spec, condition.from_) if condition.from_ else 0
        end = encode(spec, condition.to) if condition.to else len(codes) - 1
        codes[int(start) : int(end) + 1] = 1
    return codes


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
