"""Attack text in Slack, as a message or as the name of whoever wrote it, moves nothing."""

import json
from pathlib import Path

import pytest
import yaml

from agent.consultation import Consultant
from agent.protocol import Answered
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.peers.slack import SlackPeer
from tests.peers.slack_workspace import NAMES
from tests.ui.slack.conftest import http_bot
from tools.decide.decide import decide
from tools.decide.record import decision_document

ATTACKS = yaml.safe_load((Path(__file__).parents[2] / "cases" / "attacks.yaml").read_text())
FACTS = {
    "use_case": "A bot for the support desk.",
    "update_frequency": "weekly",
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
    "ml_expertise": False,
    "regulated": True,
}
NAMED = {family: attacks[0] for family, attacks in ATTACKS.items()}
"""One string of each family; all of them are tried on the consultation itself."""


def record(consultant: Consultant, session: str) -> bytes:
    document = decision_document(decide(consultant.ledger(session).profile, load_settings().date()))
    return json.dumps(document, sort_keys=True).encode()


def test_attacks_as_messages_and_as_names_leave_the_record_as_it_was(
    home: Path, slack: SlackPeer, index: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultant = Consultant(load_settings(), searcher=index)
    with http_bot(slack, consultant):
        thread = slack.say("U1", "The model does not know our product. 2,000 questions a day.", channel="D1")
        slack.wait_for_replies(thread, 1, "D1")
        (card,) = consultant.sessions()
        consultant.send(card.id, Answered(FACTS))
        before, facts = record(consultant, card.id), consultant.ledger(card.id).profile
        for count, (family, attack) in enumerate(NAMED.items(), 2):
            monkeypatch.setitem(NAMES, f"U9{count}", attack)
            slack.say(f"U9{count}", attack, channel="D1", thread=thread)
            slack.wait_for_replies(thread, count, "D1")
            assert record(consultant, card.id) == before, family
        assert consultant.ledger(card.id).profile == facts and len(NAMED) >= 15
