"""Looking things up in the knowledge base and in own documents, as they stand now, whoever changes them."""

from contextlib import suppress
from functools import cached_property
from threading import Lock, Thread

from agent.language.port import Evidence
from agent.settings import Settings
from knowledge.embedding import Embedder, make_embedder
from knowledge.errors import StoreError
from knowledge.ingest.run import documents_index
from knowledge.library import open_searcher
from knowledge.search import Searcher


class Lookup:
    """The search, opened when it is first needed and opened anew where another process changed the documents."""

    def __init__(self, settings: Settings, given: Searcher | None = None) -> None:
        self._settings = settings
        self._given = given
        self._opened: tuple[str | None, Searcher] | None = None
        self._opening = Lock()

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding that was chosen."""
        return embedder_of(self._settings)

    @property
    def searcher(self) -> Searcher:
        """The search over everything as it stands now; what had to be built for it is then saved."""
        if self._given:
            return self._given
        with self._opening:
            documents = documents_index(self._settings.home).name_of_current()
            if self._opened is None or self._opened[0] != documents:
                self._opened = documents, open_searcher(self._settings.home, self.embedder)
                Thread(target=_save, args=(self._opened[1],), daemon=True).start()
            return self._opened[1]

    def search(self, query: str, k: int) -> list[Evidence]:
        """The passages nearest to a query, the best first."""
        return [
            Evidence(hit.passage.id, hit.passage.text, hit.passage.source, hit.passage.section, hit.score)
            for hit in self.searcher.search(query, k)
        ]

    def reopen(self) -> None:
        """Lets the next search see documents that were added or removed meanwhile."""
        self._opened = None


def embedder_of(settings: Settings) -> Embedder:
    """The embedding that the settings ask for: the embedded one, or the endpoint's."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    return make_embedder(settings.embedding_model, settings.openai_base_url, key)


def _save(searcher: Searcher) -> None:
    """Saves an index that was built; where that is not possible it is built again next time."""
    with suppress(StoreError):
        searcher.save()
