"""What a session has used of the language model: every call in the store, and limits that no call passes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from agent.language.model.failure import NoAnswer
from agent.language.model.parameters import Purpose, parameters
from knowledge.price_rows import TokenPrice


@dataclass(frozen=True)
class Usage:
    """Tokens of one call; None where the server did not tell."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True)
class Spent:
    """Calls, tokens and US dollars; the dollars are None where the model has no price."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "usd": self.usd,
        }


@dataclass(frozen=True)
class Call:
    """One call as it is kept: what for, how it ended, and what it took."""

    purpose: Purpose
    outcome: str
    input_tokens: int
    output_tokens: int
    usd: float | None
    at: str


class Book(Protocol):
    """Where calls are kept, by session."""

    def add(self, session: str, call: Call) -> None:
        """Keeps a call."""
        ...

    def spent(self, session: str) -> Spent:
        """What all calls of a session took."""
        ...


class MemoryBook:
    """Calls kept for as long as the program runs."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Call]] = defaultdict(list)

    def add(self, session: str, call: Call) -> None:
        """Keeps a call."""
        self.calls[session].append(call)

    def spent(self, session: str) -> Spent:
        """What all calls of a session took."""
        return total(self.calls[session])


def total(calls: list[Call]) -> Spent:
    """Calls added up."""
    priced = [call.usd for call in calls if call.usd is not None]
    return Spent(
        len(calls),
        sum(call.input_tokens for call in calls),
        sum(call.output_tokens for call in calls),
        sum(priced) if priced else None,
    )


@dataclass(frozen=True)
class Limits:
    """What a session may use: tokens and US dollars, each where a limit is set."""

    tokens: int | None
    usd: float | None = None


class Account:
    """The calls of one session: each is reserved at its upper bound before it is made, and booked at what it took."""

    def __init__(self, session: str, book: Book, limits: Limits, price: Callable[[int], TokenPrice | None]) -> None:
        """`price` gives the rates for a request of so many input tokens; None where the model has no price."""
        self._session, self._book, self._limits, self._price = session, book, limits, price
        self._reserved_tokens, self._reserved_usd = 0, 0.0
        self._lock = Lock()

    @property
    def spent(self) -> Spent:
        """What the session has used so far."""
        return self._book.spent(self._session)

    @contextmanager
    def call(self, purpose: Purpose, prompt_bytes: int, output_tokens: int) -> Iterator[Callable[[Usage], None]]:
        """Room for one call; hand over what it used. Raises NoAnswer where it could pass a limit.

        No tokenizer makes more tokens than bytes, so the bytes of a prompt bound its tokens. What a server does not
        report, or reports below nothing, is booked at that bound; a call that failed is booked at it as well.
        """
        most = Usage(prompt_bytes + parameters().overhead_tokens, output_tokens)
        reserved_usd = self._reserve(most)
        used, outcome = most, "failed"

        def done(told: Usage) -> None:
            nonlocal used, outcome
            used, outcome = _believed(told, most), "answered"

        try:
            yield done
        except NoAnswer as failed:
            outcome = failed.failure
            if failed.failure in ("no_key", "key", "model", "unsupported", "unreachable", "busy"):
                used = Usage(0, 0)  # turned away at the door: nothing was worked on
            raise
        finally:
            self._book_call(purpose, outcome, used)
            with self._lock:
                self._reserved_tokens -= _sum(most)
                self._reserved_usd -= reserved_usd or 0.0

    def _reserve(self, most: Usage) -> float | None:
        usd = self._usd(most)
        if self._limits.usd is not None and usd is None:
            raise NoAnswer("unpriced")
        with self._lock:
            spent = self.spent
            tokens = spent.tokens + self._reserved_tokens + _sum(most)
            if self._limits.tokens is not None and tokens > self._limits.tokens:
                raise NoAnswer("limit")
            spent_usd = (spent.usd or 0.0) + self._reserved_usd + (usd or 0.0)
            if self._limits.usd is not None and spent_usd > self._limits.usd:
                raise NoAnswer("limit")
            self._reserved_tokens += _sum(most)
            self._reserved_usd += usd or 0.0
        return usd

    def _book_call(self, purpose: Purpose, outcome: str, used: Usage) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        call = Call(purpose, outcome, used.input_tokens or 0, used.output_tokens or 0, self._usd(used), now)
        self._book.add(self._session, call)

    def _usd(self, used: Usage) -> float | None:
        price = self._price(used.input_tokens or 0)
        if price is None:
            return None
        millions = (used.input_tokens or 0) / 1e6, (used.output_tokens or 0) / 1e6
        return float(millions[0] * price.input_usd_per_mtok + millions[1] * price.output_usd_per_mtok)


def _sum(used: Usage) -> int:
    return (used.input_tokens or 0) + (used.output_tokens or 0)


def _believed(told: Usage, most: Usage) -> Usage:
    pairs = ((told.input_tokens, most.input_tokens), (told.output_tokens, most.output_tokens))
    return Usage(*(bound if count is None or count < 0 else count for count, bound in pairs))
