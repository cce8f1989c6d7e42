"""What happens to what a visitor writes: where it goes, and how long it is kept."""

from agent.language.model.opening import model_is_set
from tools.wording import counted
from ui.browser.consultancy import on_own_machine, settings
from ui.browser.safe_text import plain
from ui.browser.words import word


def where_words_go() -> str:
    """What stays on the machine that serves the page, and what does not where a language model is set up."""
    chosen = settings()
    if model_is_set(chosen):
        return word("start_model", here=_here(), model=plain(chosen.language_model))
    return word("start_private" if on_own_machine() else "start_private_server")


def how_long_kept() -> str:
    """Where consultations are kept, and after how many idle days they are erased."""
    days = settings().retention_days
    kept = word("sessions_kept", here=_here())
    return f"{kept} {word('sessions_expire', days=counted(days, 'days'))}" if days else kept


def _here() -> str:
    return word("here_machine" if on_own_machine() else "here_server")
