"""`consult read`: the facts understood from free text, each with the words it came from."""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knowledge.errors import InputError
from ui.cli.app import app
from ui.cli.lines import answer_lines
from ui.cli.output import note, print_json, printable, read_text

if TYPE_CHECKING:
    from agent.language.port import Language, Understanding


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
    understanding = _understood({"text": read_text("-") if text == "-" else text, "asks": asks})
    if as_json:
        return print_json(_document(understanding))
    from agent.wording import label, value_in_words

    for said in understanding.statements:
        print(f"{label(said.fact)}: {value_in_words(said.fact, said.value)} (“{printable(said.quote)}”)")
    if not understanding.statements:
        note("No fact was found in that text; a file is read with `consult read - < FILE`.")


def _facts(wanted: Any) -> dict[str, Any]:
    """The facts of one line of JSON; raises InputError."""
    return _document(_understood(wanted))


def _document(understanding: "Understanding") -> dict[str, Any]:
    from agent.language.port import read_facts_document

    return read_facts_document(understanding)


def _understood(wanted: Any) -> "Understanding":
    """What one text says, in the light of what was asked; raises InputError."""
    from agent.protocol import Said, cleaned
    from tools.profile import find_fact, parse_profile

    if not isinstance(wanted, dict) or set(wanted) - {"text", "asks"} or "text" not in wanted:
        raise InputError('A line to be read is an object such as {"text": "about 200", "asks": "labeled_examples"}.')
    asks = wanted.get("asks")
    if asks is not None:
        find_fact(asks)
    said = cleaned(Said(wanted["text"]))
    assert isinstance(said, Said)  # noqa: S101  (cleaning keeps the kind of message)
    return _language().understand(said.text, asks, parse_profile({}))


@cache
def _language() -> "Language":
    from agent.language.model.opening import open_language
    from ui.cli.office import settings

    return open_language(settings())
