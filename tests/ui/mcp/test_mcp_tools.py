"""The official client drives every tool; what does not fit is refused by name."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp_types import TextResourceContents

from agent.memo.compose import write_memo
from agent.memo.document import render_json
from agent.settings import load_settings
from tests.agent.language.model.scripted import claim, helpful
from tests.peers.model import ModelPeer, Reply, Request, fault
from tests.ui.mcp.conftest import Ask
from tools.advice import advise
from tools.profile import parse_profile
from ui.mcp.server import make_server
from ui.mcp.tools import READING, TALKING, Toolbox

PROFILE: dict[str, Any] = {
    "gap": "knowledge",
    "update_frequency": "weekly",
    "queries_per_day": 10_000,
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
}


def call(ask: Ask, tool: str, **arguments: Any) -> Any:
    """The result of one call, which must succeed."""
    result = ask(lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content
    return result.structured_content


def refused(ask: Ask, tool: str, arguments: dict[str, Any]) -> str:
    """The protocol's error for a call."""
    error = error_of(ask, lambda client: client.call_tool(tool, arguments))
    assert error.code == -32602
    return error.message


def error_of(ask: Ask, talk: Callable[[Client], Awaitable[Any]]) -> MCPError:
    """What the client raises."""

    async def caught(client: Client) -> MCPError:
        with pytest.raises(MCPError) as error:
            await talk(client)
        return error.value

    found: MCPError = ask(caught)
    return found


