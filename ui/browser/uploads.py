"""Files dropped into the conversation: own documents, a failure audit, or training data, and what each one changes.

A file is kept in the data folder until it has been read (see `inbox`), so that a reload or a restart loses none.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from agent.protocol import Answered
from knowledge.audits import audit_parameters
from knowledge.errors import ConsultError, InputError
from knowledge.ingest.limits import parameters
from knowledge.ingest.run import ingest
from ui.browser import inbox, outbox
from ui.browser.consultancy import consultant, may_see, open_session, session_id, settings, signed_in
from ui.browser.inbox import Kept, Outcome
from ui.browser.launch import UPLOAD_LIMIT_MB
from ui.browser.safe_text import plain
from ui.browser.shown import fact_label, fact_text
from ui.browser.words import word

MB = 1_000_000

Kind = Literal["document", "failure", "dataset"]


def receive(files: list[Any]) -> None:
    """Keeps uploaded files for this page's session, which is opened where there is none.

    Called by the input's callback. What cannot be used is told at once, and not kept.
    """
    usable = []
    for file in files:
        name, content = Path(file.name.replace("\\", "/")).name or "file", file.getvalue()
        try:
            kind_of(name, content)
            usable.append((name, content))
        except ConsultError as problem:
            _shown().append(Outcome(name, [str(problem)], failed=True))
    if not usable:
        return
    try:
        session = _session()
        for name, content in usable:
            inbox.keep(session, name, content)
    except ConsultError as problem:
        outbox.tell(problem)


def _session() -> str:
    session = session_id()
    if session is None:
        session = consultant().start(signed_in()).session
        open_session(session)
    if not may_see(session):
        raise InputError("There is no such session.")
    return session


def reading() -> bool:
    """Whether a file of this page's session has yet to be read."""
    return bool(_waited_for())


def work_on_uploads(place: int) -> bool:
    """Waits, with progress, until all files are read; True where there were any.

    `place` is the number of exchanges before them, so that what came of each stays where it belongs.
    """
    waited = _waited_for()
    some = bool(waited)
    while waited:
        outcome = _awaited(waited[0])
        waited.pop(0)
        _shown().append(replace(outcome, place=place))
    return some


def outcomes_before(exchange: int) -> list[Outcome]:
    """What came of the files that stand before the exchange of a number."""
    return [one for one in _shown() if one.place == exchange]


def latest_outcomes(exchanges: int) -> list[Outcome]:
    """What came of the files after so many exchanges; what has no place yet stands here from now on."""
    for one in _shown():
        one.place = exchanges if one.place is None else one.place
    return [one for one in _shown() if one.place is not None and one.place >= exchanges]


def any_outcome() -> bool:
    """Whether there is something to tell of a file."""
    return bool(_shown())


def draw_outcome(outcome: Outcome) -> None:
    """Shows what came of a file."""
    with st.chat_message("assistant"):
        st.markdown(f"**{plain(outcome.title)}**\n\n" + "\n".join(f"- {plain(line)}" for line in outcome.lines))


def _shown() -> list[Outcome]:
    """What is told in this page's session, with what was told before there was one."""
    session = session_id()
    shown: list[Outcome] = st.session_state.setdefault(f"outcomes-{session}", [])
    if session is not None:
        shown += [replace(one, place=1) for one in st.session_state.pop("outcomes-None", [])]  # 0 is the greeting
    return shown


def _waited_for() -> list[Kept]:
    """The files that this page waits for: its own, and those that an earlier visit left unread."""
    session = session_id()
    if session is None:
        return []
    waited: list[Kept] = st.session_state.setdefault(f"uploads-{session}", [])
    waited += [kept for kept in inbox.unread(session, _read) if kept not in waited]
    return waited


def _awaited(kept: Kept) -> Outcome:
    place, sentence = st.empty(), plain(word("upload_working", name=kept.name))
    with place.container():
        bar = st.progress(0.0, sentence)
        st.caption(word("upload_stay"))
    outbox.awaited(kept.work, lambda: bar.progress(min(kept.done, 1.0), sentence))
    place.empty()
    return kept.work.result()


