"""Waiting for Slack: how long it asks us to."""

from typing import Any

from slack_sdk.errors import SlackApiError


class Later(Exception):
    """Slack asks to wait, or cannot be reached; `seconds` says how long to wait before the next attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def wait_if_asked(error: SlackApiError) -> None:
    """Raises Later where Slack refused a call because of too many, after the time it names."""
    response: Any = error.response
    if response.status_code == 429:
        headers = {name.lower(): value for name, value in response.headers.items()}
        raise Later(float(headers.get("retry-after", 1))) from error
