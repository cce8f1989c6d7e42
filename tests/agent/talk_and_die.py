"""Sends the answers on stdin to a session, one message each, and kills itself at a step of the last one."""

import json
import os
import signal
import sys
from pathlib import Path

from agent.consultation import Consultant
from agent.protocol import Answered
from agent.settings import load_settings
from knowledge.library import open_searcher
from tests.scripted_language import ScriptedLanguage


def die(*_: object, **__: object) -> None:
    """Ends the process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(consultant: Consultant, step: str) -> None:
    """Sets the trap for the last message."""
    store, bureau = consultant._store, consultant._bureau
    if step == "accepted":
        consultant._graph.run = die  # type: ignore[method-assign]
    elif step == "understand":
        store.record = die  # type: ignore[method-assign]
    elif step == "record":
        record = store.record
        store.record = lambda *given: (record(*given), die())  # type: ignore[method-assign]
    elif step == "decide":
        object.__setattr__(bureau, "decide", die)
    elif step == "reply":
        store.answer = die  # type: ignore[method-assign]
    elif step == "answered":
        answer = store.answer
        store.answer = lambda *given: (answer(*given), die())  # type: ignore[method-assign]


def main(session: str, step: str, index: str) -> None:
    """Sends all answers; the trap goes off in the last message."""
    consultant = Consultant(load_settings(), ScriptedLanguage(), open_searcher(Path(index)))
    answers = [json.loads(line) for line in sys.stdin]
    for place, answer in enumerate(answers, 1):
        if place == len(answers):
            arm(consultant, step)
        consultant.send(session, Answered(answer), f"message-{next(iter(answer))}")
        print(json.dumps(place), flush=True)


main(*sys.argv[1:])
