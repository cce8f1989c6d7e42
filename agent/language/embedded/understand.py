"""The embedded language: reads a message in steps, each a module of its own, and words what the program says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from agent.language.embedded.answers import conclusion, denied, hedged, read_answer
from agent.language.embedded.assemble import out_of_range, possible, settle
from agent.language.embedded.choices import read_choices
from agent.language.embedded.clean import NOTHING_TO_READ, CleanMessage, clean_message
from agent.language.embedded.corrections import (
    Corrections,
    bare_frequencies,
    drop_and_inherit,
    find_corrections,
    inherit_from_past,
    leant,
    news,
    surer,
    wider,
)
from agent.language.embedded.figures import Candidate, Reading, read_figures
from agent.language.embedded.foreign import Unread, find_unread, unread_note
from agent.language.embedded.gap import kind_of, lean, read_gap
from agent.language.embedded.intents import read_intents
from agent.language.embedded.judgement import (
    is_code,
    judge,
    other_gap,
)
from agent.language.embedded.mentions import (
    read_described,
    read_model,
    read_open_facts,
    read_other_model,
    read_tasks,
)
from agent.language.embedded.numeric import read_numbers
from agent.language.embedded.reader import read_text
from agent.language.embedded.replacements import resolve_bare, restated, with_another_unit, without_figures
from agent.language.embedded.scope import Scope, read_scope
from agent.language.embedded.spelling import spelling
from agent.language.embedded.stacking import choices_of, chosen
from agent.language.embedded.voices import Voices, listen
from agent.language.embedded.wording import explain_from, phrase_question
from agent.language.port import Evidence, Intent, Outline, Question, Statement, TaskMention, Understanding
from tools.profile import Known, Profile

IGNORED = "I take facts from what you write, not instructions about the advice; that part was left out."


class _Heard(NamedTuple):
    """A message in one scope: what the models hear, what is put right, and the values that it may state."""

    reading: Reading
    voices: Voices
    corrections: Corrections
    candidates: list[Candidate]


class EmbeddedLanguage:
    """Understands and words without a language model; nothing leaves the machine."""

    def __init__(self, as_of: date | None = None) -> None:
        """`as_of` is the day that dates like "end of the quarter" are counted from; without it they are not read."""
        self._as_of = as_of

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        """Everything that the message says; raises InputError when it is over the limit."""
        clean = clean_message(message)
        if not clean.readable:
            return Understanding(clean.text, notes=(*clean.notes, NOTHING_TO_READ))
        text = read_text(clean.text, spelling().correct)
        unread = find_unread(text)
        scope = _without_unread(read_scope(text), unread)
        if is_code(clean.text):
            scope = replace(scope, instructed=frozenset(range(len(text.tokens))))
        reading = Reading(text, scope, asked, read_figures(text))
        return self._assembled(clean, reading, unread, profile, tuple(previous))

    def phrase(self, question: Question) -> str:
        """The question in words, with its reason and its choices."""
        return phrase_question(question)

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """What a word means, or the best passages, each sentence with its source."""
        return explain_from(question, evidence)

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """The outline's own sentences."""
        return outline.sections

    def _assembled(
        self, clean: CleanMessage, reading: Reading, unread: Unread | None, profile: Profile, previous: tuple[str, ...]
    ) -> Understanding:
        reading, voices, corrections, candidates = self._heard(reading, profile, previous)
        statements, ambiguities = settle(reading, candidates, corrections, profile)
        tasks = [task for task in read_tasks(reading, voices) if not _complained_of(statements, task)]
        tasks = _other_tasks(tasks, profile) if corrections.cued and profile.facts else tasks
        statements = _with_task(statements, tasks)
        leaning = lean(statements, sum(token.kind == "word" for token in reading.text.tokens))
        statements += [leaning] if leaning else []
        statements += read_described(reading, statements, tasks, profile)
        said_something = bool(statements or ambiguities)
        intents: tuple[Intent, ...] = (
            () if unread and not said_something else read_intents(reading.text, said_something)
        )
        if not said_something and denied(reading, profile):
            intents = (Intent("back", reading.asked),)
        if reading.scope.instructed:
            intents = tuple(intent for intent in intents if intent.kind != "restart")
        supposed = self._supposed(reading, profile) if any(intent.kind == "what_if" for intent in intents) else ()
        notes = (
            clean.notes
            + ((IGNORED,) if reading.scope.instructed else ())
            + tuple(out_of_range(reading, candidate) for candidate in candidates if not possible(candidate))
            + (unread_note(unread, bool(statements)) if unread else ())
        )
        return Understanding(
            clean.text, tuple(statements), intents, tuple(ambiguities), tuple(tasks), supposed,
            f"{' and '.join(unread.languages)}: {unread.words}" if unread else None, notes,
        )  # fmt: skip

    def _heard(self, reading: Reading, profile: Profile, previous: tuple[str, ...]) -> _Heard:
        """The message as it is; a correction that puts nothing right so is heard with what others say, and what was.

        "My colleague says it is four weeks, not forty", "there are names in the files, contrary to what I wrote".
        """
        ways = list[_Heard]()
        for scope in wider(reading, profile):
            freed = replace(reading, scope=scope)
            voices = listen(freed)
            judged = judge(voices)
            corrections = find_corrections(freed, profile, judged)
            if corrections.cued or not ways:
                candidates = self._candidates(freed, voices, corrections, profile, previous)
                ways.append(_Heard(freed, voices, corrections, candidates))
            if corrections.cued and news(candidates, profile):
                return ways[-1]
        return ways[0]

    def _candidates(
        self, reading: Reading, voices: Voices, corrections: Corrections, profile: Profile, previous: tuple[str, ...]
    ) -> list[Candidate]:
        judged = judge(voices)
        found = drop_and_inherit(reading, self._stated(reading, voices), corrections, profile)
        concluded = conclusion(reading)
        if concluded:
            found = [concluded, *(one for one in found if one.fact != concluded.fact)]
        spoken_of = {*profile.facts, *previous}
        found += bare_frequencies(reading, found, corrections, spoken_of)
        found += leant(reading, judged, found, corrections, profile)
        renamed = read_other_model(reading, profile.facts.get("model")) if corrections.cued else None
        renewed = with_another_unit(reading, corrections, profile) or renamed
        rivals = found if news(found, profile) or not corrections.cued else without_figures(found)
        bare = renewed or resolve_bare(reading, rivals, corrections, profile, previous)
        again = [bare] if bare else restated(reading, rivals, corrections, profile, previous)
        found = [one for one in found if not any(one.fact == new.fact or _overlap(one, new) for new in again)] + again
        if bare:
            return found
        if not (corrections.cued and any(candidate.fact in profile.facts for candidate in found)):
            found += list(read_answer(reading, found, profile))
        mended = [one for one in found if corrections.cued and one.fact in profile.facts and one.fact != "gap"]
        found = [one for one in found if one.fact != "gap" or not any(_overlap(one, other) for other in mended)]
        if corrections.cued:  # "change the volume to 90 claims a day": what is put right is meant
            found = [one if one.fact not in profile.facts else surer(one) for one in found]
            found = [other_gap(one, profile.facts.get("gap"), judged) if one.fact == "gap" else one for one in found]
        return [hedged(reading, candidate) for candidate in found]

    def _stated(self, reading: Reading, voices: Voices) -> list[Candidate]:
        """All candidates that count."""
        scope, found, past = reading.scope, list[Candidate](), list[Candidate]()
        for candidate in self._read(reading, voices):
            if scope.bars(candidate.first, candidate.end):
                continue
            if candidate.weighed or not scope.excludes(candidate.first, candidate.end):
                found.append(candidate)
            elif not scope.excludes(candidate.first, candidate.end, past_counts=False):
                past.append(candidate)
        found += inherit_from_past(reading, past, found)
        gap = read_gap(reading, voices)
        if gap and not any(candidate.fact == "gap" for candidate in found):
            found = [one for one in found if not _is_complained_of(one, gap)]
            found.append(gap)
        return found

    def _read(self, reading: Reading, voices: Voices) -> Iterable[Candidate]:
        numbers = list(read_numbers(reading, voices, self._as_of))
        taken = {one.fact for one in numbers if one.weighed}
        yield from numbers
        for option in chosen(choices_of(reading, voices, list(read_choices(reading)))):
            if option.by_phrase or option.candidate.fact not in taken:
                yield replace(option.candidate, weighed=True)
        yield from read_model(reading)
        yield from read_open_facts(reading)

    def _supposed(self, reading: Reading, profile: Profile) -> tuple[Statement, ...]:
        """What a what-if question supposes, read as if it were so; the rest of the message is no part of it."""
        empty: frozenset[int] = frozenset()
        scope = reading.scope
        supposed = scope.supposed | scope.asked | scope.someday | scope.past
        rest = frozenset(range(len(reading.text.tokens))) - supposed if supposed else empty
        left_out = scope.left_out - scope.supposed | rest
        so = replace(scope, supposed=empty, asked=empty, someday=empty, past=empty, left_out=left_out)
        figures = tuple(figure for figure in reading.figures if figure.first not in left_out)
        real = replace(reading, scope=so, supposing=True, figures=figures)
        nothing = Corrections(False, (), empty)
        statements, _ = settle(real, self._stated(real, listen(real)), nothing, profile)
        return tuple(statements)


