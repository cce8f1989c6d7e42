"""Registers the commands, in the order in which the help lists them; each stands in a module of its own."""

from ui.cli import chat, ui, decide, memo, cost, search, ingest, audits, eval, received, knowledge, sessions, doctor  # isort: skip

__all__ = [
    "audits",
    "chat",
    "cost",
    "decide",
    "doctor",
    "eval",
    "ingest",
    "knowledge",
    "memo",
    "received",
    "search",
    "sessions",
    "ui",
]
