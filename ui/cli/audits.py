"""`consult audit` and `consult dataset`: what a file of failures, or of training examples, shows."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.app import app
from ui.cli.output import note, print_json

if TYPE_CHECKING:
    from tools.records import Progress

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def audit(
    failures: Annotated[str, typer.Argument(metavar="FAILURES", help="CSV, JSON lines or XLSX.")],
    suggestions: Annotated[
        str | None, typer.Option(metavar="FILE.csv", help="Write suggested labels here, to be confirmed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sort the failures of a system and say which gap they support."""
    from pathlib import Path

    from tools.failure_audit import audit_failures, export_suggestions
    from tools.wording import counted

    with _progress() as progress:
        found = audit_failures(failures, progress)
    if suggestions:
        written = export_suggestions(failures, Path(suggestions))
        note(f"Suggested labels were written to {suggestions} for {counted(written, 'rows')}.")
    return print_json(found.document()) if as_json else _print_audit(found.document())


@app.command()
def dataset(
    train: Annotated[str, typer.Argument(metavar="TRAIN.jsonl", help="Chat examples, one a line.")],
    held_out: Annotated[str | None, typer.Option(metavar="TEST.jsonl", help="Kept for testing.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a training set is fit to fine-tune on, and what to do before it is."""
    from tools.dataset_audit import audit_dataset
    from tools.wording import counted

    with _progress() as progress:
        found = audit_dataset(train, held_out, _training_prices(), progress)
    document = found.document()
    if as_json:
        return print_json(document)
    print(f"{found.summary}\n")
    print(f"{counted(found.lines, 'lines')}, {found.examples:,} of them usable, {found.distinct:,} distinct.")
    for step in found.next_steps:
        print(f"- {step}")
    _print_errors(document["errors"])


def _training_prices() -> dict[str, float]:
    """What a million trained tokens cost, by way to train, on the day of this run."""
    from knowledge.price_table import load_prices
    from ui.cli.office import settings

    chosen = settings()
    table = chosen.price_table() or load_prices(chosen.date())
    return {
        f"{provider} {model}": float(price.training_usd_per_mtok)
        for (provider, model), price in table.fine_tunes.items()
        if price.training_usd_per_mtok is not None
    }


def _print_audit(document: dict[str, Any]) -> None:
    from tools.wording import counted

    rows, failures = counted(document["rows"], "rows"), counted(document["failures"], "failures")
    print(f"{rows}, {failures}, {document['labelled']:,} of them labelled.\n")
    for kind, share in document["shares"].items():
        print(f"- {kind}: {share['share']:.0%} ({share['low']:.0%} to {share['high']:.0%})")
    print()
    for sentence in document["diagnosis"]["because"]:
        print(sentence)
    _print_errors(document["errors"])


def _print_errors(errors: Any) -> None:
    for error in errors.get("first", []) if isinstance(errors, dict) else []:
        note(f"line {error['line']}: {error['reason']}")


@contextmanager
def _progress() -> Iterator["Progress | None"]:
    """A progress bar on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading")
        yield lambda done, total: bar.update(task, completed=done, total=total)
