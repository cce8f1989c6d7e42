"""Looking for a plausible profile with another winner: finding one shows at once that there is nothing to prove."""

from typing import Final

import numpy as np

from tools.decide.boxes import Array, Boxes, Columns, Mask, decision_facts, just_below
from tools.decide.engine import Engine
from tools.decide.evaluate import Verdicts
from tools.decide.limits import CEILINGS, FALLING

SWEEPS: Final = 2
"""Rounds in which every open fact is moved once to where it hurts the present advice most."""


def can_be_moved(engine: Engine, box: Boxes, winner: int) -> bool:
    """Whether some profile in the box certainly has another winner; False means only that none was found.

    Starts at both ends of the box, and where costs and waits are greatest and their ceilings least, and goes downhill:
    each fact takes the value that leaves the present advice the smallest lead. Evidence adds up, so this finds most of
    what there is in a few hundred profiles.
    """
    edges = {name: _edges(engine, box, name) for name in engine.used_facts}
    open_ = {name: values for name, values in edges.items() if len(values) > 1}
    if not open_:
        return False
    tightest = {**box.high, **{name: box.low[name] for name in (*CEILINGS.values(), *FALLING)}}
    return any(_descends(engine, start, open_, winner) for start in (box.low, box.high, tightest))


def _descends(engine: Engine, start: Columns, open_: dict[str, Array], winner: int) -> bool:
    point = {name: float(column.item()) for name, column in start.items()}
    names = np.repeat(list(open_), [len(values) for values in open_.values()])
    values = np.concatenate(list(open_.values()))
    for _ in range(SWEEPS):
        found = engine.judge(_moved(point, names, values))
        if (found.winners != winner).any():
            return True
        leads = _leads(found, winner)
        best = {name: values[names == name][np.argmin(leads[names == name])] for name in open_}
        point.update({name: float(value) for name, value in best.items()})
    return bool(engine.judge({name: np.array([value]) for name, value in point.items()}).winners.item() != winner)


def _moved(point: dict[str, float], names: Array, values: Array) -> Columns:
    """The point with each of the changes, one a row, and the point itself."""
    columns = {name: np.full(len(values) + 1, value) for name, value in point.items()}
    for name in np.unique(names):
        rows: Mask = np.append(names == name, False)
        columns[str(name)][rows] = values[names == name]
    return columns


def _leads(found: Verdicts, winner: int) -> Array:
    """How far the winner leads in each row but the last."""
    others = np.delete(found.totals, winner, axis=1)
    return np.asarray((found.totals[:, winner] - others.max(axis=1))[:-1])


def _edges(engine: Engine, box: Boxes, name: str) -> Array:
    """Both ends of a fact in the box, and the values on each side of every cut within."""
    low, high = float(box.low[name].item()), float(box.high[name].item())
    if low == high:
        return np.array([low])
    if not decision_facts()[name].numeric:
        return np.arange(low, high + 1)
    inside = [cut for cut in engine.cuts.get(name, ()) if low < cut <= high]
    return np.unique([low, high, *inside, *(just_below(name, cut) for cut in inside)])
