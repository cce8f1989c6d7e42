"""Nothing that was answered is lost and nothing counts twice, whoever dies and however many talk at once."""

import multiprocessing
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from agent.consultation import Consultant
from agent.protocol import Answered
from agent.settings import load_settings
from agent.sqlite import SqliteDatabase
from knowledge.errors import StoreError
from knowledge.search import Searcher
from tests.agent.dying import Place
from tests.scripted_language import ScriptedLanguage

FACTS: dict[str, Any] = {
    "gap": "knowledge",
    "update_frequency": "weekly",
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
    "queries_per_day": 1_000,
    "ml_expertise": False,
    "regulated": True,
}


def test_messages_sent_at_once_from_threads_are_all_counted(consultant: Consultant) -> None:
    session = consultant.start().session
    with ThreadPoolExecutor(len(FACTS)) as pool:
        list(pool.map(lambda fact: consultant.send(session, Answered({fact: FACTS[fact]})), FACTS))
    assert consultant.resume(session).facts.keys() == FACTS.keys()


def test_messages_sent_at_once_from_two_processes_are_all_counted(tmp_path: Path, searcher: Searcher) -> None:
    place = Place(str(tmp_path), None, searcher)
    with closing(place.consultant(0)) as first:
        session = first.start().session

    def talk(facts: list[str]) -> None:
        with closing(place.consultant(0)) as consultant:
            for fact in facts:
                consultant.send(session, Answered({fact: FACTS[fact]}))

    fork = multiprocessing.get_context("fork")
    talkers = [fork.Process(target=talk, args=(list(FACTS)[half::2],)) for half in (0, 1)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    assert [talker.exitcode for talker in talkers] == [0, 0]
    with closing(place.consultant(0)) as after:
        assert after.resume(session).facts.keys() == FACTS.keys() and len(after.transcript(session)) == len(FACTS) + 1


def test_the_same_message_sent_twice_at_once_counts_once(consultant: Consultant) -> None:
    session = consultant.start().session
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: consultant.send(session, Answered({"gap": "both"}), "event"), range(4)))
    assert all(turn == turns[0] for turn in turns) and len(consultant.transcript(session)) == 2


def test_files_can_be_read_by_their_owner_alone(consultant: Consultant, home: Path) -> None:
    consultant.start()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.glob("*.db*")}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700 and set(modes.values()) == {0o600}, modes


def test_an_erased_session_leaves_no_text_in_the_data_folder(consultant: Consultant, home: Path) -> None:
    session = consultant.start().session
    consultant.send(session, Answered({"use_case": "the canary sings at dawn"}))
    consultant.erase(session)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files and not [path for path in files if b"canary" in path.read_bytes()]


def test_a_copy_that_fails_half_way_leaves_nothing(consultant: Consultant) -> None:
    session = consultant.start().session
    consultant.send(session, Answered({"gap": "knowledge"}))
    with consultant._database.write() as connection:
        refusal = "BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'refused'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER refuse {refusal}")
    with pytest.raises(StoreError):
        consultant.duplicate(session)
    assert [card.id for card in consultant.sessions()] == [session]


def test_a_copy_goes_its_own_way(consultant: Consultant) -> None:
    session = consultant.start().session
    consultant.send(session, Answered({"gap": "knowledge"}))
    copy = consultant.duplicate(session)
    consultant.send(copy, Answered({"gap": "behavior"}))
    facts = [consultant.resume(one).facts["gap"]["value"] for one in (session, copy)]
    assert facts == ["knowledge", "behavior"]


def test_a_file_of_a_newer_release_is_left_alone(consultant: Consultant, home: Path) -> None:
    import sqlite3

    consultant.close()
    with sqlite3.connect(home / "consult.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer release"):
        Consultant(load_settings(), ScriptedLanguage())


def test_a_damaged_session_file_is_told_and_not_touched(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "consult.db").write_bytes(b"this is not a database, it is a text" * 100)
    with pytest.raises(StoreError, match="no session file"):
        Consultant(load_settings(), ScriptedLanguage())
    assert (home / "consult.db").read_bytes().startswith(b"this is not")


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CONSULT_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StoreError, match="CONSULT_HOME"):
        Consultant(load_settings(), ScriptedLanguage())


def test_a_full_disk_is_told_and_what_was_answered_is_kept(consultant: Consultant, home: Path) -> None:
    session = consultant.start().session
    kept = consultant.send(session, Answered({"gap": "knowledge"}))
    with consultant._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database = consultant._database
    assert isinstance(database, SqliteDatabase)
    event.listen(database._engine, "begin", lambda one: one.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StoreError, match="disk is full"):
        consultant.send(session, Answered({"use_case": "x" * 8_000}))
    again = Consultant(load_settings(), ScriptedLanguage(), consultant.searcher)
    assert again.resume(session).facts == kept.facts


@pytest.mark.parametrize("session", ["nothing-here-at-all", "../../etc/passwd", "", "x" * 500])
def test_a_session_that_does_not_exist_is_told_in_the_same_words(consultant: Consultant, session: str) -> None:
    from knowledge.errors import InputError

    with pytest.raises(InputError, match="There is no such session"):
        consultant.resume(session)
