"""A scripted OpenAI-compatible server over real HTTP: says what a conversation needs, or misbehaves as told.

    with ModelPeer(reply=lambda request: text("hello")) as peer:
        … peer.base_url …

`reply` is called with each chat request (its JSON) and returns a `Reply`; several threads may call it at once. Replies
are made with `text`, `calls`, `structured` (in whichever form the request asks for) and `fault`. Headers and body go
out in one write.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Literal

from tests.peers.local import LocalServer

LONGEST_HOLD_S = 30
Request = dict[str, Any]
FaultKind = Literal[
    "401", "403", "404", "400", "429", "500", "503", "stall", "trickle", "cut", "reset", "empty", "html", "huge",
    "bad_json", "null_choices", "length", "refusal", "content_filter", "redirect",
]  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What the server sends: a message, or a fault."""

    content: str | None = None
    tool_calls: tuple[tuple[str, str], ...] = ()
    fault: FaultKind | None = None
    headers: dict[str, str] = field(default_factory=dict)
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 20})
    pause_s: float = 0.0
    halfway: threading.Event | None = None
    """What a streamed reply waits for when half of it is sent."""
    on_line: Callable[[], None] | None = None
    """Called when the last token of a line of a streamed reply was sent; the next line waits for its return."""


def text(content: str, **more: Any) -> Reply:
    """A reply in prose."""
    return Reply(content, **more)


def calls(*wanted: tuple[str, Any], **more: Any) -> Reply:
    """A reply that asks for tools: (name, arguments); arguments that are text are sent as they are."""
    dumped = ((name, given if isinstance(given, str) else json.dumps(given)) for name, given in wanted)
    return Reply(None, tuple(dumped), **more)


def structured(request: Request, value: Any, **more: Any) -> Reply:
    """A value in the form that the request asks for: a tool call where one is demanded, else JSON text."""
    if isinstance(request.get("tool_choice"), dict):
        return calls((request["tool_choice"]["function"]["name"], value), **more)
    return text(json.dumps(value), **more)


def fault(kind: FaultKind, **headers: str) -> Reply:
    """A reply that is none."""
    return Reply(fault=kind, headers={name.replace("_", "-"): value for name, value in headers.items()})


def asked_for(request: Request) -> str:
    """What a request is about: the name of its form, `explain` where it offers tools, else `text`."""
    if "response_format" in request:
        return str(request["response_format"]["json_schema"]["name"])
    if isinstance(request.get("tool_choice"), dict):
        return str(request["tool_choice"]["function"]["name"])
    return "explain" if request.get("tools") else "text"


def said(request: Request) -> str:
    """The last message of a request."""
    return str(request["messages"][-1]["content"])