def _read(kept: Kept) -> Outcome:
    """Reads one file and says in its session what it led to; a file that is read twice says it once."""
    try:
        outcome = _READERS[kind_of(kept.name, kept.path.read_bytes())](kept.path, kept)
        if outcome.answers:
            consultant().send(kept.session, Answered(outcome.answers, outcome.by), f"upload-{kept.id}")
        return outcome
    except ConsultError as problem:
        return Outcome(kept.name, [str(problem)], failed=True)


def kind_of(name: str, content: bytes) -> Kind:
    """What a file is for, by its ending and, for JSON lines, by its first line; raises InputError."""
    size = len(content) / MB
    if size > UPLOAD_LIMIT_MB:
        raise InputError(word("upload_too_large", name=name, size=f"{size:.1f}", limit=UPLOAD_LIMIT_MB))
    if not content:
        raise InputError(word("upload_empty", name=name))
    ending, tables = Path(name).suffix.lower(), audit_parameters().files.kinds
    if ending in parameters().endings:
        return "document"
    if ending in tables["jsonl"]:
        return "dataset" if _is_chat(content) else "failure"
    if any(ending in endings for endings in tables.values()):
        return "failure"
    raise InputError(word("upload_unknown", name=name))


def _is_chat(content: bytes) -> bool:
    """Whether the first line is an example to train on."""
    try:
        first = json.loads(content.split(b"\n", 1)[0])
    except ValueError:
        return False
    return isinstance(first, dict) and not {"query", "expected", "actual"} & set(first)


def _document(path: Path, upload: Kept) -> Outcome:
    results = ingest([path], settings().home, consultant().embedder)
    lines = [result.message for result in results]
    refused = any(result.status == "refused" for result in results)
    if not refused:
        consultant().reopen_search()
        lines.append(word("upload_document_effect"))
    return Outcome(f"{word('upload_document')}: {upload.name}", lines, failed=refused)


def _failures(path: Path, upload: Kept) -> Outcome:
    from tools.failure_audit import audit_failures  # takes long to load, and most visitors drop no file

    audit = audit_failures(path, _progress(upload))
    lines = [word("upload_rows", rows=audit.rows, failures=audit.failures, passed=audit.passed)]
    lines += audit.diagnosis.because
    if audit.errors.total:
        lines.append(word("upload_errors", count=audit.errors.total))
    answers: dict[str, Any] = {}
    if audit.evidence:
        answers = {audit.evidence.fact: {"value": audit.evidence.value, "unsure": audit.evidence.unsure}}
    title = f"{word('upload_failure')}: {upload.name}"
    return Outcome(title, [*lines, _effect(answers)], answers, word("upload_by_failure", name=upload.name))


def _dataset(path: Path, upload: Kept) -> Outcome:
    from tools.dataset_audit import audit_dataset

    audit = audit_dataset(path, progress=_progress(upload))
    verdict = word(f"verdict_{audit.verdict}")
    counts = word(
        "upload_examples", lines=audit.lines, examples=audit.examples, distinct=audit.distinct, verdict=verdict
    )
    answers = {"labeled_examples": audit.distinct}
    lines = [counts, audit.summary, *audit.next_steps]
    if audit.errors.total:
        lines.append(word("upload_errors", count=audit.errors.total))
    title = f"{word('upload_dataset')}: {upload.name}"
    return Outcome(title, [*lines, _effect(answers)], answers, word("upload_by_dataset", name=upload.name))


def _effect(answers: dict[str, Any]) -> str:
    if not answers:
        return word("upload_not_used")
    facts = "; ".join(f"{fact_label(fact)}: {fact_text(fact, value)}" for fact, value in answers.items())
    return word("upload_used", facts=facts)


def _progress(upload: Kept) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        upload.done = done / total if total else 0.0

    return told


_READERS: dict[Kind, Callable[[Path, Kept], Outcome]] = {
    "document": _document,
    "failure": _failures,
    "dataset": _dataset,
}
