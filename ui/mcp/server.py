"""The MCP server: tools whose arguments are checked before they run, and the knowledge as resources."""

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.tools import Tool
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from knowledge.versions import versions
from ui.mcp.resources import add_resources
from ui.mcp.tools import READING, Toolbox

NAME = "consult"
INSTRUCTIONS = (
    "Decides how to build on a language model: prompting, long context, retrieval, fine-tuning, or retrieval and "
    "fine-tuning together. Call decide with what is known, or hold a consultation with start_consultation and answer. "
    "Every figure and recommendation is computed from rules and dated prices; cite the claims that come with them."
)


class Server(MCPServer[Any]):
    """An MCP server that refuses what a tool does not take with the protocol's own error."""

    def __init__(self, tools: list[Tool]) -> None:
        super().__init__(
            name=NAME,
            title="LLM Architecture Consultant",
            instructions=INSTRUCTIONS,
            version=versions()["consult"],
            tools=tools,
            log_level="WARNING",
        )
        self._by_name = {tool.name: tool for tool in tools}

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool; raises MCPError (invalid params) that names what is extra, missing, too large or no tool."""
        if name not in self._by_name:
            raise MCPError(INVALID_PARAMS, f"There is no tool '{name}'; the tools are {', '.join(self._by_name)}.")
        try:
            self._by_name[name].fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            raise MCPError(INVALID_PARAMS, refusal(name, error)) from error
        return await super().call_tool(name, arguments, context)


def make_server(toolbox: Toolbox) -> Server:
    """The server over a toolbox; run it with `.run()` on stdio."""
    server = Server([_tool(name, function) for name, function in toolbox.tools().items()])
    add_resources(server)
    return server


def refusal(tool: str, error: ValidationError) -> str:
    """One sentence that names the argument and what is wrong with it; never its value."""
    first = error.errors(include_input=False, include_url=False)[0]
    name = first["loc"][0]
    match first["type"]:
        case "extra_forbidden":
            return f"{tool} takes no argument '{name}'."
        case "missing":
            return f"{tool} needs the argument '{name}'."
        case "string_too_long":
            limit = first["ctx"]["max_length"]
            return f"{tool}: the argument '{name}' is too large; the limit is {limit:,} characters."
    return f"{tool}: the argument '{name}' cannot be used: {first['msg']}."


def _tool(name: str, function: Any) -> Tool:
    reading = name in READING
    hints = ToolAnnotations(
        read_only_hint=reading, destructive_hint=False, idempotent_hint=reading, open_world_hint=False
    )
    tool = Tool.from_function(function, name=name, annotations=hints)
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool
