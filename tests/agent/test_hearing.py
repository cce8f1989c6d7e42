"""A reply in pieces: put together they are what is stored, whatever happens on the way."""

import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.consultation import Consultant
from agent.hearing import PARAGRAPH, Hearing, tell
from agent.language.port import Evidence
from agent.protocol import Answered, Commanded, Message, Said
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage

TALK: list[Message] = [
    Said("A bot for our manuals gap=knowledge"),
    Said("why"),
    Answered({"update_frequency": "weekly"}),
    Said("sorry gap=behavior"),
    Said("hm"),
    Commanded("memo"),
]


def stored_reply(consultant: Consultant, session: str) -> str:
    turn = consultant.transcript(session)[-1][1]
    assert turn is not None
    return turn.reply


def test_the_pieces_are_the_reply_as_it_is_shown_and_stored(consultant: Consultant) -> None:
    session = consultant.start().session
    for message in TALK:
        pieces: list[str] = []
        turn = consultant.send(session, message, hear=pieces.append)
        assert "".join(pieces) == turn.reply == stored_reply(consultant, session)


def test_each_paragraph_comes_by_itself_and_in_the_calling_thread(consultant: Consultant) -> None:
    session = consultant.start().session
    pieces: list[str] = []
    threads: set[int] = set()

    def hear(piece: str) -> None:
        pieces.append(piece)
        threads.add(threading.get_ident())

    consultant.send(session, TALK[0], hear=hear)
    assert len(pieces) > 2
    assert all(piece.startswith(PARAGRAPH) for piece in pieces[1:])
    assert threads == {threading.get_ident()}


def test_a_message_that_was_answered_before_is_heard_whole(consultant: Consultant) -> None:
    session = consultant.start().session
    first = consultant.send(session, TALK[0], "an id")
    pieces: list[str] = []
    assert consultant.send(session, TALK[0], "an id", pieces.append) == first
    assert pieces == [first.reply]


def test_what_was_received_earlier_is_answered_unheard(consultant: Consultant) -> None:
    session = consultant.start().session
    consultant._store.accept(session, "cut off", {"message": "gap=knowledge", "by": None})
    pieces: list[str] = []
    turn = consultant.send(session, Said("why"), hear=pieces.append)
    assert "".join(pieces) == turn.reply


def test_a_door_that_fails_loses_nothing(consultant: Consultant) -> None:
    session = consultant.start().session
    heard: list[str] = []

    def fail(piece: str) -> None:
        heard.append(piece)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        consultant.send(session, TALK[0], hear=fail)
    assert len(heard) == 1
    assert stored_reply(consultant, session).startswith(heard[0])


class Telling(ScriptedLanguage):
    """Explains sentence by sentence, and differently each time it is asked."""

    def __init__(self) -> None:
        self.explained = 0

    def explain(self, question: str, evidence: Sequence[Evidence]) -> str:
        self.explained += 1
        words = [f"Explanation {self.explained}.", "It has two sentences."]
        for place, sentence in enumerate(words):
            tell(f" {sentence}" if place else sentence)
        return " ".join(words)

    def understand(self, message: str, *rest: Any) -> Any:
        from agent.language.port import Intent, Understanding

        return Understanding(message, intents=(Intent("concept", quote=message),))


def test_a_step_that_runs_again_tells_nothing_else(
    home: Path, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoints break after the reply was told: the graph runs again and keeps the words that were told."""
    language = Telling()
    with closing(Consultant(load_settings(), language, searcher)) as consultant:
        session = consultant.start().session
        answer, broken = consultant._store.answer, [True]

        def breaking(*given: Any) -> Any:
            if broken.pop() if broken else False:
                raise DatabaseError("disk image is malformed")
            return answer(*given)

        monkeypatch.setattr(consultant._store, "answer", breaking)
        pieces: list[str] = []
        turn = consultant.send(session, Said("What is retrieval?"), hear=pieces.append)
        assert language.explained == 1
        assert "Explanation 1." in pieces[0]
        assert "".join(pieces) == turn.reply == stored_reply(consultant, session)


@given(st.lists(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4), min_size=1, max_size=5))
def test_pieces_and_paragraphs_join_to_the_text(paragraphs: list[list[str]]) -> None:
    pieces: list[str] = []
    hearing = Hearing(pieces.append)
    for sentences in paragraphs:
        for sentence in sentences[:-1]:
            hearing.piece(sentence)
        hearing.paragraph("".join(sentences))
    reply = PARAGRAPH.join("".join(sentences) for sentences in paragraphs)
    hearing.finish(reply)
    assert "".join(pieces) == reply
