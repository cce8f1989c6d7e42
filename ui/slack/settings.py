"""The settings of the Slack bot: tokens, which are never shown, and who may talk to it."""

import os
import re
from difflib import get_close_matches
from typing import Literal

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.settings import ENV_FILE
from knowledge.errors import InputError

Transport = Literal["socket", "http"]
API_URL = "https://slack.com/api/"

SHAPES: dict[str, tuple[str, str]] = {
    "SLACK_BOT_TOKEN": (r"xoxb-[A-Za-z0-9-]{8,}", "starts with xoxb- (OAuth & Permissions → Bot User OAuth Token)"),
    "SLACK_APP_TOKEN": (r"xapp-[A-Za-z0-9-]{8,}", "starts with xapp- (Basic Information → App-Level Tokens)"),
    "SLACK_SIGNING_SECRET": (r"[0-9a-f]{32}", "has 32 hexadecimal digits (Basic Information → Signing Secret)"),
}
"""What each secret looks like and where Slack shows it."""

LISTS: dict[str, tuple[str, str]] = {
    "SLACK_ALLOWED_TEAMS": (r"[TE][A-Z0-9]+", "T0123ABCD"),
    "SLACK_ALLOWED_CHANNELS": (r"[CDG][A-Z0-9]+", "C0123ABCD"),
    "SLACK_ALLOWED_USERS": (r"[UW][A-Z0-9]+", "U0123ABCD"),
}
"""What the ids in each list look like, with an example."""


class SlackSettings(BaseSettings):
    """Tokens and limits of one workspace. Lists are ids separated by commas; an empty list allows everyone."""

    model_config = SettingsConfigDict(env_prefix="SLACK_", env_file=ENV_FILE, extra="ignore", frozen=True)

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    allowed_teams: str = ""
    allowed_channels: str = ""
    allowed_users: str = ""
    browser_url: str = ""
    api_url: str = Field(default=API_URL, validation_alias=AliasChoices("SLACK_API_URL", "api_url"))

    def transport(self, wanted: Transport | None = None) -> Transport:
        """The transport to use: the wanted one, or Socket Mode where an app token is set, or else HTTP."""
        return wanted or ("socket" if self.app_token.get_secret_value() else "http")

    def check(self, transport: Transport) -> None:
        """Raises InputError that names the setting that is missing or malformed, never its value."""
        self._check("SLACK_BOT_TOKEN", self.bot_token)
        if transport == "socket":
            self._check("SLACK_APP_TOKEN", self.app_token)
        else:
            self._check("SLACK_SIGNING_SECRET", self.signing_secret)
        for name, ids in zip(LISTS, (self.allowed_teams, self.allowed_channels, self.allowed_users), strict=True):
            _check_ids(name, ids)
        _check_names()
        if self.browser_url and not re.fullmatch(r"https?://[^\s<>|]+", self.browser_url):
            raise InputError(
                "The setting SLACK_BROWSER_URL is no web address; give one such as https://consult.example."
            )

    def allows(self, team: str, channel: str, user: str) -> bool:
        """Whether the bot may be talked to from there and by this person."""
        lists = ((self.allowed_teams, team), (self.allowed_channels, channel), (self.allowed_users, user))
        return all(not ids.strip() or one in _ids(ids) for ids, one in lists)

    def _check(self, name: str, secret: SecretStr) -> None:
        pattern, shape = SHAPES[name]
        if not secret.get_secret_value():
            raise InputError(f"The setting {name} is missing; set it in the environment or in .env. It {shape}.")
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise InputError(f"The setting {name} does not look right: it {shape}.")


def _ids(listed: str) -> list[str]:
    return [one for one in re.split(r"[\s,]+", listed) if one]


def _check_ids(name: str, listed: str) -> None:
    pattern, example = LISTS[name]
    if not all(re.fullmatch(pattern, one) for one in _ids(listed)):
        raise InputError(f"The setting {name} holds ids such as {example}, separated by commas; names do not work.")


def _check_names() -> None:
    """A list under a misspelt name would let everyone in."""
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    for name in sorted(given):
        if name.startswith("SLACK_ALLOWED_") and name not in LISTS:
            near = get_close_matches(name, LISTS, n=1, cutoff=0.0)[0]
            raise InputError(f"There is no setting {name}; did you mean {near}?")
