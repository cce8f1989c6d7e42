"""A bot in a process of its own that is killed at a step of the first message it gets."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.library import open_searcher
from tests.scripted_language import ScriptedLanguage
from ui.slack.bot import PATH, Bot
from ui.slack.settings import SlackSettings, Transport

STEPS = ("taken in", "acknowledged", "answered", "sent")
SECONDS = 60
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.ui.slack.bot_and_die"])


class Doomed:
    """The process while it runs; `url` is where it is reached by HTTP."""

    def __init__(self, process: Any, url: str | None) -> None:
        self._process = process
        self.url = url

    def died(self) -> bool:
        """Whether it was killed, once it has ended."""
        self._process.join(SECONDS)
        return bool(self._process.exitcode == -signal.SIGKILL)


@contextmanager
def doomed_bot(step: str, transport: Transport, environment: dict[str, str], index: Path) -> Iterator[Doomed]:
    """A bot, on an index that was saved, that ends as in a power cut when it comes to the step."""
    mine, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_run, args=(step, transport, environment, index, theirs))
    process.start()
    theirs.close()
    if not mine.poll(SECONDS):
        raise TimeoutError("the bot did not start")
    yield Doomed(process, mine.recv())
    process.kill()
    process.join()
    mine.close()


def _run(step: str, transport: Transport, environment: dict[str, str], index: Path, pipe: Connection) -> None:
    os.environ.update(environment)
    consultant = Consultant(load_settings(), ScriptedLanguage(), open_searcher(index))
    bot = Bot(SlackSettings(), load_settings(), transport, consultant)
    _arm(bot, step)
    if transport == "socket":
        bot.connect()
        pipe.send(None)
        threading.Event().wait()
    asyncio.run(_serve(bot, pipe))


def _arm(bot: Bot, step: str) -> None:
    """Sets the trap."""
    mailbox: Any = bot._mailbox
    if step == "taken in":
        take_in = mailbox.take_in

        def taken_in_and_dead(*given: object) -> None:
            take_in(*given)
            _die()

        mailbox.take_in = taken_in_and_dead
    elif step == "acknowledged":
        bot.workers._clerk.answer = _die  # type: ignore[method-assign]
    elif step == "answered":
        bot._client.chat_postMessage = _die  # type: ignore[method-assign,assignment]
    elif step == "sent":
        mailbox.delivered = _die


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _serve(bot: Bot, pipe: Connection) -> None:
    """Serves on a free port."""
    server = uvicorn.Server(uvicorn.Config(bot.asgi(), port=0, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    pipe.send(f"http://127.0.0.1:{port}{PATH}")
    await serving
