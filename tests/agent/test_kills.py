"""A turn that is killed at any of its boundaries, on both stores, is finished by the next worker as if nothing was."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.consultation import Consultant
from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.protocol import Answered, Said, Turn
from knowledge.library import open_searcher
from tests.agent.dying import STEPS, Boundaries, Place, forked
from tests.peers.postgres import postgres

LAST = Said("update_frequency=weekly please", by="Ann")


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("durable")
    searcher = open_searcher(folder / "index")
    if request.param == "SQLite":
        yield Place(str(folder), None, searcher)
        return
    with postgres() as server:
        yield Place(str(folder), server.get_uri(), searcher)


def begun(place: Place) -> str:
    """A session with one answer, and with nothing of it open in this process."""
    with closing(place.consultant(0)) as consultant:
        session = consultant.start().session
        consultant.send(session, Answered({"gap": "knowledge"}), "first")
        place.decisions.update(consultant._bureau._kept)
    return session


def last_message(place: Place, session: str, boundaries: Boundaries, tell: Path | None = None) -> None:
    """Sends the last message in this process, which may be its end; `tell` takes down what was passed."""
    boundaries.watch_steps()
    consultant = place.consultant(0)
    boundaries.watch_transactions(consultant)
    boundaries.arm()
    consultant.send(session, LAST, "last")
    if tell:
        tell.write_text("\n".join(boundaries.passed))


def memo(consultant: Consultant, session: str) -> str:
    ledger = consultant.ledger(session)
    return render_markdown(write_memo(consultant._bureau.advise(ledger.profile), ledger.heard))


def shown(turn: Turn) -> dict[str, object]:
    return {**turn.document(), "session": ""}


def test_a_kill_at_any_boundary_loses_nothing_and_repeats_nothing(place: Place, tmp_path: Path) -> None:
    undisturbed, passed = begun(place), tmp_path / "passed"
    assert forked(lambda: last_message(place, undisturbed, Boundaries(None), passed)) == 0
    boundaries = passed.read_text().splitlines()
    assert {f"before {step}" for step in STEPS} - set(boundaries) <= {"before ask", "before finish"}
    assert boundaries.count("after a commit") >= 3
    with closing(place.consultant(1)) as consultant:
        expected, paper = shown(consultant.send(undisturbed, LAST, "last")), memo(consultant, undisturbed)
        place.decisions.update(consultant._bureau._kept)
    for number, boundary in enumerate(boundaries):
        session = begun(place)
        killed = forked(lambda: last_message(place, session, Boundaries(number)))  # noqa: B023  (called at once)
        assert killed == -signal.SIGKILL, boundary
        with closing(place.consultant(1)) as consultant:
            assert shown(consultant.send(session, LAST, "last")) == expected, boundary
            assert number % 8 or memo(consultant, session) == paper, boundary
            stored = consultant._store.transcript(session)
            assert [one.id for one in stored] == ["start", "first", "last"], boundary
            assert all(one.reply for one in stored) and consultant._store.unanswered(session) == []
            applied = [entry.turn for entry in consultant.ledger(session).entries if entry.kind == "stated"]
            assert applied == [1, 2], boundary
