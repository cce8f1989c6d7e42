"""What Slack sends, as letters for the mailbox: who wrote what where, under an id that the same thing always has."""

import json
from dataclasses import dataclass
from typing import Any

from ui.slack.text import heard

PLAIN_SUBTYPES = (None, "file_share", "thread_broadcast")
"""Kinds of messages that are someone speaking; edits, joins and the like are not."""


@dataclass(frozen=True)
class Incoming:
    """A letter before it is kept. `place` is Slack's own timestamp, so that letters keep their order."""

    id: str
    team: str
    channel: str
    thread: str
    place: str
    user: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        """Where the thread stands."""
        return address_of(self.team, self.channel, self.thread)


def address_of(team: str, channel: str, thread: str) -> str:
    """The address of a thread: one thread, one session."""
    return f"slack:{team}:{channel}:{thread}"


def place_of(address: str) -> tuple[str, str]:
    """The channel and the thread of an address."""
    _, _, channel, thread = address.split(":", 3)
    return channel, thread


def from_message(payload: dict[str, Any], bot: str) -> Incoming | None:
    """A mention or a message, with the message's id, as Slack may send both for one; None where nobody speaks."""
    event, team = payload["event"], payload.get("team_id", "")
    if event.get("subtype") not in PLAIN_SUBTYPES or event.get("bot_id") or not event.get("user"):
        return None
    channel, ts = event["channel"], event["ts"]
    text = heard(event.get("text") or "", bot)
    body = {"kind": "said", "user": event["user"], "text": text}
    thread = event.get("thread_ts") or ts
    return Incoming(f"slack:{team}:{channel}:{ts}", team, channel, thread, ts, event["user"], body)


def from_click(payload: dict[str, Any]) -> Incoming | None:
    """A click on a button, or a choice in a menu, with the question it answers; None for a link."""
    action = payload["actions"][0]
    value = action.get("value") or (action.get("selected_option") or {}).get("value")
    if not value:
        return None
    container, user, team = payload["container"], payload["user"]["id"], payload["team"]["id"]
    channel, message = container["channel_id"], container["message_ts"]
    thread = payload.get("message", {}).get("thread_ts") or container.get("thread_ts") or message
    ts = action["action_ts"]
    body = {**json.loads(value), "user": user, "label": _label(action)}
    return Incoming(f"click:{team}:{channel}:{message}:{ts}:{user}", team, channel, thread, ts, user, body)


def from_command(payload: dict[str, Any], now: str) -> Incoming:
    """A slash command: it begins a thread, which has no place until its first message is posted."""
    team, channel, user = payload["team_id"], payload["channel_id"], payload["user_id"]
    trigger = payload["trigger_id"]
    body = {
        "kind": "opened",
        "user": user,
        "text": heard(payload.get("text") or "", ""),
        "response_url": payload.get("response_url", ""),
    }
    return Incoming(f"slash:{team}:{trigger}", team, channel, f"/{trigger}", now, user, body)


def from_form(payload: dict[str, Any], address: str, answers: dict[str, Any], now: str) -> Incoming:
    """A submitted form."""
    user, team = payload["user"]["id"], payload["team"]["id"]
    channel, thread = place_of(address)
    body = {"kind": "filled", "user": user, "answers": answers}
    return Incoming(f"view:{team}:{payload['view']['id']}", team, channel, thread, now, user, body)


def _label(action: dict[str, Any]) -> str:
    text = action.get("text") or (action.get("selected_option") or {}).get("text") or {}
    return str(text.get("text", ""))
