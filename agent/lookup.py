"""Looking things up in the knowledge base and in own documents, as they stand now, whoever changes them."""

from contextlib import suppress
from functools import cached_property
from threading import Thread

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

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding that was chosen: the embedded one, or the endpoint's."""
        chosen = self._settings
        key = chosen.openai_api_key.get_secret_value() if chosen.openai_api_key else None
        return make_embedder(chosen.embedding_model, chosen.openai_base_url, key)

    @cached_property
    def searcher(self) -> Searcher:
        """The search over everything; what had to be built for it is then saved."""
        if self._given:
            return self._given
        self._documents = documents_index(self._settings.home).name_of_current()
        opened = open_searcher(self._settings.home, self.embedder)
        Thread(target=_save, args=(opened,), daemon=True).start()
        return opened

    def search(self, query: str, k: int) -> list[Evidence]:
        """The passages nearest to a query, the best first."""
        self._follow_documents()
        return [
            Evidence(hit.passage.id, hit.passage.text, hit.passage.source, hit.passage.section, hit.score)
            for hit in self.searcher.search(query, k)
        ]

    def reopen(self) -> None:
        """Lets the next search see documents that were added or removed meanwhile."""
        self.__dict__.pop("searcher", None)

    def _follow_documents(self) -> None:
        opened = self._given is None and "searcher" in self.__dict__
        if opened and documents_index(self._settings.home).name_of_current() != self._documents:
            self.reopen()


def _save(searcher: Searcher) -> None:
    """Saves an index that was built; where that is not possible it is built again next time."""
    with suppress(StoreError):
        searcher.save()
