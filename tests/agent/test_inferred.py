"""What was only inferred from a description holds, is told as such, and is confirmed where it matters."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.consultation import Consultant
from agent.language.port import Statement, Understanding
from agent.ledger import Ledger
from agent.protocol import Said, Turn
from agent.reading import read
from agent.settings import load_settings
from tests.scripted_language import ScriptedLanguage
from tools.profile import Known

LEANING = (
    "A support bot for our shop, which sells garden furniture and everything that goes with it to private customers. "
    "There are about 2000 pages of manuals that change weekly and 500 questions a day, all of it has to be answered "
    "by the two people whom we have in the team. Our warehouse stands at the edge of the town, not far from the river, "
    "and the office is above it. Most of what we sell is made of wood, and a smaller part of it of metal and of cloth. "
    "The two of them share a desk by the window."
)


class Doubtful(ScriptedLanguage):
    """Takes every message for a complaint about tone, with a stated confidence."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence

    def understand(self, message: str, *_: object) -> Understanding:
        said = Statement("gap", Known("behavior"), message, (0, len(message)), confidence=self._confidence)
        return Understanding(message, (said,))


@pytest.fixture
def consultant(tmp_path: Path) -> Iterator[Consultant]:
    """A consultant with a home of its own."""
    with closing(Consultant(load_settings(home=tmp_path))) as opened:
        yield opened


def _described(consultant: Consultant) -> Turn:
    return consultant.send(consultant.start().session, Said(LEANING))


def test_what_a_description_leans_to_is_asked_for_with_the_words_it_rests_on(consultant: Consultant) -> None:
    turn = _described(consultant)
    assert turn.facts["gap"] == {"value": "knowledge", "quote": "2000 pages", "origin": "derived", "unsure": True}
    assert turn.asks == "gap"
    assert "I gather this from “2000 pages”: it does not have our facts." in turn.reply


def test_a_yes_makes_an_inference_a_statement_of_the_user(consultant: Consultant) -> None:
    turn = consultant.send(_described(consultant).session, Said("yes, that's right"))
    assert turn.facts["gap"]["value"] == "knowledge"
    assert turn.facts["gap"]["origin"] == "user"
    assert "unsure" not in turn.facts["gap"]
    assert turn.asks != "gap"


def test_a_no_takes_an_inference_back_and_asks_plainly(consultant: Consultant) -> None:
    turn = consultant.send(_described(consultant).session, Said("no"))
    assert "gap" not in turn.facts
    assert turn.asks == "gap"
    assert "I gather" not in turn.reply


@pytest.mark.parametrize(("confidence", "unsure"), [(0.79, True), (0.8, False)])
def test_an_unlikely_reading_is_kept_as_inferred(confidence: float, unsure: bool) -> None:
    (entry,) = read(Said("sounds stiff"), 2, Ledger(), Doubtful(confidence)).entries
    assert entry.value == Known("behavior", unsure=unsure)
    assert entry.origin == ("derived" if unsure else "user")
