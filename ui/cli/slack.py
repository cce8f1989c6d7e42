"""`consult slack`: the consultation in Slack."""

import logging
from importlib.resources import files
from typing import Annotated, Literal

import typer

from ui.cli.app import app
from ui.cli.output import note


@app.command()
def slack(
    transport: Annotated[
        Literal["socket", "http"] | None,
        typer.Option(help="Socket Mode needs no public address; HTTP is for production. Default: by the tokens set."),
    ] = None,
    host: Annotated[str, typer.Option(help="The address to serve on, with HTTP.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve on, with HTTP.")] = 3000,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the manifest to make the Slack app from.")
    ] = False,
) -> None:
    """Run the Slack bot: mentions, direct messages, the assistant pane and /consult."""
    if manifest:
        print((files("ui") / "slack" / "manifest.yaml").read_text(encoding="utf-8"), end="")
        return
    from agent.operation.collection import settle
    from knowledge.errors import UnavailableError
    from ui.cli.office import operate, settings

    try:
        from ui.slack.bot import Bot
        from ui.slack.settings import SlackSettings
    except ModuleNotFoundError as error:
        add = 'pip install "llm-architecture-consultant[slack]"'
        raise UnavailableError(f"The Slack bot is not installed; add it with: {add}.") from error
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    chosen = SlackSettings()
    way = chosen.transport(transport)
    bot = Bot(chosen, settings(), way)
    operate(bot.check_ready)
    settle()
    if way == "http":
        note(f"Listening for Slack on http://{host}:{port}/slack/events.")
        return bot.serve_http(host, port)
    bot.connect()
    note("Connected to Slack; mention the bot or write to it. Stop with Ctrl-C.")
    _wait_until_stopped()
    bot.close()


def _wait_until_stopped() -> None:
    from threading import Event

    try:
        Event().wait()
    except KeyboardInterrupt:
        note("Stopping; what is still open is taken up at the next start.")
