"""Composing a memo from an advice: every sentence a template over traced values, with the claims it rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from agent.language.port import Language
from agent.memo import closing, figures, practical, situation, weighing
from agent.memo.case import Case
from agent.memo.grounds import Grounds, gather
from agent.memo.narrate import Worded, reworded, wordings
from agent.memo.outline import Memo, Section, Sentence, Spelling, sentences_of
from agent.memo.verify import repaired
from agent.memo.writer import Writer
from knowledge.claims import load_claims


def write_memo(
    advice: Any,
    heard: Mapping[str, Any],
    title: str | None = None,
    spelling: Spelling = "british",
    language: Language | None = None,
) -> Memo:
    """The decision memo of an advice; what does not pass the verifier is left out, and that is noted in the memo.

    `heard` maps facts to the ledger's (value, quote, by, turn, origin). `title` is shown as text, whatever it holds.
    A `language` may reword the sentences of the main part; each of its sentences is checked, and the template stands
    where it fails. Raises KnowledgeError where a wording or a claim is missing.
    """
    stored = gather(advice, heard)
    memo = compose(stored, title, spelling)
    worded = wordings(memo.sections, language) if language is not None else {}
    return compose(stored, title, spelling, worded) if worded else memo


def compose(stored: Mapping[str, Any], title: str | None, spelling: Spelling, worded: Worded | None = None) -> Memo:
    """The memo over what is stored with it, without the sentences that do not pass the verifier."""
    grounds = Grounds({**stored, "title": title}, spelling)
    writer = Writer(grounds, load_claims())
    case = Case(writer, writer.claims, stored["profile"], stored["heard"], stored["decision"], stored["record"])
    body, left_out = repaired(_body(case), grounds)
    body, refused = reworded(body, worded or {})
    cited = closing.cited_in(_all_sentences(body))
    end = (closing.sources(writer, cited), closing.reproduction(writer, stored, title, spelling, worded or {}))
    return Memo(
        title=_title(case, title),
        status=writer.say("status.line", date=writer.show("as_of", "day")),
        as_of=date.fromisoformat(stored["as_of"]),
        spelling=spelling,
        sections=(*body, *end),
        cited=cited,
        grounds={**stored, "title": title, "worded": dict(worded or {})},
        replaced=(*left_out, *refused),
    )


def _body(case: Case) -> tuple[Section, ...]:
    return (
        situation.outcome(case),
        situation.context(case),
        situation.diagnosis(case),
        weighing.options(case),
        figures.costs(case),
        figures.latency(case),
        weighing.rejected(case),
        weighing.conflicts(case),
        practical.consequences(case),
        weighing.flips(case),
        practical.plan(case),
        practical.confirmation(case),
        weighing.open_facts(case),
        practical.blueprint(case),
        weighing.all_reasons(case),
        *weighing.more_conflicts(case),
        figures.details(case),
        situation.all_facts(case),
    )


def _all_sentences(sections: tuple[Section, ...]) -> tuple[Sentence, ...]:
    return tuple(s for section in sections for block in section.blocks for s in sentences_of(block))


def _title(case: Case, title: str | None) -> Sentence:
    if title:
        return case.writer.say("title:own", title=case.writer.show("title", "excerpt"))
    return case.writer.say("title:plain", option=case.label(case.option, inside=True))
