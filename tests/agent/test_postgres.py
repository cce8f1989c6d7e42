"""The same consultation on a real PostgreSQL that several workers share."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.protocol import Answered, Said
from agent.settings import Settings, load_settings
from knowledge.errors import InputError, StoreError
from knowledge.search import Searcher
from tests.agent.dying import Boundaries
from tests.peers.postgres import crash, postgres
from tests.scripted_language import ScriptedLanguage

FACTS: dict[str, Any] = {
    "gap": "knowledge",
    "update_frequency": "weekly",
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
    "regulated": True,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def url(server: Any) -> str:
    return str(server.get_uri())


Worker = Callable[..., Consultant]


@pytest.fixture
def worker(url: str, tmp_path: Path, searcher: Searcher) -> Iterator[Worker]:
    """Makes workers that share the database, each with a data folder of its own."""
    with ExitStack() as stack:

        def make(name: str, address: str = url) -> Consultant:
            settings = load_settings(home=tmp_path / name, database_url=SecretStr(address))
            return stack.enter_context(closing(Consultant(settings, ScriptedLanguage(), searcher)))

        yield make


def test_two_workers_with_folders_of_their_own_serve_one_session(worker: Worker) -> None:
    one, two = (worker("one"), worker("two"))
    session = one.start().session
    for place, fact in enumerate(FACTS):
        turn = (one, two)[place % 2].send(session, Answered({fact: FACTS[fact]}))
    assert turn.facts.keys() == FACTS.keys() == one.resume(session).facts.keys()


def test_messages_sent_at_once_through_two_workers_are_all_counted(worker: Worker) -> None:
    workers = [worker("one"), worker("two")]
    session = workers[0].start().session
    with ThreadPoolExecutor(len(FACTS)) as pool:
        jobs = [
            pool.submit(workers[place % 2].send, session, Answered({fact: FACTS[fact]}))
            for place, fact in enumerate(FACTS)
        ]
        for job in jobs:
            job.result()
    assert workers[1].resume(session).facts.keys() == FACTS.keys()
    assert len(workers[0].transcript(session)) == len(FACTS) + 1


def test_the_same_event_through_two_workers_counts_once(worker: Worker) -> None:
    workers = [worker("one"), worker("two")]
    session = workers[0].start().session
    with ThreadPoolExecutor(2) as pool:
        turns = list(pool.map(lambda one: one.send(session, Said("gap=knowledge"), "event"), workers))
    assert turns[0] == turns[1] and len(workers[0].transcript(session)) == 2


def test_both_stores_give_the_same_decision(worker: Worker, tmp_path: Path, searcher: Searcher) -> None:
    with closing(Consultant(Settings(home=tmp_path / "own"), ScriptedLanguage(), searcher)) as own:
        turns = [one.send(one.start().session, Answered(FACTS)) for one in (worker("shared"), own)]
    assert turns[0].recommendation == turns[1].recommendation and turns[0].reply == turns[1].reply


def test_text_with_nul_and_emoji_is_kept(worker: Worker) -> None:
    consultant = worker("one")
    session = consultant.start().session
    consultant.send(session, Said("a \x00 bot 🙂 gap=knowledge"))
    assert consultant.resume(session).facts["gap"]["value"] == "knowledge"


def test_an_erased_session_is_gone(worker: Worker) -> None:
    consultant = worker("one")
    session = consultant.start().session
    consultant.erase(session)
    with pytest.raises(InputError, match="no such session"):
        consultant.resume(session)


def test_a_database_that_does_not_answer_is_told_without_its_password(worker: Worker) -> None:
    with pytest.raises(StoreError, match="CONSULT_DATABASE_URL") as told:
        worker("one", "postgresql://user:canary@127.0.0.1:9/none")
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("address", ["mysql://host/name", "nonsense"])
def test_an_address_that_is_no_postgresql_is_refused(worker: Worker, address: str) -> None:
    with pytest.raises(InputError, match="CONSULT_DATABASE_URL"):
        worker("one", address)


class Crashing(Boundaries):
    """The database goes, and comes back, at one of the boundaries of a turn; the worker stays."""

    def __init__(self, server: Any, at: int) -> None:
        super().__init__(None)
        self._server, self._at = server, at

    def cross(self, name: str) -> None:
        if self._armed and len(self.passed) == self._at:
            crash(self._server)
        super().cross(name)


@pytest.mark.parametrize("boundary", range(6))
def test_a_crash_of_the_database_is_survived_or_told_truly(worker: Worker, server: Any, boundary: int) -> None:
    consultant = worker("one")
    session = consultant.start().session
    crashing = Crashing(server, boundary)
    crashing.watch_transactions(consultant)
    crashing.arm()
    try:
        consultant.send(session, Answered({"gap": "knowledge"}), "late")
    except StoreError as told:
        saved = len(consultant.transcript(session)) == 2
        assert "cannot be told" in str(told) or ("Your message was saved" in str(told)) == saved
        assert "Nothing was saved" not in str(told) or not saved
    turn = consultant.send(session, Answered({"gap": "knowledge"}), "late")
    assert turn.facts.keys() == {"gap"} and len(consultant.transcript(session)) == 2
    assert consultant.send(session, Answered({"regulated": True})).facts.keys() == {"gap", "regulated"}


def test_a_table_that_another_program_keeps_is_told_and_the_next_message_works(
    worker: Worker, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.postgres.BUSY_SECONDS", 0.2)
    consultant = worker("one")
    session = consultant.start().session
    with consultant._database.write() as other:
        other.exec_driver_sql("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreError, match=r"in use by another\. Nothing was saved"):
            consultant.send(session, Answered({"gap": "knowledge"}))
    assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


def test_connections_that_are_all_in_use_are_told_and_the_next_message_works(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.postgres.CONNECTIONS", 1)
    monkeypatch.setattr("agent.postgres.CONNECTION_SECONDS", 0.2)
    consultant = worker("one")
    session = consultant.start().session
    with consultant._database.read(), consultant._database.read():
        with pytest.raises(StoreError, match=r"connections to the database are in use\. Nothing was saved"):
            consultant.send(session, Answered({"gap": "knowledge"}))
    assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


def test_a_connection_lost_while_waiting_for_a_session_is_told_and_the_next_message_works(
    worker: Worker,
) -> None:
    consultant = worker("one")
    session = consultant.start().session
    waiting = "FROM pg_stat_activity WHERE wait_event = 'advisory' AND pid <> pg_backend_pid()"
    with consultant._database.lease(session), ThreadPoolExecutor(1) as pool:
        sent = pool.submit(consultant.send, session, Answered({"gap": "knowledge"}))
        with consultant._database.read() as reader:
            while not reader.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {waiting}").all():
                pass  # until it waits
        with pytest.raises(StoreError, match=r"does not answer .* Nothing was saved"):
            sent.result()
    assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


def test_tables_of_a_newer_release_are_left_alone(worker: Worker, server: Any) -> None:
    consultant = worker("one")
    server.psql("UPDATE schema_version SET version = version + 99;")
    with pytest.raises(StoreError, match="newer release"):
        worker("two")
    server.psql("UPDATE schema_version SET version = version - 99;")
    assert consultant.start().session
