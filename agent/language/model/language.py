"""The model implementation of the language port: one endpoint for all sessions, each with its own account."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from threading import Lock

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.capabilities import Capabilities, Remembered
from agent.language.model.counsel import Counsel
from agent.language.model.endpoint import Address, Endpoint, Structure
from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import parameters
from agent.language.model.speaker import ModelSpeaker
from agent.language.model.usage import Account, Book, Limits, MemoryBook
from agent.language.port import Evidence, Outline, Question, Understanding
from knowledge.price_rows import TokenPrice
from tools.profile import Profile

SESSIONS = 256
"""Sessions whose wordings are kept in memory; the others ask for theirs anew."""

OWN_FAULTS = {"no_key", "limit", "unpriced", "resting"}
"""Ends of a call that say nothing about the endpoint."""


class ModelLanguage:
    """Gives every session its speaker; leaves an endpoint alone for a while that keeps failing."""

    def __init__(
        self,
        endpoint: Endpoint,
        embedded: EmbeddedLanguage,
        limits: Limits,
        price: Callable[[int], TokenPrice | None],
        book: Book | None = None,
        remembered: Remembered | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.endpoint = endpoint
        self.embedded = embedded
        self._limits, self._price, self._clock = limits, price, clock
        self._book = book or MemoryBook()
        self._remembered = remembered or Remembered(None)
        self._speakers: OrderedDict[str, ModelSpeaker] = OrderedDict()
        self._lock = Lock()
        self._failures, self._rests_until = 0, 0.0

    def at(self, session: str, counsel: Counsel | None = None) -> ModelSpeaker:
        """The language for one session, with the tools that look things up for it."""
        with self._lock:
            speaker = self._speakers.pop(session, None)
            if speaker is None:
                book = self._book if session else MemoryBook()
                speaker = ModelSpeaker(
                    self, Account(session, book, self._limits, self._price), words_ahead=bool(session)
                )
            speaker.counsel = counsel
            self._speakers[session] = speaker
            while len(self._speakers) > SESSIONS:
                self._speakers.popitem(last=False)
            return speaker

    def understand(
        self, message: str, asked: str | None, profile: Profile, previous: Iterable[str] = ()
    ) -> Understanding:
        """As for a session of its own."""
        return self.at("").understand(message, asked, profile, previous)

    def phrase(self, question: Question) -> str:
        """As for a session of its own."""
        return self.at("").phrase(question)

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        """As for a session of its own."""
        return self.at("").explain(question, evidence)

    def narrate(self, outline: Outline) -> Mapping[str, Sequence[str]]:
        """As for a session of its own."""
        return self.at("").narrate(outline)

    def structure(self) -> Structure:
        """The way to ask this endpoint for structured output: as found, else the strictest."""
        return self.capabilities.structure or "json_schema"

    @property
    def capabilities(self) -> Capabilities:
        """What the endpoint is known to do."""
        return self._remembered.of(self.address)

    def step_down(self, tried: Structure) -> None:
        """The endpoint did not do what was tried; the next way is used from now on."""
        self._remembered.step_down(self.address, tried)

    def without_tools(self) -> None:
        """The endpoint did not accept tools; explanations are made without them from now on."""
        self._remembered.keep(self.address, replace(self.capabilities, tools=False))

    @property
    def address(self) -> Address:
        """Where the model is."""
        return self.endpoint.address

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        """Where calls run that do not wait for each other."""
        return ThreadPoolExecutor(parameters().concurrent_calls, thread_name_prefix="language-model")

    def resting(self) -> bool:
        """Whether the endpoint is left alone just now."""
        return self._clock() < self._rests_until

    def check_rest(self) -> None:
        """Raises NoAnswer while the endpoint is left alone."""
        if self.resting():
            raise NoAnswer("resting")

    @contextmanager
    def noted(self) -> Iterator[None]:
        """A call whose failure is counted; several in a row and the endpoint is left alone."""
        try:
            yield
        except NoAnswer as failed:
            if failed.failure not in OWN_FAULTS:
                self._failures += 1
                if self._failures >= parameters().rest_after_failures:
                    self._rests_until, self._failures = self._clock() + parameters().rest_s, 0
            raise
        self._failures = 0

    def close(self) -> None:
        """Ends what runs in the background and gives connections back."""
        if "pool" in self.__dict__:
            self.pool.shutdown(wait=True, cancel_futures=True)
        self.endpoint.close()
