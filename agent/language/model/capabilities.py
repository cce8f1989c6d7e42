"""What an endpoint can do with a model: found by trying it, never by its name, and remembered in the data folder."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.messages import HumanMessage

from agent.language.model.endpoint import STRUCTURES, Address, Answer, Endpoint, Form, Structure, structured
from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import parameters

FILE = "model_capabilities.json"
SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["blue", "red"]}, "count": {"type": "number"}},
    "required": ["colour", "count"],
    "additionalProperties": False,
}
QUESTION = 'Return a JSON object with "colour" set to "blue" and "count" set to 3, and nothing else.'
TOOL = {
    "name": "look_up",
    "description": "Looks up a topic.",
    "parameters": {
        "type": "object",
        "properties": {"topic": {"type": "string"}},
        "required": ["topic"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Capabilities:
    """The way to get structured output, and whether replies can be streamed and tools be called; None is untried."""

    structure: Structure | None = None
    streaming: bool | None = None
    tools: bool | None = None


class Remembered:
    """Capabilities by endpoint and model, kept in a file; a file that cannot be read is as good as none."""

    def __init__(self, home: Path | None) -> None:
        self._path = None if home is None else home / FILE
        self._lock = Lock()
        self._known = self._read()

    def of(self, address: Address) -> Capabilities:
        """What is known of an endpoint and model."""
        return self._known.get(_name(address), Capabilities())

    def keep(self, address: Address, found: Capabilities) -> None:
        """Remembers what was found; where the folder cannot be written, for as long as the program runs."""
        with self._lock:
            self._known[_name(address)] = found
            if self._path is None:
                return
            text = json.dumps({name: asdict(one) for name, one in self._known.items()}, indent=1)
            draft = self._path.with_suffix(f".{os.getpid()}")
            try:
                draft.write_text(text, encoding="utf-8")
                draft.replace(self._path)
            except OSError:
                return

    def step_down(self, address: Address, tried: Structure) -> None:
        """The endpoint did not do what was tried; the next way is used from now on."""
        place = STRUCTURES.index(tried)
        if place + 1 < len(STRUCTURES):
            self.keep(address, replace(self.of(address), structure=STRUCTURES[place + 1]))

    def _read(self) -> dict[str, Capabilities]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            found = {str(name): Capabilities(**one) for name, one in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return {name: one for name, one in found.items() if one.structure in (None, *STRUCTURES)}


def _name(address: Address) -> str:
    return hashlib.sha256(f"{address.base_url}\n{address.model}".encode()).hexdigest()[:20]


def probe(endpoint: Endpoint) -> Capabilities:
    """Tries what an endpoint can do, with a handful of short calls.

    Raises NoAnswer where nothing can be asked at all: key, model, address, time.
    """
    return Capabilities(_structure(endpoint), _tried(endpoint, _streams), _tried(endpoint, _calls_tools))


def _structure(endpoint: Endpoint) -> Structure | None:
    failed: NoAnswer | None = None
    for structure in STRUCTURES:
        try:
            answer = _asked(endpoint, Form("trial", SCHEMA, structure))
            value = structured(answer)
        except NoAnswer as error:
            if error.failure not in ("unsupported", "unfit", "empty", "broken"):
                raise
            failed = error
            continue
        if _fits(value):
            return structure
        failed = NoAnswer("unfit")
    if failed is not None and failed.failure in ("unsupported", "broken"):
        raise failed
    return None


def _asked(endpoint: Endpoint, form: Form | None) -> Answer:
    return endpoint.ask([HumanMessage(QUESTION)], parameters().output_tokens["probe"], form)


def _fits(value: Any) -> bool:
    return isinstance(value, dict) and value.get("colour") == "blue" and value.get("count") == 3


def _tried(endpoint: Endpoint, trial: Callable[[Endpoint], bool]) -> bool:
    try:
        return trial(endpoint)
    except NoAnswer:
        return False


def _streams(endpoint: Endpoint) -> bool:
    parts = list(endpoint.stream([HumanMessage("Say hello in three words.")], parameters().output_tokens["probe"]))
    return len(parts) > 1


def _calls_tools(endpoint: Endpoint) -> bool:
    question = [HumanMessage('Use the tool look_up with the topic "retrieval".')]
    answer = endpoint.ask(question, parameters().output_tokens["probe"], tools=[TOOL])
    return any(call.name == "look_up" for call in answer.calls)
