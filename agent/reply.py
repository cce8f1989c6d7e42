"""The reply to a message: what was noted, what it changed, what was asked, and the next question or the end."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agent.desk import Desk
from agent.explain import how_sure, what_if, what_is_meant, what_would_change, why_not, why_question
from agent.glossary import only_points
from agent.hearing import PARAGRAPH, tell_paragraph
from agent.interview import chance_of_use, set_aside
from agent.language.port import Evidence, Intent, Question
from agent.ledger import Entry
from agent.protocol import Turn
from agent.wording import (
    cited,
    dollars,
    label,
    labels,
    passage_text,
    percent,
    scalar_in_words,
    source_name,
    value_in_words,
    wording,
)
from knowledge.claims import load_claims
from knowledge.facts import fact_specs
from knowledge.options import LABELS, OPTIONS
from tools.decide.decision import Decision
from tools.decide.record import recommendation_document
from tools.profile import Known, Open

MOST_NAMED = 4
MOST_SET_ASIDE = 3


def turn_of(desk: Desk, memo: str | None = None) -> Turn:
    """The whole answer to one message."""
    return Turn(
        session=desk.session,
        reply=_told(_parts(desk, memo)),
        asks=desk.question.fact if desk.question else None,
        choices=desk.question.choices if desk.question else None,
        facts=desk.ledger.facts_document(),
        recommendation=recommendation_document(desk.decision.recommendation),
        open=open_document(desk.decision),
        changed=_changed(desk),
        done=desk.question is None,
        memo=memo,
    )


def _told(parts: Iterator[str]) -> str:
    """The parts as paragraphs; each is told when it is there."""
    told = []
    for part in parts:
        if part:
            tell_paragraph(part)
            told.append(part)
    return PARAGRAPH.join(told)


def open_document(decision: Decision) -> list[dict[str, Any]]:
    """The open facts with what learning each is worth."""
    return [{"fact": one.fact, "value_of_information": one.value_of_information} for one in decision.unknown]


def _parts(desk: Desk, memo: str | None) -> Iterator[str]:
    if desk.message is None:
        yield wording("greeting")
    yield from desk.reading.notes
    yield _noted(desk)
    yield " ".join(part for part in (_movement(desk), _cost_change(desk)) if part)
    for intent in desk.reading.intents:
        yield _answer_to(desk, intent)
    if memo is not None:
        yield wording("memo_written")
        yield (desk.attending.memo_note if desk.attending else None) or ""
    if _nothing_read(desk):
        yield wording("nothing_read")
    if desk.question:
        yield from _question(desk)
    elif not _was_finished(desk):
        yield from _finish(desk)


def _was_finished(desk: Desk) -> bool:
    """Whether the end was told before and nothing has changed since."""
    same = desk.before.profile == desk.ledger.profile
    return same and bool(desk.before.heard) and desk.before.pending is None


def _nothing_read(desk: Desk) -> bool:
    reading = desk.reading
    asked_something = any(intent.kind != "answer" for intent in reading.intents)
    return desk.message is not None and not reading.entries and not reading.notes and not asked_something


def _noted(desk: Desk) -> str:
    """One compact block: noted, worked out, left open, and what took the place of something else."""
    stated = [entry for entry in desk.reading.entries if entry.kind == "stated" and entry.fact != "use_case"]
    replaced = [entry for entry in stated if _before(desk, entry) is not None]
    fresh = [entry for entry in stated if entry not in replaced]
    groups = {
        "noted": [_fact("noted_fact", one) for one in fresh if one.origin == "user" and not _open(one)],
        "derived": [_fact("derived_fact", one) for one in fresh if _worked_out(one)],
        "left_open": [_fact("noted_fact", one) for one in fresh if _open(one)],
    }
    lines = [wording(name, facts="; ".join(facts)) for name, facts in groups.items() if facts]
    lines += [_replacement(desk, entry) for entry in replaced]
    steps = [one.value.value for one in fresh if one.fact == "steps" and isinstance(one.value, Known)]
    lines += [wording("tasks_heard", tasks="; ".join(_step_words(str(named)))) for named in steps]
    return "  \n".join(lines)


def _worked_out(entry: Entry) -> bool:
    return entry.origin == "derived" and entry.fact != "steps" and not _open(entry)


def _step_words(named: str) -> list[str]:
    return [scalar_in_words("task", task) for task in named.split(", ")]


def _before(desk: Desk, entry: Entry) -> Entry | None:
    """The statement that this one takes the place of, where it says something else; an inference is no statement."""
    before = desk.before.heard.get(entry.fact)
    if entry.fact in desk.before.guessed:
        return None
    return before if before and before.value != entry.value and not _open(before) else None


def _replacement(desk: Desk, entry: Entry) -> str:
    before = _before(desk, entry)
    assert before is not None  # noqa: S101  (only called where there is one)
    name = "corrected" if entry.correction else "replaced"
    earlier = f"“{before.quote}”" if before.quote and name == "replaced" else value_in_words(entry.fact, before.value)
    shown = value_in_words(entry.fact, entry.value)
    return wording(name, label=label(entry.fact), before=earlier, now=shown)


def _open(entry: Entry) -> bool:
    return isinstance(entry.value, Open)


def _fact(name: str, entry: Entry) -> str:
    return wording(name, label=label(entry.fact), value=value_in_words(entry.fact, entry.value), quote=entry.quote)


def _movement(desk: Desk) -> str:
    """What the message did to the advice; nothing where it did nothing."""
    if desk.message is None or desk.before.profile == desk.ledger.profile:
        return ""
    before, now = desk.decision_before.recommendation, desk.decision.recommendation
    confidence, option = percent(now.confidence), LABELS[now.option]
    if not desk.before.heard:
        return wording("leads", option=option, confidence=confidence)
    if before.option != now.option:
        return wording("moved", before=LABELS[before.option], option=option, confidence=confidence)
    return wording("stays", option=option, confidence=confidence) if desk.question else ""


def _cost_change(desk: Desk) -> str:
    """What a correction does to the running cost of the option advised."""
    if desk.cost_change is None:
        return ""
    option, before, now = desk.cost_change
    if before is None or now is None or dollars(before) == dollars(now):
        return ""
    return wording("cost_change", option=LABELS[option], before=dollars(before), now=dollars(now))


def _running_cost(desk: Desk, about: str | None) -> str:
    """What an option, or the one advised, costs to run with what is known."""
    option = next((one for one in OPTIONS if one == about), desk.decision.recommendation.option)
    monthly = desk.bureau.monthly_usd(desk.ledger.profile, option)
    if monthly is None:
        return wording("cost_unknown", option=LABELS[option])
    return wording("running_cost", option=LABELS[option], monthly=dollars(monthly))


def _answer_to(desk: Desk, intent: Intent) -> str:
    """The answer to what a message asks for besides stating facts."""
    decision = desk.decision
    match intent.kind:
        case "why":
            pending = desk.before.pending.fact if desk.before.pending else None
            about = intent.about if intent.about in fact_specs() else pending
            return why_question(about, decision, desk.bureau.foresee)
        case "why_not":
            return why_not(intent.about, decision, desk.flips)
        case "what_would_change":
            return what_would_change(decision, desk.flips)
        case "confidence":
            return how_sure(decision, desk.flips)
        case "what_if":
            return what_if(desk.reading.suppositions, decision, desk.bureau.foresee)
        case "cost":
            return _running_cost(desk, intent.about)
        case "concept":
            return _concept(desk, intent)
        case "restart" | "back" | "thanks" | "off_topic":
            return wording("restarted" if intent.kind == "restart" else intent.kind)
    return ""


def _concept(desk: Desk, intent: Intent) -> str:
    """What the open question means where the message only points at it; else what the words it asks about mean."""
    asked = intent.about or intent.quote or ""
    pending = desk.before.pending.fact if desk.before.pending else None
    if pending is not None and only_points(asked):
        return what_is_meant(pending)
    return desk.language.explain(asked, [_named(one) for one in desk.bureau.search(asked, 4)])


def _named(passage: Evidence) -> Evidence:
    """A passage with its source as people know it."""
    sources = load_claims().sources
    known = sources.get(passage.source)
    return replace(passage, text=passage_text(passage.text), source=source_name(known)) if known else passage


def _question(desk: Desk) -> Iterator[str]:
    assert desk.question is not None  # noqa: S101  (only called where there is one)
    if desk.question.clarify:
        yield desk.question.clarify.quote
        return
    guidance = desk.guidance
    if guidance is not None and not desk.reading.interlude:
        yield _quoted(guidance)
    guess = desk.ledger.guessed.get(desk.question.fact)
    if guess is not None and isinstance(guess.value, Known):
        yield wording("guess", quote=guess.quote, value=value_in_words(guess.fact, Known(guess.value.value)))
    because = fact_specs()[desk.question.fact].because
    yield desk.language.phrase(Question(desk.question.fact, because=because))


def _quoted(guidance: Evidence) -> str:
    return wording("guidance", text=guidance.text, citation=cited([guidance.id]))


def _finish(desk: Desk) -> Iterator[str]:
    """The end of the interview, with the proof that nothing open matters, or with what still might."""
    decision, option = desk.decision, LABELS[desk.decision.recommendation.option]
    certificate = decision.certificate
    checked = _checked([fact.fact for fact in certificate.checked])
    if certificate.certainty == "proven":
        yield (
            wording("done_proven", option=option, checked=checked)
            if checked
            else wording("done_complete", option=option)
        )
    elif certificate.certainty == "probable":
        chance = percent(certificate.chance_of_change)
        yield wording("done_probable", option=option, chance=chance, checked=checked)
    else:
        confidence, chance = percent(decision.recommendation.confidence), percent(chance_of_use(desk.ledger, decision))
        yield wording("done_conditional", option=option, confidence=confidence, chance=chance)
    aside = set_aside(desk.ledger, decision) if certificate.certainty != "proven" else []
    if aside:
        lines = [
            wording("set_aside_fact", label=label(one.fact), find_out=fact_specs()[one.fact].find_out)
            for one in aside[:MOST_SET_ASIDE]
        ]
        yield "\n".join([wording("set_aside"), *lines])
    yield wording("offer_memo")


def _checked(facts: list[str]) -> str:
    """The facts that were checked, the first few by name; the memo lists them all with their ranges."""
    if len(facts) <= MOST_NAMED:
        return labels(facts)
    return wording("checked_and_more", named=labels(facts[:MOST_NAMED]), more=len(facts) - MOST_NAMED)


def _changed(desk: Desk) -> dict[str, Any] | None:
    """The facts that are different now, and the option before and after; None where nothing moved."""
    before, now = desk.before.profile.facts, desk.ledger.profile.facts
    facts = [fact for fact in fact_specs() if before.get(fact) != now.get(fact)]
    if not facts:
        return None
    options = (desk.decision_before.recommendation.option, desk.decision.recommendation.option)
    return {"facts": facts, "from": options[0], "to": options[1]}
