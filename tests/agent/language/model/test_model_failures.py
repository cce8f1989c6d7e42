"""Whatever an endpoint does, the embedded language answers in time, with one line of why."""

import time

import pytest
from pydantic import SecretStr

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.capabilities import Capabilities, Remembered, probe
from agent.language.model.endpoint import Address, Endpoint
from agent.language.model.failure import NoAnswer
from agent.language.model.language import ModelLanguage
from agent.language.model.parameters import parameters
from agent.language.model.usage import Limits
from agent.language.model.wording import Failure, fallback_line, model_wording
from tests.peers.model import FaultKind, ModelPeer, Reply, Request, asked_for, calls, fault, structured, text
from tools.profile import parse_profile

NOTHING = parse_profile({})
MESSAGE = "We answer 10k questions a day and the documents change every week; answers must cite their source."
KEY = "sk-planted-7f3a"
SOON = 0.4
TABLE: list[tuple[FaultKind, Failure]] = [
    ("401", "key"),
    ("403", "key"),
    ("404", "model"),
    ("400", "unsupported"),
    ("429", "busy"),
    ("500", "broken"),
    ("503", "broken"),
    ("stall", "slow"),
    ("trickle", "slow"),
    ("cut", "cut"),
    ("reset", "unreachable"),
    ("empty", "empty"),
    ("html", "foreign"),
    ("huge", "too_long"),
    ("bad_json", "unfit"),
    ("null_choices", "unfit"),
    ("length", "cut"),
    ("refusal", "refused"),
    ("content_filter", "refused"),
]


@pytest.fixture(scope="module")
def embedded() -> EmbeddedLanguage:
    return EmbeddedLanguage()


def endpoint(peer: ModelPeer, kind: FaultKind | None = None) -> Endpoint:
    timeout_s = SOON if kind in ("stall", "trickle") else 20
    address = Address("scripted", peer.base_url, SecretStr(KEY), timeout_s=timeout_s, retries=2)
    return Endpoint(address, sleep=lambda seconds: None)


@pytest.mark.parametrize(("kind", "failure"), TABLE)
def test_a_failing_endpoint_leaves_the_embedded_reading_and_one_line(
    embedded: EmbeddedLanguage, kind: FaultKind, failure: Failure
) -> None:
    with ModelPeer(lambda request: fault(kind)) as peer:
        model = ModelLanguage(endpoint(peer, kind), embedded, Limits(1_000_000), lambda tokens: None)
        started = time.monotonic()
        heard = model.understand(MESSAGE, None, NOTHING)
        took = time.monotonic() - started
        model.close()
    plain = embedded.understand(MESSAGE, None, NOTHING)
    assert heard.statements == plain.statements
    assert heard.intents == plain.intents
    assert heard.notes in {(fallback_line(failure),), (fallback_line("resting"),)}
    assert KEY not in repr(heard)
    assert kind not in ("stall", "trickle") or took < SOON + parameters().stall_s


@pytest.mark.parametrize(("kind", "failure"), TABLE)
def test_each_failure_is_told_apart(kind: FaultKind, failure: Failure) -> None:
    from langchain_core.messages import HumanMessage

    with ModelPeer(lambda request: fault(kind)) as peer, pytest.raises(NoAnswer) as told:
        endpoint(peer, kind).ask([HumanMessage("hello")], 10)
    assert told.value.failure == failure
    assert KEY not in str(told.value)
    assert told.value.__cause__ is None


def test_a_server_that_is_not_there_is_told() -> None:
    from langchain_core.messages import HumanMessage

    with ModelPeer(lambda request: text("hello")) as peer:
        gone = endpoint(peer)
    with pytest.raises(NoAnswer) as told:
        gone.ask([HumanMessage("hello")], 10)
    assert told.value.failure == "unreachable"


def test_a_busy_server_is_asked_again_after_the_time_it_names() -> None:
    from langchain_core.messages import HumanMessage

    waits: list[float] = []
    replies = [fault("429", retry_after="0.2"), fault("500"), text("hello")]
    with ModelPeer(lambda request: replies.pop(0)) as peer:
        address = Address("scripted", peer.base_url, timeout_s=30, retries=2)
        assert Endpoint(address, sleep=waits.append).ask([HumanMessage("hello")], 10).text == "hello"
    assert waits[0] == 0.2
    assert len(waits) == 2


