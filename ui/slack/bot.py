"""The Slack bot as a whole: its parts put together, and the two ways in which it talks to Slack."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from agent.consultation import Consultant
from agent.database import open_database
from agent.mailbox import Mailbox
from agent.settings import Settings
from knowledge.errors import UnavailableError
from tools.cost.report import estimate_costs
from tools.profile import Profile
from ui.slack.clerk import Clerk
from ui.slack.courier import Courier
from ui.slack.opening import Opening
from ui.slack.people import People
from ui.slack.reception import Reception
from ui.slack.settings import SlackSettings, Transport
from ui.slack.workers import Workers

logger = logging.getLogger(__name__)

PATH = "/slack/events"
LISTENERS = 16
TIMEOUT_S = 20


class Bot:
    """The bot of one workspace. Raises InputError for settings that cannot be used, UnavailableError where Slack
    refuses them or cannot be reached."""

    def __init__(
        self,
        slack: SlackSettings,
        settings: Settings,
        transport: Transport,
        consultant: Consultant | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        slack.check(transport)
        self._slack = slack
        self._settings = settings
        self._client = WebClient(token=slack.bot_token.get_secret_value(), base_url=slack.api_url, timeout=TIMEOUT_S)
        self._consultant = consultant or Consultant(settings)
        self._database = open_database(settings)
        self._mailbox = Mailbox(self._database, now)
        who = self._introduce()
        people = People(self._client, self._mailbox, who["user_id"])
        clerk = Clerk(self._consultant, self._mailbox, people, self._costs, slack.browser_url)
        courier = Courier(self._client, self._mailbox, self._memo_files)
        self.workers = Workers(self._mailbox, clerk, courier, Opening(self._client, self._mailbox))
        self.app = self._app()
        Reception(slack, self._mailbox, self.workers.nudge, who["team_id"], who["user_id"], now).listen(self.app)

    def serve_http(self, host: str, port: int) -> None:
        """Serves Slack's requests until it is stopped; every one must carry a valid signature."""
        import uvicorn

        self.start()
        uvicorn.run(self.asgi(), host=host, port=port, log_level="warning")
        self.close()

    def asgi(self) -> Any:
        """The ASGI application that takes Slack's requests at `/slack/events`."""
        from slack_bolt.adapter.asgi import SlackRequestHandler

        return SlackRequestHandler(self.app, path=PATH)

    def connect(self) -> Any:
        """Connects by Socket Mode, which needs no public address; returns the connection."""
        from slack_bolt.adapter.socket_mode import SocketModeHandler

        self.start()
        handler = SocketModeHandler(self.app, self._slack.app_token.get_secret_value())
        try:
            handler.connect()  # type: ignore[no-untyped-call]
        except (SlackApiError, SlackClientError, OSError) as error:
            raise UnavailableError(_refusal("SLACK_APP_TOKEN", error)) from error
        return handler

    def start(self) -> None:
        """Takes up what a stopped program left behind."""
        self.workers.start()

    def check_ready(self) -> None:
        """Raises ConsultError where a message could not be answered now."""
        self._consultant.check_ready()

    def close(self) -> None:
        """Finishes what is being worked on and gives files back."""
        self.workers.close()
        self._consultant.close()
        self._database.close()

    def _introduce(self) -> dict[str, Any]:
        """Who we are to Slack."""
        try:
            found = self._client.auth_test()
        except (SlackApiError, SlackClientError, OSError) as error:
            raise UnavailableError(_refusal("SLACK_BOT_TOKEN", error)) from error
        return {"team_id": found["team_id"], "user_id": found["user_id"]}

    def _app(self) -> App:
        try:
            return App(
                client=self._client,
                signing_secret=self._slack.signing_secret.get_secret_value() or None,
                listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack-listener"),
                logger=_bolt_logger(),
            )
        except (BoltError, SlackClientError, OSError) as error:
            raise UnavailableError(_refusal("SLACK_BOT_TOKEN", error)) from error

    def _costs(self, profile: Profile) -> dict[str, Any]:
        return estimate_costs(profile, self._settings.date(), self._settings.price_table()).document()

    def _memo_files(self, session: str, turn: int) -> Callable[[str], bytes]:
        from agent.memo.again import write_again
        from ui.render.export import render

        ledger = self._consultant.ledger(session).until(turn + 1)
        told = self._consultant.transcript(session)
        return partial(render, write_again(ledger.profile, ledger.heard, told, self._settings))


def _bolt_logger() -> logging.Logger:
    """Bolt's errors; its warnings are hints for whoever writes an app."""
    quiet = logging.getLogger("ui.slack.bolt")
    quiet.setLevel(logging.ERROR)
    return quiet


def _refusal(setting: str, error: Exception) -> str:
    """Why Slack cannot be used, with the setting to look at and never its value."""
    if isinstance(error, SlackApiError):
        return (
            f"Slack refused the token in {setting} ({error.response.get('error')}); copy it again from the app's page."
        )
    if isinstance(error, OSError):
        return f"Slack cannot be reached: {getattr(error, 'reason', None) or error.strerror or 'no answer'}. Try again."
    return f"Slack cannot be used with the token in {setting}; copy it again from the app's page."
