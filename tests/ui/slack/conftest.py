"""A bot on a data folder of its own, in front of a local Slack."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.peers.slack import SECRET, SlackPeer, slack_peer
from tests.peers.slack_workspace import APP_TOKEN, TOKEN
from tests.scripted_language import ScriptedLanguage
from ui.slack.bot import PATH, Bot
from ui.slack.settings import SlackSettings


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index that was saved, so that it need not be built again."""
    folder = tmp_path_factory.mktemp("index")
    open_searcher(folder).save()
    return folder


@pytest.fixture(scope="session")
def index(index_folder: Path) -> Searcher:
    return open_searcher(index_folder)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no long work: only the tests of announcements see one."""
    monkeypatch.setattr("ui.slack.workers.ANNOUNCE_AFTER_S", 120.0)


@pytest.fixture
def slack() -> Iterator[SlackPeer]:
    with slack_peer() as peer:
        yield peer


@pytest.fixture
def consultant(home: Path, index: Searcher) -> Consultant:
    return Consultant(load_settings(), ScriptedLanguage(), index)


@pytest.fixture
def bot(slack: SlackPeer, consultant: Consultant) -> Iterator[Bot]:
    """The bot over HTTP."""
    with http_bot(slack, consultant) as running:
        yield running


Connect = Callable[..., AbstractContextManager[Bot]]


@pytest.fixture(params=["http", "socket"])
def connected(request: pytest.FixtureRequest) -> Connect:
    """How to run a bot over each transport."""
    return http_bot if request.param == "http" else socket_bot


@pytest.fixture
def either_bot(connected: Connect, slack: SlackPeer, consultant: Consultant) -> Iterator[Bot]:
    """The bot over each transport."""
    with connected(slack, consultant) as running:
        yield running


@contextmanager
def http_bot(slack: SlackPeer, consultant: Consultant, **limits: str) -> Iterator[Bot]:
    """A bot that Slack reaches by HTTP."""
    bot = Bot(settings_for(slack, **limits), load_settings(), "http", consultant, lambda: slack.now())
    bot.start()
    with served(bot) as url:
        slack.bot_url = url
        yield bot
    bot.close()


@contextmanager
def socket_bot(slack: SlackPeer, consultant: Consultant, **limits: str) -> Iterator[Bot]:
    """A bot that reaches Slack by WebSocket."""
    slack.bot_url = None
    bot = Bot(settings_for(slack, **limits), load_settings(), "socket", consultant, lambda: slack.now())
    handler = bot.connect()
    yield bot
    handler.client.auto_reconnect_enabled = False  # hanging up ends it at once; closing waits for its next look
    slack.hang_up()
    while handler.client.is_connected():
        time.sleep(0.005)
    handler.close()
    bot.close()


@contextmanager
def served(bot: Bot) -> Iterator[str]:
    """The bot's address while it is served."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(bot.asgi(), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
    server.should_exit = True
    thread.join()
    listening.close()


def settings_for(slack: SlackPeer, **more: str) -> SlackSettings:
    """The settings that fit the local Slack."""
    given: dict[str, Any] = {
        "bot_token": SecretStr(TOKEN),
        "app_token": SecretStr(APP_TOKEN),
        "signing_secret": SecretStr(SECRET),
        "api_url": slack.url,
        **more,
    }
    return SlackSettings(**given)


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = float(int(time.time()))

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        """Lets time pass."""
        self.seconds += seconds


@pytest.fixture
def clock(slack: SlackPeer, monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The time that the local Slack, the bot and the check of signatures go by."""
    moved = MovedClock()
    monkeypatch.setattr("slack_sdk.signature.Clock.now", lambda _: moved())
    slack.now = moved
    return moved


def environment(slack: SlackPeer) -> dict[str, str]:
    """The same for a process of its own."""
    tokens = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    return {**os.environ, **tokens, "SLACK_API_URL": slack.url}
