"""One language-model endpoint: a question to it, and its answer or the reason why there is none."""

import json
import random
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import httpx2
import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.utils.json import parse_json_markdown
from pydantic import SecretStr

from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import parameters
from agent.language.model.transport import deadline, open_client
from agent.language.model.usage import Usage

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

Structure = Literal["json_schema", "function_calling", "json_text"]
STRUCTURES: tuple[Structure, ...] = ("json_schema", "function_calling", "json_text")
"""The ways to ask for structured output, the strictest first."""

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"
"""Sent where no key is set: servers of one's own take any."""


@dataclass(frozen=True)
class Address:
    """Where the model is and how it is called; the key shows itself nowhere."""

    model: str
    base_url: str = OPENAI
    key: SecretStr | None = None
    temperature: float | None = None
    timeout_s: float = 20.0
    retries: int = 2


@dataclass(frozen=True)
class ToolCall:
    """A tool that the model wants used, with whatever it gave as arguments."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the model answered: text, tool calls, tokens."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Form:
    """A form that the answer should have: its name and JSON schema, and the way to ask for it."""

    name: str
    schema: Mapping[str, Any]
    structure: Structure = "json_schema"


class Endpoint:
    """Calls one endpoint; every call ends in time, and every failure is a NoAnswer."""

    def __init__(self, address: Address, sleep: Callable[[float], None] = time.sleep) -> None:
        self.address = address
        self._sleep = sleep

    def ask(
        self,
        messages: Sequence[BaseMessage],
        output_tokens: int,
        form: Form | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> Answer:
        """The model's answer to some messages; tries again, in time, what may succeed. Raises NoAnswer."""
        model = self._bound(output_tokens, form, tools)
        return self._in_time(lambda: _answer(model.invoke(list(messages))))

    def stream(
        self, messages: Sequence[BaseMessage], output_tokens: int, tools: Sequence[Mapping[str, Any]] = ()
    ) -> Iterator[str | Answer]:
        """The text of the answer as it comes and, at its end, the whole answer; raises NoAnswer. Tried once only."""
        model, whole = self._bound(output_tokens, None, tools), None
        with _explained(), deadline(time.monotonic() + self.address.timeout_s):
            for chunk in model.stream(list(messages)):
                whole = chunk if whole is None else whole + chunk
                if chunk.text:
                    yield str(chunk.text)
            if whole is None:
                raise NoAnswer("empty")
            yield _answer(whole)

    def warm(self) -> None:
        """Loads what the first call needs, so that it does not wait for that; calls nothing."""
        from langchain_openai import ChatOpenAI  # noqa: F401

    def close(self) -> None:
        """Gives connections back."""
        if "_client" in self.__dict__:
            self._client.close()

    def _in_time(self, call: Callable[[], Answer]) -> Answer:
        until = time.monotonic() + self.address.timeout_s
        for attempt in range(self.address.retries + 1):
            try:
                with _explained(), deadline(until):
                    return call()
            except NoAnswer as failed:
                wait = _wait(failed, attempt)
                if attempt == self.address.retries or wait is None or time.monotonic() + wait >= until:
                    raise
                self._sleep(wait)
        raise NoAnswer("broken")

    def _bound(self, output_tokens: int, form: Form | None, tools: Sequence[Mapping[str, Any]]) -> Any:
        model: Any = self._model
        wanted: dict[str, Any] = {"max_tokens": output_tokens}
        if form is not None and form.structure == "json_schema":
            shape = {"name": form.name, "schema": form.schema, "strict": True}
            wanted["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif form is not None and form.structure == "function_calling":
            function = {"name": form.name, "description": "Hands over the result.", "parameters": form.schema}
            wanted["tools"] = [{"type": "function", "function": function}]
            wanted["tool_choice"] = {"type": "function", "function": {"name": form.name}}
        if tools:
            wanted["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
        return model.bind(**wanted)

    @cached_property
    def _client(self) -> httpx2.Client:
        client = open_client(self.address.base_url)
        weakref.finalize(self, client.close)
        return client

    @cached_property
    def _model(self) -> "ChatOpenAI":
        from langchain_openai import ChatOpenAI

        address = self.address
        return ChatOpenAI(
            model=address.model,
            base_url=address.base_url,
            api_key=address.key or SecretStr(NO_KEY),
            temperature=address.temperature,
            timeout=address.timeout_s,
            max_retries=0,  # tried again here, within the time of the whole call
            use_responses_api=False,
            stream_usage=True,
            http_client=self._client,
            http_socket_options=(),  # the client above is the only way out
        )


class Keyless(Endpoint):
    """A model that was named without a key or an address: it is never called, and says so."""

    def _bound(self, output_tokens: int, form: Form | None, tools: Sequence[Mapping[str, Any]]) -> Any:
        raise NoAnswer("no_key")


def structured(answer: Answer) -> Any:
    """The JSON value of an answer, whichever way it was given; raises NoAnswer."""
    if answer.calls:
        return dict(answer.calls[0].arguments)
    try:
        return parse_json_markdown(answer.text, parser=_strict_json)
    except (ValueError, RecursionError) as error:
        raise NoAnswer("unfit") from error


def _strict_json(text: str) -> Any:
    return json.loads(text)


def _answer(message: AIMessage | AIMessageChunk) -> Answer:
    """The parts of a message that count; raises NoAnswer where it was cut, declined or empty."""
    if message.additional_kwargs.get("refusal") or message.response_metadata.get("finish_reason") == "content_filter":
        raise NoAnswer("refused")
    finished = message.response_metadata.get("finish_reason")
    if finished == "length" or (finished is None and isinstance(message, AIMessageChunk)):
        raise NoAnswer("cut")
    if message.invalid_tool_calls:
        raise NoAnswer("unfit")
    calls = tuple(ToolCall(str(call["id"]), call["name"], call["args"]) for call in message.tool_calls)
    text = str(message.text)
    if not calls and not text.strip():
        raise NoAnswer("empty")
    used = message.usage_metadata
    usage = Usage(used["input_tokens"], used["output_tokens"]) if used else Usage()
    return Answer(text, calls, usage)


class _explained:
    """Turns whatever a foreign server can cause into a NoAnswer that holds nothing of its text."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, NoAnswer):
            raise _failure(error) from None


def _failure(error: Exception) -> NoAnswer:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 10:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    own = next((one for one in causes if isinstance(one, NoAnswer)), None)
    if own is not None:
        return own
    match error:
        case openai.APITimeoutError():
            return NoAnswer("slow")
        case openai.APIStatusError():
            return _refused(error)
        case openai.LengthFinishReasonError():
            return NoAnswer("cut")
        case openai.ContentFilterFinishReasonError():
            return NoAnswer("refused")
        case openai.APIConnectionError() if any("message body" in str(one) for one in causes):
            return NoAnswer("cut")
        case openai.APIConnectionError():
            return NoAnswer("slow" if any(isinstance(one, TimeoutError) for one in causes) else "unreachable")
    if any(isinstance(one, httpx2.TimeoutException) for one in causes):
        return NoAnswer("slow")
    return NoAnswer("cut" if any(isinstance(one, httpx2.TransportError) for one in causes) else "unfit")


def _refused(error: openai.APIStatusError) -> NoAnswer:
    match error.status_code:
        case 401 | 403:
            return NoAnswer("key")
        case 404:
            return NoAnswer("model")
        case 408 | 504:
            return NoAnswer("slow")
        case 429:
            return NoAnswer("busy", _retry_after_s(error))
        case status if status >= 500:
            return NoAnswer("broken", _retry_after_s(error))
    return NoAnswer("unsupported")


def _retry_after_s(error: openai.APIStatusError) -> float | None:
    with suppress(ValueError):
        wait = float(error.response.headers.get("retry-after", ""))
        return wait if wait >= 0 else None
    return None


def _wait(failed: NoAnswer, attempt: int) -> float | None:
    """Seconds to wait before trying again; None where that is of no use."""
    if not failed.passing:
        return None
    wait = failed.retry_after_s
    if wait is None:
        wait = 0.3 * 2**attempt * (1 + random.random())  # noqa: S311  (spreads clients, guards nothing)
    return wait if wait <= parameters().longest_wait_s else None
