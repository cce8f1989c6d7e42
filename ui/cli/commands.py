"""Registers the commands, in the order in which the help lists them; each stands in a module of its own."""

from ui.cli import (
    audits,
    chat,
    cost,
    decide,
    doctor,
    eval,
    ingest,
    knowledge,
    mcp,
    memo,
    read,
    received,
    search,
    sessions,
    slack,
    ui,
)  # isort: skip

__all__ = [
    "audits",
    "chat",
    "cost",
    "decide",
    "doctor",
    "eval",
    "ingest",
    "knowledge",
    "mcp",
    "memo",
    "read",
    "received",
    "search",
    "sessions",
    "slack",
    "ui",
]
