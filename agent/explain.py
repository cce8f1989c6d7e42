"""Reasons on tap: why this question, why not that option, what would change the advice, what if; from the trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import get_args

from agent.glossary import definitions
from agent.wording import cited, label, labels, percent, scalar_in_words, threshold_in_words, value_in_words, wording
from knowledge.facts import Scalar, fact_specs
from knowledge.options import LABELS, OPTIONS, Option
from tools.decide.decision import Decision, Flip, Outcome, Reason
from tools.profile import FactValue, Known, Profile

Foresee = Callable[[Profile], Outcome]

MOST_REASONS = 3
MOST_FLIPS = 5


def why_question(fact: str | None, decision: Decision, foresee: Foresee) -> str:
    """Why a fact is asked for: its reason, what each answer would lead to, and the rules that look at it."""
    if fact is None:
        return wording("why_nothing")
    spec = fact_specs()[fact]
    answers = {value: foresee(decision.profile.replace(**{fact: Known(value)})) for value in _answers(fact)}
    lines = [wording("why_because", because=spec.because), "", *_outcomes(fact, answers)]
    rules = _rules(fact, answers.values())
    if rules:
        lines += ["", wording("why_rules"), *rules]
    return "\n".join([*lines, "", wording("why_find_out", find_out=spec.find_out)])


def what_is_meant(fact: str) -> str:
    """What a question asks for: its words that need it, why it is asked, and how to find the answer."""
    spec = fact_specs()[fact]
    meant = wording("meant", because=spec.because, find_out=spec.find_out)
    return "\n\n".join([*definitions(f"{spec.question} {spec.label}"), meant])


def how_sure(decision: Decision, flips: tuple[Flip, ...]) -> str:
    """How sure the advice is: its share, whether it is proven, and what would change it."""
    certificate, chosen = decision.certificate, decision.recommendation
    leads = wording("sure_leads", option=LABELS[chosen.option], confidence=percent(chosen.confidence))
    standing = wording(f"sure_{certificate.certainty}", chance=percent(certificate.chance_of_change))
    return f"{leads} {standing}\n\n{what_would_change(decision, flips)}"


def why_not(about: str | None, decision: Decision, flips: Iterable[Flip]) -> str:
    """Why an option is not advised, or why it is, with what it would take."""
    option = _option(about)
    if option is None:
        return "\n\n".join(why_not(other, decision, flips) for other in OPTIONS if other != _winner(decision))
    winner = _winner(decision)
    if option == winner:
        return "\n".join([wording("why_not_winner", option=LABELS[option]), *_supporting(option, decision)])
    lines = [wording("why_not", option=LABELS[option]), *_blocked(option, decision), *_against(option, decision)]
    if len(lines) == 1:
        lines += [wording("why_not_close", winner=LABELS[winner]), *_for_winner(winner, decision)]
    return "\n".join([*lines, *_chances(option, decision), *_would_take(option, flips)])


def what_would_change(decision: Decision, flips: tuple[Flip, ...]) -> str:
    """The smallest changes of facts that move the advice, and the open facts that could."""
    lines = [wording("change_mind", option=LABELS[_winner(decision)])]
    lines += [wording("change_line", changes=_changes(flip), option=LABELS[flip.to]) for flip in _few(flips)]
    if not flips:
        lines.append(wording("change_none"))
    can_change = [fact.fact for fact in decision.unknown if fact.can_change]
    if can_change:
        lines += ["", wording("change_open", facts=labels(can_change))]
    return "\n".join(lines)


def what_if(supposed: Mapping[str, FactValue], decision: Decision, foresee: Foresee) -> str:
    """What a supposition would do to the advice; nothing is recorded."""
    if not supposed:
        return wording("what_if_nothing")
    there = foresee(decision.profile.replace(**supposed))
    here = decision.recommendation
    shown = ", ".join(
        wording("change_fact", label=label(fact), value=value_in_words(fact, value)) for fact, value in supposed.items()
    )
    confidence, option = percent(there.confidence), LABELS[there.option]
    if there.option == here.option:
        outcome = wording("what_if_stays", option=option, confidence=confidence, now=percent(here.confidence))
    else:
        outcome = wording("what_if_moves", before=LABELS[here.option], option=option, confidence=confidence)
    return f"{wording('what_if', supposed=shown)} {outcome}"


def _answers(fact: str) -> list[Scalar]:
    spec = fact_specs()[fact]
    if spec.kind == "flag":
        return [True, False]
    if spec.categorical:
        return list(spec.codes)
    return [int(value) if spec.kind == "integer" else value for value in spec.likely]


def _outcomes(fact: str, answers: Mapping[Scalar, Outcome]) -> list[str]:
    by_option: dict[Option, list[str]] = {}
    for value, foreseen in answers.items():
        by_option.setdefault(foreseen.option, []).append(scalar_in_words(fact, value))
    if len(by_option) < 2:
        return [wording("why_all_same")] if answers else []
    lines = [
        wording("why_leads_to", answers=" / ".join(values), option=LABELS[option])
        for option, values in by_option.items()
    ]
    return [wording("why_answers"), *lines]


def _rules(fact: str, foreseen: Iterable[Outcome]) -> list[str]:
    reasons = {reason.rule: reason for each in foreseen for reason in each.reasons if fact in reason.facts}
    strongest = sorted(reasons.values(), key=lambda reason: -abs(reason.effect))
    return [_reason_line("why_rule", reason) for reason in strongest[:MOST_REASONS]]


def _blocked(option: Option, decision: Decision) -> Iterator[str]:
    for row in decision.recommendation.ranking:
        if row.option == option:
            for blocker in row.blockers:
                yield wording("why_not_blocked", text=blocker.text, citations=cited(blocker.citations))


def _against(option: Option, decision: Decision) -> list[str]:
    against = [r for r in decision.reasons if r.option == option and r.effect < 0 and not r.gate]
    return [_reason_line("why_not_against", reason) for reason in against[:MOST_REASONS]]


def _supporting(option: Option, decision: Decision) -> list[str]:
    supporting = [r for r in decision.reasons if r.option == option and r.effect > 0]
    return [_reason_line("why_rule", reason) for reason in supporting[:MOST_REASONS]]


def _for_winner(winner: Option, decision: Decision) -> list[str]:
    supporting = [r for r in decision.reasons if r.option == winner and r.effect > 0]
    name = LABELS[winner]
    return [
        wording("why_not_winner_reason", winner=name, text=r.text, citations=cited(r.citations))
        for r in supporting[:MOST_REASONS]
    ]


def _chances(option: Option, decision: Decision) -> Iterator[str]:
    for row in decision.recommendation.ranking:
        if row.option == option and row.probability > 0:
            yield ""
            yield wording("why_not_share", share=percent(row.probability))


def _would_take(option: Option, flips: Iterable[Flip]) -> list[str]:
    changes = [_changes(flip) for flip in flips if flip.to == option]
    return ["", wording("would_take", changes=" or ".join(changes[:MOST_REASONS]))] if changes else []


def _changes(flip: Flip) -> str:
    return " and ".join(
        wording("change_fact", label=label(fact), value=threshold_in_words(fact, value, flip.sides[fact]))
        for fact, value in flip.shown.items()
    )


def _few(flips: tuple[Flip, ...]) -> tuple[Flip, ...]:
    return flips[:MOST_FLIPS]


def _reason_line(name: str, reason: Reason) -> str:
    return wording(name, text=reason.text, citations=cited(reason.citations))


def _winner(decision: Decision) -> Option:
    return decision.recommendation.option


def _option(about: str | None) -> Option | None:
    return next((option for option in get_args(Option) if option == about), None)
