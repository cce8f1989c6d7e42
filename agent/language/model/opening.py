"""The language that the settings ask for: a model where one is set, else the embedded one."""

from functools import partial
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.parameters import parameters
from agent.language.port import Language
from agent.settings import Settings
from knowledge.errors import InputError
from knowledge.price_rows import TokenPrice
from knowledge.price_table import PriceTable, load_prices

if TYPE_CHECKING:
    from agent.language.model.endpoint import Address
    from agent.language.model.language import ModelLanguage
    from agent.language.model.usage import Book


def model_is_set(settings: Settings) -> bool:
    """Whether a model is to be used: its id, with a key or an address to go to."""
    return bool(settings.language_model and (settings.openai_api_key or settings.openai_base_url))


def open_language(settings: Settings, book: "Book | None" = None) -> Language:
    """The language of the settings; nothing is called yet. Raises InputError for an address that cannot be used.

    A model that was named without a key or an address answers nothing, and each turn says so.
    """
    if not settings.language_model:
        return EmbeddedLanguage(settings.date())
    return open_model(settings, book)


def open_model(settings: Settings, book: "Book | None" = None, limited: bool = True) -> "ModelLanguage":
    """The model implementation of the settings; raises InputError where no model is named.

    Not `limited`, the number of tokens is bounded only where the user set a bound: a measurement is no session.
    """
    from agent.language.model.capabilities import Remembered
    from agent.language.model.endpoint import Endpoint, Keyless
    from agent.language.model.language import ModelLanguage
    from agent.language.model.usage import Limits

    address = address_of(settings)
    tokens = settings.model_tokens_per_session
    if tokens is None and limited:
        tokens = parameters().settings.tokens_per_session
    limits = Limits(tokens, settings.model_usd_per_session)
    prices = settings.price_table() or load_prices(settings.date())
    endpoint = Endpoint(address) if model_is_set(settings) else Keyless(address)
    price = partial(price_of, prices, address.model)
    Thread(target=endpoint.warm, name="warming", daemon=True).start()
    return ModelLanguage(endpoint, EmbeddedLanguage(settings.date()), limits, price, book, Remembered(settings.home))


def address_of(settings: Settings) -> "Address":
    """Where the model of the settings is; raises InputError."""
    from agent.language.model.endpoint import OPENAI, Address

    if not settings.language_model:
        raise InputError("No language model is set; name one, with its endpoint or key, by `consult configure`.")
    defaults = parameters().settings
    return Address(
        settings.language_model,
        check_base_url(settings.openai_base_url or OPENAI),
        settings.openai_api_key,
        settings.model_temperature,
        settings.model_timeout_s or defaults.timeout_s,
        defaults.retries if settings.model_retries is None else settings.model_retries,
    )


def check_base_url(url: str) -> str:
    """The address of an endpoint; raises InputError, without the address, as a key may stand in it."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise InputError("OPENAI_BASE_URL is no address of a server; it looks like https://server/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError("OPENAI_BASE_URL holds more than an address; a key belongs into OPENAI_API_KEY.")
    return url.strip().rstrip("/")


def price_of(prices: PriceTable, model: str, input_tokens: int) -> TokenPrice | None:
    """The rates of a model for a request of so many tokens; None where the table does not price it."""
    try:
        found = prices.model(model)
    except InputError:
        return None
    return [tier for tier in found.tiers if tier.above_tokens <= input_tokens][-1]
