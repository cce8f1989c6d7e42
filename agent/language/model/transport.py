"""The way to the endpoint with its bounds: how long a call may take, how much is read, and what is no reply at all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.request import getproxies, proxy_bypass

import httpx2

from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import parameters

_DEADLINE: ContextVar[float] = ContextVar("deadline")
REPLIES = ("application/json", "text/event-stream", "application/problem+json")


@contextmanager
def deadline(at: float) -> Iterator[None]:
    """Calls made inside end at that time of the monotonic clock at the latest."""
    token = _DEADLINE.set(at)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


class BoundedTransport(httpx2.BaseTransport):
    """Sends requests; ends what takes too long or grows too large, and refuses pages in place of replies."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The reply with its bounds; raises NoAnswer, or a time-out."""
        until = _DEADLINE.get(None)
        until = time.monotonic() + parameters().settings.timeout_s if until is None else until
        left = max(until - time.monotonic(), 0.001)
        times: dict[str, float] = dict.fromkeys(("connect", "read", "write", "pool"), left)
        request.extensions["timeout"] = times
        response = self._inner.handle_request(request)
        times["read"] = min(parameters().stall_s, max(until - time.monotonic(), 0.001))
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code < 400 and kind not in REPLIES:
            response.close()
            raise NoAnswer("foreign")
        response.stream = _Bounded(response.stream, until)
        return response

    def close(self) -> None:
        """Gives connections back."""
        self._inner.close()


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, inner: object, until: float) -> None:
        self._inner = inner
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for part in self._inner:  # type: ignore[attr-defined]
            read += len(part)
            if read > parameters().largest_reply_bytes:
                raise NoAnswer("too_long")
            if time.monotonic() > self._until:
                raise NoAnswer("slow")
            yield part

    def close(self) -> None:
        self._inner.close()  # type: ignore[attr-defined]


def open_client(base_url: str) -> httpx2.Client:
    """A client that follows no redirect, so that a key goes nowhere but to the endpoint, and uses the user's proxy."""
    url = httpx2.URL(base_url)
    proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme)
    return httpx2.Client(transport=BoundedTransport(httpx2.HTTPTransport(proxy=proxy)), follow_redirects=False)
