"""What a local Slack keeps and answers: messages, files and forms by its Web API, strict about Block Kit limits."""

import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.peers.block_kit import check_blocks, check_view
from tests.peers.slack_messages import Message, is_card

TEAM, BOT = "T0TEAM", "U0BOT"
TOKEN, APP_TOKEN = "xoxb-test-token", "xapp-test-token"
NAMES = {"U1": "Ana", "U2": "Ben"}
PATIENCE_S = 30


@dataclass
class Fault:
    """How a method fails once."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "ratelimited"
    after_effect: bool = False
    """Whether the call has its effect all the same."""


class Workspace:
    """One workspace with its people; `url` and `socket_url` are where its Web API and Socket Mode stand."""

    url: str
    socket_url: str

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._threads: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self.whispers: list[Message] = []
        self.views: list[Message] = []
        self.prompts: list[Message] = []
        self.responses: list[Message] = []
        self.files: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self.token = TOKEN
        self.too_early: list[str] = []
        self._asked_to_wait: dict[str, float] = {}
        self._ids = itertools.count(1)
        self._changed = threading.Condition()
        self._started = int(time.time())

    # What people see

    def thread(self, thread: str, channel: str = "C1") -> list[Message]:
        """The bot's messages in a thread, in order."""
        return list(self._threads[channel, thread])

    def replies(self, thread: str, channel: str = "C1") -> list[Message]:
        """The bot's messages in a thread without the decision card and files."""
        return [one for one in self.thread(thread, channel) if not is_card(one) and not one.get("files")]

    def wait(self, ready: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        """What `ready` gives, as soon as it is true."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (found := ready()):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(
                        f"waited in vain; the bot posted {[one['text'][:60] for one in self.messages[-5:]]}"
                    )
                self._changed.wait(left)
        return found

    def wait_for_replies(self, thread: str, count: int, channel: str = "C1") -> list[Message]:
        """The replies in a thread, as soon as there are so many."""
        found: list[Message] = self.wait(
            lambda: len(self.replies(thread, channel)) >= count and self.replies(thread, channel)
        )
        return found

    # The Web API

    def call(self, method: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        """What a method of the Web API answers."""
        with self._changed:
            self.calls.append((method, given))
            if token != self.token and not (method == "apps.connections.open" and token == APP_TOKEN):
                return {"ok": False, "error": "invalid_auth"}
            answer = getattr(self, "_" + method.replace(".", "_"))(given)
            self._changed.notify_all()
            return {"ok": "error" not in answer, **answer}

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "team_id": TEAM,
            "user_id": BOT,
            "bot_id": "B0BOT",
            "url": "https://x.slack.com/",
            "team": "x",
            "user": "consult",
        }

    def _apps_connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.socket_url}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["user"] not in NAMES:
            return {"error": "user_not_found"}
        return {
            "user": {
                "id": given["user"],
                "name": given["user"].lower(),
                "profile": {"display_name": NAMES[given["user"]]},
            }
        }

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["channel"] == "C0CLOSED":
            return {"error": "not_in_channel"}
        problem = check_blocks(given.get("blocks", []))
        if problem:
            return {"error": "invalid_blocks", "why": problem}
        if given.get("unfurl_links") is not False or given.get("unfurl_media") is not False:
            return {"error": "would_unfurl"}
        message = {key: given.get(key) for key in ("channel", "thread_ts", "text", "blocks")}
        return {"ts": self._add({**message, "ts": self._ts(), "user": BOT})["ts"], "channel": given["channel"]}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        found = next((one for one in self.messages if one["ts"] == given["ts"]), None)
        problem = check_blocks(given.get("blocks", []))
        if found is None or problem:
            return {"error": "message_not_found" if found is None else "invalid_blocks", "why": problem}
        found |= {"text": given["text"], "blocks": given["blocks"], "edits": found.get("edits", 0) + 1}
        return {"ts": given["ts"], "channel": given["channel"]}

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:
        self.whispers.append(given)
        return {"message_ts": self._ts()}

    def _conversations_replies(self, given: dict[str, Any]) -> dict[str, Any]:
        mine = [one for one in self.messages if one["channel"] == given["channel"]]
        found = [one for one in mine if given["ts"] in (one["ts"], one.get("thread_ts"))]
        start, size = int(given.get("cursor") or 0), 2
        following = str(start + size) if start + size < len(found) else ""
        return {"messages": found[start : start + size], "response_metadata": {"next_cursor": following}}

    def _views_open(self, given: dict[str, Any]) -> dict[str, Any]:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        problem = check_view(view)
        if problem:
            return {"error": "invalid_arguments", "why": problem}
        self.views.append({**view, "id": f"V{next(self._ids)}", "hash": "h"})
        return {"view": self.views[-1]}

    def _assistant_threads_setSuggestedPrompts(self, given: dict[str, Any]) -> dict[str, Any]:
        self.prompts.append({**given, "prompts": json.loads(given["prompts"])})
        return {}

    def _assistant_threads_setStatus(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _files_getUploadURLExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        file = f"F{next(self._ids)}"
        self.files[file] = {"id": file, "name": given["filename"], "length": int(given["length"])}
        return {"file_id": file, "upload_url": f"{self.url}upload/{file}"}

    def _files_completeUploadExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        listed = given["files"] if isinstance(given["files"], list) else json.loads(given["files"])
        found = [self.files[one["id"]] for one in listed]
        if any(len(one.get("content", b"")) != one["length"] for one in found):
            return {"error": "file_update_failed"}
        text = given.get("initial_comment", "")
        place = {"channel": given["channel_id"], "thread_ts": given.get("thread_ts")}
        shown = [{"id": one["id"], "name": one["name"]} for one in found]
        self._add({**place, "ts": self._ts(), "user": BOT, "text": text, "files": shown})
        return {"files": shown}

    def upload(self, file: str, content: bytes) -> None:
        """Takes the bytes of a file."""
        with self._changed:
            self.files[file]["content"] = content

    def respond(self, given: dict[str, Any]) -> None:
        """Takes what was sent to a response URL."""
        with self._changed:
            self.responses.append(given)
            self._changed.notify_all()

    def fault(self, method: str) -> Fault | None:
        """How the next call of a method is to fail, if it is; a call before the time that was named is noted."""
        with self._changed:
            if time.monotonic() < self._asked_to_wait.pop(method, 0.0):
                self.too_early.append(method)
            fault = self.faults[method].popleft() if self.faults[method] else None
            if fault and "Retry-After" in fault.headers:
                self._asked_to_wait[method] = time.monotonic() + float(fault.headers["Retry-After"])
            return fault

    def _add(self, message: Message) -> Message:
        with self._changed:
            self.messages.append(message)
            if message["user"] == BOT and message.get("thread_ts"):
                self._threads[message["channel"], message["thread_ts"]].append(message)
            self._changed.notify_all()
        return message

    def _ts(self) -> str:
        return f"{self._started}.{next(self._ids):06d}"
