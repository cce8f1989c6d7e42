"""`consult ingest`: the user's own documents."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.output import note, print_json

if TYPE_CHECKING:
    from knowledge.ingest.run import FileResult


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH…", help="Files and folders.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the documents.")] = False,
    remove: Annotated[str | None, typer.Option(metavar="DOCUMENT", help="Remove a document by id or name.")] = None,
    renew: Annotated[bool, typer.Option("--reindex", help="Make all vectors anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Add own documents to what is searched; they never change rules or prices."""
    if sum((bool(paths), listing, remove is not None, renew)) != 1:
        raise InputError("Give the files to add, or one of --list, --remove and --reindex.")
    if paths:
        return _add(paths, as_json)
    from knowledge.ingest import run
    from tools.wording import counted
    from ui.cli.office import embedder, settings

    home = settings().home
    if remove is not None:
        removed = run.remove_document(remove, home, note)
        return print_json(asdict(removed)) if as_json else print(f"{removed.name} was removed.")
    if renew:
        count = run.reindex(home, embedder(), note)
        return print_json({"passages": count}) if as_json else print(f"Indexed anew: {counted(count, 'passages')}.")
    documents = run.list_documents(home)
    if as_json:
        return print_json([asdict(document) for document in documents])
    for document in documents:
        print(f"{document.id}  {document.name}  {counted(document.passages, 'passages')}")


def _add(paths: list[Path], as_json: bool) -> None:
    """Adds files; exits 1 where one of them could not be used."""
    from knowledge.ingest.run import ingest as add
    from ui.cli.office import embedder, settings

    def tell(done: int, total: int, result: "FileResult") -> None:
        note(f"[{done}/{total}] {result.message}")

    results = add(paths, settings().home, embedder(), tell, note)
    if as_json:
        print_json([asdict(result) for result in results])
    if any(result.status == "refused" for result in results):
        raise typer.Exit(1)