def failed(ask: Ask, tool: str, **arguments: Any) -> str:
    """The sentence with which a tool fails."""
    result = ask(lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    return str(result.content[0].text)


def test_the_tools_are_listed_with_typed_schemas_and_closed_arguments(ask: Ask) -> None:
    tools = ask(Client.list_tools).tools
    assert [tool.name for tool in tools] == [*READING, *TALKING]
    assert all(tool.input_schema["additionalProperties"] is False and tool.output_schema for tool in tools)
    assert {tool.name for tool in tools if tool.annotations and tool.annotations.read_only_hint} == set(READING)


def test_the_profile_schema_names_every_fact_with_its_limits(ask: Ask) -> None:
    decide = ask(Client.list_tools).tools[0]
    facts = decide.input_schema["properties"]["profile"]["properties"]
    assert facts["update_frequency"]["anyOf"][0]["enum"][0] == "realtime"
    assert facts["prompting_success"]["anyOf"][0]["maximum"] == 1


def test_decide_gives_the_decision_record_of_every_other_door(ask: Ask) -> None:
    advice = call(ask, "decide", profile=PROFILE)
    chosen = load_settings()
    expected = advise(parse_profile(PROFILE), chosen.date()).document()
    assert json.dumps(advice, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_cost_and_latency_cover_every_option(ask: Ask) -> None:
    costs, latency = (call(ask, tool, profile=PROFILE) for tool in ("cost", "latency"))
    assert costs["costs"].keys() == latency["latency"].keys() == {
        "prompting", "long_context", "rag", "fine_tuning", "hybrid",
    }  # fmt: skip


def test_a_failure_file_is_audited(ask: Ask, tmp_path: Path) -> None:
    rows = "".join(f"q{row},yes,no,missing_knowledge\n" for row in range(40))
    path = tmp_path / "failures.csv"
    path.write_text("query,expected,actual,label\n" + rows)
    assert call(ask, "audit_failures", path=str(path))["rows"] == 40


def test_a_training_file_is_audited(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    turns = [{"role": "user", "content": "Which team?"}, {"role": "assistant", "content": "billing"}]
    path.write_text("\n".join([json.dumps({"messages": turns})] * 12))
    assert call(ask, "audit_dataset", path=str(path))["verdict"] == "not_ready"


def test_the_knowledge_is_searched(ask: Ask) -> None:
    passages = call(ask, "search_knowledge", query="how often do the documents change", k=3)["passages"]
    assert len(passages) == 3 and passages[0]["id"]


def test_facts_are_read_with_their_words(ask: Ask) -> None:
    facts = call(ask, "read_facts", text="queries_per_day=300")["facts"]
    assert facts["queries_per_day"] == {"value": 300, "quote": "queries_per_day=300", "origin": "user"}


SAID_AT_LENGTH = "The senate amends the rules once a semester."


def read_with(script: Callable[[Request], Reply], home: Path) -> Any:
    """What `read_facts` gives where a model is configured."""
    with ModelPeer(script) as peer:
        settings = load_settings(language_model="gpt-4o-mini", OPENAI_BASE_URL=peer.base_url, model_retries=0)

        async def talk() -> Any:
            async with Client(make_server(Toolbox(settings))) as client:
                return await client.call_tool("read_facts", {"text": SAID_AT_LENGTH})

        return anyio.run(talk).structured_content


def test_facts_are_read_with_the_model_that_is_configured(home: Path) -> None:
    quoted = claim("update_frequency", "yearly", SAID_AT_LENGTH)
    read = read_with(helpful(lambda _: [quoted]), home)
    assert read["facts"]["update_frequency"]["value"] == "yearly" and read["notes"] == []


def test_facts_are_read_without_a_model_that_fails_and_that_is_said(home: Path) -> None:
    read = read_with(lambda _: fault("503"), home)
    assert "update_frequency" not in read["facts"] and len(read["notes"]) == 1


def test_results_have_schemas_that_name_their_parts(ask: Ask) -> None:
    schemas = {tool.name: tool.output_schema for tool in ask(Client.list_tools).tools}
    parts = {tool: set(schema.get("$defs", {})) for tool, schema in schemas.items()}
    assert {"Recommendation", "Ranked", "Reason", "OptionCost", "Citation"} <= parts["decide"]
    assert "Passage" in parts["search_knowledge"] and "FactRead" in parts["read_facts"]
    assert "rag" in schemas["decide"]["$defs"]["Ranked"]["properties"]["option"]["enum"]


def test_a_memo_is_verified_and_a_changed_one_is_caught(ask: Ask) -> None:
    memo = render_json(write_memo(advise(parse_profile(PROFILE), load_settings().date()), {}))
    assert call(ask, "verify_memo", memo=memo)["passed"]
    tampered = call(ask, "verify_memo", memo=memo.replace("10,000", "20,000"))
    assert not tampered["passed"] and tampered["findings"]


def test_a_consultation_is_held_by_words_typed_answers_and_commands(ask: Ask) -> None:
    async def talk(client: Client) -> dict[str, Any]:
        turn = (await client.call_tool("start_consultation", {})).structured_content
        session = turn["session"]
        await client.call_tool("answer", {"session": session, "message": "A bot gap=knowledge", "by": "Ana"})
        await client.call_tool("answer", {"session": session, "answers": {"queries_per_day": 300}})
        last = await client.call_tool("answer", {"session": session, "command": "memo"})
        return dict(last.structured_content)

    turn = ask(talk)
    assert turn["facts"]["gap"]["by"] == "Ana" and turn["facts"]["queries_per_day"]["value"] == 300
    assert turn["memo"].startswith("# ")


def test_the_same_message_id_counts_once(ask: Ask) -> None:
    async def talk(client: Client) -> tuple[Any, Any]:
        session = (await client.call_tool("start_consultation", {})).structured_content["session"]
        sent = {"session": session, "answers": {"gap": "knowledge"}, "message_id": "one"}
        first = await client.call_tool("answer", sent)
        again = await client.call_tool("answer", sent | {"answers": {"gap": "behavior"}})
        return first.structured_content, again.structured_content

    first, again = ask(talk)
    assert first == again


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("decide", {"profile": {}, "fast": True}, "fast"),
        ("decide", {}, "profile"),
        ("decide", {"profile": 3}, "profile"),
        ("search_knowledge", {"query": "x" * 1_001}, "query"),
        ("search_knowledge", {"query": "x", "k": 101}, "k"),
        ("search_knowledge", {"query": ""}, "query"),
        ("read_facts", {"text": "x" * 8_001}, "text"),
        ("verify_memo", {"memo": "x" * 4_000_001}, "memo"),
        ("answer", {"session": "s", "message": "x" * 8_001}, "message"),
        ("answer", {"session": "s", "command": "dance"}, "command"),
        ("start_consultation", {"owner": "me"}, "owner"),
        ("no_such_tool", {}, "no_such_tool"),
    ],
)
def test_an_argument_that_does_not_fit_gets_the_protocols_error_naming_it(
    ask: Ask, tool: str, arguments: dict[str, Any], name: str
) -> None:
    sentence = refused(ask, tool, arguments)
    assert f"'{name}'" in sentence and len(sentence) < 300


def test_a_refused_value_is_not_repeated(ask: Ask) -> None:
    assert "secret" not in refused(ask, "search_knowledge", {"query": "secret" * 500})


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("decide", {"profile": {"queries_per_dya": 3}}, "queries_per_day"),
        ("cost", {"profile": {"queries_per_day": -3}}, "out of range"),
        ("latency", {"profile": {"model": "no-such-model"}}, "no-such-model"),
        ("audit_failures", {"path": "missing.csv"}, "missing.csv"),
        ("audit_dataset", {"path": "train.exe"}, "train.exe"),
        ("verify_memo", {"memo": "hello"}, "reproduction block"),
        ("read_facts", {"text": "yes", "asks": "nonsense"}, "nonsense"),
        ("answer", {"session": "no-such-session", "message": "hello"}, "no such session"),
        ("answer", {"session": "no-such-session"}, "exactly one"),
    ],
)
def test_what_a_tool_cannot_use_is_told_in_a_sentence(
    ask: Ask, tool: str, arguments: dict[str, Any], said: str
) -> None:
    sentence = failed(ask, tool, **arguments)
    assert said in sentence and "Traceback" not in sentence


async def read_as_json(client: Client, uri: str) -> Any:
    """What a resource holds."""
    held = (await client.read_resource(uri)).contents[0]
    assert isinstance(held, TextResourceContents)
    return json.loads(held.text)


def test_sources_rules_and_facts_can_be_read(ask: Ask) -> None:
    async def talk(client: Client) -> list[Any]:
        listed = (await client.list_resources()).resources
        assert {str(one.uri) for one in listed} == {
            f"consult://{name}" for name in ("sources", "conflicts", "rules", "facts")
        }
        wanted = [*(str(one.uri) for one in listed), "consult://sources/premai"]
        rules = await read_as_json(client, "consult://rules")
        wanted.append(f"consult://rules/{rules[0]['id']}")
        return [await read_as_json(client, uri) for uri in wanted]

    read = ask(talk)
    assert all(read) and read[-2]["id"] == "premai" and read[-1]["when"]


def test_a_source_that_does_not_exist_is_refused_with_those_that_do(ask: Ask) -> None:
    error = error_of(ask, lambda client: client.read_resource("consult://sources/nonsense"))
    assert error.code == -32602 and "premai" in error.message
