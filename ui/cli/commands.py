"""Registers the commands, in the order in which the help lists them; each stands in a module of its own."""

from ui.cli import chat, ui, decide, memo, cost, search, eval, sessions  # isort: skip

__all__ = ["chat", "cost", "decide", "eval", "memo", "search", "sessions", "ui"]
