"""`consult memo`: the decision memo of a profile or a session."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import note

if TYPE_CHECKING:
    from agent.memo.outline import Memo


@app.command()
def memo(
    subject: Annotated[str, typer.Argument(metavar="PROFILE.json|SESSION", help="- reads a profile from stdin.")],
    output: Annotated[str, typer.Option("-o", "--output", help="Where to; the suffix decides the format.")] = "-",
    title: Annotated[str | None, typer.Option(help="The memo's title.")] = None,
) -> None:
    """Write the decision memo, as Markdown on stdout or into a file."""
    from agent.memo.markdown import render_markdown

    written = _memo_on(subject, title)
    if output == "-":
        sys.stdout.write(render_markdown(written))
        return
    target = Path(output)
    if target.suffix != ".md":
        raise InputError(f"{output}: a memo cannot be written as '{target.suffix}'; use .md.")
    try:
        target.write_text(render_markdown(written), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from error
    note(f"The memo is in {output}.")


def _memo_on(subject: str, title: str | None) -> "Memo":
    from agent.memo.compose import write_memo
    from ui.cli.office import advice_on, open_consultant
    from ui.cli.profiles import read_profile

    if subject == "-" or subject.endswith(".json") or Path(subject).exists():
        return write_memo(advice_on(read_profile(subject)), {}, title)
    ledger = open_consultant().ledger(subject)
    return write_memo(advice_on(ledger.profile), ledger.heard, title)
