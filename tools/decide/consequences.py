"""Answers to "why do you ask?" and "why not that one?": computed from rules and completions, like the advice itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from knowledge.facts import Scalar
from knowledge.options import OPTIONS, Option
from knowledge.price_table import PriceTable
from knowledge.rulebook import Evidence, FactIs, Gate, load_rulebook
from tools.decide.boxes import Array, decision_facts, decode, just_below
from tools.decide.completions import complete
from tools.decide.conditions import atoms, facts_in
from tools.decide.decide import decide
from tools.decide.decision import Blocker, Flip, Reason
from tools.decide.engine import Engine, engine_with
from tools.decide.flips import find_flips, most_frequent
from tools.decide.priors import plausible_range
from tools.profile import Known, Profile, find_fact
from tools.rule_words import values_text

STEPS = 4
"""Kinds of answer shown for a number that no rule cuts."""


@dataclass(frozen=True)
class Consequence:
    """What one kind of answer would lead to: from `low` to `high` (the same for flags and choices)."""

    low: Scalar
    high: Scalar
    chance: float
    option: Option
    confidence: float


@dataclass(frozen=True)
class RuleOnFact:
    """A rule that speaks of a fact: the fact's values or bounds in it, what it does, and the claims it rests on."""

    rule: str
    gate: bool
    reason: str
    claims: tuple[str, ...]
    values: tuple[str, ...]
    effects: Mapping[Option, float]
    with_facts: tuple[str, ...]
    """The other facts that the rule depends on."""


@dataclass(frozen=True)
class WhyNot:
    """Why an option is not advised, and the smallest changes that would lead to it (empty if it is advised)."""

    option: Option
    advised: bool
    probability: float
    blockers: tuple[Blocker, ...]
    against: tuple[Reason, ...]
    in_favour: tuple[Reason, ...]
    lacking: tuple[RuleOnFact, ...]
    """Rules that would speak for it and do not certainly hold, strongest first."""
    ways: tuple[Flip, ...]


def consequences(profile: Profile, fact: str, as_of: date, prices: PriceTable | None = None) -> tuple[Consequence, ...]:
    """What each possible answer on a fact would lead to, in the order of its values.

    Numbers are grouped between the values at which a rule changes its mind, and neighbours that lead to the same advice
    are joined. Raises InputError for a name that is no fact; free text has no consequences.
    """
    spec = find_fact(fact)
    if spec.kind == "text":
        return ()
    model = profile.known("model")
    engine = engine_with(None if model is None else str(model), as_of, prices)
    plausible = complete(profile.without(fact), engine.sampling)[fact]
    found = [_consequence(engine, profile, fact, group) for group in _groups(engine, fact, plausible)]
    return tuple(_joined(found)) if spec.numeric else tuple(found)


@dataclass(frozen=True)
class _Group:
    """Values of a fact that the rules treat alike, with a typical one and how likely they are."""

    low: float
    high: float
    typical: float
    chance: float


def _groups(engine: Engine, fact: str, values: Array) -> list[_Group]:
    """A fact's values in groups that the rules treat alike; `values` are the plausible ones."""
    spec = decision_facts()[fact]
    if not spec.numeric:
        return [_Group(code, code, code, float((values == code).mean())) for code in _codes(fact)]
    cuts = engine.cuts.get(fact) or tuple(np.quantile(values, np.arange(1, STEPS) / STEPS))
    cells = np.searchsorted(np.array(cuts), values, side="right")
    edges = [min(plausible_range(fact)[0], float(values.min())), *cuts, float(values.max())]
    inner = [(low, just_below(fact, high)) for low, high in pairwise(edges)]
    ends = [*inner[:-1], (edges[-2], edges[-1])]
    return [_group(ends[cell], values[cells == cell], len(values)) for cell in np.unique(cells)]


def _group(ends: tuple[float, float], inside: Array, of: int) -> _Group:
    return _Group(*ends, float(np.quantile(inside, 0.5, method="lower")), len(inside) / of)


