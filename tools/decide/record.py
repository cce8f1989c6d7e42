"""The decision as a JSON document: what `consult decide --json` prints and memos are written from."""

from typing import Any

from knowledge.claims import Claims, load_claims
from tools.decide.decision import BearingConflict, Certificate, Decision, OpenFact, Recommendation


def recommendation_document(advice: Recommendation) -> dict[str, Any]:
    """The recommendation with the complete ranking."""
    return {
        "option": advice.option,
        "variant": advice.variant,
        "confidence": advice.confidence,
        "ranking": [
            {
                "option": row.option,
                "score": row.score,
                "probability": row.probability,
                "feasible": row.feasible,
                "blockers": [
                    {"rule": gate.rule, "text": gate.text, "citations": list(gate.citations)} for gate in row.blockers
                ],
            }
            for row in advice.ranking
        ],
        "add_ons": list(advice.add_ons),
    }


def decision_document(decision: Decision) -> dict[str, Any]:
    """Everything that was decided, with every cited claim; plain JSON values only."""
    return {
        "profile": decision.profile.document(),
        "recommendation": recommendation_document(decision.recommendation),
        "diagnosis": {
            "gap": decision.diagnosis.gap,
            "stated": decision.diagnosis.stated,
            "unsure": decision.diagnosis.unsure,
            "probability": decision.diagnosis.probability,
            "because": list(decision.diagnosis.because),
        },
        "reasons": [
            {
                "rule": reason.rule,
                "option": reason.option,
                "effect": reason.effect,
                "gate": reason.gate,
                "text": reason.text,
                "citations": list(reason.citations),
                "facts": list(reason.facts),
            }
            for reason in decision.reasons
        ],
        "plan": [
            {
                "phase": step.phase,
                "option": step.option,
                "title": step.title,
                "weeks": list(step.weeks),
                "entry": step.entry,
                "exit": step.exit,
                "after_launch": step.after_launch,
                "citations": list(step.citations),
            }
            for step in decision.plan
        ],
        "flips": [
            {"changes": dict(flip.changes), "to": flip.to, "shown": dict(flip.shown), "sides": dict(flip.sides)}
            for flip in decision.flips
        ],
        "unknown": [open_fact_document(fact) for fact in decision.unknown],
        "certificate": certificate_document(decision.certificate),
        "conflicts": [_conflict(conflict) for conflict in decision.conflicts],
        "citations": citations_document(cited_claims(decision), load_claims()),
    }


def open_fact_document(fact: OpenFact) -> dict[str, Any]:
    """An open fact and what learning it is worth."""
    return {
        "fact": fact.fact,
        "value_of_information": fact.value_of_information,
        "can_change": fact.can_change,
        "checked": fact.checked,
    }


def certificate_document(certificate: Certificate) -> dict[str, Any]:
    """Why the interview may stop, or that it may not yet."""
    return {"certainty": certificate.certainty, "chance_of_change": certificate.chance_of_change}


def cited_claims(decision: Decision) -> tuple[str, ...]:
    """The ids of all claims that the decision rests on, each once, in order of appearance."""
    groups = [
        *(reason.citations for reason in decision.reasons),
        *(gate.citations for row in decision.recommendation.ranking for gate in row.blockers),
        *(step.citations for step in decision.plan),
        *(conflict.claims for conflict in decision.conflicts),
    ]
    return tuple(dict.fromkeys(claim for group in groups for claim in group))


def citations_document(cited: tuple[str, ...], claims: Claims) -> dict[str, Any]:
    """What each cited claim says and where it stands."""
    return {
        claim_id: {
            "source": claims.sources[claims[claim_id].source].title,
            "section": claims[claim_id].section,
            "claim": claims[claim_id].text,
        }
        for claim_id in cited
    }


def _conflict(conflict: BearingConflict) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "topic": conflict.topic,
        "claims": list(conflict.claims),
        "explained_by": conflict.explained_by,
    }
