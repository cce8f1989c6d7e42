"""Opening the consultant for a command: settings, language, store."""

from agent.consultation import Consultant
from agent.settings import Settings, load_settings, unknown_settings
from ui.cli.output import note


def settings() -> Settings:
    """The settings of this run; a misspelt one is told on stderr."""
    for sentence in unknown_settings():
        note(sentence)
    return load_settings()


def open_consultant() -> Consultant:
    """A consultant on the user's data folder."""
    return Consultant(settings())
