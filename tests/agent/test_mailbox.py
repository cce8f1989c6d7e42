"""Letters are taken in once, answered once and delivered once."""

import datetime as dt
from pathlib import Path

import pytest

from agent.database import Database
from agent.mailbox import Mailbox
from agent.sqlite import SqliteDatabase
from agent.store import Store

HERE = "slack:T1:C1:1.0"


@pytest.fixture
def database(home: Path) -> Database:
    return SqliteDatabase(home)


@pytest.fixture
def box(database: Database) -> Mailbox:
    return Mailbox(database)


def test_a_letter_that_comes_twice_is_taken_in_once(box: Mailbox) -> None:
    assert [box.take_in("a", HERE, "1", {"text": "hello"}) for _ in range(2)] == [True, False]


def test_letters_are_answered_in_the_order_in_which_they_were_written(box: Mailbox) -> None:
    box.take_in("late", HERE, "2", {"text": "second"})
    box.take_in("early", HERE, "1", {"text": "first"})
    letter = box.next_in(HERE)
    assert letter and letter.id == "early"


def test_an_answered_letter_leaves_its_answers_to_be_delivered_in_order(box: Mailbox) -> None:
    box.take_in("a", HERE, "1", {"text": "hello"})
    letter = box.next_in(HERE)
    assert letter
    box.answer(letter, [{"n": 1}, {"n": 2}])
    box.answer(letter, [{"n": 3}])
    delivered = []
    while answer := box.next_out(HERE):
        delivered.append(answer.body["n"])
        box.delivered(answer)
    assert delivered == [1, 2] and box.next_in(HERE) is None and box.busy() == []


def test_whoever_comes_next_sees_that_a_delivery_was_begun(box: Mailbox) -> None:
    box.take_in("a", HERE, "1", {})
    letter = box.next_in(HERE)
    assert letter and not letter.begun
    box.begin("a")
    again = box.next_in(HERE)
    assert again and again.begun


def test_a_finished_letter_is_known_until_its_time_has_passed(database: Database) -> None:
    clock = [1_800_000_000.0]
    box = Mailbox(database, lambda: clock[0])
    box.take_in("a", HERE, "1", {})
    letter = box.next_in(HERE)
    assert letter
    box.answer(letter, [])
    box.tidy()
    assert not box.take_in("a", HERE, "1", {})
    clock[0] += dt.timedelta(days=8).total_seconds()
    box.tidy()
    assert box.take_in("a", HERE, "1", {})


def test_a_thread_that_moves_takes_its_letters_along(box: Mailbox) -> None:
    box.take_in("a", HERE, "1", {})
    box.keep(HERE, card="2.0")
    box.move(HERE, "slack:T1:C1:3.0")
    thread = box.thread("slack:T1:C1:3.0")
    assert thread and thread.state == {"card": "2.0"} and box.next_in("slack:T1:C1:3.0")
    assert box.thread(HERE) is None


def test_erasing_a_session_takes_its_thread_and_letters_along(box: Mailbox, database: Database) -> None:
    store = Store(database)
    session = store.create("title")
    box.take_in("a", HERE, "1", {"text": "the canary sings"})
    box.keep(HERE, session)
    store.remove(session)
    store.scrub()
    assert box.thread(HERE) is None and box.next_in(HERE) is None


def test_a_data_folder_of_the_first_release_gains_the_tables(home: Path, database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DROP TABLE letters")
        connection.exec_driver_sql("DROP TABLE threads")
        connection.exec_driver_sql("UPDATE schema_version SET version = 1")
    database.close()
    assert Mailbox(SqliteDatabase(home)).take_in("a", HERE, "1", {})
