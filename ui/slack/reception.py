"""Takes in what Slack sends: kept before it is acknowledged, so that nothing is lost and nothing counts twice."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltContext, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from agent.mailbox import Mailbox
from ui.slack.form import CALLBACK, answers_of, open_facts_form
from ui.slack.incoming import Incoming, address_of, from_click, from_command, from_form, from_message
from ui.slack.settings import SlackSettings
from ui.slack.words import word, words

logger = logging.getLogger(__name__)

Nudge = Callable[[str], None]
Payload = dict[str, Any]


class Reception:
    """The listeners of the app. Each keeps a letter and acknowledges; the work is done elsewhere."""

    def __init__(
        self, settings: SlackSettings, mailbox: Mailbox, nudge: Nudge, team: str, bot: str, now: Callable[[], float]
    ) -> None:
        """`now` gives the time in seconds since 1970, which orders what has no timestamp of Slack's own."""
        self._settings = settings
        self._mailbox = mailbox
        self._nudge = nudge
        self._team = team
        self._bot = bot
        self._now = now

    def listen(self, app: App) -> None:
        """Registers everything that the bot listens to."""
        app.use(self.speech)
        app.event("app_home_opened")(self.home_opened)
        app.event("assistant_thread_started")(self.thread_started)
        for event in ("assistant_thread_context_changed", "app_context_changed", "app_mention", "message"):
            app.event(event)(lambda: None)
        app.command("/consult")(self.command)
        app.action("form")(self.show_form)
        app.action("link")(lambda ack: ack())
        for pattern in (r"answer-.*", r"command-.*", "costs"):
            app.action(re.compile(pattern))(self.click)
        app.view(CALLBACK)(self.submission)

    def speech(self, body: Payload, context: BoltContext, client: WebClient, next: Callable[[], Any]) -> Any:
        """Keeps mentions and messages before Slack is told that they arrived; all else goes on to its listener."""
        event = body.get("event") or {}
        if event.get("type") not in ("app_mention", "message"):
            return next()
        letter = from_message(body, self._bot)
        if letter and self._addressed(event, letter):
            if self._allowed(letter):
                self._take_in(letter)
            else:
                self._refuse(letter, client)
        return BoltResponse(status=200)

    def command(self, ack: Ack, body: Payload) -> None:
        """`/consult` with a description opens a thread; without one it says how it is used."""
        letter = from_command(body, self._stamp())
        if not self._allowed(letter):
            ack(word("not_allowed"))
        elif not letter.body["text"] or letter.body["text"].lower() == "help":
            ack(word("usage"))
        else:
            self._take_in(letter)
            ack()

    def click(self, ack: Ack, body: Payload, client: WebClient) -> None:
        """A click on an answer, on a command or on the costs."""
        letter = from_click(body)
        if letter and self._allowed(letter):
            self._take_in(letter)
        elif letter:
            self._refuse(letter, client)
        ack()

    def show_form(self, ack: Ack, body: Payload, client: WebClient) -> None:
        """Opens the form with everything that is open in this thread."""
        ack()
        container = body["container"]
        thread = body.get("message", {}).get("thread_ts") or container.get("thread_ts") or container["message_ts"]
        if not self._welcome(body["team"]["id"], container["channel_id"], body["user"]["id"]):
            return
        address = address_of(body["team"]["id"], container["channel_id"], thread)
        known = self._mailbox.thread(address)
        facts = known.state.get("open", []) if known else []
        view = open_facts_form(facts, json.dumps({"address": address}))
        _try("open the form", lambda: client.views_open(trigger_id=body["trigger_id"], view=view))

    def submission(self, ack: Ack, body: Payload, view: Payload) -> None:
        """Takes the form's answers in, or says in the form what is wrong with them."""
        answers, errors = answers_of(view)
        if not answers and not errors and view["state"]["values"]:
            errors = {next(iter(view["state"]["values"])): word("form_nothing")}
        if errors:
            ack(response_action="errors", errors=errors)
            return
        letter = from_form(body, json.loads(view["private_metadata"])["address"], answers, self._stamp())
        if answers and self._allowed(letter):
            self._take_in(letter)
        ack()

    def home_opened(self, event: Payload, client: WebClient) -> None:
        """Offers situations to start with, above the empty conversation with the bot."""
        if event.get("tab") == "messages":
            _suggest(client, channel_id=event["channel"])

    def thread_started(self, event: Payload, client: WebClient) -> None:
        """The same for apps that were set up with the older assistant pane."""
        thread = event["assistant_thread"]
        _suggest(client, channel_id=thread["channel_id"], thread_ts=thread["thread_ts"])

    def _addressed(self, event: Payload, letter: Incoming) -> bool:
        """A mention, a direct message, or a reply in a thread that is a consultation; all else is ignored."""
        if event["type"] == "app_mention" or event.get("channel_type") == "im":
            return True
        return self._mailbox.thread(letter.address) is not None

    def _allowed(self, letter: Incoming) -> bool:
        return self._welcome(letter.team, letter.channel, letter.user)

    def _welcome(self, team: str, channel: str, user: str) -> bool:
        """Whether the bot may be talked to: by the lists, and from another workspace only where one names it."""
        mine = team == self._team or bool(self._settings.allowed_teams.strip())
        return mine and self._settings.allows(team, channel, user)

    def _take_in(self, letter: Incoming) -> None:
        if self._mailbox.take_in(letter.id, letter.address, letter.place, letter.body):
            self._nudge(letter.address)

    def _stamp(self) -> str:
        return f"{self._now():.6f}"

    def _refuse(self, letter: Incoming, client: WebClient) -> None:
        place: dict[str, Any] = {"channel": letter.channel, "user": letter.user, "thread_ts": letter.thread}
        _try("say who may talk to the bot", lambda: client.chat_postEphemeral(**place, text=word("not_allowed")))


def _suggest(client: WebClient, **place: str) -> None:
    prompts = [prompt.model_dump() for prompt in words().prompts]
    parameters = {**place, "prompts": json.dumps(prompts)}
    _try("suggest prompts", lambda: client.api_call("assistant.threads.setSuggestedPrompts", params=parameters))


def _try(what: str, call: Callable[[], object]) -> None:
    """A courtesy that nothing depends on: where Slack refuses it, that is logged."""
    try:
        call()
    except (SlackApiError, SlackClientError, OSError) as error:
        logger.info("Slack did not let the bot %s: %s", what, error)
