"""`consult sessions`: list, export, rename, duplicate and erase sessions."""

from dataclasses import asdict
from typing import Annotated

import typer

from ui.cli.app import app
from ui.cli.output import note, print_json

sessions = typer.Typer(help="List, export, rename, duplicate and erase sessions.", invoke_without_command=True)
app.add_typer(sessions, name="sessions")

SessionId = Annotated[str, typer.Argument(metavar="SESSION")]


@sessions.callback()
def list_sessions(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """List the sessions, the latest first."""
    if context.invoked_subcommand:
        return
    from ui.cli.office import open_consultant

    cards = open_consultant().sessions()
    if as_json:
        return print_json([asdict(card) for card in cards])
    for card in cards:
        print(f"{card.id}  {card.updated_at[:16].replace('T', ' ')}  {card.title}")
    if not cards:
        note("There are no sessions yet; `consult` starts one.")


@sessions.command()
def export(session: SessionId) -> None:
    """Print everything that is stored of a session as JSON."""
    from ui.cli.office import open_consultant

    print_json(open_consultant().export(session))


@sessions.command()
def rename(session: SessionId, title: Annotated[str, typer.Argument()]) -> None:
    """Give a session another title."""
    from ui.cli.office import open_consultant

    open_consultant().rename(session, title)


@sessions.command()
def duplicate(session: SessionId) -> None:
    """Copy a session; prints the id of the copy."""
    from ui.cli.office import open_consultant

    print(open_consultant().duplicate(session))


@sessions.command()
def erase(session: SessionId) -> None:
    """Remove everything that is stored of a session."""
    from ui.cli.office import open_consultant

    open_consultant().erase(session)
    note("The session was erased.")
