"""What a decision consists of, held to what its completions and rules say one by one."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from knowledge.blueprints import load_blueprints
from knowledge.claims import load_claims
from knowledge.errors import InputError
from knowledge.facts import Scalar, fact_specs
from knowledge.options import OPTIONS, Option
from knowledge.rulebook import AddOn, Variant
from tests.decide_profiles import AS_OF, Codes, as_profile, engine, profiles, steadily
from tools.decide import variants
from tools.decide.boxes import Boxes, Columns, Mask
from tools.decide.conditions import evaluate
from tools.decide.decide import _add_ons, check_model, decide, flips_of, outcome
from tools.decide.decision import Decision
from tools.decide.fitting import fits
from tools.decide.limits import Limits
from tools.profile import Profile, parse_profile

PROFILES: list[dict[str, Scalar]] = [
    {},
    {"gap": "knowledge", "needs_citations": True},
    {"gap": "knowledge", "knowledge_tokens": 20_000, "latency_budget_ms": 4000},
    {"gap": "behavior", "labeled_examples": 3000, "training_allowed": True},
    {"gap": "both", "labeled_examples": 20_000, "ml_expertise": True, "training_allowed": True},
    {"gap": "none", "prompting_success": 0.9},
    {"task": "classification", "needs_citations": False, "strict_output": True},
]


def holding(rule: Variant | AddOn, profile: Profile) -> Mask:
    """In which completions the rule's condition holds."""
    return holding_in(rule, engine().complete(profile))


def holding_in(rule: Variant | AddOn, columns: Columns) -> Mask:
    boxes = Boxes.points(columns)
    return evaluate(rule.when, boxes, None, Limits(boxes, engine().evaluator.rates).test).certain


def won(profile: Profile, option: Option) -> Mask:
    return np.equal(engine().judge(engine().complete(profile)).winners, OPTIONS.index(option))


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_the_variant_is_the_one_most_often_first_to_hold_where_the_option_wins(start: dict[str, Scalar]) -> None:
    profile = parse_profile(start)
    advised = decide(profile, AS_OF).recommendation
    rules = [rule for rule in engine().book.variants if rule.option == advised.option]
    held = {rule: holding(rule, profile) for rule in rules}
    firsts = Counter(
        next((rule.variant for rule in rules if held[rule][place]), None)
        for place in np.flatnonzero(won(profile, advised.option))
    )
    del firsts[None]
    assert advised.variant == (firsts.most_common(1)[0][0] if firsts else None)


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_an_add_on_holds_in_more_than_half_of_where_the_option_wins(start: dict[str, Scalar]) -> None:
    profile = parse_profile(start)
    advised = decide(profile, AS_OF).recommendation
    where = won(profile, advised.option)
    rules = [rule for rule in engine().book.add_ons if advised.option in rule.options]
    expected = [rule.add_on for rule in rules if holding(rule, profile)[where].mean() > 0.5]
    assert advised.add_ons == tuple(dict.fromkeys(expected))


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_options_are_ranked_by_how_often_they_win_with_the_advice_first(start: dict[str, Scalar]) -> None:
    profile = parse_profile(start)
    advised = decide(profile, AS_OF).recommendation
    assert advised.ranking[0].option == advised.option
    assert sorted(row.option for row in advised.ranking) == sorted(OPTIONS)
    assert all(better.probability >= worse.probability for better, worse in pairwise(advised.ranking))
    verdicts = engine().judge(engine().complete(profile))
    for better, worse in pairwise(advised.ranking[1:]):
        if better.probability == worse.probability:
            means = verdicts.totals.mean(axis=0)
            assert means[OPTIONS.index(better.option)] >= means[OPTIONS.index(worse.option)]
    for row in advised.ranking:
        assert row.score == pytest.approx(verdicts.scores[:, OPTIONS.index(row.option)].mean())
        assert row.probability == pytest.approx(won(profile, row.option).mean())
        assert row.feasible == (not row.blockers)


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_reasons_come_strongest_first_with_the_sentence_of_their_sign(start: dict[str, Scalar]) -> None:
    reasons = decide(parse_profile(start), AS_OF).reasons
    strengths = [abs(reason.effect) for reason in reasons]
    assert strengths == sorted(strengths, reverse=True) and 0 not in strengths
    rules = {rule.id: rule for rule in engine().book.grounded()}
    for reason in reasons:
        assert reason.citations == rules[reason.rule].claims_for(reason.effect)


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_a_rule_is_a_reason_only_where_it_holds_in_every_completion(start: dict[str, Scalar]) -> None:
    profile = parse_profile(start)
    fired = engine().judge(engine().complete(profile)).fired
    everywhere = {row.rule.id for row, held in zip(engine().evaluator.rows, fired, strict=True) if held.all()}
    assert {reason.rule for reason in decide(profile, AS_OF).reasons} <= everywhere


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_an_option_is_shut_out_by_the_gates_that_are_reasons_against_it_and_by_nothing_else(
    start: dict[str, Scalar],
) -> None:
    decided = decide(parse_profile(start), AS_OF)
    gates = {rule.id for rule in engine().book.gates}
    for ranked in decided.recommendation.ranking:
        against = {one.rule for one in decided.reasons if one.option == ranked.option and one.rule in gates}
        assert {blocker.rule for blocker in ranked.blockers} == against
        assert ranked.feasible == (not against)


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_the_short_answer_is_that_of_the_whole_decision(start: dict[str, Scalar]) -> None:
    whole, short = decide(parse_profile(start), AS_OF), outcome(parse_profile(start), AS_OF)
    assert (short.option, short.confidence) == (whole.recommendation.option, whole.recommendation.confidence)
    assert short.reasons == whole.reasons and whole.flips == ()
    assert short.confidence == pytest.approx(won(parse_profile(start), short.option).mean())


