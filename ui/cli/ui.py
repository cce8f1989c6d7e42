"""`consult ui`: the browser app."""

from typing import Annotated

import typer

from ui.cli.app import app


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve on.")] = 8501,
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    headless: Annotated[bool, typer.Option(help="Do not open a browser.")] = False,
) -> None:
    """Open the browser app."""
    from ui.browser.launch import address, check_ready, serve
    from ui.cli.office import operate
    from ui.cli.output import note

    operate(check_ready)
    if not headless:
        note(f"The browser app is at {address(host, port)}; Ctrl+C stops it.")
    serve(host, port, open_browser=not headless)
