"""The browser app as a user gets it: `consult ui` in a process of its own, and a real Chromium in front of it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, Request

from tests.peers.local import wait_until_up

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-pings --dns-prefetch-disable"
).split()
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost")
"""The browser looks nothing up and asks nobody by itself, so that what is asked for is what the pages ask for."""
SECONDS = 45
START = "Describe your situation"
ANSWER = "Answer in your own words, correct something, or ask"


def chromium() -> str | None:
    """Where the system's Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Served:
    """A running app on a data folder; it can be killed and started again on the same port."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    off_origin: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    """Where it is started; Streamlit looks for its secrets there."""
    main: str = "from ui.cli import main; main()"

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        command = [sys.executable, "-c", self.main, "ui", "--headless", "--port", str(self.port)]
        environment = {**os.environ, "CONSULT_HOME": str(self.home), **self.environment}
        self.process = subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_until_up(f"{self.url}/_stcore/health", self.process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(SECONDS)
            self.process = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """The server stands still for the time of a block, as on a machine that is busy elsewhere."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)


@contextmanager
def serving(app: Served) -> Iterator[Served]:
    """The app for the time of a block."""
    app.start()
    try:
        yield app
    finally:
        app.stop()


def launched(playwright: Playwright) -> Browser:
    """A Chromium without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@contextmanager
def visitor(
    browser: Browser, app: Served, width: int = 1440, height: int = 1000, scheme: str = "light"
) -> Iterator[Page]:
    """A page of someone new; every request beyond the app is noted."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    context.set_default_timeout(SECONDS * 1000)

    def note(request: Request) -> None:
        if not request.url.startswith((app.url, app.url.replace("http", "ws"), "data:", "blob:")):
            app.off_origin.append(request.url)

    context.on("request", note)
    try:
        yield context.new_page()
    finally:
        context.close()


def settled(page: Page) -> None:
    """Waits until the script has run to its end."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def opened(page: Page, app: Served, path: str = "/") -> None:
    """Opens a page and waits until it is drawn."""
    page.goto(app.url + path)
    page.locator(".st-key-nav a").first.wait_for()
    settled(page)


def begin(page: Page, app: Served, text: str) -> str:
    """Starts a consultation by typing; returns its session."""
    opened(page, app)
    page.get_by_role("textbox", name=START).fill(text)
    page.keyboard.press("Enter")
    page.locator(".st-key-lead").wait_for()
    page.wait_for_url("**session=*")
    settled(page)
    return page.url.split("session=")[1]


def say(page: Page, text: str) -> None:
    """Types a message and waits for what it leads to."""
    page.get_by_role("textbox", name=ANSWER).fill(text)
    page.keyboard.press("Enter")
    replied_to(page, text)


def replied_to(page: Page, text: str) -> None:
    """Waits until a message is shown with an answer below it."""
    mine = page.get_by_test_id("stChatMessage").filter(has_text=text).last
    mine.wait_for()
    page.get_by_test_id("stChatMessage").last.filter(has_not_text=text).wait_for()
    page.get_by_text("Working it out…").wait_for(state="detached")
    settled(page)


def messages(page: Page) -> list[str]:
    """What the visitor said, as the page shows it."""
    mine = page.locator('[data-testid="stChatMessage"]:has([data-testid="stChatMessageAvatarUser"])')
    return [text.strip() for text in mine.get_by_test_id("stText").all_inner_texts()]
