"""The static checks: the built-in rules pass all of them, and each check finds the fault it is there for."""

from dataclasses import replace

import pytest

from knowledge.options import OPTIONS, Option
from knowledge.rulebook import Evidence, Gate, PlannedPhase, Rulebook, Variant
from tests.decide_profiles import AS_OF, as_profile, engine
from tools.decide.checks import all_checks
from tools.decide.decide import decide
from tools.decide.engine import Engine
from tools.decide.evaluate import Evaluator
from tools.profile import parse_profile

CLAIM = "premai:prompting-first"


def faults(book: Rulebook) -> str:
    return " ".join(all_checks(Engine(Evaluator(book, engine().evaluator.rates))))


def with_evidence(when: object) -> Rulebook:
    rule = Evidence.model_validate(
        {"id": "made-up", "when": when, "reason": "r", "claims": [CLAIM], "effects": {"rag": 0.1}}
    )
    return replace(engine().book, evidence=(*engine().book.evidence, rule))


def test_the_rules_pass_every_check() -> None:
    assert all_checks(engine()) == []


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ({"all": [{"fact": "gap", "is": "both"}, {"fact": "gap", "is": "none"}]}, "can never fire"),
        ({"any": [{"fact": "regulated", "is": True}, {"fact": "regulated", "is": False}]}, "always fires"),
        ({"fact": "prompting_success", "at_least": 0.9, "below": 0.8}, "can never fire"),
        (
            {"any": [{"fact": "queries_per_day", "at_least": 50}, {"fact": "queries_per_day", "at_least": 90}]},
            "threshold 90",
        ),
    ],
)
def test_a_rule_that_says_nothing_is_found(when: object, fault: str) -> None:
    assert fault in faults(with_evidence(when))


def test_adequacy_gates_that_leave_nothing_are_found() -> None:
    gate = Gate.model_validate(
        {
            "id": "made-up",
            "when": {"fact": "gap", "is": "none"},
            "reason": "r",
            "claims": [CLAIM],
            "blocks": list(OPTIONS),
            "severity": "adequacy",
        }
    )
    assert "shut out as inadequate" in faults(replace(engine().book, gates=(*engine().book.gates, gate)))


def test_a_variant_behind_one_that_always_holds_is_found() -> None:
    last = Variant.model_validate(
        {
            "id": "made-up",
            "option": "hybrid",
            "variant": "late",
            "when": {"fact": "noisy_retrieval", "is": True},
            "reason": "r",
            "claims": [CLAIM],
        }
    )
    assert "'late' of hybrid is never named" in faults(replace(engine().book, variants=(*engine().book.variants, last)))


def test_an_option_without_plan_is_found() -> None:
    plans: dict[Option, tuple[PlannedPhase, ...]] = {**engine().book.plans}
    del plans["rag"]
    assert "no plan for 'rag'" in faults(replace(engine().book, plans=plans))


def test_a_gate_that_evidence_could_outweigh_is_found() -> None:
    scale = engine().book.scale
    weak = scale.model_copy(update={"severities": {**scale.severities, "budget": 2.0}})
    assert "'budget' takes 2" in faults(replace(engine().book, scale=weak))


def test_where_everything_is_shut_out_the_advice_says_what_is_broken() -> None:
    profile = parse_profile(
        {"gap": "knowledge", "latency_budget_ms": 1, "monthly_budget_usd": 0, "queries_per_day": 1e6}
    )
    ranking = decide(profile, AS_OF).recommendation.ranking
    assert not any(option.feasible for option in ranking)
    assert all(option.blockers and option.blockers[0].text for option in ranking)


REACHED = {
    "stronger_model": {"gap": "reasoning"},
    "few_shot": {"gap": "none", "prompting_success": 0.9},
    "tools": {"gap": "knowledge", "live_records": True, "knowledge_tokens": 5_000_000},
    "reranked": {"gap": "knowledge", "noisy_retrieval": True, "labeled_examples": 0, "knowledge_tokens": 5_000_000},
    "hybrid_search": {"gap": "knowledge", "noisy_retrieval": False, "accuracy_target": 0.8, "live_records": False},
    "small_classifier": {"gap": "behavior", "task": "classification", "labeled_examples": 5000},
    "full": {"gap": "behavior", "task": "code", "labeled_examples": 200_000, "ml_expertise": True},
    "qlora": {
        "gap": "behavior",
        "task": "code",
        "labeled_examples": 5000,
        "self_hosting_required": True,
        "upfront_budget_usd": 15_000,
    },
    "managed": {
        "gap": "behavior",
        "task": "generation",
        "labeled_examples": 5000,
        "ml_expertise": False,
        "self_hosting_required": False,
    },
    "lora": {"gap": "behavior", "task": "generation", "labeled_examples": 5000, "ml_expertise": True},
    "raft": {"gap": "both", "noisy_retrieval": True, "labeled_examples": 5000, "ml_expertise": True},
    "rag_then_fine_tuning": {"gap": "both", "noisy_retrieval": False, "labeled_examples": 5000},
}


@pytest.mark.parametrize("variant", REACHED)
def test_every_variant_is_named_for_some_profile(variant: str) -> None:
    assert decide(parse_profile(REACHED[variant]), AS_OF).recommendation.variant == variant


def test_every_variant_of_the_rules_has_such_a_profile() -> None:
    assert set(REACHED) == {rule.variant for rule in engine().book.variants}


ADDED = {
    "precompute_cache": {"gap": "none", "repetitive_queries": True, "latency_budget_ms": 900},
    "semantic_cache": {"repetitive_queries": True, "queries_per_day": 20_000, "live_records": False},
    "distillation": {"gap": "behavior", "teacher_available": True, "labeled_examples": 100, "strict_output": True},
    "retriever_tuning": {"gap": "knowledge", "rag_in_production": True, "noisy_retrieval": True},
    "content_fix": {"documents_unreliable": True},
    "routing": {"queries_per_day": 60_000, "task": "assistant"},
    "evaluation_first": {"regulated": True},
}


@pytest.mark.parametrize("add_on", ADDED)
def test_every_add_on_is_named_for_some_profile(add_on: str) -> None:
    assert add_on in decide(parse_profile(ADDED[add_on]), AS_OF).recommendation.add_ons


def test_every_add_on_of_the_rules_has_such_a_profile() -> None:
    assert set(ADDED) == {rule.add_on for rule in engine().book.add_ons}


def test_an_empty_profile_still_gets_an_honest_answer() -> None:
    decision = decide(as_profile({}), AS_OF)
    assert decision.certificate.certainty == "open" and decision.recommendation.confidence < 0.6


def test_what_speaks_against_an_option_rests_on_the_claims_named_for_it() -> None:
    reasons = decide(parse_profile({"contains_pii": True, "gap": "knowledge"}), AS_OF).reasons
    cited = {reason.option: reason.citations for reason in reasons if reason.rule == "personal-data"}
    rule = next(rule for rule in engine().book.evidence if rule.id == "personal-data")
    assert cited == {"rag": rule.claims, "fine_tuning": rule.against_claims}
    assert set(rule.rests_on) == {*rule.claims, *rule.against_claims}


def test_claims_against_need_a_sentence_that_rests_on_them() -> None:
    rule = {"id": "r", "when": {"fact": "gap", "is": "none"}, "reason": "r", "claims": [CLAIM], "effects": {"rag": 1}}
    with pytest.raises(ValueError, match="no `against`"):
        Evidence.model_validate({**rule, "against_claims": [CLAIM]})
