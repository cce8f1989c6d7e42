"""Sentences in a model's words, many in one call: only those that may stand for the given ones."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agent.language.model.anchoring import faults
from agent.language.model.endpoint import Form
from agent.language.model.failure import NoAnswer
from agent.language.model.wording import model_wording
from agent.prompts import Name, prompt

_ITEM = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "text": {"type": "string"}},
    "required": ["name", "text"],
    "additionalProperties": False,
}
WORDED = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": _ITEM}},
    "required": ["items"],
    "additionalProperties": False,
}


def worded_form() -> Form:
    """Texts by name."""
    return Form("worded", WORDED)


def wording_messages(name: Name, material: Mapping[str, Any]) -> list[BaseMessage]:
    """The prompt of that name, with the words that a sentence must keep, over some material."""
    system = prompt(name).filled(signals=signal_words())
    return [SystemMessage(system), HumanMessage(json.dumps(material, ensure_ascii=False))]


@cache
def signal_words() -> str:
    """The words that carry what a sentence says, as a prompt lists them."""
    return ", ".join(word for words in model_wording().anchors.values() for word in words)


def kept(document: Any, templates: Mapping[str, str]) -> dict[str, str]:
    """Of the texts a model gave, those that may stand for their templates; raises NoAnswer where it gave no list."""
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NoAnswer("unfit")
    found: dict[str, str] = {}
    for item in items:
        name, text = (item.get("name"), item.get("text")) if isinstance(item, dict) else (None, None)
        if isinstance(name, str) and isinstance(text, str) and name in templates:
            found[name] = text.strip()
    return {name: text for name, text in found.items() if not faults(text, templates[name])}
