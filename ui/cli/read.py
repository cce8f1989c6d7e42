"""`consult read`: the facts understood from free text, each with the words it came from."""

import sys
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.lines import answer_lines
from ui.cli.output import print_json

if TYPE_CHECKING:
    from agent.language.port import Language


@app.command()
def read(
    text: Annotated[str, typer.Argument(help="What was said; - reads stdin.")] = "-",
    asks: Annotated[str | None, typer.Option(metavar="FACT", help="The fact that was asked for.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help='{"text", "asks"?} a line in, facts a line out.')] = False,
) -> None:
    """Read the facts out of a text."""
    if as_lines:
        return answer_lines(_facts)
    document = _facts({"text": sys.stdin.read() if text == "-" else text, "asks": asks})
    if as_json:
        return print_json(document)
    from agent.wording import label

    for fact, entry in document["facts"].items():
        print(f"{label(fact)}: {entry.get('state') or entry['value']} (“{entry['quote']}”)")


def _facts(wanted: Any) -> dict[str, Any]:
    """The facts of one text, in the light of what was asked; raises InputError."""
    from agent.language.port import read_facts_document
    from agent.protocol import Said, cleaned
    from tools.profile import find_fact, parse_profile

    if not isinstance(wanted, dict) or set(wanted) - {"text", "asks"} or "text" not in wanted:
        raise InputError('A line to be read is an object such as {"text": "about 200", "asks": "labeled_examples"}.')
    asks = wanted.get("asks")
    if asks is not None:
        find_fact(asks)
    said = cleaned(Said(wanted["text"]))
    assert isinstance(said, Said)  # noqa: S101  (cleaning keeps the kind of message)
    return read_facts_document(_language().understand(said.text, asks, parse_profile({})))


@cache
def _language() -> "Language":
    from agent.language.model.opening import open_language
    from ui.cli.office import settings

    return open_language(settings())
