"""Records a session of this release, to be kept in `tests/fixtures/sessions`.

Run it with `python -m tests.agent.session_recording`. A recording that was released is never written again; a new
release adds its own.
"""

import datetime as dt
import hashlib
import json
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agent.consultation import Consultant
from agent.ledger import Ledger
from agent.protocol import Answered, Commanded, Message, Said
from agent.settings import load_settings
from knowledge.versions import versions
from tests.scripted_language import ScriptedLanguage
from tools.decide.decide import decide
from tools.decide.record import decision_document

FOLDER = Path(__file__).parent.parent / "fixtures" / "sessions"
AS_OF = dt.date(2026, 11, 20)
TALK: tuple[Message, ...] = (
    Answered({"use_case": "A support bot over our manuals."}, by="Ann"),
    Said("gap=knowledge update_frequency=weekly", by="Ann"),
    Answered({"queries_per_day": 10_000, "needs_citations": True}, by="Ben"),
    Said("sorry update_frequency=daily", by="Ben"),
    Answered({"labeled_examples": None, "knowledge_tokens": {"low": 1_000_000, "high": 3_000_000}}),
    Said("what if labeled_examples=5000"),
    Commanded("back"),
    Answered({"latency_budget_ms": {"value": 2_000, "unsure": True}}, by="Ann"),
)
"""Every kind of message and of value that a session can hold."""


def record_hash(ledger: Ledger, as_of: dt.date) -> str:
    """Stands for the decision record on a ledger."""
    document = decision_document(decide(ledger.profile, as_of))
    document["profile"].pop("use_case", None)
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def recorded() -> dict[str, Any]:
    """A session with what it came to, and the rules and prices that it rests on."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=home, as_of=AS_OF)
        with closing(Consultant(settings, ScriptedLanguage())) as consultant:
            session = consultant.start().session
            for message in TALK:
                turn = consultant.send(session, message)
            ledger = consultant.ledger(session)
            return {
                "release": version("llm-architecture-consultant"),
                "as_of": AS_OF.isoformat(),
                "versions": versions(),
                "option": turn.recommendation["option"],
                "record": record_hash(ledger, AS_OF),
                "session": consultant.export(session),
            }


if __name__ == "__main__":
    recording = recorded()
    path = FOLDER / f"{recording['release']}.json"
    path.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(path.name)
