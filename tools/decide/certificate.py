"""The certificate: proof, or the odds, that nothing still open can change the advice.

Proof is by boxes. All open facts together span one box; where the rules leave only one winner possible in it, nothing
inside can change the advice. Otherwise a short search for one profile in it with another winner may end the matter:
there is something left to ask. If it finds none, the box is cut at the rules' thresholds, fact by fact, and the parts
that are still undecided are cut further, until none is left or there are too many; then the odds alone are told.
"""

from typing import Final

import numpy as np

from knowledge.options import OPTIONS
from tools.decide.boxes import Array, Boxes, Mask, decision_facts, just_below
from tools.decide.decision import Certainty, Certificate, OpenFact
from tools.decide.engine import Engine
from tools.decide.evaluate import Verdicts
from tools.decide.priors import plausible_range
from tools.decide.search import can_be_moved
from tools.decide.settled import is_settled, settled_value
from tools.profile import Profile, Range

MOST_BOXES: Final = 800
"""Boxes looked at before the search gives up; the certificate then rests on the odds alone."""


def certify(
    engine: Engine, profile: Profile, verdicts: Verdicts, winner: int, open_: tuple[OpenFact, ...]
) -> Certificate:
    """Whether the advice `winner` (its place on the ladder) stands whatever is still open."""
    chance = float((verdicts.winners != winner).mean())
    certainty: Certainty = "open"
    if not open_ or (chance == 0.0 and _proven(engine, profile, winner)):
        certainty = "proven"
    elif chance < engine.book.scale.stop_below:
        certainty = "probable"
    return Certificate(certainty, chance, open_)


def _proven(engine: Engine, profile: Profile, winner: int) -> bool:
    boxes, looked_at = whole_box(profile), 0
    if _undecided(engine, boxes, winner).size and can_be_moved(engine, boxes, winner):
        return False
    for name in _cutting_order(engine, profile):
        boxes = _undecided(engine, boxes, winner)
        if boxes.size == 0:
            return True
        boxes = _cut(boxes, name, engine.cuts.get(name, ()))
        looked_at += boxes.size
        if looked_at > MOST_BOXES:
            return False
    return _undecided(engine, boxes, winner).size == 0


def whole_box(profile: Profile) -> Boxes:
    """The one box that holds every plausible completion of the profile."""
    low, high = {}, {}
    for name in decision_facts():
        fact = profile.facts.get(name)
        ends = plausible_range(name)
        if is_settled(profile, name):
            ends = (settled_value(profile, name),) * 2
        elif isinstance(fact, Range):
            ends = fact.low, fact.high
        elif getattr(fact, "unsure", False):
            value = settled_value(profile, name)
            ends = min(ends[0], value), max(ends[1], value)
        low[name], high[name] = np.array([ends[0]]), np.array([ends[1]])
    return Boxes(low, high, 1) if low != high else Boxes.points(low)


def _cutting_order(engine: Engine, profile: Profile) -> list[str]:
    """The open facts, those that move the options furthest apart first."""
    used = [name for name in engine.used_facts if not is_settled(profile, name)]
    return sorted(used, key=lambda name: -engine.weights.get(name, 0.0))


def _undecided(engine: Engine, boxes: Boxes, winner: int) -> Boxes:
    """The boxes in which an option other than `winner` may come first."""
    truths = engine.evaluator.truths(boxes)
    maybe = (truths.possible & ~truths.certain).T.astype(np.float64)
    certain = truths.certain.T.astype(np.float64)
    effects = engine.evaluator.effects
    undecided: Mask = np.zeros(boxes.size, dtype=bool)
    for rival in range(len(OPTIONS)):
        if rival != winner:
            lead = effects[:, winner] - effects[:, rival]
            least = certain @ lead + maybe @ np.minimum(lead, 0.0)
            least += engine.evaluator.ladder[winner] - engine.evaluator.ladder[rival]
            # The simpler option wins a tie.
            undecided |= np.round(least, 6) < 0 if winner < rival else np.round(least, 6) <= 0
    return boxes.take(undecided)


def _cut(boxes: Boxes, name: str, cuts: tuple[float, ...]) -> Boxes:
    """Every box in as many parts as the cuts make of the fact's extent in it."""
    for cut in cuts:
        low, high = boxes.low[name], boxes.high[name]
        split = (low < cut) & (high >= cut)
        if split.any():
            below, above = boxes.take(split), boxes.take(split)
            below = _with(below, name, high=np.full(below.size, just_below(name, cut)))
            above = _with(above, name, low=np.full(above.size, cut))
            boxes = _joined(boxes.take(~split), below, above)
    return boxes


def _with(boxes: Boxes, name: str, low: Array | None = None, high: Array | None = None) -> Boxes:
    lows = boxes.low if low is None else {**boxes.low, name: low}
    highs = boxes.high if high is None else {**boxes.high, name: high}
    return Boxes(lows, highs, boxes.size)


def _joined(*parts: Boxes) -> Boxes:
    low = {name: np.concatenate([part.low[name] for part in parts]) for name in parts[0].low}
    high = {name: np.concatenate([part.high[name] for part in parts]) for name in parts[0].high}
    return Boxes(low, high, sum(part.size for part in parts))
