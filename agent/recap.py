"""Coming back to a session: what was heard and from whom, what leads, and the question that is open."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from agent.desk import Desk
from agent.interview import NextQuestion
from agent.language.port import Question
from agent.ledger import Ledger
from agent.protocol import Turn
from agent.reply import open_document
from agent.wording import label, lower_first, percent, value_in_words, wording
from knowledge.facts import fact_specs
from knowledge.options import LABELS
from tools.decide.decision import Decision
from tools.decide.record import recommendation_document


def recap(desk: Desk, title: str) -> Turn:
    """Where a session stands after its latest message, at today's rules and prices."""
    last = desk.stored.reply or {}
    ledger = desk.bureau.store.ledger(desk.session)
    pending = ledger.pending if last.get("asks") else None
    question = NextQuestion(pending.fact, pending if pending.kind == "clarify" else None) if pending else None
    return Turn(
        session=desk.session,
        reply="\n\n".join(_lines(desk, title, last, question)),
        asks=question.fact if question else None,
        choices=question.choices if question else None,
        facts=ledger.facts_document(),
        recommendation=recommendation_document(desk.decision.recommendation),
        open=open_document(desk.decision),
        changed=None,
        done=bool(last.get("done")),
        memo=None,
    )


def answer_erased(session: str, ledger: Ledger, decision: Decision) -> Turn:
    """What stands in the place of an answer that showed words which were taken back."""
    pending = ledger.pending
    return Turn(
        session=session,
        reply=wording("answer_erased"),
        asks=pending.fact if pending else None,
        choices=None,
        facts=ledger.facts_document(),
        recommendation=recommendation_document(decision.recommendation),
        open=open_document(decision),
        changed=None,
        done=False,
        memo=None,
    )


def _lines(desk: Desk, title: str, last: dict[str, Any], question: NextQuestion | None) -> Iterator[str]:
    yield wording("recap_title", title=title)
    yield _heard(desk)
    advice = desk.decision.recommendation
    if last.get("recommendation") != recommendation_document(desk.decision.recommendation):
        yield wording("recap_stale")
    if desk.ledger.heard:
        yield wording("leads", option=LABELS[advice.option], confidence=percent(advice.confidence))
    if question and question.clarify:
        yield question.clarify.quote
    elif question:
        yield desk.language.phrase(Question(question.fact, because=fact_specs()[question.fact].because))
    else:
        yield wording("offer_memo")


def _heard(desk: Desk) -> str:
    """The facts in one line, with who said them where several people spoke."""
    by_speaker: dict[str | None, list[str]] = defaultdict(list)
    for fact, entry in desk.ledger.heard.items():
        if fact != "use_case":
            by_speaker[entry.by].append(f"{lower_first(label(fact))}: {value_in_words(fact, entry.value)}")
    if not by_speaker:
        return wording("recap_nothing")
    groups = [
        wording("recap_heard_by", facts="; ".join(facts), by=by) if by else "; ".join(facts)
        for by, facts in by_speaker.items()
    ]
    return wording("recap_heard", facts="; ".join(groups))
