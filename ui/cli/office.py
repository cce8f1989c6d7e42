"""Opening what a command needs: settings, the consultant, the advice for a profile."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.settings import Settings, load_settings, unknown_settings
from ui.cli.output import note

if TYPE_CHECKING:
    from agent.consultation import Consultant
    from agent.language.model.speaker import ModelSpeaker
    from agent.language.model.usage import Spent
    from knowledge.embedding import Embedder
    from knowledge.search import Searcher
    from tools.advice import Advice
    from tools.profile import Profile


def settings() -> Settings:
    """The settings of this run; a misspelt one is told on stderr."""
    for sentence in unknown_settings():
        note(sentence)
    return load_settings()


def open_consultant() -> "Consultant":
    """A consultant on the user's data folder."""
    from agent.consultation import Consultant

    return Consultant(settings())


def language_model() -> "ModelSpeaker | None":
    """The language model of this run, outside of any session; None where none is set."""
    from agent.language.model.opening import model_is_set, open_model

    chosen = settings()
    return open_model(chosen).at("") if model_is_set(chosen) else None


def spent_line(spent: "Spent") -> str:
    """What the language model was used for so far, in one line."""
    cost = "no price known" if spent.usd is None else f"about {spent.usd:.4f} USD"
    return f"Language model: {spent.calls} calls, {spent.tokens:,} tokens, {cost}."


def operate(ready: Callable[[], object]) -> None:
    """Begins what those who run a server asked for: logs as JSON, and health with metrics on a port of its own."""
    from agent.operation.health import Health
    from agent.operation.logs import log_as_json

    chosen = settings()
    if chosen.log_format == "json":
        log_as_json()
    if chosen.health_port is not None:
        Health(ready, chosen.health_host, chosen.health_port)


def advice_on(profile: "Profile") -> "Advice":
    """The whole advice for a profile at the date and prices of this run."""
    from tools.advice import advise

    chosen = settings()
    return advise(profile, chosen.date(), chosen.price_table())


def embedder() -> "Embedder":
    """The embedding of this run: the embedded one, or the endpoint's that is set."""
    from agent.lookup import embedder_of

    return embedder_of(settings())


def open_search() -> "Searcher":
    """The search over the knowledge base and the user's documents."""
    from knowledge.library import open_searcher

    return open_searcher(settings().home, embedder())
