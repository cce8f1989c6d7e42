"""Files dropped into the conversation: own documents, a failure audit, or training data, and what each one changes."""

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from agent.protocol import Answered
from knowledge.errors import ConsultError, InputError
from knowledge.ingest.run import ingest
from ui.browser import outbox
from ui.browser.consultancy import consultant, settings
from ui.browser.launch import UPLOAD_LIMIT_MB
from ui.browser.safe_text import plain
from ui.browser.shown import fact_label, fact_text
from ui.browser.words import word

DOCUMENTS = ("md", "markdown", "txt", "html", "htm", "pdf", "docx")
TABLES = ("csv", "xlsx")
LINES = ("jsonl", "json", "ndjson")
ACCEPTED = (*DOCUMENTS, *TABLES, *LINES)
LONGEST_NAME = 120
MB = 1_000_000

Kind = Literal["document", "failure", "dataset"]


@dataclass
class Upload:
    """A file on its way: its name and content, then what came of it."""

    name: str
    content: bytes
    kind: Kind | None = None
    work: "Future[Outcome] | None" = None
    done: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What a file led to: sentences to show, and answers for the consultation with who says them."""

    title: str
    lines: list[str]
    answers: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    failed: bool = False


def receive(files: list[Any]) -> None:
    """Takes uploaded files; called by the input's callback."""
    st.session_state.setdefault("uploads", []).extend(
        Upload(Path(file.name.replace("\\", "/")).name or "file", file.getvalue()) for file in files
    )


def work_on_uploads() -> list[Outcome]:
    """Works through what was uploaded, with progress; returns what came of each file."""
    uploads: list[Upload] = st.session_state.setdefault("uploads", [])
    while uploads:
        upload = uploads[0]
        outcome = _awaited(upload)
        uploads.remove(upload)
        st.session_state.setdefault("outcomes", []).append(outcome)
        if outcome.answers:
            outbox.post(Answered(outcome.answers, outcome.by))
    return list(st.session_state.get("outcomes", []))


def draw_outcome(outcome: Outcome) -> None:
    """Shows what came of a file."""
    with st.chat_message("assistant"):
        st.markdown(f"**{plain(outcome.title)}**")
        st.markdown("\n".join(f"- {plain(line)}" for line in outcome.lines))


def _awaited(upload: Upload) -> Outcome:
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, plain(word("upload_working", name=upload.name)))
        st.caption(word("upload_stay"))
    if upload.work is None:
        upload.work = outbox.in_background(_process, upload)
    sentence = plain(word("upload_working", name=upload.name))
    outbox.awaited(upload.work, lambda: bar.progress(min(upload.done, 1.0), sentence))
    place.empty()
    return upload.work.result()


def _process(upload: Upload) -> Outcome:
    """Reads one file in a folder of its own, which is removed afterwards."""
    try:
        kind = kind_of(upload.name, upload.content)
        with tempfile.TemporaryDirectory(prefix="consult-") as folder:
            path = Path(folder) / _file_name(upload.name)
            path.write_bytes(upload.content)
            return _READERS[kind](path, upload)
    except ConsultError as problem:
        return Outcome(upload.name, [str(problem)], failed=True)


def kind_of(name: str, content: bytes) -> Kind:
    """What a file is for, by its ending and, for JSON lines, by its first line; raises InputError."""
    size = len(content) / MB
    if size > UPLOAD_LIMIT_MB:
        raise InputError(word("upload_too_large", name=name, size=f"{size:.1f}", limit=UPLOAD_LIMIT_MB))
    if not content:
        raise InputError(word("upload_empty", name=name))
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in DOCUMENTS:
        return "document"
    if ending in TABLES:
        return "failure"
    if ending in LINES:
        return "dataset" if _is_chat(content) else "failure"
    raise InputError(word("upload_unknown", name=name))


def _is_chat(content: bytes) -> bool:
    """Whether the first line is an example to train on."""
    try:
        first = json.loads(content.split(b"\n", 1)[0])
    except ValueError:
        return False
    return isinstance(first, dict) and not {"query", "expected", "actual"} & set(first)


def _file_name(name: str) -> str:
    """A name that any file system takes, with the ending that tells the kind."""
    stem, _, ending = name.rpartition(".")
    kept = "".join(letter for letter in stem if letter.isprintable() and letter not in '/\\:*?"<>|')[:LONGEST_NAME]
    return f"{kept or 'file'}.{ending.lower()}"


def _document(path: Path, upload: Upload) -> Outcome:
    results = ingest([path], settings().home, consultant().embedder)
    lines = [result.message for result in results]
    refused = any(result.status == "refused" for result in results)
    if not refused:
        consultant().reopen_search()
        lines.append(word("upload_document_effect"))
    return Outcome(f"{word('upload_document')}: {upload.name}", lines, failed=refused)


def _failures(path: Path, upload: Upload) -> Outcome:
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


def _dataset(path: Path, upload: Upload) -> Outcome:
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


def _progress(upload: Upload) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        upload.done = done / total if total else 0.0

    return told


_READERS: dict[Kind, Callable[[Path, Upload], Outcome]] = {
    "document": _document,
    "failure": _failures,
    "dataset": _dataset,
}
