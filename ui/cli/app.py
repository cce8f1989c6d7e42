"""The `consult` command: its subcommands, and how it ends."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from knowledge.errors import ConsultError, InputError


class ByName(TyperGroup):
    """Lists its commands by name, in whichever order their modules were imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in order."""
        return sorted(super().list_commands(ctx))


app = typer.Typer(
    name="consult",
    cls=ByName,
    help="Decides with you how to build on a language model, and writes the cited memo.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


class TakesProfile(TyperCommand):
    """A command whose help ends with the facts that a profile may hold; they are read when somebody asks."""

    def get_help(self, ctx: Any) -> str:
        """The help with the names of the facts."""
        from knowledge.facts import fact_specs

        names = fill(", ".join(fact_specs()), 78, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        return f"{super().get_help(ctx)}\n\nFacts:\n{names}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process: 0 done, 1 the work failed, 2 the input was unusable."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; an error is one sentence on stderr."""
    from ui.cli import commands  # noqa: F401  (registers the commands)

    try:
        app(args=None if arguments is None else list(arguments), standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except ConsultError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    except MemoryError:
        print("There is not enough memory for this; nothing was changed.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the edge: whatever was not foreseen is told in one sentence, with where it happened
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind, place = type(error).__name__, f"{Path(where.filename).name}, line {where.lineno}"
        print(f"Something failed that should not have: {kind} in {place}. Please report it.", file=sys.stderr)
        return 1
    return 0
