"""`consult mcp`: the tools as an MCP server on stdio."""

from ui.cli.app import app


@app.command()
def mcp() -> None:
    """Serve the tools to coding assistants and other agents, as an MCP server on stdio."""
    from knowledge.errors import UnavailableError
    from ui.cli.office import settings

    try:
        from ui.mcp.server import make_server
        from ui.mcp.tools import Toolbox
    except ModuleNotFoundError as error:
        raise UnavailableError(
            'MCP is not installed; add it with: pip install "llm-architecture-consultant[mcp]".'
        ) from error
    make_server(Toolbox(settings())).run()
