"""The limits of Block Kit, as the local Slack enforces them: those of Slack's reference, and the SDK's own checks."""

import json
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MOST_CHARACTERS = 13_000
"""Slack's reference does not say it; messages with more are refused as `msg_blocks_too_long`."""

TEXTS = {"header": 150, "section": 3_000, "context": 3_000, "label": 2_000, "hint": 2_000, "button": 75, "option": 75}
TEXTS |= {"placeholder": 150, "title": 24, "submit": 24, "close": 24, "field": 2_000, "description": 75}


def check_blocks(blocks: list[dict[str, Any]], most: int = 50) -> str | None:
    """Which of Block Kit's limits the blocks break; None where they keep them all."""
    if not 0 < len(blocks) <= most:
        return f"{len(blocks)} blocks"
    size = len(json.dumps(blocks, ensure_ascii=False))
    if most == 50 and size > MOST_CHARACTERS:
        return f"msg_blocks_too_long: {size} characters"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(len(one) > 255 for one in ids):
        return "block ids"
    return next((problem for block in blocks if (problem := _check_block(block) or _check_by_sdk(block))), None)


def check_view(view: dict[str, Any]) -> str | None:
    """Which limit of forms a view breaks; None where it keeps them all."""
    if len(view["private_metadata"]) > 3_000 or len(view["callback_id"]) > 255:
        return "metadata"
    if len(json.dumps(view).encode()) > 250_000:
        return "the view is too large"
    try:
        View(**view).validate_json()
    except SlackObjectFormationError as error:
        return str(error)
    parts = (_check_text(view[part], part) for part in ("title", "submit", "close"))
    return next((problem for problem in parts if problem), None) or check_blocks(view["blocks"], 100)


def _check_block(block: dict[str, Any]) -> str | None:
    match block["type"]:
        case "section":
            fields = block.get("fields", [])
            problem = f"{len(fields)} fields" if len(fields) > 10 else _check_text(block.get("text"), "section")
            return problem or next((found for one in fields if (found := _check_text(one, "field"))), None)
        case "context":
            elements = block["elements"]
            if not 0 < len(elements) <= 10:
                return f"{len(elements)} elements in a context"
            return next((found for one in elements if (found := _check_text(one, "context"))), None)
        case "header":
            return _check_text(block["text"], "header")
        case "input":
            texts = (_check_text(block[part], part) for part in ("label", "hint"))
            return next((found for found in texts if found), None) or _check_element(block["element"])
        case "actions":
            elements = block["elements"]
            names = [one["action_id"] for one in elements]
            if not 0 < len(elements) <= 25 or len(names) != len(set(names)):
                return f"actions {names}"
            return next((found for one in elements if (found := _check_element(one))), None)
    return f"a block of type {block['type']}"


def _check_element(element: dict[str, Any]) -> str | None:
    if len(element["action_id"]) > 255:
        return "an action id"
    match element["type"]:
        case "button":
            long = len(element.get("value", "")) > 2_000 or len(element.get("url", "")) > 3_000
            return "a button's value or address" if long else _check_text(element["text"], "button")
        case "static_select":
            options = element["options"]
            if not 0 < len(options) <= 100 or any(not 0 < len(one["value"]) <= 150 for one in options):
                return "a menu's options"
            texts = [_check_text(element["placeholder"], "placeholder")]
            texts += [_check_text(one["text"], "option") for one in options]
            return next((found for found in texts if found), None)
        case "plain_text_input":
            return None if 0 < element["max_length"] <= 3_000 else "a field's length"
    return f"an element of type {element['type']}"


def _check_text(text: Any, part: str) -> str | None:
    """A text object within the limit of its part; Slack does not take an empty one."""
    if not isinstance(text, dict) or text["type"] not in ("mrkdwn", "plain_text"):
        return f"{part}: no text"
    plain = part not in ("section", "context", "field")
    if plain and text["type"] != "plain_text":
        return f"{part}: markup where plain text is due"
    size = len(text["text"])
    return None if 0 < size <= TEXTS[part] else f"{part}: {size} characters"


def _check_by_sdk(block: dict[str, Any]) -> str | None:
    """What Slack's own library finds wrong."""
    parsed = Block.parse(block)
    if parsed is None:
        return f"the library knows no block of type {block['type']}"
    try:
        parsed.validate_json()
    except SlackObjectFormationError as error:
        return str(error)
    return None
