"""`consult chat --json`: the consultation over JSON lines."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.protocol import parse_line
from knowledge.errors import ConsultError
from ui.cli.app import app
from ui.cli.output import note, parse_json, print_json

if TYPE_CHECKING:
    from agent.consultation import Consultant


def _show_version(wanted: bool) -> None:
    if wanted:
        from knowledge.versions import versions

        print(f"consult {versions()['consult']}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def interview(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Decide with me how to build on a language model; without a command, the interview in the terminal."""
    if context.invoked_subcommand is None:
        chat()


@app.command()
def chat(
    as_json: Annotated[bool, typer.Option("--json", help="Talk in JSON lines, one out for each one in.")] = False,
    session: Annotated[str | None, typer.Option(help="Continue this session.")] = None,
) -> None:
    """Hold a consultation in the terminal, or over JSON lines."""
    from ui.cli.office import open_consultant, spent_line

    consultant = open_consultant()
    turn = consultant.resume(session) if session else consultant.start()
    if not as_json:
        from ui.cli.terminal import converse

        converse(consultant, turn)
        return
    print_json(turn.document())
    for line in sys.stdin.buffer:
        print_json(_answer(consultant, turn.session, line))
    if (spent := consultant.usage(turn.session)).calls:
        note(spent_line(spent))


def _answer(consultant: "Consultant", session: str, line: bytes) -> dict[str, Any]:
    """The line that answers a line; what cannot be used is answered with an error and changes nothing."""
    try:
        document = parse_json(line.decode("utf-8", errors="replace"), "The line")
        message_id = document.get("id") if isinstance(document, dict) else None
        return consultant.send(session, parse_line(document), message_id).document()
    except ConsultError as error:
        return {"error": str(error)}
