"""`consult memo`: the decision memo of a profile or a session."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.app import app
from ui.cli.output import note

if TYPE_CHECKING:
    from agent.memo.outline import Memo


@app.command()
def memo(
    subject: Annotated[str, typer.Argument(metavar="PROFILE.json|SESSION", help="- reads a profile from stdin.")],
    output: Annotated[
        str, typer.Option("-o", "--output", help="Where to: .md, .docx, .pdf, .html or .json; - is stdout.")
    ] = "-",
    title: Annotated[str | None, typer.Option(help="The memo's title.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The JSON memo on stdout.")] = False,
) -> None:
    """Write the decision memo, as Markdown on stdout or into a file."""
    from ui.render.export import render, write

    written = _memo_on(subject, title)
    if output != "-":
        write(written, Path(output))
        return note(f"The memo is in {output}.")
    sys.stdout.write(render(written, ".json" if as_json else ".md").decode())


def _memo_on(subject: str, title: str | None) -> "Memo":
    from agent.memo.again import write_again
    from agent.memo.compose import write_memo
    from ui.cli.office import advice_on, language_model, open_consultant, settings, spent_line
    from ui.cli.profiles import read_profile

    if subject == "-" or subject.endswith(".json") or Path(subject).exists():
        profile, heard = read_profile(subject), dict[str, Any]()
    else:
        consultant = open_consultant()
        profile, heard = (ledger := consultant.ledger(subject)).profile, ledger.heard
        again = write_again(profile, heard, consultant.transcript(subject), settings(), title)
        if again.grounds["worded"]:
            return again
    model = language_model()
    written = write_memo(advice_on(profile), heard, title, language=model)
    if model is not None:
        if model.memo_note:
            note(model.memo_note)
        note(spent_line(model.account.spent))
    return written