def _codes(fact: str) -> list[float]:
    return [float(code) for code in range(max(2, len(decision_facts()[fact].codes)))]


def _consequence(engine: Engine, profile: Profile, fact: str, group: _Group) -> Consequence:
    spec = decision_facts()[fact]
    typical = Known(decode(spec, group.typical))
    winners = engine.judge(engine.complete(profile.replace(**{fact: typical}))).winners
    option = most_frequent(winners)
    agreed = float((winners == option).mean())
    return Consequence(decode(spec, group.low), decode(spec, group.high), group.chance, OPTIONS[option], agreed)


def _joined(found: list[Consequence]) -> list[Consequence]:
    joined: list[Consequence] = []
    for each in found:
        last = joined[-1] if joined else None
        if last is None or last.option != each.option:
            joined.append(each)
            continue
        chance = last.chance + each.chance
        confidence = (last.confidence * last.chance + each.confidence * each.chance) / chance
        joined[-1] = Consequence(last.low, each.high, chance, last.option, confidence)
    return joined


def rules_on(fact: str) -> tuple[RuleOnFact, ...]:
    """The gates and the evidence that speak of a fact, strongest first; raises InputError for an unknown name."""
    find_fact(fact)
    rules: tuple[Gate | Evidence, ...] = (*load_rulebook().gates, *load_rulebook().evidence)
    found = [_on_fact(rule, fact) for rule in rules if fact in facts_in(rule.when)]
    return tuple(sorted(found, key=lambda rule: (not rule.gate, -_weight(rule), rule.rule)))


def _weight(rule: RuleOnFact) -> float:
    return max((abs(effect) for effect in rule.effects.values()), default=0.0)


def _on_fact(rule: Gate | Evidence, fact: str | None) -> RuleOnFact:
    gate = isinstance(rule, Gate)
    taken = -load_rulebook().scale.severities[rule.severity] if isinstance(rule, Gate) else 0.0
    effects = dict.fromkeys(rule.blocks, taken) if isinstance(rule, Gate) else rule.effects
    own = [atom for atom in atoms(rule.when) if isinstance(atom, FactIs) and atom.fact == fact]
    others = tuple(name for name in facts_in(rule.when) if name != fact)
    values = tuple(values_text(atom) for atom in own)
    return RuleOnFact(rule.id, gate, rule.reason, rule.claims, values, MappingProxyType(effects), others)


def why_not(profile: Profile, option: Option, as_of: date, prices: PriceTable | None = None) -> WhyNot:
    """Why an option is not advised: what shuts it out, speaks against it or is lacking, and what would lead to it."""
    decision = decide(profile, as_of, prices)
    ranked = next(row for row in decision.recommendation.ranking if row.option == option)
    about = [reason for reason in decision.reasons if reason.option == option and not reason.gate]
    advised = decision.recommendation.option == option
    held = {reason.rule for reason in decision.reasons}
    return WhyNot(
        option=option,
        advised=advised,
        probability=ranked.probability,
        blockers=ranked.blockers,
        against=tuple(reason for reason in about if reason.effect < 0),
        in_favour=tuple(reason for reason in about if reason.effect > 0),
        lacking=() if advised else _lacking(option, held),
        ways=() if advised else _ways(profile, option, decision.recommendation.option, as_of, prices),
    )


def _lacking(option: Option, held: set[str]) -> tuple[RuleOnFact, ...]:
    rules = [rule for rule in load_rulebook().evidence if rule.effects.get(option, 0.0) > 0 and rule.id not in held]
    found = [_on_fact(rule, facts_in(rule.when)[0]) for rule in rules]
    return tuple(sorted(found, key=lambda rule: (-rule.effects[option], rule.rule)))


def _ways(
    profile: Profile, option: Option, advised: Option, as_of: date, prices: PriceTable | None
) -> tuple[Flip, ...]:
    model = profile.known("model")
    engine = engine_with(None if model is None else str(model), as_of, prices)
    columns = engine.complete(profile)
    return find_flips(engine, profile, columns, OPTIONS.index(advised), OPTIONS.index(option))
