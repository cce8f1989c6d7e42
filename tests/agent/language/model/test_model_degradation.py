"""The ways an endpoint fails, one by one, in whole turns: in time, one line of why, and the same facts and advice."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from agent.consultation import Consultant
from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.capabilities import Capabilities, Remembered
from agent.language.model.endpoint import Address, Endpoint
from agent.language.model.language import ModelLanguage
from agent.language.model.parameters import parameters
from agent.language.model.usage import Limits
from agent.language.model.wording import Failure, fallback_line
from agent.protocol import Said, Turn
from agent.settings import load_settings
from tests.agent.language.model.scripted import helpful
from tests.agent.language.model.talks import KEY, TALK, at, searcher, substance
from tests.peers.model import ModelPeer, Reply, Request, asked_for, calls, fault, text

TIMEOUT_S = 0.5
PATIENCE_S = 20.0
"""The time-out where the failure is another one: long enough for a busy machine."""
FREE = Said("What does reranking do for retrieval?")
FAILURES: list[tuple[str, Reply, Failure]] = [
    ("401", fault("401"), "key"),
    ("404 model", fault("404"), "model"),
    ("429 with Retry-After", fault("429", retry_after="3600"), "busy"),
    ("500", fault("500"), "broken"),
    ("time-out", fault("stall"), "slow"),
    ("stall", fault("trickle"), "slow"),
    ("cut stream", fault("cut"), "cut"),
    ("empty", fault("empty"), "empty"),
    ("HTML", fault("html"), "foreign"),
    ("10 MB", fault("huge"), "too_long"),
    ("invalid JSON", fault("bad_json"), "unfit"),
    ("prose", text("As I said before."), "unfit"),
    ("refusal", fault("refusal"), "refused"),
]
Held = Callable[[Reply | Callable[[Request], Reply]], tuple[list[Turn], dict[str, Any]]]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """Holds a talk of a description and a free question in a new session, with an endpoint that replies as told."""
    with _holding(tmp_path_factory.mktemp("home"), PATIENCE_S) as hold:
        yield hold


@pytest.fixture(scope="module")
def held_briefly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """The same, where the endpoint has little time."""
    with _holding(tmp_path_factory.mktemp("home"), TIMEOUT_S) as hold:
        yield hold


@contextmanager
def _holding(home: Path, timeout_s: float) -> Iterator[Held]:
    with ModelPeer(helpful()) as peer:
        now = [0.0]
        endpoint = Endpoint(Address("scripted", peer.base_url, SecretStr(KEY), timeout_s=timeout_s, retries=1))
        remembered = Remembered(None)
        model = ModelLanguage(
            endpoint,
            EmbeddedLanguage(),
            Limits(10**9),
            lambda tokens: None,
            remembered=remembered,
            clock=lambda: now[0],
        )
        with closing(Consultant(load_settings(home=home), language=model, searcher=searcher())) as consultant:

            def hold(reply: Reply | Callable[[Request], Reply]) -> tuple[list[Turn], dict[str, Any]]:
                now[0] += parameters().rest_s + 1
                remembered.keep(endpoint.address, Capabilities())
                peer.reply = reply if callable(reply) else lambda request: reply
                return _held(consultant)

            yield hold


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Turn], dict[str, Any]]:
    with closing(Consultant(at(tmp_path_factory.mktemp("home")), searcher=searcher())) as consultant:
        return _held(consultant)


def _held(consultant: Consultant) -> tuple[list[Turn], dict[str, Any]]:
    session = consultant.start().session
    turns = [consultant.send(session, message) for message in (TALK[0], FREE)]
    return turns, consultant.export(session)


@pytest.mark.parametrize(("name", "reply", "failure"), FAILURES, ids=[name for name, _, _ in FAILURES])
def test_a_failure_is_told_in_one_line_and_changes_nothing(
    request: pytest.FixtureRequest,
    embedded: tuple[list[Turn], dict[str, Any]],
    name: str,
    reply: Reply,
    failure: Failure,
) -> None:
    holding: Held = request.getfixturevalue("held_briefly" if failure == "slow" else "held")
    turns, exported = holding(reply)
    assert [substance(turn) for turn in turns] == [substance(turn) for turn in embedded[0]]
    assert exported["ledger"] == embedded[1]["ledger"]
    known = {fallback_line(failure), fallback_line("resting")}
    for turn, plain in zip(turns, embedded[0], strict=True):
        added = [line for line in turn.reply.split("\n\n") if line not in plain.reply.split("\n\n")]
        assert 1 <= len(added) <= 2
        assert set(added) <= known
    assert fallback_line(failure) in turns[0].reply
    assert KEY not in json.dumps(exported) + "".join(turn.reply for turn in turns)


@pytest.mark.parametrize(
    ("name", "tool"), [("unknown tool", ("send_mail", {"to": "x"})), ("endless loop", ("cost", {}))]
)
def test_a_model_that_only_calls_tools_is_left_after_some_rounds(
    held: Held, embedded: tuple[list[Turn], dict[str, Any]], name: str, tool: tuple[str, Any]
) -> None:
    def calling(request: Request) -> Reply:
        return calls(tool) if asked_for(request) == "explain" else helpful()(request)

    turns, exported = held(calling)
    assert turns[1].reply == f"{fallback_line('loop')}\n\n{embedded[0][1].reply}"
    assert [substance(turn) for turn in turns] == [substance(turn) for turn in embedded[0]]
    assert exported["ledger"] == embedded[1]["ledger"]


def test_an_unknown_tool_is_refused_and_the_model_may_go_on(
    held: Held, embedded: tuple[list[Turn], dict[str, Any]]
) -> None:
    def mending(request: Request) -> Reply:
        if asked_for(request) == "explain" and request["messages"][-1]["role"] != "tool":
            return calls(("send_mail", {"to": "x"}))
        return helpful()(request)

    turns, _ = held(mending)
    assert [failure for failure in get_args(Failure) if fallback_line(failure) in turns[1].reply] == []
    assert substance(turns[1]) == substance(embedded[0][1])


def test_a_model_without_a_key_is_told_in_one_line(tmp_path: Path, embedded: tuple[list[Turn], dict[str, Any]]) -> None:
    with closing(Consultant(load_settings(home=tmp_path, language_model="m"), searcher=searcher())) as consultant:
        turns, exported = _held(consultant)
    assert all(turn.reply.count(fallback_line("no_key")) == 1 for turn in turns[:1])
    assert [substance(turn) for turn in turns] == [substance(turn) for turn in embedded[0]]
    assert exported["ledger"] == embedded[1]["ledger"]
