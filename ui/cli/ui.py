"""`consult ui`: the browser app."""

import subprocess
import sys
from importlib.resources import files
from typing import Annotated

import typer

from ui.cli.app import app

OPTIONS = {
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "viewer",
    "server.maxUploadSize": "25",
}
"""Nothing is reported, no traceback reaches the browser, uploads stay small."""


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve on.")] = 8501,
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    headless: Annotated[bool, typer.Option(help="Do not open a browser.")] = False,
) -> None:
    """Open the browser app."""
    settings = OPTIONS | {
        "server.port": str(port),
        "server.address": host,
        "server.headless": str(headless).lower(),
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    script = str(files("ui") / "browser" / "app.py")
    command = [sys.executable, "-m", "streamlit", "run", script, *arguments]
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603  (our own script and options)
