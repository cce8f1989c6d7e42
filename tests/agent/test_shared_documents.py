"""Workers on one machine share the documents: what one adds or removes, the others find or forget without a restart."""

from pathlib import Path

from agent.lookup import Lookup
from agent.settings import load_settings
from knowledge.ingest.run import ingest, remove_document

QUESTION = "How many days of notice does the lighthouse keeper need?"


def sources(worker: Lookup) -> set[str]:
    return {found.source for found in worker.search(QUESTION, 3)}


def test_documents_that_another_process_adds_and_removes_are_followed(home: Path, tmp_path: Path) -> None:
    paper = tmp_path / "lighthouse.md"
    paper.write_text("# Lighthouse\n\nThe lighthouse keeper needs nine days of notice before a visit.\n")
    worker = Lookup(load_settings())
    assert "lighthouse.md" not in sources(worker)
    opened = worker.searcher
    assert worker.searcher is opened
    added = ingest([paper], home)[0]
    assert "lighthouse.md" in {found.passage.source for found in worker.searcher.search(QUESTION, 3)}
    assert "lighthouse.md" in sources(worker)
    remove_document(added.document or "", home)
    assert "lighthouse.md" not in sources(worker)
