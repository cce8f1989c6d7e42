"""Given the same facts, the decision is the same to the byte: with no model, a helpful one and a hostile one."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agent.consultation import Consultant
from agent.protocol import Answered, Message, Said
from knowledge.facts import fact_specs
from tests.agent.language.model.scripted import Liar, helpful
from tests.agent.language.model.talks import at, searcher, substance
from tests.peers.model import ModelPeer
from tools.decide.record import decision_document

LIAR = Liar(true_quotes=False)
"""It invents every quote, as a true one may state a fact that goes unheard without a model: other facts, then."""
SPECS = [spec for spec in fact_specs().values() if spec.kind != "text"]
SENTENCES = [
    "It answers in bullet points one time and in a letter the next.",
    "We get about 900 calls a day and nobody may wait longer than three seconds.",
    "What is reranking, and why not fine-tuning?",
    "Our auditors read every reply.",
    "The regulations change once a semester; there are 1,200 pages of them.",
    "sorry, I meant 1,900 calls a day",
]


def values(fact: str) -> st.SearchStrategy[Any]:
    """Values of a fact as a profile takes them."""
    spec = fact_specs()[fact]
    if spec.kind == "flag":
        return st.one_of(st.none(), st.booleans())
    return st.one_of(st.none(), st.sampled_from(list(spec.codes or spec.likely)))


ANSWERS = st.sampled_from([spec.name for spec in SPECS if spec.codes or spec.likely or spec.kind == "flag"]).flatmap(
    lambda fact: values(fact).map(lambda value: Answered({fact: value}))
)
MESSAGES: st.SearchStrategy[Message] = st.one_of(ANSWERS, ANSWERS, st.sampled_from(SENTENCES).map(Said))


@pytest.fixture(scope="module")
def consultants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Consultant]]:
    """Without a model, with a helpful one, with a hostile one."""
    with ModelPeer(helpful()) as helping, ModelPeer(LIAR) as lying:
        homes: list[Path] = [tmp_path_factory.mktemp("home") for _ in range(3)]
        more = {"model_tokens_per_session": 10**9}
        chosen = [at(homes[0]), at(homes[1], helping, **more), at(homes[2], lying, **more)]
        opened = [Consultant(one, searcher=searcher()) for one in chosen]
        with closing(opened[0]), closing(opened[1]), closing(opened[2]):
            yield opened


def held(consultant: Consultant, talk: list[Message]) -> tuple[bytes, str]:
    """Everything that a talk comes to apart from words, and everything that was shown or stored."""
    turns = [consultant.start()]
    turns += [consultant.send(turns[0].session, message) for message in talk]
    export = consultant.export(turns[0].session)
    decision = consultant.decision(consultant.ledger(turns[0].session).profile)
    kept = [substance(turn) for turn in turns], export["ledger"], export["profile"], decision_document(decision)
    shown = [turn.reply + (turn.memo or "") for turn in turns]
    return json.dumps(kept).encode(), json.dumps([export, shown])


@pytest.mark.relation("any-model")
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(MESSAGES, min_size=1, max_size=5))
def test_the_decision_is_byte_identical_with_any_model_and_none(
    consultants: list[Consultant], talk: list[Message]
) -> None:
    (without, _), (with_help, _), (with_lies, everything) = (held(one, talk) for one in consultants)
    assert with_help == without
    assert with_lies == without
    assert [lie for lie in LIAR.lies if lie in everything] == []
