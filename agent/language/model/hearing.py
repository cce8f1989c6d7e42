"""Sentences on their way to a door: each is handed over when it is verified, before the whole reply is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")
_LISTENER: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Callable[[str], None]) -> Iterator[None]:
    """Verified sentences of explanations made inside go to the listener as they come."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(sentence: str) -> None:
    """Hands a verified sentence to whoever listens."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(sentence)


class Spoken(Generic[Result]):
    """A call whose verified sentences can be iterated over while it runs; `result` is what it returned."""

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._result: list[Result] = []
        self._error: list[BaseException] = []

    def __iter__(self) -> Iterator[str]:
        """The sentences in order; raises, at the end, what the call raised."""
        context = copy_context()
        thread = Thread(target=context.run, args=(self._run,), name="spoken", daemon=True)
        thread.start()
        while (sentence := self._queue.get()) is not None:
            yield sentence
        thread.join()
        if self._error:
            raise self._error[0]

    @property
    def result(self) -> Result:
        """What the call returned; there once the sentences are through."""
        return self._result[0]

    def _run(self) -> None:
        try:
            with heard_by(self._queue.put):
                self._result.append(self._call())
        except BaseException as error:  # handed over to the thread that listens
            self._error.append(error)
        finally:
            self._queue.put(None)
