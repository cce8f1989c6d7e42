"""Waiting for Slack: how long it asks us to, and where."""

import threading
import time
from typing import Any

from slack_sdk.errors import SlackApiError


class Later(Exception):
    """Slack asks to wait, or cannot be reached; `seconds` says how long to wait before the next attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pauses:
    """Channels in which Slack asked to wait: whatever else is to be said there waits as well."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def begin(self, channel: str, seconds: float) -> None:
        """Nothing is sent to the channel for so many seconds."""
        with self._lock:
            self._until[channel] = max(self._until.get(channel, 0.0), time.monotonic() + seconds)

    def check(self, channel: str) -> None:
        """Raises Later while the channel is to be left alone."""
        with self._lock:
            left = self._until.get(channel, 0.0) - time.monotonic()
            if left <= 0:
                self._until.pop(channel, None)
                return
        raise Later(left)


def wait_if_asked(error: SlackApiError) -> None:
    """Raises Later where Slack refused a call because of too many, after the time it names."""
    response: Any = error.response
    if response.status_code == 429:
        raise Later(seconds_asked(response.headers))


def must_wait(error: SlackApiError) -> bool:
    """Whether a call may succeed later: there were too many, or Slack is out of order."""
    response: Any = error.response
    broken = ("internal_error", "fatal_error", "service_unavailable", "ratelimited")
    return response.status_code == 429 or response.status_code >= 500 or response.get("error") in broken


def seconds_asked(headers: Any) -> float:
    """The seconds of `Retry-After`; one where they are missing or no number."""
    named = {name.lower(): value for name, value in headers.items()}
    try:
        return max(0.0, float(named.get("retry-after", 1)))
    except ValueError:
        return 1.0
