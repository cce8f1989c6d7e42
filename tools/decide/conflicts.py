"""Where sources disagree on something that an advice rests on, or that is said about carrying it out."""

from collections.abc import Iterable

from knowledge.blueprints import Practice, Risk, Step, load_blueprints
from knowledge.claims import Claims, Conflict
from tools.decide.decision import BearingConflict, Phase, Reason, Recommendation
from tools.decide.fitting import fits
from tools.profile import Profile


def bearing_conflicts(
    claims: Claims, profile: Profile, advice: Recommendation, reasons: tuple[Reason, ...], plan: Iterable[Phase]
) -> tuple[BearingConflict, ...]:
    """The disagreements that bear on the advised option, on any topic that the advice or its practice cites.

    Those that a reason or a phase itself takes part in come first, and among them those on what moves the option most.
    """
    cited = {claim for reason in reasons for claim in reason.citations} | {c for phase in plan for c in phase.citations}
    weights = dict.fromkeys((claims[claim].topic for claim in (*cited, *_practised(profile, advice))), 0.0)
    for reason in reasons:
        for topic in {claims[claim].topic for claim in reason.citations} if reason.option == advice.option else ():
            weights[topic] = max(weights[topic], abs(reason.effect))

    def weight(conflict: Conflict) -> tuple[bool, float]:
        return not cited.isdisjoint(conflict.claims), max(weights.get(topic, 0.0) for topic in conflict.topics)

    found = [conflict for conflict in claims.conflicts_on(weights) if advice.option in conflict.options]
    ordered = sorted(found, key=weight, reverse=True)
    return tuple(BearingConflict(c.id, c.topic, c.claims, c.explained_by) for c in ordered)


def _practised(profile: Profile, advice: Recommendation) -> tuple[str, ...]:
    """The claims behind what is said of the options in general and on building, testing and watching the advised."""
    book = load_blueprints()
    facts = {name: value for name in profile.facts if (value := profile.known(name)) is not None}

    def meant(entry: Practice | Risk | Step) -> bool:
        return fits(entry, advice.option, advice.variant, facts)

    kinds = (book.testing, book.monitoring, book.rollback, book.abstain)
    practices = [
        *(part for risk in book.risks if meant(risk) for part in (risk.risk, risk.answer)),
        *(part for traits in book.traits.values() for part in (traits.for_, traits.against)),
        *(practice for kind in kinds for practice in kind if meant(practice)),
        *(entry for step in book.steps if meant(step) for entry in step.entries if meant(entry)),
        *(book.metrics[task] for task in [str(facts.get("task"))] if task in book.metrics),
        *(book.add_ons[name] for name in advice.add_ons if name in book.add_ons),
    ]
    return tuple(claim for practice in practices for claim in practice.claims)
