"""The command line: `consult`. Each command is one short function in a module of its own."""

from ui.cli.app import main

__all__ = ["main"]