def test_flips_are_found_where_they_are_asked_for() -> None:
    profile = parse_profile({"gap": "knowledge", "needs_citations": True})
    assert flips_of(profile, AS_OF) == decide(profile, AS_OF, with_flips=True).flips != ()


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_the_plan_is_numbered_from_one_and_keeps_the_order_of_the_options_phases(start: dict[str, Scalar]) -> None:
    decision = decide(parse_profile(start), AS_OF)
    phases = [(phase.title, phase.exit) for phase in engine().book.plans[decision.recommendation.option]]
    places = [phases.index((step.title, step.exit)) for step in decision.plan]
    assert [step.phase for step in decision.plan] == [*range(1, len(places) + 1)] and places == sorted(places)


def test_a_stated_gap_is_certain_and_needs_no_grounds_but_itself() -> None:
    diagnosis = decide(parse_profile({"gap": "behavior", "strict_output": True}), AS_OF).diagnosis
    assert (diagnosis.gap, diagnosis.stated, diagnosis.unsure, diagnosis.probability) == ("behavior", True, False, 1)
    assert diagnosis.because == (engine().book.scale.gaps["behavior"],)


def test_an_open_gap_is_the_likeliest_one_with_the_facts_that_speak_for_it_alone() -> None:
    profile = parse_profile({"needs_citations": True, "task": "question_answering", "strict_output": True})
    diagnosis = decide(profile, AS_OF).diagnosis
    assert diagnosis.gap == "knowledge" and not diagnosis.stated
    assert diagnosis.probability == pytest.approx((engine().complete(profile)["gap"] == 0).mean())
    words = " ".join(diagnosis.because[1:])
    assert fact_specs()["needs_citations"].label in words and "yes" in words
    assert fact_specs()["strict_output"].label not in words


def test_a_known_model_passes_and_an_unknown_one_is_refused() -> None:
    check_model(parse_profile({}), AS_OF)
    with pytest.raises(InputError, match="no-such-model"):
        check_model(Profile({**parse_profile({"model": "no-such-model"}).facts}), AS_OF)


def test_facts_that_tell_nothing_of_the_gap_are_no_grounds_for_it() -> None:
    profile = parse_profile({"needs_citations": True, "annual_growth": 0.2, "use_case": "a bot", "model": "gpt-4.1"})
    words = " ".join(decide(profile, AS_OF).diagnosis.because)
    assert fact_specs()["needs_citations"].label in words
    assert not any(fact_specs()[name].label in words for name in ("annual_growth", "use_case", "model"))


