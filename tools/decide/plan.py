"""The plan of an option, without the phases that what is known has made needless."""

import numpy as np

from knowledge.options import Option
from knowledge.rulebook import PlannedPhase
from tools.decide.boxes import Boxes, Mask
from tools.decide.certificate import whole_box
from tools.decide.conditions import LimitTest, evaluate
from tools.decide.decision import Phase
from tools.decide.engine import Engine
from tools.decide.limits import Limits
from tools.profile import Profile


def plan_of(engine: Engine, profile: Profile, option: Option) -> tuple[Phase, ...]:
    """The phases that are shown for a profile, numbered from 1."""
    box = whole_box(profile)
    limits = Limits(box, engine.evaluator.rates).test
    kept = [phase for phase in engine.book.plans[option] if shown(phase, box, limits)[0]]
    return tuple(_phase(number, phase) for number, phase in enumerate(kept, 1))


def shown(phase: PlannedPhase, boxes: Boxes, limits: LimitTest) -> Mask:
    """In which boxes a phase is shown: unless `unless` holds in all of the box, and if `when` does."""
    kept: Mask = np.ones(boxes.size, dtype=bool)
    if phase.when is not None:
        kept &= evaluate(phase.when, boxes, phase.option, limits).certain
    if phase.unless is not None:
        kept &= ~evaluate(phase.unless, boxes, phase.option, limits).certain
    return kept


def _phase(number: int, phase: PlannedPhase) -> Phase:
    return Phase(
        number, phase.option, phase.title, phase.weeks, phase.entry, phase.exit, phase.claims, phase.after_launch
    )
