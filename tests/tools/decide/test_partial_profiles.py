"""Relations for profiles with open facts: completions, confidence, the certificate, the value of asking, flips."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facts import Scalar
from knowledge.options import OPTIONS
from tests.decide_profiles import AS_OF, Codes, as_profile, engine, profiles, steadily
from tools.decide.boxes import Boxes, decision_facts
from tools.decide.certificate import whole_box
from tools.decide.completions import complete, even_share, gap_chances
from tools.decide.decide import decide
from tools.decide.engine import Engine
from tools.decide.flips import most_frequent
from tools.decide.priors import plausible_range
from tools.decide.search import can_be_moved
from tools.profile import Known, Profile, Range, parse_profile

FACTS = tuple(decision_facts())
NOISE = 0.02
"""What the confidence may move by for no reason: three standard errors of a share of 4,096 draws."""

some_open = st.lists(st.sampled_from(FACTS), min_size=1, max_size=6, unique=True)
fewer = steadily.__class__(steadily, max_examples=25)


def confidence(profile: Profile) -> float:
    winners = engine().judge(engine().complete(profile)).winners
    return float((winners == most_frequent(winners)).mean())


@fewer
@given(profiles(), some_open)
def test_completions_keep_what_is_known_and_stay_within_what_is_plausible(codes: Codes, open_: list[str]) -> None:
    columns = engine().complete(as_profile(codes, *open_))
    for name in FACTS:
        low, high = (codes[name],) * 2 if name not in open_ else plausible_range(name)
        assert (columns[name] >= low).all() and (columns[name] <= high).all()


def test_a_range_is_completed_within_its_ends() -> None:
    columns = engine().complete(parse_profile({"queries_per_day": {"low": 100, "high": 900}}))
    assert columns["queries_per_day"].min() >= 100 and columns["queries_per_day"].max() <= 900
    assert np.unique(columns["queries_per_day"]).size > 100


def test_an_unsure_value_stays_the_likeliest_but_not_the_only_one() -> None:
    values = engine().complete(parse_profile({"strict_output": {"value": True, "unsure": True}}))["strict_output"]
    assert 0.8 < values.mean() < 1


def test_what_does_not_apply_is_settled() -> None:
    values = engine().complete(parse_profile({"knowledge_tokens": {"state": "not_applicable"}}))["knowledge_tokens"]
    assert (values == 0).all()


@pytest.mark.parametrize("state", ["unknown", "later"])
def test_not_knowing_is_the_same_as_not_having_been_asked(state: str) -> None:
    assert (
        decide(parse_profile({"gap": {"state": state}}), AS_OF).recommendation
        == decide(parse_profile({}), AS_OF).recommendation
    )


def test_the_same_profile_always_has_the_same_completions() -> None:
    profile = parse_profile({"gap": "knowledge"})
    first, second = engine().complete(profile), Engine(engine().evaluator).complete(profile)
    assert all((first[name] == second[name]).all() for name in FACTS)


def test_citations_make_a_knowledge_gap_likelier_and_a_behaviour_gap_less_likely() -> None:
    strays = engine().sampling.stray_share
    blank = gap_chances(parse_profile({}), strays)
    told = gap_chances(parse_profile({"needs_citations": True}), strays)
    assert told["knowledge"] > blank["knowledge"] and told["behavior"] < blank["behavior"]
    assert sum(told.values()) == pytest.approx(1)


def test_what_the_priors_find_surprising_makes_them_doubted() -> None:
    usual = parse_profile({"gap": "knowledge", "task": "question_answering", "queries_per_day": 1500})
    odd = parse_profile({"gap": "knowledge", "task": "classification", "training_allowed": False})
    sampling = engine().sampling
    assert even_share(usual, sampling) < sampling.uniform_share < even_share(odd, sampling)
    assert even_share(odd, replace(sampling, uniform_share=0.0)) == 0.0


def test_one_surprise_alone_does_not_make_all_priors_doubted() -> None:
    usual = parse_profile({"gap": "behavior", "ml_expertise": True, "strict_output": True})
    huge = usual.replace(queries_per_day=Known(9e7))
    sampling = replace(engine().sampling, uniform_share_least=0.0, uniform_share_most=1.0)
    before, after = even_share(usual, sampling), even_share(huge, sampling)
    assert before < after
    assert after / (1 - after) <= before / (1 - before) / sampling.stray_share


def test_however_surprising_the_answers_some_completions_still_follow_the_priors() -> None:
    odd = parse_profile({"gap": "none", "task": "classification", "needs_citations": True, "live_records": True})
    assert even_share(odd, engine().sampling) == engine().sampling.uniform_share_most


STARTS: list[dict[str, Scalar]] = [
    {},
    {"gap": "knowledge"},
    {"gap": "behavior", "labeled_examples": 1000},
    {"gap": "both", "queries_per_day": 3000},
    {"task": "classification"},
    {"update_frequency": "daily", "needs_citations": True},
]


@fewer
@given(profiles(), some_open)
def test_a_box_holds_every_completion(codes: Codes, open_: list[str]) -> None:
    profile = as_profile(codes, *open_)
    box, columns = whole_box(profile), engine().complete(profile)
    for name in FACTS:
        assert (columns[name] >= box.low[name][0]).all() and (columns[name] <= box.high[name][0]).all()


@fewer
@given(profiles(), some_open)
def test_what_certainly_holds_in_a_box_holds_in_every_completion(codes: Codes, open_: list[str]) -> None:
    profile = as_profile(codes, *open_)
    truths = engine().evaluator.truths(whole_box(profile))
    fired = engine().judge(engine().complete(profile)).fired
    assert fired[truths.certain[:, 0]].all() and not fired[~truths.possible[:, 0]].any()


@fewer
@given(profiles(), some_open)
def test_nothing_moves_the_advice_after_a_proven_certificate(codes: Codes, open_: list[str]) -> None:
    profile = as_profile(codes, *open_)
    decision = decide(profile, AS_OF)
    if decision.certificate.certainty == "proven":
        box, generator = whole_box(profile), np.random.Generator(np.random.PCG64(5))
        drawn = {name: _within(box, name, generator, 10_000) for name in FACTS}
        winners = engine().judge(drawn).winners
        assert (winners == OPTIONS.index(decision.recommendation.option)).all()


def _within(box: Boxes, name: str, generator: np.random.Generator, size: int) -> np.ndarray:
    """Values of a box, half of them at its ends and at the cuts."""
    low, high = float(box.low[name][0]), float(box.high[name][0])
    edges = [low, high, *(cut for cut in engine().cuts.get(name, ()) if low <= cut <= high)]
    spread = np.expm1(generator.uniform(np.log1p(low), np.log1p(high), size)) if low > -1 else np.full(size, low)
    whole = np.round(spread) if decision_facts()[name].kind not in ("number", "share") else spread
    return np.where(generator.random(size) < 0.5, generator.choice(edges, size), np.clip(whole, low, high))


def test_what_is_left_open_is_listed_with_the_range_that_was_checked() -> None:
    decision = decide(parse_profile({"gap": "none", "queries_per_day": {"low": 10, "high": 90}}), AS_OF)
    checked = {fact.fact: fact.checked for fact in decision.certificate.checked}
    assert checked["needs_citations"] == "yes or no" and checked["queries_per_day"].startswith("10 ")
    assert "gap" not in checked


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_no_question_is_worth_less_than_nothing_and_settled_facts_are_never_asked(start: dict[str, Scalar]) -> None:
    decision = decide(parse_profile(start), AS_OF)
    assert all(fact.value_of_information >= 0 for fact in decision.unknown)
    assert not {fact.fact for fact in decision.unknown} & set(start)


def test_the_first_question_is_what_is_missing() -> None:
    assert decide(parse_profile({}), AS_OF).unknown[0].fact == "gap"


def test_a_value_given_as_a_range_is_weighed_over_the_whole_range() -> None:
    profile = parse_profile({"gap": "behavior"}).replace(labeled_examples=Range(10, 5000))
    surer = profile.replace(labeled_examples=Known(5000))
    assert confidence(profile) < confidence(surer)


PROBABLE: list[dict[str, Scalar]] = [
    {"gap": "reasoning", "labeled_examples": 0, "latency_budget_ms": 20_000, "training_allowed": False},
    {
        "gap": "knowledge",
        "knowledge_tokens": 50_000_000,
        "latency_budget_ms": 5000,
        "prompting_success": 0.3,
        "noisy_retrieval": False,
    },
    {"gap": "none", "needs_citations": False, "prompting_success": 0.9, "task": "generation"},
]


@pytest.mark.parametrize("start", PROBABLE, ids=str)
def test_after_a_probable_certificate_the_advice_moves_no_more_often_than_stated(start: dict[str, Scalar]) -> None:
    profile = parse_profile(start)
    decision = decide(profile, AS_OF)
    assert decision.certificate.certainty in ("probable", "proven")
    fresh = complete(profile, replace(engine().sampling, size=60_000))
    moved = float((engine().judge(fresh).winners != OPTIONS.index(decision.recommendation.option)).mean())
    assert moved <= engine().book.scale.stop_below
    assert moved == pytest.approx(decision.certificate.chance_of_change, abs=0.006)


def test_the_search_finds_a_profile_that_moves_the_advice_where_there_plainly_is_one() -> None:
    assert can_be_moved(engine(), whole_box(parse_profile({"gap": "knowledge"})), OPTIONS.index("rag"))
    settled = as_profile({name: plausible_range(name)[0] for name in FACTS})
    assert not can_be_moved(engine(), whole_box(settled), 0)