_COMPLAINED_OF = {
    "needs_citations": {"knowledge", "behavior", "reasoning", "both"},
    "documents_unreliable": {"behavior"},
}
"""What words of a complaint sound like: "it cites cases that never were", "the formats are a mess".

A complaint of what an answer says may be of the documents too; one of its form is not.
"""


def _without_unread(scope: Scope, unread: Unread | None) -> Scope:
    """Sentences that cannot be read state nothing."""
    return replace(scope, left_out=scope.left_out | unread.tokens) if unread else scope


def _other_tasks(tasks: Sequence[TaskMention], profile: Profile) -> list[TaskMention]:
    """ "Extraction, not summaries": what is put in the place of the known job."""
    known = profile.facts.get("task")
    return [task for task in tasks if known and Known(task.task) != known]


def _overlap(one: Candidate, other: Candidate) -> bool:
    """ "It cites cases that were never decided" complains of what it cites and asks for no sources."""
    return one.first < other.end and other.first < one.end


def _is_complained_of(one: Candidate, gap: Candidate) -> bool:
    return kind_of(gap) in _COMPLAINED_OF.get(one.fact, set()) and _overlap(one, gap)


def _complained_of(statements: Sequence[Statement], task: TaskMention) -> bool:
    """ "It recommends products we no longer stock": what goes wrong is no job to be done."""
    return any(
        said.fact == "gap" and said.span[0] < task.span[1] and task.span[0] < said.span[1] for said in statements
    )


def _with_task(statements: list[Statement], tasks: Sequence[TaskMention]) -> list[Statement]:
    """The kind of task as a fact, where the message describes exactly one."""
    kinds = {task.task for task in tasks}
    if len(kinds) != 1 or any(said.fact == "task" for said in statements):
        return statements
    first = tasks[0]
    return [*statements, Statement("task", Known(first.task), first.quote, first.span, confidence=0.85)]
