"""Delivers answers to Slack: each once, also when the program was stopped between sending and noting that it was."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from agent.mailbox import Letter, Mailbox
from knowledge.errors import UnavailableError
from ui.slack.incoming import place_of
from ui.slack.patience import Later, Pauses, must_wait, seconds_asked, wait_if_asked
from ui.slack.people import thread_messages
from ui.slack.upload import share_files
from ui.slack.words import word

logger = logging.getLogger(__name__)

FORMATS = (".md", ".pdf", ".docx")
LONGEST_WAIT_S = 60.0
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}
"""No previews of links, and no names made into mentions."""

MemoFiles = Callable[[str, int], Callable[[str], bytes]]
"""The memo of a session as it stood at a turn; given a suffix, it comes in that format."""


class Courier:
    """Delivers the answers of a thread in order; the caller holds the thread's lease."""

    def __init__(self, client: WebClient, mailbox: Mailbox, memo_files: MemoFiles) -> None:
        self._client = client
        self._mailbox = mailbox
        self._memo_files = memo_files
        self._pauses = Pauses()
        self._refused: set[str] = set()
        self._attempts: dict[str, int] = {}

    def deliver(self, letter: Letter) -> None:
        """Delivers one answer; raises Later where it has to be tried again."""
        channel, _ = place_of(letter.address)
        self._pauses.check(channel)
        try:
            if not letter.begun:
                self._mailbox.begin(letter.id)
            if not letter.begun or letter.id in self._refused or not self._arrived(letter):
                self._send(letter)
        except Later as later:
            self._pauses.begin(channel, later.seconds)
            raise
        except SlackApiError as error:
            self._judge(letter, error)
        except (URLError, OSError, SlackClientError) as error:
            self._refused.discard(letter.id)
            raise Later(self._patience(letter)) from error
        self._mailbox.delivered(letter)
        self._refused.discard(letter.id)
        self._attempts.pop(letter.id, None)

    def show_busy(self, address: str) -> None:
        """Shows in a conversation with the bot that an answer is on its way; a courtesy that nothing depends on."""
        channel, thread = place_of(address)
        if not channel.startswith("D"):
            return
        try:
            self._client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=word("busy"))
        except (SlackApiError, SlackClientError, OSError) as error:
            logger.info("Slack did not show that an answer is on its way: %s", error)

    def _send(self, letter: Letter) -> None:
        """Sends an answer; what Slack refused did not arrive and need not be looked for."""
        try:
            self._sent(letter)
        except (SlackApiError, Later):
            self._refused.add(letter.id)
            raise

    def _sent(self, letter: Letter) -> None:
        channel, thread = place_of(letter.address)
        body = letter.body
        match body["kind"]:
            case "say":
                self._post(letter, channel, thread)
            case "card":
                self._card(letter, channel, thread)
            case "whisper":
                place = {"channel": channel, "user": body["user"], "thread_ts": thread}
                self._client.chat_postEphemeral(**place, text=body["text"])
            case "files":
                self._upload(letter, channel, thread)

    def _post(self, letter: Letter, channel: str, thread: str) -> SlackResponse:
        blocks = _marked(letter)
        return self._client.chat_postMessage(
            channel=channel, thread_ts=thread, text=letter.body["text"], blocks=blocks, **QUIET
        )

    def _card(self, letter: Letter, channel: str, thread: str) -> None:
        """Posts the decision card once per thread and brings it up to date from then on."""
        known = self._mailbox.thread(letter.address)
        ts = known.state.get("card") if known else None
        if not ts or not self._updated(letter, channel, ts):
            self._mailbox.keep(letter.address, card=self._post(letter, channel, thread)["ts"])

    def _updated(self, letter: Letter, channel: str, ts: str) -> bool:
        """Whether the card could be brought up to date; it cannot where someone removed it."""
        try:
            self._client.chat_update(channel=channel, ts=ts, text=letter.body["text"], blocks=_marked(letter))
        except SlackApiError as error:
            if error.response.get("error") == "message_not_found":
                return False
            raise
        return True

    def _upload(self, letter: Letter, channel: str, thread: str) -> None:
        """One message with the memo in every format that can be made here."""
        made, missing = self._files(letter)
        note = letter.body["text"]
        if missing:
            note += " " + word("files_missing", formats=", ".join(missing))
        share_files(self._client, made, channel, thread, note)

    def _files(self, letter: Letter) -> tuple[dict[str, bytes], list[str]]:
        made, missing = {}, []
        memo = self._memo_files(letter.body["session"], letter.body["turn"])
        for suffix in FORMATS:
            try:
                made[_file_name(letter, suffix)] = memo(suffix)
            except UnavailableError as error:
                logger.info("The memo is sent without %s: %s", suffix, error)
                missing.append(suffix)
        return made, missing

    def _arrived(self, letter: Letter) -> bool:
        """Whether an answer that may have been sent stands in the thread."""
        kind = letter.body["kind"]
        if kind == "whisper":
            return True  # nobody can look whether it was shown; shown twice would be the worse of the two
        for message in self._thread(letter):
            if kind == "files" and any(
                file.get("name") == _file_name(letter, FORMATS[0]) for file in message.get("files", [])
            ):
                return True
            if any(block.get("block_id") == letter.id for block in message.get("blocks", [])):
                if kind == "card":
                    self._mailbox.keep(letter.address, card=message["ts"])
                return True
        return False

    def _thread(self, letter: Letter) -> list[dict[str, Any]]:
        """The messages of the letter's thread; none where Slack will not show them, as an answer twice beats none."""
        try:
            return list(thread_messages(self._client, *place_of(letter.address)))
        except SlackApiError as error:
            if must_wait(error):
                raise
            logger.error("The thread of an answer could not be read: %s", error.response.get("error"))
            return []

    def _judge(self, letter: Letter, error: SlackApiError) -> None:
        """Waits where Slack asks for it or is out of order; what it will never take is logged and left."""
        if error.response.status_code == 429:
            self._pauses.begin(place_of(letter.address)[0], seconds_asked(error.response.headers))
            wait_if_asked(error)
        if must_wait(error):
            self._refused.discard(letter.id)  # it may have been taken all the same
            raise Later(self._patience(letter)) from error
        logger.error("Slack refused an answer in %s: %s", letter.address, error.response.get("error"))

    def _patience(self, letter: Letter) -> float:
        self._attempts[letter.id] = self._attempts.get(letter.id, 0) + 1
        return float(min(0.5 * 2 ** self._attempts[letter.id], LONGEST_WAIT_S))


def _marked(letter: Letter) -> list[dict[str, Any]]:
    """The blocks with the answer's id on the first, by which it can be found in the thread."""
    first, *rest = letter.body["blocks"]
    return [{**first, "block_id": letter.id}, *rest]


def _file_name(letter: Letter, suffix: str) -> str:
    return f"decision-memo-{letter.id[3:9]}{suffix}"
