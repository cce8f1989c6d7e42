"""The HTTP side of the local Slack: methods of its Web API, uploads and response URLs, with the failures told to it."""

import json
import urllib.parse
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.peers.slack_workspace import Workspace


def web_api(workspace: Workspace) -> type[BaseHTTPRequestHandler]:
    """The request handler that answers for a workspace."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave in one write

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            method = self.path.removeprefix("/api/").partition("?")[0]
            fault = workspace.fault("upload" if method.startswith("upload/") else method)
            answer = None if fault and not fault.after_effect else self._answer(method, body)
            if fault:
                self._reply(fault.status, {"ok": False, "error": fault.error}, fault.headers)
            else:
                self._reply(200, answer, {})

        do_GET = do_POST

        def _answer(self, method: str, body: bytes) -> Any:
            if method.startswith("upload/"):
                workspace.upload(method.removeprefix("upload/"), body)
                return "OK"
            if method == "response":
                workspace.respond(json.loads(body))
                return "ok"
            given = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
            if self.headers.get("Content-Type", "").startswith("application/json"):
                given |= json.loads(body or b"{}")
            else:
                given |= dict(urllib.parse.parse_qsl(body.decode()))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ") or str(given.get("token", ""))
            return workspace.call(method, given, token)

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