class ModelPeer(LocalServer):
    """The server. `requests` are the chat requests in order, `seen_keys` what came as authorisation."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        super().__init__(_handler(self))
        self.reply = reply
        self.requests: list[Request] = []
        self.seen_keys: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self.stop = threading.Event()

    @property
    def base_url(self) -> str:
        """What to configure as the endpoint."""
        return f"{self.url}/v1"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        super().__exit__(kind, error, trace)

    def about(self, name: str) -> list[Request]:
        """The requests about one thing."""
        return [request for request in self.requests if asked_for(request) == name]

    def answered(self, request: Request, key: str) -> Reply:
        """The reply to a request, which is noted."""
        with self._lock:
            self.requests.append(request)
            self.seen_keys.append(key)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.reply(request)
            if reply.pause_s:
                self.stop.wait(reply.pause_s)
            return reply
        finally:
            with self._lock:
                self._at_once -= 1


def _handler(peer: ModelPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = json.loads(body)
            reply = peer.answered(request, self.headers.get("authorization", ""))
            try:
                if reply.fault:
                    _misbehave(self, peer, reply, request)
                elif request.get("stream"):
                    _stream(self, reply)
                else:
                    _send(self, 200, json.dumps(_document(reply)).encode(), "application/json")
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def do_GET(self) -> None:
            models = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}
            _send(self, 200, json.dumps(models).encode(), "application/json")

        def log_message(self, format: str, *args: Any) -> None:
            """Keeps quiet."""

    return Handler


def _document(reply: Reply) -> dict[str, Any]:
    finish = "tool_calls" if reply.tool_calls else "stop"
    document: dict[str, Any] = {
        "id": "x", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "finish_reason": finish, "message": _message(reply)}],
    }  # fmt: skip
    if reply.usage is not None:
        document["usage"] = {"total_tokens": 120, **reply.usage}
    return document


def _message(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.content}
    if reply.tool_calls:
        message["tool_calls"] = [
            {"id": f"c{place}", "type": "function", "function": {"name": name, "arguments": given}}
            for place, (name, given) in enumerate(reply.tool_calls)
        ]
    return message


def _event(delta: dict[str, Any], finish: str | None = None, usage: Any = None) -> bytes:
    chunk = {
        "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}],
        **({"usage": {"total_tokens": 120, **usage}} if usage else {}),
    }  # fmt: skip
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _events(reply: Reply) -> list[bytes]:
    words = [] if reply.content is None else [word + " " for word in reply.content.split(" ")]
    words = [*words[:-1], words[-1][:-1]] if words else []
    events = [_event({"role": "assistant", "content": word}) for word in words]
    events += [
        _event({"tool_calls": [{"index": place, "id": f"c{place}", "type": "function",
                                "function": {"name": name, "arguments": given}}]})
        for place, (name, given) in enumerate(reply.tool_calls)
    ]  # fmt: skip
    events.append(_event({}, "tool_calls" if reply.tool_calls else "stop"))
    return events + ([_event({}, usage=reply.usage)] if reply.usage else [])


def _stream(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    events = [*_events(reply), b"data: [DONE]\n\n"]
    head = _head(handler, 200, {"content-type": "text/event-stream", "connection": "close"})
    if reply.on_line:
        handler.wfile.write(head)
        for event in events:
            handler.wfile.write(event)
            if b"\\n" in event:
                handler.wfile.flush()
                reply.on_line()
        head, events = b"", []
    half = len(events) // 2 if reply.halfway else len(events)
    handler.wfile.write(head + b"".join(events[:half]))
    if reply.halfway:
        handler.wfile.flush()
        reply.halfway.wait(LONGEST_HOLD_S)
        handler.wfile.write(b"".join(events[half:]))
    handler.close_connection = True


def _head(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {handler.responses.get(status, ('',))[0]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
) -> None:
    given = {"content-type": kind, "content-length": str(len(body)), **(headers or {})}
    handler.wfile.write(_head(handler, status, given) + body)


def _misbehave(handler: BaseHTTPRequestHandler, peer: ModelPeer, reply: Reply, request: Request) -> None:
    kind = reply.fault
    if kind in ("400", "401", "403", "404", "429", "500", "503"):
        key = handler.headers.get("authorization", "")
        error = json.dumps({"error": {"message": f"refused: {key}", "type": "x", "code": None}}).encode()
        _send(handler, int(kind), error, "application/json", reply.headers)
    elif kind == "redirect":
        _send(handler, 307, b"", "application/json", {"location": reply.headers["location"]})
    elif kind == "html":
        _send(handler, 200, b"<html><body>Sign in</body></html>", "text/html")
    elif kind == "empty":
        _send(handler, 200, json.dumps(_document(Reply(""))).encode(), "application/json")
    elif kind == "huge":
        _send(handler, 200, json.dumps(_document(Reply("x" * 10_000_000))).encode(), "application/json")
    elif kind == "bad_json":
        _send(handler, 200, b'{"choices": [{"message": {"content": "', "application/json")
    elif kind == "null_choices":
        _send(handler, 200, b'{"choices": null}', "application/json")
    elif kind in ("length", "refusal", "content_filter"):
        _send(handler, 200, json.dumps(_declined(kind)).encode(), "application/json")
    else:
        _break_off(handler, peer, kind or "")


def _declined(kind: str) -> dict[str, Any]:
    document = _document(Reply("I am sorry"))
    choice = document["choices"][0]
    choice["finish_reason"] = "stop" if kind == "refusal" else kind
    if kind == "refusal":
        choice["message"] |= {"content": None, "refusal": "I cannot help with that."}
    return document


def _break_off(handler: BaseHTTPRequestHandler, peer: ModelPeer, kind: str) -> None:
    """Ends, or goes on forever, in the middle of a reply."""
    whole = json.dumps(_document(Reply("Hello"))).encode()
    if kind == "stall":
        peer.stop.wait(60)
    elif kind == "trickle":
        handler.wfile.write(_head(handler, 200, {"content-type": "application/json", "content-length": "100000"}))
        while not peer.stop.is_set():
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    elif kind == "cut":
        head = _head(handler, 200, {"content-type": "application/json", "content-length": str(len(whole))})
        handler.wfile.write(head + whole[:-20])
    handler.close_connection = True
