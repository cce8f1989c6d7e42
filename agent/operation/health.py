"""Whether this worker lives and can serve, and its metrics, over HTTP for those who run it."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from agent.operation.metrics import METRICS
from knowledge.errors import ConsultError, InputError

Check = Callable[[], object]
JSON = "application/json"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """Serves `/live`, `/ready` and `/metrics` until it is closed; raises InputError where the port is taken."""

    def __init__(self, ready: Check, host: str, port: int) -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(ready))
        except OSError as error:
            raise InputError(
                f"The health address {host}:{port} cannot be used ({error.strerror}); set CONSULT_HEALTH_PORT to "
                "another port."
            ) from error
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()


def answer(path: str, ready: Check) -> tuple[int, str, str]:
    """Status, content type and text for a path; what is wrong is told in the product's own sentence."""
    match path:
        case "/live":
            return 200, JSON, json.dumps({"status": "live"})
        case "/metrics":
            return 200, PROMETHEUS, METRICS.text()
        case "/ready":
            try:
                ready()
            except ConsultError as error:
                return 503, JSON, json.dumps({"status": "not ready", "because": str(error)})
            return 200, JSON, json.dumps({"status": "ready"})
    return 404, JSON, json.dumps({"status": "not found"})


def _handler(ready: Check) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, kind, text = answer(self.path, ready)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Requests of probes are not worth a line."""

    return Handler
