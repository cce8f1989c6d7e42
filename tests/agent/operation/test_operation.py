"""Running it for others: who is let in, what is logged and counted, and how it says that it is well."""

import gc
import io
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from agent.consultation import Consultant
from agent.operation.admission import Admission, OneByOne, Quota
from agent.operation.collection import settle
from agent.operation.health import Health
from agent.operation.logs import log_as_json
from agent.operation.metrics import BOUNDS_S, Metrics
from agent.operation.redaction import redacted
from agent.protocol import Answered, Said
from agent.settings import load_settings
from knowledge.errors import InputError, StoreError


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    written = io.StringIO()
    log_as_json(written)
    yield written
    root.handlers, root.level = before, level


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnop1234",
        "xoxb-123456789012-abcdefghijkl",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghij",
        "Bearer abcdefghijklmnop",
        "password=hunter2hunter2",
        '"api_key": "hunter2hunter2"',
        "postgresql://consult:hunter2@db/consult",
        "someone.else+tag@mail.example.org",
        "+44 20 7946 0958",
        "(555) 010-4477 12",
        "0123456789abcdef0123456789abcdef",
        "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_keys_addresses_and_numbers_are_taken_out(secret: str) -> None:
    shown = redacted(f"The call with {secret} failed.")
    left = [part for part in ("hunter2", "abcdefgh", "mail.example", "7946", "0104477", "010-4477") if part in shown]
    assert secret not in shown and left == [] and shown.startswith("The call with ")


@pytest.mark.parametrize("text", ["Turn 12 took 250 ms.", "Port 8501, version 1.2.22", "2 sessions were erased"])
def test_ordinary_figures_stay(text: str) -> None:
    assert redacted(text) == text


def test_an_error_is_logged_by_kind_and_place_without_its_words(log: io.StringIO) -> None:
    try:
        raise ValueError("the canary sings at dawn")
    except ValueError:
        logging.getLogger("agent.x").exception("A step failed for %s", "a@b.example", extra={"body": "canary"})
    line = json.loads(log.getvalue())
    assert line["error"] == "ValueError" and line["at"][-1].startswith("test_operation.py:")
    assert line["message"] == "A step failed for [e-mail]" and "canary" not in log.getvalue()


def test_a_line_break_in_a_message_forges_no_line(log: io.StringIO) -> None:
    logging.getLogger("agent.x").warning('first\n{"level": "info"}\x1b[2J')
    assert len(log.getvalue().splitlines()) == 1 and "\x1b" not in log.getvalue()


def test_what_is_too_much_at_once_is_refused_and_the_next_is_let_in() -> None:
    admission = Admission(at_once=1, patience_s=0.01)
    with admission.place():
        with pytest.raises(StoreError, match="Nothing of this one was saved"), admission.place():
            pass
    with admission.place():
        pass


def test_what_was_waited_before_a_place_counts_as_waiting() -> None:
    admission = Admission(at_once=1, patience_s=60.0)
    with admission.place(), admission.queue() as until_s:
        assert until_s > time.monotonic()
        with pytest.raises(StoreError, match="Nothing of this one was saved"), admission.place(time.monotonic() - 1.0):
            pass
    with admission.place(time.monotonic() - 1.0):
        pass


def test_what_a_server_has_loaded_is_left_out_of_garbage_collection() -> None:
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_messages_to_one_session_wait_for_one_another_and_those_to_others_do_not() -> None:
    one_by_one = OneByOne(patience_s=0.01)
    with one_by_one.of("a"), one_by_one.of("b"):
        with pytest.raises(StoreError, match="Nothing of this message was saved"), one_by_one.of("a"):
            pass
    with one_by_one.of("a"):
        pass


def test_nothing_is_kept_of_sessions_that_nobody_waits_for() -> None:
    one_by_one = OneByOne()
    with one_by_one.of("a"):
        pass
    assert not one_by_one._locks and not one_by_one._users


def test_messages_that_wait_for_their_session_hold_no_place(tmp_path: Path) -> None:
    consultant = Consultant(load_settings(home=tmp_path))
    consultant._admission = Admission(at_once=1, patience_s=5.0)
    busy, free = (consultant.start().session for _ in range(2))
    with ThreadPoolExecutor() as pool, consultant._one_by_one.of(busy):
        waiting = pool.submit(consultant.send, busy, Said("hello"))
        assert consultant.send(free, Answered({"regulated": True})).facts["regulated"]["value"] is True
        assert not waiting.done()
    assert waiting.result().reply
    consultant.close()


def test_who_has_waited_for_their_session_is_not_sent_away_for_want_of_a_place(tmp_path: Path) -> None:
    consultant = Consultant(load_settings(home=tmp_path))
    busy = consultant.start().session
    consultant._admission = Admission(at_once=1, patience_s=0.0)
    with ThreadPoolExecutor() as pool:
        with consultant._admission.place():
            with consultant._one_by_one.of(busy):
                waiting = pool.submit(consultant.send, busy, Said("hello"))
                while consultant._one_by_one._users[busy] < 2:
                    pass
            while not consultant._one_by_one._locks[busy].locked():
                pass
            assert not waiting.done()
        assert waiting.result().reply
    consultant.close()


def test_a_person_over_the_quota_is_told_and_others_are_not_held_up() -> None:
    quota = Quota(per_hour=2)
    quota.take("ann")
    quota.take("ann")
    with pytest.raises(InputError, match="more than 2 messages within an hour"):
        quota.take("ann")
    quota.take("ben")
    quota.take(None)


def test_metrics_are_what_prometheus_reads() -> None:
    metrics = Metrics()
    metrics.turn(0.02)
    metrics.turn(0.5)
    metrics.turn(BOUNDS_S[-1] + 1)
    metrics.count("verifier_rejections", 3)
    lines = metrics.text().splitlines()
    assert "consult_turns_total 3" in lines and "consult_verifier_rejections_total 3" in lines
    assert 'consult_turn_seconds_bucket{le="0.025"} 1' in lines
    assert 'consult_turn_seconds_bucket{le="0.6"} 2' in lines
    assert 'consult_turn_seconds_bucket{le="+Inf"} 3' in lines


def fetch(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_health_tells_what_is_wrong_and_recovers() -> None:
    problems: list[Exception] = []

    def ready() -> None:
        if problems:
            raise problems[0]

    with closing(Health(ready, "127.0.0.1", 0)) as health:
        assert fetch(health.port, "/ready") == (200, '{"status": "ready"}')
        problems.append(StoreError("The disk is full."))
        status, text = fetch(health.port, "/ready")
        assert status == 503 and json.loads(text)["because"] == "The disk is full."
        assert fetch(health.port, "/live")[0] == 200
        problems.clear()
        assert fetch(health.port, "/ready")[0] == 200
        assert "consult_turns_total" in fetch(health.port, "/metrics")[1]
        assert fetch(health.port, "/../../etc/passwd")[0] == 404


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with (
        closing(Health(lambda: None, "127.0.0.1", 0)) as first,
        pytest.raises(InputError, match="CONSULT_HEALTH_PORT"),
    ):
        Health(lambda: None, "127.0.0.1", first.port)
