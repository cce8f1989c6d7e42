"""`consult doctor`: what works and what does not."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Annotated

import typer

from knowledge.errors import ConsultError
from ui.cli.app import app
from ui.cli.doctor_model import model_checks
from ui.cli.output import print_json

OPTIONAL = {
    "memo as DOCX": "pypandoc",
    "memo as PDF": "typst",
    "Slack": "slack_bolt",
    "MCP": "mcp",
    "PostgreSQL": "psycopg",
}
"""What an extra adds, and the package that shows whether it is installed."""


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Check settings, data folder, knowledge, index, language model and optional parts; exits 1 where one is broken."""
    checks = {
        "settings": _settings,
        "knowledge": _knowledge,
        "prices": _prices,
        "sessions": _sessions,
        "search": _search,
    }
    results = [_checked(name, check) for name, check in checks.items()]
    results += model_checks()
    results += [_optional(name, package) for name, package in OPTIONAL.items()]
    if as_json:
        print_json(results)
    else:
        for result in results:
            print(f"{result['status']:8} {result['check']}: {result['finding']}")
    raise typer.Exit(1 if any(result["status"] == "broken" for result in results) else 0)


def _checked(name: str, check: Callable[[], str]) -> dict[str, str]:
    try:
        return {"check": name, "status": "ok", "finding": check()}
    except ConsultError as error:
        return {"check": name, "status": "broken", "finding": str(error)}


def _optional(name: str, package: str) -> dict[str, str]:
    if find_spec(package):
        return {"check": name, "status": "ok", "finding": "installed"}
    return {"check": name, "status": "missing", "finding": "not installed; everything else works without it"}


def _settings() -> str:
    from agent.settings import load_settings, unknown_settings

    chosen = load_settings()
    mode = f"language model {chosen.language_model}" if chosen.language_model else "embedded language, no model"
    return " ".join([f"data in {chosen.home}, {mode}.", *unknown_settings()])


def _knowledge() -> str:
    from knowledge.claims import load_claims
    from knowledge.rulebook import load_rulebook
    from knowledge.versions import versions

    claims, rules = load_claims(), list(load_rulebook().grounded())
    return f"{len(claims.sources)} sources, {len(claims)} claims, {len(rules)} rules, version {versions()['rules']}."


def _prices() -> str:
    from agent.settings import load_settings
    from knowledge.price_table import load_prices
    from tools.wording import counted

    chosen = load_settings()
    table = chosen.price_table() or load_prices(chosen.date())
    return f"those of {table.snapshot}, the oldest checked {counted(table.age_days(chosen.date()), 'days')} before."


def _sessions() -> str:
    from tools.wording import counted
    from ui.cli.office import open_consultant

    return f"{counted(len(open_consultant().sessions()), 'sessions')} can be read."


def _search() -> str:
    from tools.wording import counted
    from ui.cli.office import open_search

    searcher = open_search()
    found = searcher.search("when does retrieval fit better than fine-tuning", 1)
    return " ".join(
        [f"{counted(len(searcher.passages), 'passages')}, {len(found)} found in a trial.", *searcher.notices]
    )
