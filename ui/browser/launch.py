"""Starting the browser app with settings that keep it private."""

import threading
from pathlib import Path

from ui.browser.theme import FLAGS as THEME

APP = Path(__file__).with_name("app.py")
UPLOAD_LIMIT_MB = 20

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
    "server.disconnectedSessionTTL": 600,
    "logger.level": "warning",
}
"""What Streamlit must be told: no usage statistics, no tracebacks to the browser, small uploads."""


def serve(host: str = "127.0.0.1", port: int = 8501, open_browser: bool = True) -> None:
    """Runs the browser app until it is stopped; on this machine alone unless another host is named."""
    from streamlit.web import bootstrap

    flags = PRIVATE | THEME | {"server.address": host, "server.port": port, "server.headless": not open_browser}
    options = {name.replace(".", "_"): value for name, value in flags.items()}
    bootstrap.load_config_options(options)
    threading.Thread(target=_warm_up, daemon=True).start()
    bootstrap.run(str(APP), False, [], options)


def _warm_up() -> None:
    """Loads what the first page needs while the server starts."""
    from ui.browser.consultancy import consultant

    consultant()
