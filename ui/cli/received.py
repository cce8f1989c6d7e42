"""`consult verify`, `diff`, `refresh` and `reopen`: what can be done with a memo that someone received."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import note, print_json, read_text

if TYPE_CHECKING:
    from agent.memo.difference import Difference

MemoPath = Annotated[str, typer.Argument(metavar="MEMO", help="A memo in JSON or Markdown; - reads stdin.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]

UNCHECKED = {".pdf", ".html", ".docx"}
"""The forms of a memo that are for reading alone."""


def _memo_text(memo: str) -> str:
    """The text of a memo that can be checked; raises InputError for one that is for reading alone."""
    if Path(memo).suffix.lower() in UNCHECKED:
        raise InputError(f"{memo} cannot be checked: PDF, HTML and DOCX are for reading; give it as .md or .json.")
    return read_text(memo)


@app.command()
def verify(memo: MemoPath, as_json: AsJson = False) -> None:
    """Check every number and citation of a memo; exits 1 where something cannot be proven."""
    from dataclasses import asdict

    from agent.memo.proof import at_prices_of, prove
    from tools.wording import counted
    from ui.cli.office import settings

    report = prove(_memo_text(memo), at_prices_of(settings()))
    if as_json:
        print_json({"passed": report.passed, **asdict(report)})
    else:
        for finding in report.findings:
            print(f"{finding.section}: {finding.problem}: {finding.sentence}")
        looked_at = {"sentences": report.sentences, "values": report.values, "citations": report.citations}
        checked = ", ".join(counted(number, things) for things, number in looked_at.items()) + " checked"
        print(
            f"{checked}; {'everything is proven' if report.passed else f'{len(report.findings)} could not be proven'}."
        )
        for text in report.notes:
            note(text)
    raise typer.Exit(0 if report.passed else 1)


@app.command()
def diff(first: MemoPath, second: MemoPath, as_json: AsJson = False) -> None:
    """Say what changed between two memos: facts, advice, costs, rules and prices."""
    from agent.memo.proof import at_prices_of
    from agent.memo.reopen import diff as compare
    from ui.cli.office import settings

    difference = compare(read_text(first), read_text(second), at_prices_of(settings()))
    return print_json(difference.document()) if as_json else _print_difference(difference)


@app.command()
def refresh(
    memo: MemoPath,
    output: Annotated[str | None, typer.Option("-o", "--output", help="Write the new memo here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide the same facts with today's rules and prices, and say whether the advice still stands."""
    from agent.memo.proof import at_prices_of
    from agent.memo.reopen import refresh as renew
    from ui.cli.office import settings
    from ui.render.export import write

    chosen = settings()
    renewed = renew(read_text(memo), chosen.date(), at_prices_of(chosen))
    if output:
        write(renewed.memo, Path(output))
        note(f"The new memo is in {output}.")
    if as_json:
        return print_json({"stands": renewed.stands, "difference": renewed.difference.document()})
    print("The advice still stands." if renewed.stands else "The advice has changed.")
    _print_difference(renewed.difference)


@app.command()
def reopen(memo: MemoPath, as_json: AsJson = False) -> None:
    """Continue the consultation from a memo, as a new session."""
    from agent.memo.reopen import reopen as read_back
    from ui.cli.office import open_consultant
    from ui.cli.terminal import converse

    reopened, consultant = read_back(read_text(memo)), open_consultant()
    turn = consultant.adopt(reopened.profile, reopened.heard, reopened.title)
    if as_json:
        return print_json(turn.document())
    converse(consultant, turn)


def _print_difference(difference: "Difference") -> None:
    from agent.memo.difference import KINDS

    changes = [(kind, change) for kind in KINDS for change in getattr(difference, kind)]
    for kind, change in changes:
        print(f"{kind}: {change.text}")
    if not changes:
        print("Nothing changed.")
