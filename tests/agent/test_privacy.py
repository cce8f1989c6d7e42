"""What is erased is gone: for a session, for a person, and for what is older than the retention."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.inbox import inbox_of
from agent.operation.retention import Retention
from agent.protocol import Answered, Commanded, Said
from agent.settings import load_settings
from knowledge.errors import InputError, StoreError
from knowledge.search import Searcher
from tests.peers.postgres import postgres
from tests.scripted_language import ScriptedLanguage

CANARIES = ("canary-of-ann", "Ann Nightingale")


def found_in(folder: Path, *words: str) -> list[str]:
    """The files below a folder that hold one of the words."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if any(word.encode() in path.read_bytes() for word in words)]


def talk_of_two(consultant: Consultant) -> str:
    """Ann describes the case and corrects Ben; Ben answers the rest and asks for the memo."""
    session = consultant.start().session
    consultant.send(session, Said("canary-of-ann: gap=knowledge", "Ann Nightingale"), "first")
    consultant.send(session, Answered({"update_frequency": "weekly"}, "Ben"))
    consultant.send(session, Said("sorry update_frequency=daily canary-of-ann", "Ann Nightingale"))
    consultant.send(session, Answered({"use_case": "canary-of-ann wants a bot"}, "Ann Nightingale"))
    consultant.send(session, Answered({"needs_citations": True}, "Ben"))
    consultant.send(session, Commanded("memo", "Ben"))
    return session


def test_what_a_person_said_is_gone_from_all_files_and_what_others_said_stays(
    consultant: Consultant, home: Path
) -> None:
    session = talk_of_two(consultant)
    assert found_in(home, *CANARIES)
    assert consultant.erase_person("Ann Nightingale") == 1
    assert found_in(home, *CANARIES) == []
    facts = consultant.resume(session).facts
    assert {fact: heard["value"] for fact, heard in facts.items()} == {
        "update_frequency": "weekly",
        "needs_citations": True,
    }
    assert consultant.sessions()[0].title == "New consultation"


def test_the_session_goes_on_after_a_person_was_erased(consultant: Consultant) -> None:
    session = talk_of_two(consultant)
    consultant.erase_person("Ann Nightingale")
    turn = consultant.send(session, Answered({"gap": "behavior"}, "Ben"))
    assert turn.facts.keys() == {"update_frequency", "needs_citations", "gap"}
    alone = consultant.start().session
    undisturbed = consultant.send(
        alone, Answered({"update_frequency": "weekly", "needs_citations": True, "gap": "behavior"})
    )
    assert turn.recommendation == undisturbed.recommendation


def test_a_message_that_was_erased_is_not_taken_in_again_when_it_is_sent_again(consultant: Consultant) -> None:
    session = talk_of_two(consultant)
    consultant.erase_person("Ann Nightingale")
    turn = consultant.send(session, Said("canary-of-ann: gap=knowledge", "Ann Nightingale"), "first")
    assert "gap" not in turn.facts and "removed" in turn.reply


def test_a_person_gets_what_they_said_and_nothing_of_others(consultant: Consultant) -> None:
    talk_of_two(consultant)
    given = consultant.export_person("Ann Nightingale")
    assert [len(one["messages"]) for one in given["contributions"]] == [3]
    assert "canary-of-ann" in str(given) and "Ben" not in str(given)
    assert consultant.export_person("Nobody") == {"person": "Nobody", "sessions": [], "contributions": []}


def test_a_name_that_is_part_of_another_name_erases_nothing_of_the_other(consultant: Consultant) -> None:
    talk_of_two(consultant)
    assert consultant.erase_person("Ann") == consultant.erase_person("%") == consultant.erase_person("") == 0


def test_the_sessions_that_a_person_owns_are_erased_whole(consultant: Consultant, home: Path) -> None:
    own = consultant.start("ann@example.org").session
    consultant.send(own, Answered({"use_case": "canary-of-ann"}))
    other = consultant.start("ben@example.org").session
    consultant.erase_person("ann@example.org")
    assert [card.id for card in consultant.sessions()] == [other]
    assert found_in(home, "ann@example.org", *CANARIES) == []


