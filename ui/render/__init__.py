"""Values of the domain as documents: the memo as Markdown, HTML, DOCX, PDF and JSON."""

from ui.render.export import SUFFIXES, render, write

__all__ = ["SUFFIXES", "render", "write"]
