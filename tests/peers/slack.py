"""A local Slack: its Web API over HTTP, its requests signed, Socket Mode over WebSocket; strict about Block Kit limits.

It keeps what is posted, so that a test can ask what the people in a thread see, and it can be told to fail.
"""

import contextlib
import itertools
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.peers.block_kit import check_blocks, check_view

TEAM, BOT, APP = "T0TEAM", "U0BOT", "A0APP"
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105
TOKEN, APP_TOKEN = "xoxb-test-token", "xapp-test-token"
NAMES = {"U1": "Ana", "U2": "Ben"}
PATIENCE_S = 30

Message = dict[str, Any]


@dataclass
class Ack:
    """How the bot acknowledged something, and after how long."""

    status: int
    body: Any
    seconds: float


@dataclass
class Fault:
    """How a method fails once."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "ratelimited"
    after_effect: bool = False
    """Whether the call has its effect all the same."""


class SlackPeer:
    """One workspace with its people, and the bot behind a URL or a WebSocket."""

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
        self.bot_url: str | None = None
        self.token = TOKEN
        self.now: Callable[[], float] = time.time
        self.too_early: list[str] = []
        self._asked_to_wait: dict[str, float] = {}
        self._ids = itertools.count(1)
        self._changed = threading.Condition()
        self._sockets: list[ServerConnection] = []
        self._acks: dict[str, Any] = {}
        self._started = int(time.time())
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._ws: Server = serve(self._socket, "127.0.0.1", 0)
        for server in (self._http, self._ws):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the Web API stands."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/api/"

    def close(self) -> None:
        """Stops both servers."""
        self._ws.shutdown()
        self._http.shutdown()
        self._http.server_close()

    # What people do

    def say(self, user: str, text: str, channel: str = "C1", thread: str | None = None, send: bool = True) -> str:
        """A message in a channel (C…) or to the bot (D…); its timestamp. A mention comes as two events."""
        ts = self._ts()
        self._add({"channel": channel, "ts": ts, "thread_ts": thread, "user": user, "text": text})
        if send:
            for payload in self.events(user, text, channel, ts, thread):
                self.deliver(payload)
        return ts

    def events(self, user: str, text: str, channel: str, ts: str, thread: str | None) -> list[dict[str, Any]]:
        """What Slack sends for a message."""
        kind = "im" if channel.startswith("D") else "channel"
        event = {"type": "message", "channel_type": kind, "user": user, "text": text, "channel": channel, "ts": ts}
        event |= {"thread_ts": thread} if thread else {}
        mention = f"<@{BOT}>" in text and kind == "channel"
        kinds = [event, {**event, "type": "app_mention"}] if mention else [event]
        return [self.envelope(one) for one in kinds]

    def envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        """An event as Slack wraps it."""
        outer = {"token": "x", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event}
        return {**outer, "event_id": f"Ev{next(self._ids):06d}", "event_time": int(self.now())}

    def click(self, user: str, message: Message, label: str) -> Ack:
        """A click on the button, or a choice of the menu entry, with that label."""
        payload = self.click_payload(user, message, label)
        return self.deliver(payload, form=True)

    def click_payload(self, user: str, message: Message, label: str) -> dict[str, Any]:
        """What Slack sends for a click."""
        action = next(one for one in _clickable(message) if one["text"]["text"] == label)
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user},
            "api_app_id": APP,
            "channel": {"id": message["channel"]},
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]},
            "message": {key: message[key] for key in ("ts", "thread_ts", "text") if message.get(key)},
            "trigger_id": f"trigger-{next(self._ids)}",
            "response_url": f"{self.url}response",
            "actions": [{**action, "action_ts": self._ts()}],
        }

    def submit(self, user: str, view: Message, values: dict[str, str]) -> Ack:
        """Fills in and submits a form."""
        state = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                given = values.get(block["block_id"])
                menu = block["element"]["type"] == "static_select"
                chosen = {"value": given} if given is not None else None
                state[block["block_id"]] = {"given": {"selected_option": chosen} if menu else {"value": given}}
        shown = {**view, "state": {"values": state}}
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user},
            "api_app_id": APP,
            "view": shown,
        }
        return self.deliver(payload, form=True)

    def command(self, user: str, text: str, channel: str = "C1") -> Ack:
        """The slash command."""
        payload = {"command": "/consult", "text": text, "team_id": TEAM, "channel_id": channel, "user_id": user}
        payload |= {"trigger_id": f"trigger.{next(self._ids)}", "response_url": f"{self.url}response"}
        return self.deliver(payload, command=True)

    def remove(self, message: Message) -> None:
        """Someone deletes a message."""
        with self._changed:
            self.messages.remove(message)
            self._threads[message["channel"], message["thread_ts"]].remove(message)

    # How it reaches the bot

    def deliver(self, payload: dict[str, Any], form: bool = False, command: bool = False, **headers: str) -> Ack:
        """Sends something to the bot, by HTTP where it has a URL, and by WebSocket else; how it was acknowledged."""
        if self.bot_url is None:
            kind = "slash_commands" if command else "interactive" if form else "events_api"
            return self._deliver_by_socket(payload, kind, headers)
        body = json.dumps(payload)
        if command:
            body = urllib.parse.urlencode(payload)
        elif form:
            body = urllib.parse.urlencode({"payload": body})
        return self.post(body, form or command, **headers)

    def post(self, body: str, form: bool = False, **headers: str) -> Ack:
        """Signs a body and posts it; headers given take the place of the right ones."""
        kind = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(  # noqa: S310
            self.bot_url or "", body.encode(), {**kind, **self.signed(body), **sent}
        )
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
                text, status = answer.read().decode(), answer.status
        except urllib.error.HTTPError as error:
            text, status = error.read().decode(), error.code
            error.close()
        return Ack(status, _parsed(text), time.perf_counter() - start)

    def signed(self, body: str) -> dict[str, str]:
        """The headers that prove who sent a body, and when."""
        now = str(int(self.now()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body) or ""
        return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}

    def _deliver_by_socket(self, payload: dict[str, Any], kind: str, headers: dict[str, str]) -> Ack:
        envelope = f"envelope-{next(self._ids)}"
        connection: ServerConnection = self.wait(lambda: self._sockets and self._sockets[-1])
        start = time.perf_counter()
        message = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        message |= {"retry_attempt": int(headers.get("X_Slack_Retry_Num", 0)), "retry_reason": "timeout"}
        connection.send(json.dumps(message))
        self.wait(lambda: envelope in self._acks or connection not in self._sockets)
        if envelope not in self._acks:
            raise ConnectionError("the connection ended before the acknowledgement")
        return Ack(200, self._acks[envelope], time.perf_counter() - start)

    def hang_up(self) -> None:
        """Ends all connections of Socket Mode."""
        for connection in list(self._sockets):
            connection.close()

    def _socket(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._changed:
            self._sockets.append(connection)
            self._changed.notify_all()
        with contextlib.suppress(ConnectionClosed):
            for text in connection:
                answer = _parsed(str(text))
                if isinstance(answer, dict) and "envelope_id" in answer:
                    with self._changed:
                        self._acks[answer["envelope_id"]] = answer.get("payload")
                        self._changed.notify_all()
        with self._changed:
            self._sockets.remove(connection)
            self._changed.notify_all()

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
        return {"url": f"ws://127.0.0.1:{self._ws.socket.getsockname()[1]}/link"}

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


@contextmanager
def slack_peer() -> Iterator[SlackPeer]:
    """A local Slack for the time of a test."""
    peer = SlackPeer()
    try:
        yield peer
    finally:
        peer.close()


def is_card(message: Message) -> bool:
    """Whether a message is the decision card."""
    return any(one.get("action_id") == "costs" for one in _elements(message))


def labels(message: Message) -> list[str]:
    """What can be clicked in a message."""
    return [one["text"]["text"] for one in _clickable(message)]


def shown(message: Message) -> str:
    """The text that people see in a message."""
    texts = (block["text"]["text"] for block in message.get("blocks") or [] if block["type"] == "section")
    return "\n".join(texts) or str(message["text"])


def _elements(message: Message) -> list[dict[str, Any]]:
    return [one for block in message.get("blocks") or [] if block["type"] == "actions" for one in block["elements"]]


def _clickable(message: Message) -> list[dict[str, Any]]:
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


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _handler(peer: SlackPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave in one write

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            method = self.path.removeprefix("/api/").partition("?")[0]
            fault = peer.fault("upload" if method.startswith("upload/") else method)
            answer = None if fault and not fault.after_effect else self._answer(method, body)
            if fault:
                self._reply(fault.status, {"ok": False, "error": fault.error}, fault.headers)
            else:
                self._reply(200, answer, {})

        do_GET = do_POST

        def _answer(self, method: str, body: bytes) -> Any:
            if method.startswith("upload/"):
                peer.upload(method.removeprefix("upload/"), body)
                return "OK"
            if method == "response":
                peer.respond(json.loads(body))
                return "ok"
            given = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
            if self.headers.get("Content-Type", "").startswith("application/json"):
                given |= json.loads(body or b"{}")
            else:
                given |= dict(urllib.parse.parse_qsl(body.decode()))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ") or str(given.get("token", ""))
            return peer.call(method, given, token)

        def _reply(self, status: int, document: Any, headers: dict[str, str]) -> None:
            content = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            self.send_response(status)
            kind = "text/plain" if isinstance(document, str) else "application/json"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Handler
