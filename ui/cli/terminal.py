"""The interview in the terminal: Markdown replies as they are made, numbered choices, and words typed in return."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from agent.consultation import Consultant
from agent.protocol import Answered, Commanded, Message, Said, Turn
from agent.wording import scalar_in_words
from knowledge.errors import ConsultError, InputError
from ui.cli.growing import Growing, markdown
from ui.cli.office import spent_line
from ui.cli.output import write_file

COMMANDS = {"/back": "back", "/skip": "skip", "/why": "why", "/memo": "memo", "/restart": "restart"}
LEAVE = {"/quit", "/exit", "quit", "exit"}
APPENDICES = "\n## Appendix"
HINT = "Type an answer, a number, or /why /skip /back /memo /restart /quit."


def converse(consultant: Consultant, turn: Turn) -> None:
    """Talks until the input ends or the user leaves; the session can be continued with its id."""
    console = Console(highlight=False)
    console.print(HINT, style="dim")
    console.print(markdown(turn.reply))
    _show_choices(console, turn)
    while True:
        try:
            line = console.input("[bold]> [/bold]").strip()
        except EOFError:
            break
        if line.lower() in LEAVE:
            break
        try:
            turn = _answered(console, consultant, turn, message_of(line, turn))
            _show_memo(console, turn)
        except ConsultError as error:
            console.print(Text(str(error)), style="yellow")
            console.print(markdown(turn.reply))
        _show_choices(console, turn)
    if (spent := consultant.usage(turn.session)).calls:
        print(spent_line(spent), file=sys.stderr)
    print(f"Continue with: consult chat --session {turn.session}", file=sys.stderr)


def message_of(line: str, turn: Turn) -> Message:
    """What a typed line stands for: a command, the number of a choice, or words; raises InputError."""
    if line.lower() in COMMANDS:
        return Commanded(COMMANDS[line.lower()])  # type: ignore[arg-type]
    if line.startswith("/"):
        raise InputError(f"There is no command {line.split()[0]}. {HINT}")
    if turn.asks and turn.choices and line.isdecimal() and 1 <= int(line) <= len(turn.choices):
        return Answered({turn.asks: turn.choices[int(line) - 1]})
    return Said(line)


def _answered(console: Console, consultant: Consultant, turn: Turn, message: Message) -> Turn:
    """Sends a message and shows its answer while it is made."""
    growing = Growing(console)
    try:
        return consultant.send(turn.session, message, hear=growing.add)
    finally:
        growing.finish()


def _show_choices(console: Console, turn: Turn) -> None:
    """The choices that the reply does not list."""
    if turn.choices and turn.asks and "\n1. " not in turn.reply:  # the question lists its choices itself
        for place, choice in enumerate(turn.choices, 1):
            console.print(Text(f"  {place}. {_choice(turn.asks, choice)}"))


def _show_memo(console: Console, turn: Turn) -> None:
    """The memo without its appendices, where one was asked for; all of it in the working folder; raises StoreError."""
    if turn.memo:
        console.print(markdown(turn.memo.partition(APPENDICES)[0]))
        path = Path(f"memo-{turn.session[:8]}.md")
        write_file(path, turn.memo.encode(), "The memo")
        console.print(Text(f"The whole memo, with its appendices, is also in {path}."), style="dim")
        console.print(Text(f"In another format: consult memo {turn.session} -o memo.pdf"), style="dim")


def _choice(fact: str, choice: Any) -> str:
    return scalar_in_words(fact, choice) if isinstance(choice, bool | str | int | float) else str(choice)