def test_a_wait_that_is_too_long_is_not_waited() -> None:
    from langchain_core.messages import HumanMessage

    waits: list[float] = []
    with ModelPeer(lambda request: fault("429", retry_after="3600")) as peer:
        address = Address("scripted", peer.base_url, timeout_s=30, retries=2)
        with pytest.raises(NoAnswer):
            Endpoint(address, sleep=waits.append).ask([HumanMessage("hello")], 10)
    assert waits == []


def test_a_redirect_is_not_followed_with_the_key() -> None:
    from langchain_core.messages import HumanMessage

    with ModelPeer(lambda request: text("stolen")) as thief:
        elsewhere = fault("redirect", location=f"{thief.base_url}/chat/completions")
        with ModelPeer(lambda request: elsewhere) as peer, pytest.raises(NoAnswer):
            endpoint(peer).ask([HumanMessage("hello")], 10)
        assert thief.seen_keys == []


def test_an_endpoint_that_keeps_failing_is_left_alone_for_a_while(embedded: EmbeddedLanguage) -> None:
    now = [0.0]
    with ModelPeer(lambda request: fault("401")) as peer:
        model = ModelLanguage(endpoint(peer), embedded, Limits(1_000_000), lambda tokens: None, clock=lambda: now[0])
        for _ in range(3):
            heard = model.understand(MESSAGE, None, NOTHING)
            model.at("").settled()
        assert heard.notes == (fallback_line("resting"),)
        before = len(peer.requests)
        now[0] += parameters().rest_s + 1
        model.understand(MESSAGE, None, NOTHING)
        assert len(peer.requests) > before
        model.close()


@pytest.mark.parametrize("failure", list(model_wording().why))
def test_every_failure_has_its_sentence_and_its_remedy(failure: Failure) -> None:
    assert model_wording().remedy[failure]
    assert fallback_line(failure).startswith(model_wording().why[failure])


def test_probing_finds_what_a_complete_endpoint_can_do() -> None:
    def reply(request: Request) -> Reply:
        if asked_for(request) == "explain":
            return calls(("look_up", {"topic": "retrieval"}))
        trial = {"colour": "blue", "count": 3}
        return structured(request, trial) if asked_for(request) == "trial" else text("hello to you")

    with ModelPeer(reply) as peer:
        assert probe(endpoint(peer)) == Capabilities("json_schema", True, True)


def test_probing_finds_the_way_that_an_endpoint_understands() -> None:
    def only_functions(request: Request) -> Reply:
        if "response_format" in request:
            return fault("400")
        return structured(request, {"colour": "blue", "count": 3}) if request.get("tool_choice") else text("hi there")

    def only_text(request: Request) -> Reply:
        return text('Sure:\n```json\n{"colour": "blue", "count": 3}\n```')

    with ModelPeer(only_functions) as peer:
        assert probe(endpoint(peer)) == Capabilities("function_calling", True, False)
    with ModelPeer(only_text) as peer:
        assert probe(endpoint(peer)).structure in ("json_schema", "json_text")
    with ModelPeer(lambda request: text("I would rather talk.")) as peer:
        assert probe(endpoint(peer)).structure is None


def test_probing_stops_at_once_where_the_key_is_refused() -> None:
    with ModelPeer(lambda request: fault("401")) as peer, pytest.raises(NoAnswer) as told:
        probe(endpoint(peer))
    assert told.value.failure == "key"
    assert len(peer.requests) == 1


def test_what_was_found_is_remembered_and_a_broken_file_is_forgotten(home: object, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    address = Address("scripted", "http://localhost:1/v1", SecretStr(KEY))
    Remembered(folder).keep(address, Capabilities("function_calling", True, False))
    assert Remembered(folder).of(address) == Capabilities("function_calling", True, False)
    assert KEY not in (folder / "model_capabilities.json").read_text()
    (folder / "model_capabilities.json").write_text("{")
    assert Remembered(folder).of(address) == Capabilities()


def test_an_endpoint_that_refuses_one_form_is_asked_in_the_next(embedded: EmbeddedLanguage) -> None:
    def reply(request: Request) -> Reply:
        return fault("400") if "response_format" in request else structured(request, {"facts": [], "question": None})

    with ModelPeer(reply) as peer:
        model = ModelLanguage(endpoint(peer), embedded, Limits(1_000_000), lambda tokens: None)
        assert model.understand(MESSAGE, None, NOTHING).notes == (fallback_line("unsupported"),)
        assert model.understand(MESSAGE, None, NOTHING).notes == ()
        assert model.structure() == "function_calling"
        model.close()
