"""A bot in a process of its own that is killed at a step of the first message it gets."""

import asyncio
import os
import signal
import sys
from typing import Any

import uvicorn

from agent.consultation import Consultant
from agent.settings import load_settings
from tests.scripted_language import ScriptedLanguage
from ui.slack.bot import PATH, Bot
from ui.slack.settings import SlackSettings


def die(*_: object, **__: object) -> None:
    """Ends the process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(bot: Bot, step: str) -> None:
    """Sets the trap."""
    mailbox: Any = bot._mailbox
    if step == "taken in":
        take_in = mailbox.take_in
        mailbox.take_in = lambda *given: (take_in(*given), die())
    elif step == "acknowledged":
        bot.workers._clerk.answer = die  # type: ignore[method-assign]
    elif step == "answered":
        bot._client.chat_postMessage = die  # type: ignore[method-assign,assignment]
    elif step == "sent":
        mailbox.delivered = die


def main(step: str) -> None:
    """Serves on a free port, which is printed."""
    bot = Bot(SlackSettings(), load_settings(), "http", Consultant(load_settings(), ScriptedLanguage()))
    arm(bot, step)
    server = uvicorn.Server(uvicorn.Config(bot.asgi(), port=0, log_level="warning", lifespan="off"))

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}{PATH}", flush=True)
        await serving

    asyncio.run(serve())


main(sys.argv[1])
