"""A toolbox on a data folder of its own, with a language that reads `fact=value`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage
from ui.mcp.server import make_server
from ui.mcp.tools import Toolbox

Ask = Callable[[Callable[[Client], Awaitable[Any]]], Any]


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return open_searcher(tmp_path_factory.mktemp("index"))


@pytest.fixture
def consultant(home: Path, index: Searcher) -> Consultant:
    return Consultant(load_settings(), ScriptedLanguage(), index)


@pytest.fixture
def ask(consultant: Consultant) -> Ask:
    """Runs a conversation of the official client with the server, in this process."""
    server = make_server(Toolbox(load_settings(), ScriptedLanguage(), consultant))

    def run(talk: Callable[[Client], Awaitable[Any]]) -> Any:
        async def connected() -> Any:
            async with Client(server) as client:
                return await talk(client)

        return anyio.run(connected)

    return run
