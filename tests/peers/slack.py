"""A local Slack: its Web API over HTTP, its requests signed, Socket Mode over WebSocket; strict about Block Kit limits.

It keeps what is posted, so that a test can ask what the people in a thread see, and it can be told to fail.
"""

import contextlib
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, Final

from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.peers.slack_messages import Message, clickable
from tests.peers.slack_web_api import web_api
from tests.peers.slack_workspace import BOT, PATIENCE_S, TEAM, Workspace

APP = "A0APP"
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105
PLAIN: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass
class Ack:
    """How the bot acknowledged something, and after how long."""

    status: int
    body: Any
    seconds: float


class SlackPeer(Workspace):
    """A workspace, what its people do, and the bot behind a URL or a WebSocket."""

    def __init__(self) -> None:
        super().__init__()
        self.bot_url: str | None = None
        self.now: Callable[[], float] = time.time
        self._sockets: list[ServerConnection] = []
        self._acks: dict[str, Any] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), web_api(self))
        self._http.daemon_threads = True
        self._ws: Server = serve(self._socket, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/api/"
        self.socket_url = f"ws://127.0.0.1:{self._ws.socket.getsockname()[1]}/link"
        for server in (self._http, self._ws):
            threading.Thread(target=server.serve_forever, daemon=True).start()

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
        action = next(one for one in clickable(message) if one["text"]["text"] == label)
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

    def deliver(
        self, payload: dict[str, Any], form: bool = False, command: bool = False, headers: Mapping[str, str] = PLAIN
    ) -> Ack:
        """Sends something to the bot, by HTTP where it has a URL, and by WebSocket else; how it was acknowledged."""
        if self.bot_url is None:
            kind = "slash_commands" if command else "interactive" if form else "events_api"
            return self._deliver_by_socket(payload, kind, headers)
        body = json.dumps(payload)
        if command:
            body = urllib.parse.urlencode(payload)
        elif form:
            body = urllib.parse.urlencode({"payload": body})
        return self.post(body, headers, form or command)

    def post(self, body: str, headers: Mapping[str, str] = PLAIN, form: bool = False) -> Ack:
        """Signs a body and posts it; headers given take the place of the right ones."""
        kind = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        sent = {**kind, **self.signed(body), **headers}
        request = urllib.request.Request(self.bot_url or "", body.encode(), sent)  # noqa: S310
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

    def _deliver_by_socket(self, payload: dict[str, Any], kind: str, headers: Mapping[str, str]) -> Ack:
        envelope = f"envelope-{next(self._ids)}"
        connection: ServerConnection = self.wait(lambda: self._sockets and self._sockets[-1])
        start = time.perf_counter()
        message = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        message |= {"retry_attempt": int(headers.get("X-Slack-Retry-Num", 0)), "retry_reason": "timeout"}
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


@contextmanager
def slack_peer() -> Iterator[SlackPeer]:
    """A local Slack for the time of a test."""
    peer = SlackPeer()
    try:
        yield peer
    finally:
        peer.close()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
