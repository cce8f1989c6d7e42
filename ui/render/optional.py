"""Optional parts of the installation, and what to say where one is missing."""

from importlib import import_module
from types import ModuleType

from knowledge.errors import UnavailableError


def optional(module: str, extra: str, needed_for: str) -> ModuleType:
    """The module of an optional part; raises UnavailableError that names the extra to install."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UnavailableError(
            f"{needed_for} needs an optional part that is not installed ({module}). "
            f"Install it with: pip install 'llm-architecture-consultant[{extra}]'"
        ) from error
