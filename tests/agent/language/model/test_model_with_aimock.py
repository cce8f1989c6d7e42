"""The same endpoint code against a peer that others wrote: npm `@copilotkit/aimock`, where `llmock` is on the path.

npm install --prefix FOLDER @copilotkit/aimock@1.43
PATH=FOLDER/node_modules/.bin:$PATH pytest -m opt_in tests/agent/language/model/test_model_with_aimock.py
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from agent.language.embedded.understand import EmbeddedLanguage
from agent.language.model.capabilities import Capabilities, probe
from agent.language.model.endpoint import Address, Endpoint
from agent.language.model.failure import NoAnswer
from agent.language.model.language import ModelLanguage
from agent.language.model.usage import Limits
from tests.agent.language.model.scripted import claim
from tests.peers.local import free_port, wait_until_up
from tools.profile import Known, parse_profile

SAID = "What we call a 'set' is a pallet in one plant and a shift in the next, and the machine gets that wrong."
READ = {"facts": [claim("specialized_terminology", True, SAID[:70])], "question": None}
FIXTURES = [
    {"match": {"userMessage": "colour"}, "response": {"content": '{"colour": "blue", "count": 3}'}},
    {"match": {"userMessage": "look_up"}, "response": {"toolCalls": [{"name": "look_up", "arguments": "{}"}]}},
    {"match": {"userMessage": "three words"}, "response": {"content": "Hello to you"}},
    {"match": {"userMessage": "pallet"}, "response": {"content": json.dumps(READ)}},
    {"match": {"userMessage": "busy"}, "response": {"error": {"message": "slow down"}, "status": 429}},
]

pytestmark = pytest.mark.opt_in


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    llmock = shutil.which("llmock")
    if llmock is None:
        pytest.skip("llmock of npm @copilotkit/aimock is not on the path")
    folder: Path = tmp_path_factory.mktemp("fixtures")
    (folder / "all.json").write_text(json.dumps({"fixtures": FIXTURES}))
    port = free_port()
    server = subprocess.Popen(
        [llmock, "-p", str(port), "-f", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until_up(f"http://127.0.0.1:{port}/__aimock/journal", server)
    yield Endpoint(Address("gpt-4o-mini", f"http://127.0.0.1:{port}/v1", retries=0))
    server.terminate()
    server.wait()


def test_probing_finds_what_it_can_do(endpoint: Endpoint) -> None:
    assert probe(endpoint) == Capabilities("json_schema", True, True)


def test_a_message_is_read(endpoint: Endpoint) -> None:
    model = ModelLanguage(endpoint, EmbeddedLanguage(), Limits(10**6), lambda tokens: None)
    heard = model.understand(SAID, None, parse_profile({}))
    model.at("").settled()
    assert heard.value("specialized_terminology") == Known(True)
    assert model.at("").account.spent.input_tokens > 0


def test_a_busy_server_is_told(endpoint: Endpoint) -> None:
    with pytest.raises(NoAnswer) as told:
        endpoint.ask([HumanMessage("are you busy")], 10)
    assert told.value.failure == "busy"
