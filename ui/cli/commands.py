"""Registers the commands; each stands in a module of its own."""

from ui.cli import chat

__all__ = ["chat"]
