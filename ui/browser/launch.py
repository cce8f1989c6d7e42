"""Starting the browser app with settings that keep it private."""

import logging
import threading
from contextlib import suppress
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path

from agent.operation.collection import settle
from agent.settings import load_settings
from ui.browser.theme import FLAGS as THEME
from ui.browser.typed import keep_until_posted

APP = Path(__file__).with_name("app.py")
UPLOAD_LIMIT_MB = 20

FIRST_NEEDED = ("ui.browser.chat", "ui.browser.panel", "ui.browser.start", "ui.browser.frame")

PRIVATE: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "server.maxUploadSize": UPLOAD_LIMIT_MB,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": False,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.disconnectedSessionTTL": 600,
    "logger.level": "warning",
    "logger.hideWelcomeMessage": True,
}
"""What Streamlit must be told: no usage statistics, no tracebacks to the browser, small uploads, no greeting."""


def serve(host: str = "127.0.0.1", port: int = 8501, open_browser: bool = True) -> None:
    """Runs the browser app until it is stopped; on this machine alone unless another host is named."""
    from streamlit.web import bootstrap

    flags = PRIVATE | THEME | {"server.address": host, "server.port": port, "server.headless": not open_browser}
    options = {name.replace(".", "_"): value for name, value in flags.items()}
    bootstrap.load_config_options(options)
    _look_nothing_up()
    keep_until_posted()
    if load_settings().log_format == "json":
        _log_with_the_others()
    threading.Thread(target=_warm_up, daemon=True).start()
    bootstrap.run(str(APP), False, [], options)


def address(host: str, port: int) -> str:
    """What to open in a browser on this machine."""
    with suppress(ValueError):  # a name
        host = "localhost" if ip_address(host).is_unspecified else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_ready() -> None:
    """Raises ConsultError where a message could not be answered now."""
    from ui.browser.consultancy import consultant

    consultant().check_ready()


def _look_nothing_up() -> None:
    """Where a page of another origin connects, Streamlit looks for this machine's addresses, also with servers."""
    from streamlit import net_util

    net_util.get_external_ip = lambda: None
    net_util.get_internal_ip = lambda: None


def _log_with_the_others() -> None:
    """Sends Streamlit's logs where all others go: left alone, it prints an error with the words that caused it."""
    from streamlit import logger

    def give_up_own_handler(one: logging.Logger) -> None:
        one.handlers = []
        one.propagate = True

    logger.setup_formatter = give_up_own_handler  # type: ignore[assignment]  # in the place of its own
    logger.update_formatter()


def _warm_up() -> None:
    """Loads what the first page needs while the server starts, and what the first answer needs after that.

    What was loaded then is left out of garbage collection: looking through all of it would hold up every visitor.
    """
    for module in FIRST_NEEDED:
        import_module(module)
    from ui.browser import inbox

    inbox.sweep()
    settle()
