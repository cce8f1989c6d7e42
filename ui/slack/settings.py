"""The settings of the Slack bot: tokens, which are never shown, and who may talk to it."""

import re
from typing import Literal

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
        if self.browser_url and not re.fullmatch(r"https?://[^\s<>|]+", self.browser_url):
            raise InputError(
                "The setting SLACK_BROWSER_URL is no web address; give one such as https://consult.example."
            )

    def allows(self, team: str, channel: str, user: str) -> bool:
        """Whether the bot may be talked to from there and by this person."""
        lists = ((self.allowed_teams, team), (self.allowed_channels, channel), (self.allowed_users, user))
        return all(not ids.strip() or one in re.split(r"[\s,]+", ids.strip()) for ids, one in lists)

    def _check(self, name: str, secret: SecretStr) -> None:
        pattern, shape = SHAPES[name]
        if not secret.get_secret_value():
            raise InputError(f"The setting {name} is missing; set it in the environment or in .env. It {shape}.")
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise InputError(f"The setting {name} does not look right: it {shape}.")
