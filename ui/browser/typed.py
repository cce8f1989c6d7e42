"""Texts typed into the page, kept from their arrival until they are posted.

Streamlit stops a run of the page's script when another interaction comes in, also before that run has called the
callback of what was typed, which a busy server or a slow line brings about: the text would be lost although its sender
saw it go. So each text gets an id when it arrives, and goes along with all that comes in until it has been posted; the
id keeps it from being posted twice.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

MARK = f"\x1e{secrets.token_hex(8)}\x1e"
"""What stands before and after an id; drawn at the start, so that no text holds it."""
KEPT_S = 60.0
"""How long a text is kept; a page that never took it up in this time was left or closed."""


@dataclass(frozen=True)
class Submission:
    """What was sent from one input: Streamlit's `WidgetState`, with the id in front of its text."""

    id: str
    state: Any
    at_s: float = field(default_factory=time.monotonic)


_lock = Lock()
_waiting: "WeakKeyDictionary[Any, list[Submission]]" = WeakKeyDictionary()
"""For each visitor of the page, what has arrived and is not posted yet, in order."""


def texts(submitted: str) -> list[tuple[str | None, str]]:
    """The texts that a submission stands for, in the order in which they were sent, each with its id if it has one."""
    first, *marked = submitted.split(MARK)
    found: list[tuple[str | None, str]] = [(None, first)] if first.strip() else []
    return [*found, *zip(marked[::2], marked[1::2], strict=True)]


def posted(ids: Iterable[str | None]) -> None:
    """Texts that need not be kept any longer."""
    done = set(ids)
    with _lock:
        for visitor, submissions in list(_waiting.items()):
            _waiting[visitor] = [one for one in submissions if one.id not in done]


def keep_until_posted() -> None:
    """Has Streamlit hand over each text until it was posted, whatever else comes in meanwhile."""
    from streamlit.runtime.app_session import AppSession

    rerun: Callable[[Any, Any], None] = AppSession.request_rerun

    @wraps(rerun)
    def keeping(visitor: Any, client_state: Any) -> None:
        if client_state and not client_state.fragment_id:  # a fragment's run stops no other
            carry(visitor, client_state.widget_states.widgets)
        rerun(visitor, client_state)

    AppSession.request_rerun = keeping  # type: ignore[method-assign,assignment]  # in the place of its own


def carry(visitor: object, states: Any) -> None:
    """Keeps what a page has just sent from its inputs, and adds to it what is kept of earlier."""
    with _lock:
        now = time.monotonic()
        waiting = [one for one in _waiting.get(visitor, []) if one.at_s > now - KEPT_S]
        _waiting[visitor] = waiting + [_kept(state) for state in states if _is_new(state)]
    for widget in dict.fromkeys(one.state.id for one in waiting):
        earlier = [one.state for one in waiting if one.state.id == widget]
        target = next((one for one in states if one.id == widget), None)
        _join(earlier, target if target is not None else states.add(id=widget))


def _is_new(state: Any) -> bool:
    typed = state.WhichOneof("value") == "chat_input_value" and bool(state.chat_input_value.ListFields())
    return typed and MARK not in state.chat_input_value.data


def _kept(state: Any) -> Submission:
    identity = secrets.token_hex(8)
    state.chat_input_value.data = f"{MARK}{identity}{MARK}{state.chat_input_value.data}"
    copy = type(state)()
    copy.CopyFrom(state)
    return Submission(identity, copy)


def _join(earlier: list[Any], target: Any) -> None:
    """Puts earlier submissions of an input before what it holds; files follow one another as well."""
    own = target.chat_input_value
    together = type(own)()
    for one in [*(state.chat_input_value for state in earlier), own]:
        text = together.data + one.data
        together.MergeFrom(one)
        together.data = text
    own.CopyFrom(together)
