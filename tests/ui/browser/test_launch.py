"""The browser app as a program: what it says on the terminal, and that it asks nobody for anything."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.peers.local import free_port
from tests.ui.browser.served import Served, serving
from ui.browser.launch import address

NOTED = """
import pathlib, sys
import requests
requests.get = lambda url, **_: pathlib.Path("asked").write_text(url)
sys.argv += ["--host", "0.0.0.0"]
from ui.cli import main
main()
"""


def test_a_page_of_another_origin_is_refused_without_asking_anyone_for_this_machines_address(tmp_path: Path) -> None:
    app = Served(tmp_path / "home", free_port(), folder=tmp_path, main=NOTED)
    with serving(app):
        stream = f"ws://127.0.0.1:{app.port}/_stcore/stream"
        with pytest.raises(InvalidStatus, match="403"), connect(stream, origin=Origin("https://elsewhere.example")):
            pass
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://localhost:80"), ("::1", "http://[::1]:80")],  # noqa: S104
)
def test_the_address_that_is_told_can_be_opened_on_this_machine(host: str, shown: str) -> None:
    assert address(host, 80) == shown
