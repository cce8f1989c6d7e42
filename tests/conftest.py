"""What every test runs in: a data folder of its own, no network beyond this machine, nothing reported anywhere."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

os.environ.update(
    ANONYMIZED_TELEMETRY="False",
    LANGCHAIN_TRACING_V2="false",
    LANGSMITH_TRACING="false",
    STREAMLIT_BROWSER_GATHER_USAGE_STATS="false",
    CONSULT_AS_OF="2026-11-20",
)
for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CONSULT_LANGUAGE_MODEL", "CONSULT_DATABASE_URL", "CONSULT_PRICES"):
    os.environ.pop(name, None)

# A busy machine is no failure: how long an example took is not looked at.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the user's data folder or reaches beyond this machine."""
    os.environ["CONSULT_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Only this machine may be connected to; sockets within it are allowed."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONSULT_HOME", str(folder))
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In continuous integration a test skipped for a missing part is named."""
    if os.environ.get("CI") == "true":
        for report in terminalreporter.stats.get("skipped", []):
            terminalreporter.write_line(f"skipped, which counts as a failure here: {report.nodeid}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In continuous integration a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if os.environ.get("CI") == "true" and skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
