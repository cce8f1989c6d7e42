"""What breaks beneath a consultation is told in one sentence, harms nothing that was kept, and can be cured."""

import datetime as dt
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from agent.consultation import Consultant
from agent.protocol import Answered
from agent.settings import load_settings
from agent.sqlite import SqliteDatabase
from knowledge.errors import StoreError
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage


def opened(searcher: Searcher) -> Consultant:
    return Consultant(load_settings(), ScriptedLanguage(), searcher)


@pytest.fixture
def consultant(home: Path, searcher: Searcher) -> Iterator[Consultant]:
    with closing(opened(searcher)) as consultant:
        yield consultant


@pytest.fixture
def small_files() -> Iterator[None]:
    """Files of this process can grow no further than a page, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_without_room_is_told_and_the_next_message_works(
    consultant: Consultant, home: Path, small_files: None
) -> None:
    session = consultant.start().session
    kept = consultant.send(session, Answered({"gap": "knowledge"}))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(home / "consult.db-wal"), limits[1]))
    with pytest.raises(StoreError, match=r"(?i)disk.*Nothing was saved"):
        consultant.send(session, Answered({"use_case": "x" * 7_000}), "late")
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert consultant.resume(session).facts == kept.facts
    again = consultant.send(session, Answered({"use_case": "x" * 7_000}), "late")
    assert again.facts.keys() == {"gap", "use_case"} and len(consultant.transcript(session)) == 3


def test_a_file_that_may_only_be_read_is_told_and_the_next_message_works(consultant: Consultant) -> None:
    session = consultant.start().session
    assert isinstance(consultant._database, SqliteDatabase)
    engine = consultant._database._engine

    def only_read(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    event.listen(engine, "begin", only_read)
    with pytest.raises(StoreError, match=r"read-only. Nothing was saved"):
        consultant.send(session, Answered({"gap": "knowledge"}))
    event.remove(engine, "begin", only_read)
    engine.dispose()
    assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


def test_a_file_that_another_program_keeps_is_told_and_the_next_message_works(
    home: Path, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.sqlite.BUSY_SECONDS", 0.05)
    with closing(opened(searcher)) as consultant:
        session = consultant.start().session
        with closing(sqlite3.connect(home / "consult.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreError, match=r"Another program is using the session file.*Nothing was saved"):
                consultant.send(session, Answered({"gap": "knowledge"}))
            other.execute("ROLLBACK")
        assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


def test_damage_in_the_middle_of_the_file_is_told_with_the_remedy(home: Path, searcher: Searcher) -> None:
    with closing(opened(searcher)) as consultant:
        session = consultant.start().session
        consultant.send(session, Answered({"use_case": "x" * 7_000}))
    path = home / "consult.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = path.read_bytes()[:4_096] + b"\xff" * (path.stat().st_size - 4_096)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match=r"damaged. Nothing was changed; restore it from a backup"):
        opened(searcher).resume(session)
    assert path.read_bytes() == damaged


def test_damaged_checkpoints_cost_nothing(consultant: Consultant, home: Path, searcher: Searcher) -> None:
    session = consultant.start().session
    kept = consultant.send(session, Answered({"gap": "knowledge"}))
    consultant.close()
    (home / "checkpoints.db").write_bytes(b"no database at all" * 300)
    with closing(opened(searcher)) as again:
        assert again.resume(session).facts == kept.facts
        assert again.send(session, Answered({"regulated": True})).facts.keys() == {"gap", "regulated"}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_by_a_day_loses_no_order(
    consultant: Consultant, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    session = consultant.start().session
    consultant.send(session, Answered({"gap": "knowledge"}))
    jumped = (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).isoformat(timespec="milliseconds")
    monkeypatch.setattr("agent.store._now", lambda: jumped)
    consultant.send(session, Answered({"gap": "behavior"}))
    monkeypatch.undo()
    turn = consultant.send(session, Answered({"regulated": True}))
    assert turn.facts["gap"]["value"] == "behavior" and turn.facts.keys() == {"gap", "regulated"}


def test_too_many_at_once_are_refused_and_nothing_of_them_is_kept(consultant: Consultant) -> None:
    session = consultant.start().session
    with ExitStack() as full:
        for _ in range(4):
            full.enter_context(consultant._admission.place())
        with pytest.raises(StoreError, match="Too many messages"):
            consultant.send(session, Answered({"gap": "knowledge"}), "one")
        assert len(consultant.transcript(session)) == 1
    assert consultant.send(session, Answered({"gap": "knowledge"}), "one").facts.keys() == {"gap"}


@contextmanager
def broken(consultant: Consultant, home: Path, fault: str, transaction: int) -> Iterator[None]:
    """The store fails from that transaction of the next message on, in a way that SQLite itself reports."""
    database: Any = consultant._database
    write, begun = database.write, 0
    with ExitStack() as stack:
        other = stack.enter_context(closing(sqlite3.connect(home / "consult.db", isolation_level=None)))
        pragmas = {"full": "max_page_count=1", "read-only": "query_only=ON"}

        def fail(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA {pragmas[fault]}")

        def writing() -> Any:
            nonlocal begun
            begun += 1
            if begun == transaction and fault == "locked":
                other.execute("BEGIN IMMEDIATE")
            elif begun == transaction:
                event.listen(database._engine, "begin", fail)
            return write()

        database.write = writing
        yield
        database.write = write
        if fault != "locked":
            event.remove(database._engine, "begin", fail)
        database._engine.dispose()


@pytest.mark.parametrize("transaction", [1, 2, 3])
@pytest.mark.parametrize(
    ("fault", "told"), [("full", "disk is full"), ("read-only", "read-only"), ("locked", "Another program")]
)
def test_a_fault_tells_truly_whether_the_message_was_saved(
    home: Path, searcher: Searcher, monkeypatch: pytest.MonkeyPatch, fault: str, told: str, transaction: int
) -> None:
    monkeypatch.setattr("agent.sqlite.BUSY_SECONDS", 0.05)
    late = Answered({"use_case": "x" * 7_000})
    with closing(opened(searcher)) as consultant:
        session = consultant.start().session
        with broken(consultant, home, fault, transaction), pytest.raises(StoreError, match=told) as raised:
            consultant.send(session, late, "late")
        saved = len(consultant.transcript(session)) == 2
        assert saved == (transaction > 1)
        assert ("Your message was saved" in str(raised.value), "Nothing was saved" in str(raised.value)) == (
            saved,
            not saved,
        )
        turn = consultant.send(session, Answered({"gap": "knowledge"}))
        assert turn.facts.keys() == ({"gap", "use_case"} if saved else {"gap"})
        consultant.send(session, late, "late")
        assert len(consultant.transcript(session)) == 3


def test_checkpoints_that_cannot_be_kept_cost_no_answer(consultant: Consultant, home: Path) -> None:
    session = consultant.start().session
    for _ in range(2):  # the file is replaced at the first fault and given up at the second
        consultant._graph._connection.execute("PRAGMA query_only=ON")
        consultant.send(session, Answered({"gap": "knowledge"}))
    consultant._graph._connection.close()
    turn = consultant.send(session, Answered({"regulated": True}))
    assert turn.facts.keys() == {"gap", "regulated"} and len(consultant.transcript(session)) == 4


def test_a_damaged_search_index_is_built_anew_and_the_message_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    open_searcher(home).save()
    victims = [path for path in (home / "index").rglob("*") if path.is_file()]
    assert victims
    for path in victims:
        path.write_bytes(b"\xff" * 64)
    with closing(Consultant(load_settings(home=home), ScriptedLanguage())) as consultant:
        turn = consultant.send(consultant.start().session, Answered({"gap": "knowledge"}))
        assert turn.facts.keys() == {"gap"} and consultant.searcher.search("retrieval", 1)
