"""The advice agrees with itself: where facts are open, where an option or a rule is missing, and at its thresholds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from math import nextafter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.facts import Scalar
from knowledge.options import OPTIONS, Option
from tests.decide_profiles import AS_OF, Codes, as_profile, engine, partial_profiles, profiles, steadily
from tests.decide_rulebooks import rule
from tools.decide.boxes import decision_facts, decode
from tools.decide.decide import decide, outcome
from tools.decide.decision import Flip
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator, Verdicts
from tools.decide.flips import most_frequent
from tools.profile import Known, Profile

NOISE = 0.02
"""What the confidence may move by for no reason: three standard errors of a share of 4,096 draws."""

BOUNDED = 0.05
"""What it may fall by where an answer would move the doubt in the priors beyond its bounds: those are judgement."""

KINDS_OF_ANSWER = 24
CONDITIONS = {rule.id: rule.model_dump(by_alias=True)["when"] for rule in engine().book.evidence}
few = settings(steadily, max_examples=25)
fewer = settings(steadily, max_examples=12)


@cache
def unbounded() -> Engine:
    """The engine with doubt in the priors following from what is known alone, kept within no bounds."""
    scale = engine().book.scale.model_copy(update={"uniform_share_least": 0.0, "uniform_share_most": 1.0})
    return Engine(Evaluator(replace(engine().book, scale=scale), engine().evaluator.rates))


def completed(profile: Profile, one: Engine | None = None) -> Verdicts:
    judging = one or engine()
    return judging.judge(judging.complete(profile))


def share_of(option: int, verdicts: Verdicts) -> float:
    return float((verdicts.winners == option).mean())


def answers(one: Engine, profile: Profile, name: str) -> list[tuple[float, Scalar]]:
    """Answers to a question with their chances: all choices, or evenly spaced values of the prior."""
    spec, values = decision_facts()[name], one.complete(profile)[name]
    if not spec.numeric:
        codes, counts = np.unique(values, return_counts=True)
        return [(count / len(values), decode(spec, code)) for code, count in zip(codes, counts, strict=True)]
    shares = (np.arange(KINDS_OF_ANSWER) + 0.5) / KINDS_OF_ANSWER
    typical = np.quantile(values, shares, method="lower")
    return [(1 / KINDS_OF_ANSWER, decode(spec, value)) for value in typical]


ASKED = st.sampled_from(engine().used_facts).flatmap(
    lambda name: st.tuples(st.just(name), partial_profiles(without=(name,)))
)


def learnt(one: Engine, name: str, profile: Profile) -> float:
    """By how much the confidence rises on average when a fact becomes known."""
    told = [
        (chance, completed(profile.replace(**{name: Known(value)}), one))
        for chance, value in answers(one, profile, name)
    ]
    after = sum(chance * share_of(most_frequent(found.winners), found) for chance, found in told)
    before = completed(profile, one)
    return after - share_of(most_frequent(before.winners), before)


@pytest.mark.relation("learning")
@few
@given(ASKED)
def test_on_average_learning_a_fact_never_lowers_confidence(asked: tuple[str, Profile]) -> None:
    assert learnt(unbounded(), *asked) >= -NOISE


@pytest.mark.relation("learning")
@few
@given(ASKED)
def test_the_bounds_of_the_doubt_in_the_priors_lower_it_by_a_few_points_at_most(asked: tuple[str, Profile]) -> None:
    assert learnt(engine(), *asked) >= -BOUNDED


@pytest.mark.relation("agreement-is-said")
@few
@given(partial_profiles())
def test_where_all_completions_agree_it_is_said_and_where_they_do_not_there_is_something_to_ask(
    profile: Profile,
) -> None:
    found, decision = completed(profile), decide(profile, AS_OF)
    disagreeing = 1 - share_of(most_frequent(found.winners), found)
    certificate = decision.certificate
    assert certificate.chance_of_change == pytest.approx(disagreeing)
    assert (certificate.certainty == "open") == (disagreeing >= engine().book.scale.stop_below)
    assert decision.unknown or certificate.certainty == "proven"


@pytest.mark.relation("agreement-is-said")
@few
@given(profiles())
def test_a_complete_profile_is_certain_and_leaves_nothing_to_ask(codes: Codes) -> None:
    decision = decide(as_profile(codes), AS_OF)
    assert (decision.certificate.certainty, decision.recommendation.confidence) == ("proven", 1)
    assert decision.unknown == ()


@pytest.mark.relation("removing-a-loser")
@few
@given(partial_profiles(), st.sampled_from(range(len(OPTIONS))))
def test_with_facts_open_an_option_ahead_in_most_completions_stays_ahead_without_a_loser(
    profile: Profile, removed: int
) -> None:
    found = completed(profile)
    winner = most_frequent(found.winners)
    if removed != winner and share_of(winner, found) > 0.5:
        left = found.best_of([option for place, option in enumerate(OPTIONS) if place != removed])
        assert most_frequent(left) == winner


@pytest.mark.relation("contradiction")
@few
@given(partial_profiles(), st.sampled_from(sorted(CONDITIONS)), st.floats(0.1, 4.0), st.sampled_from(OPTIONS))
def test_a_source_that_contradicts_the_advice_never_raises_its_confidence(
    profile: Profile, found_by: str, weight: float, instead: Option
) -> None:
    before = completed(profile)
    winner = most_frequent(before.winners)
    effects: dict[Option, float] = {OPTIONS[winner]: -weight}
    if instead != OPTIONS[winner]:
        effects[instead] = weight
    book = replace(engine().book, evidence=(*engine().book.evidence, rule(0, CONDITIONS[found_by], effects)))
    after = completed(profile, Engine(Evaluator(book, engine().evaluator.rates)))
    assert share_of(winner, after) <= share_of(winner, before)


@pytest.mark.relation("contradiction")
@few
@given(partial_profiles())
def test_disagreements_that_are_only_told_move_no_number(profile: Profile) -> None:
    before = decide(profile, AS_OF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.decide.decide.bearing_conflicts", lambda *_: before.conflicts * 2)
        after = decide(profile, AS_OF)
    assert (after.recommendation, after.certificate) == (before.recommendation, before.certificate)


@pytest.mark.relation("flips")
@fewer
@given(partial_profiles())
def test_each_flip_of_a_partial_profile_flips_at_its_threshold_and_not_before(profile: Profile) -> None:
    flips_hold(profile)


@pytest.mark.relation("flips")
@few
@given(profiles())
def test_each_flip_of_a_complete_profile_flips_at_its_threshold_and_not_before(codes: Codes) -> None:
    flips_hold(as_profile(codes))


def flips_hold(profile: Profile) -> None:
    decision = decide(profile, AS_OF, with_flips=True)
    now = decision.recommendation.option
    for flip in decision.flips:
        assert advised(profile, flip.changes) == flip.to != now
        if len(flip.changes) == 1:
            beside = [advised(profile, change) for change in just_beside(flip)]
            assert not beside or any(option != flip.to for option in beside), flip
        else:
            alone = [advised(profile, {name: value}) for name, value in flip.changes.items()]
            assert alone == [now, now], flip


def advised(profile: Profile, changes: Mapping[str, Scalar]) -> Option:
    return outcome(profile.replace(**{name: Known(value) for name, value in changes.items()}), AS_OF).option


def just_beside(flip: Flip) -> Iterator[dict[str, Scalar]]:
    """The nearest values on both sides of the threshold of a number."""
    ((name, value),) = flip.changes.items()
    spec = decision_facts()[name]
    if spec.numeric:
        number = float(value)
        whole = spec.kind == "integer"
        for towards in (-np.inf, np.inf):
            near = number + np.sign(towards) if whole else nextafter(number, towards)
            yield {name: int(near) if whole else near}
