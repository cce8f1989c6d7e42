"""Who writes, and what they wrote in a thread before we knew of it: all that is ever read from Slack."""

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from agent.mailbox import Letter, Mailbox
from ui.slack.incoming import from_message, place_of
from ui.slack.patience import wait_if_asked

logger = logging.getLogger(__name__)

MOST_NAMES = 10_000
PAGE = 200


class People:
    """Names of people, and the replies of one thread. Raises Later where Slack asks to wait."""

    def __init__(self, client: WebClient, mailbox: Mailbox, bot: str) -> None:
        self._client = client
        self._mailbox = mailbox
        self._bot = bot
        self._asked = lru_cache(maxsize=MOST_NAMES)(self._ask)

    def name(self, user: str) -> str:
        """The name that a person shows in Slack; the id where it cannot be asked for."""
        try:
            return self._asked(user)
        except SlackApiError as error:
            wait_if_asked(error)
            logger.info("The name of a user could not be asked for: %s", error.response.get("error"))
        except (SlackClientError, OSError) as error:
            logger.info("The name of a user could not be asked for: %s", error)
        return user

    def catch_up(self, letter: Letter) -> None:
        """Takes in the replies to a mention that reached us before the mention itself did."""
        channel, thread = place_of(letter.address)
        after = letter.id.rpartition(":")[2]
        try:
            for message in thread_messages(self._client, channel, thread):
                if message["ts"] > after and message.get("user") != self._bot:
                    self._take_in(letter.address, channel, message)
        except SlackApiError as error:
            wait_if_asked(error)
            logger.warning("The thread of a mention could not be read: %s", error.response.get("error"))

    def _take_in(self, address: str, channel: str, message: dict[str, Any]) -> None:
        team = address.split(":")[1]
        found = from_message({"team_id": team, "event": {**message, "channel": channel}}, self._bot)
        if found:
            self._mailbox.take_in(found.id, address, found.place, found.body)

    def _ask(self, user: str) -> str:
        profile = self._client.users_info(user=user)["user"]
        shown = profile.get("profile", {}).get("display_name") or profile.get("real_name") or profile.get("name")
        return str(shown or user)


def thread_messages(client: WebClient, channel: str, thread: str) -> Iterator[dict[str, Any]]:
    """The messages of one thread, in order."""
    cursor = ""
    while True:
        page = client.conversations_replies(channel=channel, ts=thread, limit=PAGE, cursor=cursor or None)
        yield from page["messages"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return
