"""Whole consultations for the tests: held with a model peer or without, and what they come to."""

import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from agent.consultation import Consultant
from agent.protocol import Answered, Commanded, Message, Said, Turn
from agent.settings import Settings, load_settings
from knowledge.embedding import make_embedder
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.peers.model import ModelPeer, Reply, Request
from tools.advice import advise
from tools.profile import parse_profile

KEY = "sk-planted-0b5e4c"
TALK: list[Message] = [
    Said("A support bot over 300 pages of product manuals that change every week; it does not know our products."),
    Said("About 10k questions a day, and every answer must cite its source."),
    Said("What does reranking do for retrieval?"),
    Answered({"latency_budget_ms": 3000}),
    Said("Actually make it 12,000 questions a day."),
    Said("What if the manuals changed every hour?"),
    Commanded("memo"),
]
Script = Callable[[Request], Reply]


def at(home: Path, peer: ModelPeer | None = None, **more: Any) -> Settings:
    if peer is None:
        return load_settings(home=home)
    return load_settings(
        home=home, language_model="gpt-4o-mini", OPENAI_BASE_URL=peer.base_url, OPENAI_API_KEY=KEY, **more
    )


@cache
def searcher() -> Searcher:
    """One index for all consultations here; building it is not what is tested."""
    home = Path(tempfile.mkdtemp())
    return open_searcher(home, make_embedder(None, None, None))


def held(settings: Settings, talk: Sequence[Message]) -> tuple[list[Turn], dict[str, Any]]:
    """A consultation's turns and its export."""
    consultant = Consultant(settings, searcher=searcher())
    turns = [consultant.start()]
    for message in talk:
        turns.append(consultant.send(turns[0].session, message))
    exported = consultant.export(turns[0].session)
    consultant.close()
    return turns, exported


def substance(turn: Turn) -> dict[str, Any]:
    """What a turn comes to, apart from its words."""
    return {name: value for name, value in turn.document().items() if name not in ("session", "reply", "memo")}


def record(turn: Turn) -> bytes:
    """The decision record on the facts of a turn."""
    profile = {fact: entry["value"] for fact, entry in turn.facts.items() if entry["value"] is not None}
    return json.dumps(advise(parse_profile(profile), load_settings().date()).record()).encode()
