"""`consult search`: the passages of the knowledge base, and of own documents, that fit a question."""

from typing import Annotated, Any

import typer

from knowledge.errors import InputError, StoreError
from ui.cli.app import app
from ui.cli.lines import answer_lines
from ui.cli.output import note, print_json, print_markdown


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="At most so many passages.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help='{"query", "k"?} a line in, rows a line out.')] = False,
) -> None:
    """Search the knowledge base."""
    from ui.cli.office import open_search

    searcher = open_search()
    for notice in searcher.notices:
        note(notice)

    def rows(wanted: Any) -> list[dict[str, Any]]:
        text, most = _checked(wanted, k)
        return [dict(hit.row()) for hit in searcher.search(text, most)]

    if as_lines:
        answer_lines(rows)
    else:
        found = rows({"query": query})
        print_json(found) if as_json else print_markdown(_shown(found))
    try:
        searcher.save()  # after the answer, which need not wait for it
    except StoreError as error:
        note(str(error))


def _checked(wanted: Any, k: int) -> tuple[str, int]:
    if not isinstance(wanted, dict) or not isinstance(wanted.get("query"), str) or not wanted["query"].strip():
        raise InputError('A search needs words to look for, as in {"query": "how many examples", "k": 5}.')
    most = wanted.get("k", k)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 100:
        raise InputError(f"k is {most!r}; it takes a whole number from 1 to 100.")
    return wanted["query"], most


def _shown(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "Nothing in the knowledge base fits that."
    from agent.wording import passage_text, source_name
    from knowledge.claims import load_claims

    names = {name: source_name(source) for name, source in load_claims().sources.items()}
    return "\n".join(
        f"- {passage_text(row['text'])} ({names.get(row['source'], row['source'])}, {row['section']}) `{row['id']}`"
        for row in rows
    )
