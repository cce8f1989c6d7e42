"""A consultant that understands `fact=value` pairs, over one search for all tests."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage


@pytest.fixture(scope="session")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The search over the knowledge base."""
    return open_searcher(tmp_path_factory.mktemp("index"))


@pytest.fixture
def consultant(home: Path, searcher: Searcher) -> Iterator[Consultant]:
    """A consultant with a home of its own."""
    with closing(Consultant(load_settings(), ScriptedLanguage(), searcher)) as consultant:
        yield consultant
