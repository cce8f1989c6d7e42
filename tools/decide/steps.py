"""Per-step advice: a product of several jobs gets an answer for each of them."""

from dataclasses import dataclass
from datetime import date

from knowledge.facts import fact_specs
from knowledge.options import Option
from knowledge.price_table import PriceTable
from tools.decide.decide import outcome
from tools.profile import Known, Profile


@dataclass(frozen=True)
class StepAdvice:
    """What is advised for one job of the product; `confidence` as in a recommendation."""

    task: str
    option: Option
    confidence: float


def advise_steps(profile: Profile, as_of: date, prices: PriceTable | None = None) -> tuple[StepAdvice, ...]:
    """The advice for every step that the profile names, in its order; none where it names no steps.

    What is missing, and what there is to train on, was said of the product's main task. For every other step it is left
    open, so that the kind of task speaks for itself: sorting a request and wording the answer seldom lack the same.
    """
    named = profile.known("steps")
    tasks = str(named).split(", ") if named is not None else []
    return tuple(_advise(profile, task, as_of, prices) for task in tasks)


def _advise(profile: Profile, task: str, as_of: date, prices: PriceTable | None) -> StepAdvice:
    of_another = [name for name, spec in fact_specs().items() if spec.of_one_task]
    own = profile if profile.known("task") == task else profile.without(*of_another)
    advice = outcome(own.replace(task=Known(task)), as_of, prices)
    return StepAdvice(task, advice.option, advice.confidence)
