"""Deciding: the advice for a profile with everything that it rests on."""

from datetime import date

import numpy as np

from knowledge.claims import load_claims
from knowledge.facts import fact_specs
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from knowledge.rulebook import Gate
from tools.decide.boxes import Columns, Mask
from tools.decide.certificate import certify, whole_box
from tools.decide.completions import gap_chances
from tools.decide.conditions import facts_in
from tools.decide.conflicts import bearing_conflicts
from tools.decide.decision import (
    Blocker,
    Decision,
    Diagnosis,
    Flip,
    Outcome,
    RankedOption,
    Reason,
    Recommendation,
    Variants,
)
from tools.decide.engine import Engine, engine_with
from tools.decide.evaluate import Row, Verdicts
from tools.decide.flips import find_flips, most_frequent
from tools.decide.plan import plan_of
from tools.decide.settled import is_settled
from tools.decide.value import open_facts
from tools.decide.variants import Holds, holding, variants_of
from tools.profile import Profile
from tools.wording import fact_value_text


def decide(profile: Profile, as_of: date, prices: PriceTable | None = None, *, with_flips: bool = False) -> Decision:
    """The advice for a profile at one day's rules and prices; flips only where asked for, as they take longer.

    Raises InputError for a base model that the price table does not know.
    """
    engine = engine_with(_model(profile), as_of, prices)
    columns = engine.complete(profile)
    verdicts = engine.judge(columns)
    winner = most_frequent(verdicts.winners)
    open_ = open_facts(engine, profile, columns, verdicts)
    reasons = _reasons(engine, profile)
    holds = holding(engine, columns)
    variants = variants_of(engine, verdicts, holds)
    recommendation = _recommendation(engine, verdicts, winner, reasons, variants, holds)
    plan = plan_of(engine, profile, OPTIONS[winner])
    return Decision(
        profile=profile,
        recommendation=recommendation,
        variants=variants,
        diagnosis=_diagnosis(engine, profile, columns),
        reasons=reasons,
        plan=plan,
        flips=find_flips(engine, profile, columns, winner) if with_flips else (),
        unknown=open_,
        certificate=certify(engine, profile, verdicts, winner, open_),
        conflicts=bearing_conflicts(load_claims(), profile, recommendation, reasons, plan),
    )


def outcome(profile: Profile, as_of: date, prices: PriceTable | None = None) -> Outcome:
    """What `decide` would advise and why, in less than half its time; raises InputError for an unknown base model."""
    engine = engine_with(_model(profile), as_of, prices)
    winners = engine.judge(engine.complete(profile)).winners
    winner = most_frequent(winners)
    return Outcome(OPTIONS[winner], float((winners == winner).mean()), _reasons(engine, profile))


def flips_of(profile: Profile, as_of: date, prices: PriceTable | None = None) -> tuple[Flip, ...]:
    """The smallest changes that move the advice, as `decide` finds them; raises InputError for an unknown model."""
    engine = engine_with(_model(profile), as_of, prices)
    columns = engine.complete(profile)
    return find_flips(engine, profile, columns, most_frequent(engine.judge(columns).winners))


def check_model(profile: Profile, as_of: date, prices: PriceTable | None = None) -> None:
    """Raises InputError for a base model that the price table does not know."""
    engine_with(_model(profile), as_of, prices)


def _model(profile: Profile) -> str | None:
    model = profile.known("model")
    return None if model is None else str(model)


def _recommendation(
    engine: Engine,
    verdicts: Verdicts,
    winner: int,
    reasons: tuple[Reason, ...],
    variants: Variants,
    holds: Holds,
) -> Recommendation:
    chances = np.bincount(verdicts.winners, minlength=len(OPTIONS)) / len(verdicts.winners)
    totals, scores = verdicts.totals.mean(axis=0), verdicts.scores.mean(axis=0)
    order = sorted(range(len(OPTIONS)), key=lambda i: (i != winner, -chances[i], -totals[i], i))
    ranking = tuple(_ranked(OPTIONS[i], float(scores[i]), float(chances[i]), reasons) for i in order)
    won = verdicts.winners == winner
    return Recommendation(
        option=OPTIONS[winner],
        variant=variants[OPTIONS[winner]],
        add_ons=_add_ons(engine, won, OPTIONS[winner], holds),
        confidence=float(chances[winner]),
        ranking=ranking,
    )


def _ranked(option: Option, score: float, chance: float, reasons: tuple[Reason, ...]) -> RankedOption:
    gates = [reason for reason in reasons if reason.gate and reason.option == option]
    blockers = tuple(Blocker(gate.rule, gate.text, gate.citations) for gate in gates)
    return RankedOption(option, score, chance, not blockers, blockers)


def _add_ons(engine: Engine, won: Mask, option: Option, holds: Holds) -> tuple[str, ...]:
    """What holds in more than half of the completions in which the option wins."""
    held = [rule for rule in engine.book.add_ons if option in rule.options]
    most = [rule.add_on for rule in held if 2 * (won & holds(rule)).sum() > won.sum()]
    return tuple(dict.fromkeys(most))


def _reasons(engine: Engine, profile: Profile) -> tuple[Reason, ...]:
    """Every rule that holds whatever is still open, for every option it moves, strongest first."""
    truths = engine.evaluator.truths(whole_box(profile))
    held = [row for row, certain in zip(engine.evaluator.rows, truths.certain[:, 0], strict=True) if certain]
    found = [reason for row in held for reason in _of_row(row)]
    return tuple(sorted(found, key=lambda reason: (-abs(reason.effect), reason.rule, OPTIONS.index(reason.option))))


def _of_row(row: Row) -> list[Reason]:
    facts, gate = facts_in(row.condition), isinstance(row.rule, Gate)
    return [
        Reason(row.rule.id, option, effect, gate, row.rule.reason_for(effect), row.rule.claims_for(effect), facts)
        for option, effect in zip(OPTIONS, row.effects, strict=True)
        if effect
    ]


def _diagnosis(engine: Engine, profile: Profile, columns: Columns) -> Diagnosis:
    codes, words = fact_specs()["gap"].codes, engine.book.scale
    shares = np.bincount(columns["gap"].astype(np.intp), minlength=len(codes)) / len(columns["gap"])
    likeliest = int(np.argmax(shares))
    gap, stated, settled = codes[likeliest], profile.known("gap") is not None, is_settled(profile, "gap")
    because = [words.gaps[gap] if settled else words.gaps_if[gap]]
    if not stated:
        because += [_stated(profile, name) for name in _telling(engine, profile, gap)]
    return Diagnosis(gap, stated, stated and not settled, float(shares[likeliest]), tuple(because))


def _telling(engine: Engine, profile: Profile, gap: str) -> list[str]:
    """The known facts that make this kind of gap likelier than it is without them."""
    strays, least = engine.sampling.stray_share, engine.book.scale.telling
    chance = gap_chances(profile, strays)[gap]
    settled = [name for name, spec in fact_specs().items() if spec.kind != "text" and profile.known(name) is not None]
    return [name for name in settled if gap_chances(profile.without(name), strays)[gap] < chance - least]


def _stated(profile: Profile, name: str) -> str:
    """A fact that speaks for the kind of gap; one that was given with doubt is said to be so."""
    value = profile.known(name)
    assert value is not None  # noqa: S101
    doubt = "" if is_settled(profile, name) else " (not sure)"
    return f"{fact_specs()[name].label}: {fact_value_text(name, value)}{doubt}."
