"""`consult sessions`: list, export, rename, duplicate and erase sessions."""

from dataclasses import asdict
from typing import Annotated

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import note, print_json, printable

sessions = typer.Typer(invoke_without_command=True)
app.add_typer(sessions, name="sessions")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
SessionId = Annotated[str, typer.Argument(metavar="SESSION")]
OrSessionId = Annotated[str | None, typer.Argument(metavar="SESSION")]
Person = Annotated[str | None, typer.Option("--person", help="Instead: all that this person said, in every session.")]


@sessions.callback()
def list_sessions(context: typer.Context, as_json: AsJson = False) -> None:
    """List, export, rename, duplicate and erase sessions; without a command, the list."""
    if context.invoked_subcommand is None:
        show(as_json)


@sessions.command("list")
def show(as_json: AsJson = False) -> None:
    """List the sessions, the latest first."""
    from ui.cli.office import open_consultant

    cards = open_consultant().sessions()
    if as_json:
        return print_json([asdict(card) for card in cards])
    for card in cards:
        print(f"{card.id}  {card.updated_at[:16].replace('T', ' ')}  {card.title}")
    if cards:
        note("Continue one with: consult chat --session ID")
    else:
        note("There are no sessions yet; `consult` starts one here, `consult ui` one in the browser.")


@sessions.command()
def export(session: OrSessionId = None, person: Person = None) -> None:
    """Print everything that is stored of a session, or of a person, as JSON."""
    from ui.cli.office import open_consultant

    _check_either(session, person)
    consultant = open_consultant()
    print_json(consultant.export(session) if session else consultant.export_person(person or ""))


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
def erase(session: OrSessionId = None, person: Person = None) -> None:
    """Remove everything that is stored of a session, or of a person."""
    from ui.cli.office import open_consultant

    _check_either(session, person)
    if session:
        open_consultant().erase(session)
        return note("The session was erased.")
    changed = open_consultant().erase_person(person or "")
    note(f"What {printable(person or '')} said was erased; sessions changed: {changed}.")


def _check_either(session: str | None, person: str | None) -> None:
    if bool(session) == bool(person):
        raise InputError("Give either a session or --person NAME; `consult sessions` lists the sessions.")
