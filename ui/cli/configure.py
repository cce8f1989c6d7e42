"""`consult configure`: the settings of a language-model endpoint, kept in a file of the data folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knowledge.errors import InputError, UnavailableError
from ui.cli.app import app
from ui.cli.output import note, print_json

if TYPE_CHECKING:
    from agent.settings import Settings

SHOWN_KEY = "set (not shown)"


@app.command()
def configure(
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model; on Azure the deployment.")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="The endpoint, usually ending in /v1.")] = None,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from stdin.")] = False,
    temperature: Annotated[float | None, typer.Option(help="Sent with every call; left to the model without.")] = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="For one call with its retries.")] = None,
    retries: Annotated[int | None, typer.Option(help="For a busy or failing endpoint.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Most tokens of a session, input and output.")] = None,
    usd: Annotated[float | None, typer.Option(help="Most US dollars of a session.")] = None,
    check: Annotated[bool, typer.Option(help="Try the endpoint afterwards.")] = True,
    show: Annotated[bool, typer.Option("--show", help="Print what is set; never the key.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Remove what is set.")] = False,
) -> None:
    """Set a language-model endpoint; without one, everything works embedded."""
    from agent.language.model.configured import FILE, forget_configured, read_configured, write_configured

    home = _home()
    if forget:
        removed = forget_configured(home)
        return note(f"{home / FILE} is removed." if removed else "Nothing was set; nothing was changed.")
    stored = read_configured(home)
    if show:
        return print_json({**stored, **({"openai_api_key": SHOWN_KEY} if "openai_api_key" in stored else {})})
    given = {
        "language_model": model,
        "openai_base_url": _address(base_url),
        "model_temperature": temperature,
        "model_timeout_s": timeout,
        "model_retries": retries,
        "model_tokens_per_session": tokens,
        "model_usd_per_session": usd,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    if not changed and not key_stdin:
        changed = _asked_for(stored)
    elif key_stdin:
        changed["openai_api_key"] = _key(sys.stdin.readline())
    wanted = _with_own_key(stored, changed)
    _check(wanted)
    note(f"Written to {write_configured(home, wanted)}, readable by you alone.")
    if check:
        _try_out()


def _home() -> Path:
    """The data folder; a settings file that cannot be used is in nobody's way here, as this is what replaces it."""
    return _settings("Change it or take it out, in the environment or in .env.").home


def _settings(advice: str, **given: Any) -> "Settings":
    """The settings with some given; raises InputError with the advice where one cannot be used."""
    from pydantic import ValidationError

    from agent.settings import Settings
    from agent.settings_in_words import refusal

    try:
        return Settings(**given)
    except ValidationError as error:
        raise InputError(f"{refusal(Settings, error)} {advice}") from None


def _address(base_url: str | None) -> str | None:
    from agent.language.model.opening import check_base_url

    return None if base_url is None else check_base_url(base_url)


def _key(text: str) -> str:
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError("A key is one word of plain characters; nothing was changed.")
    return key


def _with_own_key(stored: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """The settings with the changes; a key stays with the endpoint that it was given for."""
    moved = "openai_base_url" in changed and changed["openai_base_url"] != stored.get("openai_base_url")
    if moved and "openai_api_key" in stored and "openai_api_key" not in changed:
        note("The key that was set belongs to the former endpoint and is removed; give the new one with --key-stdin.")
        stored = {name: value for name, value in stored.items() if name != "openai_api_key"}
    return {**stored, **changed}


def _asked_for(stored: dict[str, Any]) -> dict[str, Any]:
    """What a person types when asked; the key is not echoed."""
    if not sys.stdin.isatty():
        raise InputError("Nothing to set: name a --model, --base-url or another option, or run this in a terminal.")
    address = typer.prompt("Endpoint (empty for OpenAI)", default=stored.get("openai_base_url", ""), err=True)
    model = typer.prompt("Model", default=stored.get("language_model"), err=True)
    key = typer.prompt("Key (empty for none)", default="", hide_input=True, show_default=False, err=True)
    found = {"language_model": model.strip(), "openai_base_url": _address(address.strip() or None)}
    return {**found, **({"openai_api_key": _key(key)} if key.strip() else {})}


def _check(wanted: dict[str, Any]) -> None:
    """Refuses what could not be used, before anything is written."""
    if not wanted.get("language_model"):
        raise InputError("Name the model with --model; nothing was changed.")
    if not wanted.get("openai_api_key") and not wanted.get("openai_base_url"):
        raise InputError("Give a key with --key-stdin, or the --base-url of an own server; nothing was changed.")
    upper = {name.upper() if name.startswith("openai") else name: value for name, value in wanted.items()}
    _settings("Nothing was changed.", **upper)


def _try_out() -> None:
    from ui.cli.doctor_model import model_checks

    results = model_checks()
    for result in results:
        note(f"{result['status']:8} {result['check']}: {result['finding']}")
    if any(result["status"] == "broken" for result in results):
        raise UnavailableError("The settings are kept, but the endpoint cannot be used as it is; see above.")
