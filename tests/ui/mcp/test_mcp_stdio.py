"""`consult mcp` as a client starts it: over stdin and stdout of a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from ui.mcp.tools import READING, TALKING

PROGRAM = [sys.executable, "-c", "from ui.cli import main; main(['mcp'])"]


def test_the_official_client_talks_to_the_command(home: Path) -> None:
    async def talk() -> Any:
        parameters = StdioServerParameters(command=PROGRAM[0], args=PROGRAM[1:], env=dict(os.environ))
        async with Client(parameters) as client:
            return await client.call_tool("decide", {"profile": {"gap": "knowledge", "needs_citations": True}})

    result = anyio.run(talk)
    assert result.structured_content["recommendation"]["option"] == "rag"


def test_stdout_carries_the_protocol_only(home: Path) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    lines = [hello, {"jsonrpc": "2.0", "method": "notifications/initialized"}]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("start_consultation", {}),
        ("decide", {"profile": {"gap": "bogus"}}),
        ("decide", {"profile": {"gap": "knowledge"}, "fast": True}),
        ("cost", {"profile": {"gap": "knowledge"}}),
        ("latency", {"profile": {"gap": "knowledge"}}),
        ("search_knowledge", {"query": "how often do the documents change"}),
        ("read_facts", {"text": "About 2,000 questions a day."}),
        ("audit_failures", {"path": "missing.csv"}),
        ("audit_dataset", {"path": "missing.jsonl"}),
        ("verify_memo", {"memo": "hello"}),
        ("answer", {"session": "no-such-session", "message": "hello"}),
    ]
    lines += [_call(number, tool, arguments) for number, (tool, arguments) in enumerate(calls, 2)]
    assert {tool for tool, _ in calls} == {*READING, *TALKING}
    env = {**os.environ, "CONSULT_NONSENSE": "1"}
    pipe = subprocess.PIPE
    process = subprocess.Popen(PROGRAM, text=True, env=env, stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(1 + len(calls))]
    process.stdin.close()
    rest, notes = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=20) == 0
    assert sorted(one["id"] for one in answers) == list(range(1, 2 + len(calls)))
    assert all(one["jsonrpc"] == "2.0" for one in answers)
    assert rest == "" and "CONSULT_NONSENSE" in notes


def _call(number: int, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