def test_a_log_that_is_in_use_is_told_instead_of_promised_to_be_clear(
    consultant: Consultant, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = consultant.start().session
    with consultant._database.read() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT * FROM sessions").fetchall()
        consultant.rename(session, "canary")
        monkeypatch.setattr("agent.sqlite.BUSY_SECONDS", 0.05)
        with pytest.raises(StoreError, match=r"in use.*may still stand in the files"):
            consultant.erase(session)
        reader.exec_driver_sql("ROLLBACK")


def wait_to_be_read(home: Path, session: str) -> Path:
    """A file that was handed over for a session."""
    waiting = inbox_of(home, session) / "one" / "plan.md"
    waiting.parent.mkdir(parents=True)
    waiting.write_text(CANARIES[0])
    return waiting


class Unclear(Exception):
    """The files could not be cleared."""


def test_files_that_wait_are_gone_although_the_store_could_not_be_cleared(
    consultant: Consultant, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = consultant.start().session
    waiting = wait_to_be_read(home, session)
    monkeypatch.setattr(consultant._database, "scrub", lambda: (_ for _ in ()).throw(Unclear()))
    with pytest.raises(Unclear):
        consultant.erase(session)
    assert consultant.sessions() == [] and not waiting.exists()


def test_a_person_is_erased_everywhere_although_the_store_could_not_be_cleared(
    consultant: Consultant, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = talk_of_two(consultant)
    for _ in range(2):
        consultant.start("Ann Nightingale")
    with monkeypatch.context() as failing:
        failing.setattr(consultant._database, "scrub", lambda: (_ for _ in ()).throw(Unclear()))
        with pytest.raises(Unclear):
            consultant.erase_person("Ann Nightingale")
    assert [card.id for card in consultant.sessions()] == [shared]
    assert "canary-of-ann" not in str(consultant.export(shared))


def test_an_unreadable_disk_is_no_reason_to_say_that_nothing_was_erased(consultant: Consultant, home: Path) -> None:
    session = consultant.start().session
    path, aside = home / "consult.db", home / "aside.db"
    path.rename(aside)
    path.mkdir()
    with pytest.raises(StoreError, match="may still stand in the files") as told:
        consultant._store.scrub()
    path.rmdir()
    aside.rename(path)
    assert "Nothing was" not in str(told.value) and consultant.resume(session)


def test_files_that_wait_to_be_read_are_erased_with_their_session(consultant: Consultant, home: Path) -> None:
    mine, other = consultant.start().session, consultant.start().session
    for session in (mine, other):
        wait_to_be_read(home, session)
    consultant.erase(mine)
    assert not inbox_of(home, mine).exists()
    assert found_in(inbox_of(home, other), CANARIES[0]) == ["plan.md"]


def test_sessions_past_the_retention_are_erased_and_the_others_stay(consultant: Consultant, home: Path) -> None:
    old = consultant.start().session
    consultant.send(old, Answered({"use_case": "canary-of-ann"}))
    wait_to_be_read(home, old)
    retention = Retention(consultant._store, 90, consultant._erasure.remove_all)
    now = dt.datetime.now(dt.UTC)
    assert retention.apply(now + dt.timedelta(days=89)) == 0
    assert retention.apply(now + dt.timedelta(days=91)) == 1
    assert consultant.sessions() == [] and found_in(home, *CANARIES) == []
    with closing(sqlite3.connect(home / "checkpoints.db")) as checkpoints:
        assert checkpoints.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_a_day_off_erases_nothing(consultant: Consultant, days: int) -> None:
    consultant.start()
    assert consultant._retention.apply(dt.datetime.now(dt.UTC) + dt.timedelta(days=days)) == 0


def test_retention_is_applied_at_the_start_and_not_again_within_a_day(
    home: Path, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Consultant(load_settings(), ScriptedLanguage(), searcher)) as first:
        first.start()
        with first._database.write() as connection:
            connection.exec_driver_sql("UPDATE sessions SET updated_at = '2020-01-01T00:00:00.000+00:00'")
        assert first._retention.apply_daily() == 0
    with closing(Consultant(load_settings(retention_days=0), ScriptedLanguage(), searcher)) as kept:
        assert len(kept.sessions()) == 1
    with closing(Consultant(load_settings(), ScriptedLanguage(), searcher)) as again:
        assert again.sessions() == []


def test_sessions_of_others_are_not_listed_for_an_owner(consultant: Consultant) -> None:
    mine, _ = consultant.start("ann"), consultant.start("ann2")
    assert [card.id for card in consultant.sessions("ann")] == [mine.session]


def test_a_person_over_the_quota_is_told_and_nothing_is_saved(home: Path, searcher: Searcher) -> None:
    with closing(Consultant(load_settings(messages_per_hour=1), ScriptedLanguage(), searcher)) as consultant:
        session = consultant.start().session
        consultant.send(session, Answered({"gap": "knowledge"}, "Ann"))
        with pytest.raises(InputError, match="limit for one person"):
            consultant.send(session, Answered({"gap": "behavior"}, "Ann"))
        assert consultant.send(session, Answered({"regulated": True}, "Ben")).facts["gap"]["value"] == "knowledge"


def test_what_was_erased_is_in_no_file_of_postgresql_and_its_log(tmp_path: Path, searcher: Searcher) -> None:
    with postgres() as server:
        server.psql("ALTER SYSTEM SET wal_recycle = off;")
        server.psql("SELECT pg_reload_conf();")
        settings = load_settings(home=tmp_path / "home", database_url=SecretStr(server.get_uri()))
        with closing(Consultant(settings, ScriptedLanguage(), searcher)) as consultant:
            session = talk_of_two(consultant)
            server.psql("ANALYZE; CHECKPOINT;")  # the planner's samples, and the tables on the disk
            written = found_in(server.pgdata, *CANARIES)
            consultant.erase_person("Ann Nightingale")
            assert written and found_in(server.pgdata, *CANARIES) == []
            consultant.send(session, Answered({"use_case": "canary-of-ann"}))
            assert found_in(server.pgdata, *CANARIES)
            consultant.erase(session)
        assert found_in(server.pgdata, *CANARIES) == found_in(tmp_path / "home", *CANARIES) == []


def test_a_worker_that_may_not_begin_a_new_log_erases_and_says_what_stays(
    tmp_path: Path, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    with postgres() as server:
        server.psql("CREATE ROLE worker LOGIN; GRANT CREATE ON SCHEMA public TO worker;")
        address = server.get_uri().replace("postgres:@", "worker:@")
        settings = load_settings(home=tmp_path / "home", database_url=SecretStr(address))
        with closing(Consultant(settings, ScriptedLanguage(), searcher)) as consultant:
            consultant.erase(talk_of_two(consultant))
            assert consultant.sessions() == []
    assert "may stand in PostgreSQL's write-ahead log" in caplog.text


def test_a_backup_that_still_sees_what_was_erased_is_told(
    tmp_path: Path, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres() as server:
        settings = load_settings(home=tmp_path / "home", database_url=SecretStr(server.get_uri()))
        with closing(Consultant(settings, ScriptedLanguage(), searcher)) as consultant:
            session = talk_of_two(consultant)
            monkeypatch.setattr("agent.postgres.BUSY_SECONDS", 0.1)
            with consultant._database.write() as backup:
                backup.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                backup.exec_driver_sql("SELECT count(*) FROM schema_version")
                with pytest.raises(StoreError, match="such as a backup"):
                    consultant.erase(session)
            consultant.erase_person("Nobody")
            assert consultant.sessions() == []
            server.psql("CHECKPOINT;")
            assert found_in(server.pgdata / "base", *CANARIES) == []
