"""The language-model part of `consult doctor`: endpoint, key, model, structured output, streaming, tools, price."""

from typing import TYPE_CHECKING

from knowledge.errors import ConsultError

if TYPE_CHECKING:
    from agent.language.model.capabilities import Capabilities
    from agent.settings import Settings

Result = dict[str, str]

STRUCTURE_WORDS = {
    "json_schema": "native, by schema",
    "function_calling": "by function calling; the endpoint has no native form",
    "json_text": "as JSON in text; the endpoint has neither a native form nor functions",
}


def model_checks() -> list[Result]:
    """What works of the language model that is set; one line where none is."""
    from agent.language.model.opening import model_is_set
    from agent.settings import load_settings

    try:
        chosen = load_settings()
    except ConsultError as error:
        return [_result("language model", "broken", str(error))]
    if chosen.language_model and not model_is_set(chosen):
        finding = "CONSULT_LANGUAGE_MODEL is set, but neither OPENAI_API_KEY nor OPENAI_BASE_URL; set one of them."
        return [_result("language model", "broken", finding)]
    if not model_is_set(chosen):
        return [_result("language model", "ok", "none set; everything works without one.")]
    try:
        return [*_tried(chosen), _price(chosen), _limits(chosen)]
    except ConsultError as error:
        return [_result("language model", "broken", str(error))]


def _tried(chosen: "Settings") -> list[Result]:
    """Endpoint, key and model by a call, and what they can do; remembered for the calls to come."""
    from agent.language.model.capabilities import Remembered, probe
    from agent.language.model.endpoint import Endpoint
    from agent.language.model.opening import address_of

    address = address_of(chosen)
    endpoint = Endpoint(address)
    try:
        found = probe(endpoint)
    finally:
        endpoint.close()
    chosen.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    Remembered(chosen.home).keep(address, found)
    key = "a key is set" if address.key else "no key is set, and none is wanted"
    answers = f"{address.model} answers at {address.base_url}; {key}."
    return [_result("endpoint, key and model", "ok", answers), *_can(found)]


def _can(found: "Capabilities") -> list[Result]:
    if found.structure is None:
        structure = _result(
            "structured output",
            "broken",
            "The model returned no usable JSON in any form, so it cannot read messages; choose another model.",
        )
    else:
        structure = _result("structured output", "ok", STRUCTURE_WORDS[found.structure] + ".")
    streaming = "works." if found.streaming else "does not work; answers are shown when they are whole."
    tools = (
        "work." if found.tools else "do not work; explanations rest on passages alone. Another model may offer them."
    )
    return [
        structure,
        _result("streaming", "ok" if found.streaming else "missing", streaming),
        _result("tools", "ok" if found.tools else "missing", tools),
    ]


def _price(chosen: "Settings") -> Result:
    from agent.language.model.opening import price_of
    from knowledge.price_table import load_prices

    prices = chosen.price_table() or load_prices(chosen.date())
    price = price_of(prices, chosen.language_model or "", 1_000)
    if price is not None:
        rates = f"{price.input_usd_per_mtok:g} and {price.output_usd_per_mtok:g} USD per million tokens in and out."
        return _result("price of the model", "ok", rates)
    unpriced = f"There is no price for {chosen.language_model}; its tokens are counted, its cost is not."
    if chosen.model_usd_per_session is None:
        return _result("price of the model", "missing", unpriced)
    remedy = "Add it to an own price file (CONSULT_PRICES), with zeros where it costs nothing, or drop the limit."
    return _result("price of the model", "broken", f"{unpriced} A spending limit is set, so it is not used. {remedy}")


def _limits(chosen: "Settings") -> Result:
    from agent.language.model.parameters import parameters

    defaults = parameters().settings
    tokens = chosen.model_tokens_per_session
    most = defaults.tokens_per_session if tokens is None else tokens
    usd = chosen.model_usd_per_session
    spending = "no limit in dollars" if usd is None else f"{usd:g} USD"
    return _result("limits of a session", "ok", f"{most:,} tokens, {spending}.")


def _result(check: str, status: str, finding: str) -> Result:
    return {"check": check, "status": status, "finding": finding}
