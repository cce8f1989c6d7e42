"""Opens a thread for a slash command, which has none of its own."""

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from agent.mailbox import Letter, Mailbox
from ui.render import blocks as kit
from ui.slack.courier import QUIET
from ui.slack.incoming import address_of, place_of
from ui.slack.patience import wait_if_asked
from ui.slack.text import cut, escaped
from ui.slack.words import word

logger = logging.getLogger(__name__)

LONGEST_QUOTED = 500
"""Characters shown of what the command said; whoever gave it sees all of it answered."""


class Opening:
    """Posts the first message of a thread and moves the letter there.

    A process that is killed between the two may leave a second first message: looking for the first would mean to
    read the channel, which the bot never does. The letter counts once all the same.
    """

    def __init__(self, client: WebClient, mailbox: Mailbox) -> None:
        self._client = client
        self._mailbox = mailbox

    def post(self, letter: Letter) -> str | None:
        """The address of the thread that was opened for a letter; None for a letter that has one. Raises Later."""
        channel, thread = place_of(letter.address)
        if letter.body["kind"] != "opened" or not thread.startswith("/"):
            return None
        text = word("opened", who=f"<@{letter.body['user']}>")
        quoted = f"\n> {escaped(cut(' '.join(letter.body['text'].split()), LONGEST_QUOTED))}"
        try:
            sent = self._client.chat_postMessage(
                channel=channel, text=text, blocks=kit.sections(text + quoted), **QUIET
            )
        except SlackApiError as error:
            return self._refused(letter, error)
        address = address_of(letter.address.split(":")[1], channel, sent["ts"])
        self._mailbox.move(letter.address, address)
        return address

    def _refused(self, letter: Letter, error: SlackApiError) -> str:
        wait_if_asked(error)
        logger.info("No thread could be opened: %s", error.response.get("error"))
        if letter.body["response_url"]:
            WebhookClient(letter.body["response_url"]).send(text=word("not_here"))
        self._mailbox.answer(letter, [])
        return letter.address
