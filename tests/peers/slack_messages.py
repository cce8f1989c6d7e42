"""What people see of a message in Slack: its text, and what can be clicked in it."""

from typing import Any

Message = dict[str, Any]


def is_card(message: Message) -> bool:
    """Whether a message is the decision card."""
    return any(one.get("action_id") == "costs" for one in _elements(message))


def labels(message: Message) -> list[str]:
    """What can be clicked in a message."""
    return [one["text"]["text"] for one in clickable(message)]


def shown(message: Message) -> str:
    """The text that people see in a message."""
    texts = (block["text"]["text"] for block in message.get("blocks") or [] if block["type"] == "section")
    return "\n".join(texts) or str(message["text"])


def _elements(message: Message) -> list[dict[str, Any]]:
    return [one for block in message.get("blocks") or [] if block["type"] == "actions" for one in block["elements"]]


def clickable(message: Message) -> list[dict[str, Any]]:
    """The buttons and menu entries of a message, as Slack sends them when they are clicked."""
    found = []
    for one in _elements(message):
        if one["type"] == "static_select":
            found += [
                {"type": one["type"], "action_id": one["action_id"], "text": option["text"], "selected_option": option}
                for option in one["options"]
            ]
        else:
            found.append(one)
    return found
