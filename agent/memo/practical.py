"""Risks, plan, evaluation, monitoring, roll-back and blueprint: what to do, fitted to the facts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from agent.memo.case import Case
from agent.memo.numerals import numerals
from agent.memo.outline import Block, Bullets, Paragraph, Section, Sentence, Table
from agent.memo.wording import wording
from agent.memo.writer import without_repeats
from knowledge.blueprints import Practice, load_blueprints

DURATIONS = ("week", "day", "hour", "month")
"""What the unit of a claim about a duration holds."""

SHOWN_RISKS = 3
SHOWN_WATCHES = 2


def consequences(case: Case) -> Section:
    """What can go wrong with the advised option, and what answers it."""
    w, rows = case.writer, []
    for place, risk in enumerate(load_blueprints().risks):
        if case.fits(risk):
            path = f"practice/risks/{place}"
            parts = ((risk.risk, f"{path}/risk"), (risk.answer, f"{path}/answer"))
            rows.append(tuple((_practice(case, part, at),) for part, at in parts))
    if not rows:
        return Section("consequences", w.heading("consequences"), (Paragraph((w.say("consequences.none"),)),))
    table = Table(w.columns("risk", "answer"), tuple(rows[:SHOWN_RISKS]), (1, 1))
    return Section("consequences", w.heading("consequences"), (table,))


def _practice(case: Case, practice: Practice, path: str) -> Sentence:
    return case.writer.practice(practice, path, case.option)


def _all(case: Case, practices: Iterable[Practice], path: str) -> list[Sentence]:
    return [_practice(case, entry, f"{path}/{i}") for i, entry in enumerate(practices) if case.fits(entry)]


def plan(case: Case) -> Section:
    """The phases, each with its entry and its exit."""
    w = case.writer
    rows = tuple(_phase(case, place) for place in range(len(case.decision["plan"])))
    table = Table(w.columns("phase", "what", "weeks", "entry", "exit"), rows, (2, 6, 3, 6, 7))
    said = (w.say("plan.first"), *_launch(case))
    return Section("plan", w.heading("plan"), (Paragraph(said), table))


def _launch(case: Case) -> list[Sentence]:
    """When the plan is live, held against the deadline where there is one."""
    w, launch = case.writer, case.writer.grounds.at("derived/launch")
    shortest = "count" if launch["shown_least"] >= 1 else "weeks"
    least, most = w.show("derived/launch/shown_least", shortest), w.show("derived/launch/shown_most", "weeks")
    same = launch["shown_least"] == launch["shown_most"]
    said = [w.say("plan.live_same", most=most) if same else w.say("plan.live", least=least, most=most)]
    deadline = case.settled.get("weeks_to_production")
    if deadline is not None:
        kept = "in_time" if launch["most"] <= deadline else "tight" if launch["least"] <= deadline else "late"
        said.append(w.say(f"plan.{kept}", deadline=w.show("profile/weeks_to_production", "fact")))
    return said


def _phase(case: Case, place: int) -> tuple[tuple[Sentence, ...], ...]:
    w, path = case.writer, f"decision/plan/{place}"
    phase = case.decision["plan"][place]
    shortest = "count" if min(phase["weeks"]) >= 1 else "weeks"
    low, high = w.show(f"{path}/weeks/0", shortest), w.show(f"{path}/weeks/1", "weeks")
    if phase["weeks"][0] == phase["weeks"][1]:
        long = w.say("plan.weeks_same", high=high)
    else:
        long = w.say("plan.weeks_after" if phase["after_launch"] else "plan.weeks", low=low, high=high)
    cited = {part: w.cite(claims, phase["option"]) for part, claims in _bearing_on(case, phase).items()}
    return (
        (w.say("plan.number", number=w.show(f"{path}/phase", "count")),),
        (w.say("plan.title", cited["title"], title=w.show(f"{path}/title", "sentence")),),
        (replace(long, citations=cited["weeks"]),),
        (w.say("plan.entry", cited["entry"], entry=w.show(f"{path}/entry", "sentence")),),
        (w.say("plan.exit", cited["exit"], exit=w.show(f"{path}/exit", "sentence")),),
    )


def _bearing_on(case: Case, phase: Mapping[str, Any]) -> dict[str, list[str]]:
    """The claims of a phase by the part they bear on: durations, the numbers of its entry or exit, or what is done."""
    found: dict[str, list[str]] = {"title": [], "weeks": [], "entry": [], "exit": []}
    for claim_id in phase["citations"]:
        claim = case.claims[claim_id]
        numbers = {claim.low, claim.high} - {None}
        stated = (part for part in ("entry", "exit") if numbers & {each.value for each in numerals(phase[part])})
        lasting = any(word in (claim.unit or "") for word in DURATIONS) and claim.topic != "observation_period"
        found["weeks" if lasting else next(stated, "title")].append(claim_id)
    return found


def confirmation(case: Case) -> Section:
    """How to know that it works: metric and sample size, what to watch, when to look again, how to go back."""
    w, book = case.writer, load_blueprints()
    items = (
        (w.say("metric.head"), *_metric(case)),
        (w.say("evaluation.head"), *_cases(case), *_all(case, book.testing, "practice/testing")),
        (w.say("monitoring.head"), *_all(case, book.monitoring, "practice/monitoring")[:SHOWN_WATCHES]),
        (w.say("again.head"), *_again(case)),
        (w.say("rollback.head"), *_all(case, book.rollback, "practice/rollback")),
        (w.say("abstain.head"), *_all(case, book.abstain, "practice/abstain")),
    )
    return Section(
        "confirmation", w.heading("confirmation"), (Bullets(tuple(without_repeats(item) for item in items)),)
    )


def _metric(case: Case) -> list[Sentence]:
    w, task = case.writer, str(case.settled.get("task", "question_answering"))
    metric = _practice(case, load_blueprints().metrics[task], f"practice/metrics/{task}")
    share = w.show("derived/evaluation/share", "percent")
    if w.grounds.at("derived/evaluation/stated"):
        return [metric, w.say("evaluation.target", share=share)]
    cited = w.cite(wording().evidence["default_target"])
    return [metric, w.say("evaluation.default_target", cited, share=share)]


def _cases(case: Case) -> list[Sentence]:
    w, evidence = case.writer, wording().evidence
    margin = w.show("derived/evaluation/margin_points", "count")
    return [
        w.say(
            "evaluation.cases",
            w.cite(evidence["cases"], case.option),
            cases=w.show("derived/evaluation/cases", "count"),
            margin=margin,
            confidence=w.show("derived/evaluation/confidence", "percent"),
        ),
        w.say(
            "evaluation.compare",
            w.cite(evidence["compare"], case.option),
            cases=w.show("derived/evaluation/cases_to_compare", "count"),
            margin=margin,
            power=w.show("derived/evaluation/power", "percent"),
        ),
    ]


def _again(case: Case) -> list[Sentence]:
    return [case.writer.say("again.after")]


def blueprint(case: Case) -> Section:
    """How to build it, step by step, as far as the facts say."""
    w, items = case.writer, []
    for place, step in enumerate(load_blueprints().steps):
        if not case.fits(step):
            continue
        path = f"practice/steps/{place}"
        entries = _all(case, step.entries, f"{path}/entries")
        if entries:
            head = w.say("blueprint.head", title=w.show(f"{path}/title"))
            items.append((head, *without_repeats(entries)))
    blocks: tuple[Block, ...] = (Bullets(tuple(items)),) if items else (Paragraph((w.say("blueprint.none"),)),)
    return Section("blueprint", w.heading("blueprint"), blocks, appendix=True)
