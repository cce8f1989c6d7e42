"""The limits of Block Kit, as the local Slack enforces them."""

import json
from typing import Any


def check_blocks(blocks: list[dict[str, Any]], most: int) -> str | None:
    """Which of Block Kit's limits the blocks break; None where they keep them all."""
    if len(blocks) > most:
        return f"{len(blocks)} blocks"
    if most == 50 and len(json.dumps(blocks)) > 20_000:
        return "the blocks are too long together"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(len(one) > 255 for one in ids):
        return "block ids"
    return next((problem for block in blocks if (problem := _check_block(block))), None)


def check_view(view: dict[str, Any]) -> str | None:
    """Which limit of forms a view breaks; None where it keeps them all."""
    texts = [view[part]["text"] for part in ("title", "submit", "close")]
    if any(not 0 < len(text) <= 24 for text in texts) or len(view["private_metadata"]) > 3_000:
        return "title, buttons or metadata"
    return check_blocks(view["blocks"], 100)


def _check_block(block: dict[str, Any]) -> str | None:
    kind = block["type"]
    if kind == "section" and not 0 < len(block["text"]["text"]) <= 3_000:
        return f"a section of {len(block['text']['text'])} characters"
    if kind == "context" and not 0 < len(block["elements"]) <= 10:
        return "context"
    if kind == "input":
        if len(block["label"]["text"]) > 2_000 or len(block["hint"]["text"]) > 2_000:
            return "an input's label or hint"
        return _check_element(block["element"])
    if kind == "actions":
        elements = block["elements"]
        names = [one["action_id"] for one in elements]
        if not 0 < len(elements) <= 25 or len(names) != len(set(names)):
            return f"actions {names}"
        return next((problem for one in elements if (problem := _check_element(one))), None)
    return None if kind in ("section", "context") else f"a block of type {kind}"


def _check_element(element: dict[str, Any]) -> str | None:
    if element["type"] == "button":
        fits = 0 < len(element["text"]["text"]) <= 75 and len(element.get("value", "")) <= 2_000
        return None if fits and len(element["action_id"]) <= 255 else f"a button {element['text']['text']}"
    if element["type"] == "static_select":
        options = element["options"]
        fits = 0 < len(options) <= 100 and len(element["placeholder"]["text"]) <= 150
        fits = fits and all(0 < len(one["text"]["text"]) <= 75 and 0 < len(one["value"]) <= 150 for one in options)
        return None if fits else "a menu"
    return None if element["type"] == "plain_text_input" else f"an element of type {element['type']}"