@steadily
@given(profiles())
def test_of_a_complete_profile_the_variant_is_the_first_that_holds_and_none_where_none_does(codes: Codes) -> None:
    profile = as_profile(codes)
    advised = decide(profile, AS_OF).recommendation
    rules = [rule for rule in engine().book.variants if rule.option == advised.option]
    assert advised.variant == next((rule.variant for rule in rules if holding(rule, profile)[0]), None)


def test_an_add_on_that_holds_in_half_of_where_the_option_wins_is_not_advised() -> None:
    columns = engine().complete(parse_profile({"gap": "knowledge", "needs_citations": True}))
    rule = next(rule for rule in engine().book.add_ons if "rag" in rule.options and holding_in(rule, columns).any())
    held = holding_in(rule, columns)
    apart, without = np.flatnonzero(held)[:2], np.flatnonzero(~held)[:2]
    for chosen, expected in (
        ([apart[0], *without], False),
        ([*apart[:1], without[0]], False),
        ([*apart, without[0]], True),
    ):
        few = {name: column[chosen] for name, column in columns.items()}
        advised = _add_ons(engine(), np.ones(len(chosen), dtype=bool), "rag", variants.holding(engine(), few))
        assert (rule.add_on in advised) == expected


def reasoned(decision: Decision) -> set[str]:
    """The claims that the reasons and the plan cite."""
    reasons = {claim for reason in decision.reasons for claim in reason.citations}
    return reasons | {claim for phase in decision.plan for claim in phase.citations}


def test_disagreements_come_by_whether_they_are_cited_and_then_by_how_far_their_topic_moves_the_option() -> None:
    claims, apart = load_claims(), 0
    for start in PROFILES:
        decision = decide(parse_profile(start), AS_OF)
        cited = reasoned(decision)
        moved: dict[str, float] = {}
        for reason in decision.reasons:
            for topic in {claims[claim].topic for claim in reason.citations}:
                if reason.option == decision.recommendation.option:
                    moved[topic] = max(moved.get(topic, 0.0), abs(reason.effect))
        topics = {conflict.id: conflict.topics for conflict in claims.conflicts}
        order = [
            (bool(cited & set(found.claims)), max(moved.get(topic, 0.0) for topic in topics[found.id]))
            for found in decision.conflicts
        ]
        assert order == sorted(order, reverse=True)
        apart += len(set(order)) > 2
    assert apart


def said_of(decision: Decision) -> set[str]:
    """The claims that the advice and the practice that fits it rest on."""
    book, advice = load_blueprints(), decision.recommendation
    facts = {name: decision.profile.known(name) for name in fact_specs() if decision.profile.known(name) is not None}
    steps = [step for step in book.steps if fits(step, advice.option, advice.variant, facts)]
    general = [part for traits in book.traits.values() for part in (traits.for_, traits.against)]
    chosen = [book.add_ons[name] for name in advice.add_ons if name in book.add_ons]
    measured = [book.metrics[str(facts["task"])]] if facts.get("task") in book.metrics else []
    fitting = [*book.testing, *book.monitoring, *book.rollback, *book.abstain, *(e for s in steps for e in s.entries)]
    practice = [entry for entry in fitting if fits(entry, advice.option, advice.variant, facts)]
    risks = [risk for risk in book.risks if fits(risk, advice.option, advice.variant, facts)]
    answered = [part for risk in risks for part in (risk.risk, risk.answer)]
    said = [*general, *chosen, *measured, *practice, *answered]
    return reasoned(decision) | {claim for each in said for claim in each.claims}


@pytest.mark.parametrize("start", PROFILES, ids=str)
def test_a_disagreement_bears_where_it_is_on_the_option_and_on_something_that_is_said_of_it(
    start: dict[str, Scalar],
) -> None:
    decision, claims = decide(parse_profile(start), AS_OF), load_claims()
    topics = {claims[claim].topic for claim in said_of(decision)}
    option = decision.recommendation.option
    expected = {one.id for one in claims.conflicts if option in one.options and topics & set(one.topics)}
    assert {found.id for found in decision.conflicts} == expected
