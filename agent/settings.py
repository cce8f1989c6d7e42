"""The product's settings: from flags, the environment or `.env`, all of them optional."""

import datetime as dt
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.language.model.configured import read_configured
from agent.settings_in_words import refusal, setting_name
from knowledge.errors import InputError
from knowledge.price_table import PriceTable, load_prices

PREFIX = "CONSULT_"
ENV_FILE = ".env"


def default_home() -> Path:
    """The platform's folder for this product's data."""
    return user_data_path("consult", appauthor=False)


class Settings(BaseSettings):
    """Where data lives, which date and prices count, and whether a language model is used."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=default_home,
        description="Data folder: sessions, index, own documents, settings of a model. By default the platform's own.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Where sessions are kept in place of a file: postgresql://user:password@server/name.",
    )
    language_model: str | None = Field(
        default=None,
        description="The language model; switches it on together with OPENAI_API_KEY or OPENAI_BASE_URL.",
    )
    embedding_model: str | None = Field(
        default=None,
        description="An embedding model of the endpoint, for searching documents; the embedded one without.",
    )
    as_of: dt.date | None = Field(
        default=None, examples=["2026-11-20"], description="The date that prices and rules are read at; today without."
    )
    prices: Path | None = Field(default=None, description="A file of own prices, which take the place of the table's.")
    retention_days: int = Field(
        default=90,
        ge=0,
        le=36_500,
        description="Days after which a session that nobody continued is erased; 0 keeps all.",
    )
    messages_per_hour: int = Field(
        default=600, ge=0, description="Messages that one person may send in an hour; 0 sets no limit."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="How a server logs: text or json.")
    sign_in_header: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z][A-Za-z0-9-]*$",
        examples=["X-Forwarded-Email"],
        description="The header in which a proxy names who signed in; trusted as it comes.",
    )
    health_host: str = Field(default="127.0.0.1", description="Where health and metrics are served.")
    health_port: int | None = Field(
        default=None, ge=1, le=65_535, description="The port of health and metrics; not served without."
    )
    model_temperature: float | None = Field(
        default=None, ge=0, le=2, description="Sent with every call; not sent without, as some models refuse it."
    )
    model_timeout_s: float | None = Field(
        default=None, gt=0, le=600, description="Seconds for one call with its retries (without: {timeout_s:g})."
    )
    model_retries: int | None = Field(
        default=None,
        ge=0,
        le=10,
        description="Retries of a busy or failing endpoint, within that time (without: {retries}).",
    )
    model_tokens_per_session: int | None = Field(
        default=None,
        ge=0,
        description="Most tokens of a session, input and output together (without: {tokens_per_session:,}).",
    )
    model_usd_per_session: float | None = Field(
        default=None, ge=0, description="Most US dollars of a session; no limit without."
    )
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias="OPENAI_API_KEY", description="The key of the endpoint."
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias="OPENAI_BASE_URL",
        description="The address of the endpoint, usually ending in /v1; OpenAI's without.",
    )

    def date(self) -> dt.date:
        """The date that prices and rules are read at: the one set, or today."""
        return self.as_of or dt.date.today()

    def price_table(self, day: dt.date | None = None) -> PriceTable | None:
        """The prices of a day, or of that date, with the user's own in their place; None without own prices."""
        return None if self.prices is None else load_prices(day or self.date(), self.prices)


def load_settings(**flags: Any) -> Settings:
    """The settings: flags, then environment, then `.env`, then what `consult configure` wrote.

    Raises InputError that names the setting and what is wrong with it.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        chosen = Settings(**given)
        configured = _configured(chosen)
        return Settings(**given, **configured) if configured else chosen
    except ValidationError as error:
        told = refusal(Settings, error)
        raise InputError(f"{told} Change it or take it out, in the environment or in {ENV_FILE}.") from None


def _configured(chosen: Settings) -> dict[str, Any]:
    """What the settings file adds; its key goes only to the endpoint that it was given for."""
    stored = read_configured(chosen.home)
    if chosen.openai_base_url is not None and chosen.openai_base_url != stored.get("openai_base_url"):
        stored.pop("openai_api_key", None)
    wanted = {name: value for name, value in stored.items() if name not in chosen.model_fields_set}
    return {name.upper() if name.startswith("openai") else name: value for name, value in wanted.items()}


def unknown_settings() -> list[str]:
    """One sentence for each `CONSULT_…` name that no setting has, with the nearest one that exists."""
    known = [setting_name(Settings, name) for name in Settings.model_fields if not name.startswith("openai")]
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    strangers = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    return [_unknown(name, known) for name in strangers]


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.0)
    return f"There is no setting {name}; did you mean {near[0]}? It was ignored."
