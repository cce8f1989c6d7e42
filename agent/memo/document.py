"""The memo as JSON, complete, and back again."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from agent.memo import outline
from agent.memo.closing import FORMAT, reproduction_block
from agent.memo.outline import Citation, Memo, Replacement, Section, Sentence, Traced
from knowledge.errors import InputError

PARTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            Traced,
            Citation,
            Sentence,
            Section,
            Replacement,
            outline.Paragraph,
            outline.Bullets,
            outline.Quote,
            outline.Table,
            outline.Line,
            outline.Mark,
            outline.Chart,
            outline.Sources,
            outline.Reproduction,
        )
    }
)
TREE = ("title", "status", "sections", "cited", "replaced")


BROKEN = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a document that is shaped unlike a memo runs into, wherever its first odd part is met."""
_NAMED = {
    "as_of": "the date it was written for",
    "cited": "the list of what it cites",
    "decision": "the decision",
    "heard": "the words that its facts came from",
    "memo": "its text",
    "profile": "the facts",
    "record": "the record of what was computed",
    "replaced": "the list of what was left out",
    "sections": "its sections",
    "spelling": "its spelling",
    "status": "its status",
    "title": "the title",
    "versions": "the versions it was computed with",
}
"""The parts of a memo as people know them."""


def what_is_broken(error: Exception) -> str:
    """What a broken memo lacks, in words, and what to do; ends a sentence and adds another."""
    named = _NAMED.get(str(error.args[0])) if isinstance(error, KeyError) and error.args else None
    what = f"it lacks {named}" if named else "a part of it is missing or has another shape"
    return f"{what}. Ask the sender for the JSON memo, or write it anew with `consult memo`."


def memo_document(memo: Memo) -> dict[str, Any]:
    """The memo as a JSON document: what it is computed from, what it rests on, and every sentence with its traces."""
    stored = memo.grounds
    return {
        **reproduction_block(stored, stored["title"], memo.spelling, stored["worded"]),
        "decision": stored["decision"],
        "record": stored["record"],
        "memo": {name: _plain(getattr(memo, name)) for name in TREE},
    }


def render_json(memo: Memo) -> str:
    """The document as text, the same for the same memo."""
    return json.dumps(memo_document(memo), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_memo(text: str) -> Memo:
    """The memo of a JSON document; raises InputError for anything that is none."""
    document = read_document(text)
    try:
        tree = {name: _read(document["memo"][name]) for name in TREE}
        stored = {name: document[name] for name in ("as_of", "profile", "heard", "decision", "record")}
        return Memo(
            **tree,
            as_of=date.fromisoformat(document["as_of"]),
            spelling=document["spelling"],
            grounds={**stored, "title": document["title"], "worded": document.get("worded", {})},
        )
    except (*BROKEN, RecursionError) as error:
        raise InputError(f"This is not a complete memo: {what_is_broken(error)}") from error


def read_document(text: str) -> dict[str, Any]:
    """The JSON object of a memo; raises InputError that says what is wrong with it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not JSON: {error}. Ask the sender for the JSON memo.") from error
    if not isinstance(document, dict) or not str(document.get("format", "")).startswith("consult-memo/"):
        raise InputError(
            'This is no memo: it lacks "format": "consult-memo/1". Write one with consult memo … -o memo.json.'
        )
    if document["format"] != FORMAT:
        raise InputError(
            f"The memo has the format {document['format']!r}; this version reads {FORMAT}. Update consult."
        )
    return document


def _plain(value: Any) -> Any:
    if type(value).__name__ in PARTS:
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **found}
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(entry) for entry in value)
    if isinstance(value, dict):
        kind = PARTS[value["kind"]]
        return kind(**{name: _read(entry) for name, entry in value.items() if name != "kind"})
    return value
