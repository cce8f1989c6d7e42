# ruff: noqa: S310  (every address is one of this machine)
"""A consultation through a Slack that others wrote: npm `emulate` 0.11.2, with only the scopes of our manifest.

npm install --prefix FOLDER emulate@0.11.2
PATH=FOLDER/node_modules/.bin:$PATH pytest -m opt_in tests/ui/slack/test_slack_with_emulate.py

It is a stateful Web API: messages, threads, updates, files, forms, users. It has no Socket Mode, sends no clicks and no
signatures, and knows no assistant; what Slack would send is made and signed here, from what it holds.
"""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from agent.consultation import Consultant
from agent.settings import load_settings
from tests.peers.local import free_port, wait_until_up
from tests.peers.slack import SECRET
from tests.peers.slack_messages import is_card, labels, shown
from tests.ui.slack.conftest import served
from ui.slack.bot import Bot
from ui.slack.form import CALLBACK
from ui.slack.incoming import address_of
from ui.slack.settings import SlackSettings

pytestmark = pytest.mark.opt_in

BOT_TOKEN, SECONDS = "xoxb-emulated-bot", 30
PEOPLE = {"ana": "xoxp-ana", "ben": "xoxp-ben"}
Message = dict[str, Any]


class Emulated:
    """The workspace: people speak through the Web API, and what Slack would send is posted to the bot."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bot_url = ""
        self._people = {name: WebClient(token, base_url=f"{url}/api/") for name, token in PEOPLE.items()}
        self._reader = self._people["ana"]
        channels = self._reader.conversations_list()["channels"]
        self.channel = next(one["id"] for one in channels if one["name"] == "general")
        self._bot = WebClient(BOT_TOKEN, base_url=f"{url}/api/").auth_test()

    def say(self, who: str, text: str, thread: str | None = None) -> str:
        """Someone writes in the channel; a mention where no thread is given."""
        text = text if thread else f"<@{self._bot['user_id']}> {text}"
        sent = self._people[who].chat_postMessage(channel=self.channel, text=text, thread_ts=thread)
        event = {**sent["message"], "channel": self.channel, "channel_type": "channel", "text": text}
        event |= {"user": self.id_of(who), "type": "message" if thread else "app_mention"}
        self._send(json.dumps({"type": "event_callback", "team_id": self._bot["team_id"], "event": event}))
        return str(sent["ts"])

    def click(self, who: str, message: Message, label: str) -> None:
        """Someone clicks a button of a message."""
        rows = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
        action = {**next(one for one in rows if one["text"]["text"] == label), "action_ts": f"{time.time():.6f}"}
        payload: dict[str, Any] = {
            "type": "block_actions",
            "team": {"id": self._bot["team_id"]},
            "user": {"id": self.id_of(who)},
        }
        payload |= {"container": {"message_ts": message["ts"], "channel_id": self.channel}, "actions": [action]}
        payload |= {"message": {"ts": message["ts"], "thread_ts": message["thread_ts"]}}
        app = WebClient(BOT_TOKEN, base_url=f"{self.url}/api/")  # a trigger belongs to the app and to whoever clicked
        trigger = app.api_call("views.generateTriggerId", json={"user_id": self.id_of(who)})
        self._form({**payload, "trigger_id": trigger["trigger_id"]})

    def submit(self, who: str, view: Message, values: dict[str, str]) -> None:
        """Someone fills in the form."""
        state = {name: {"given": {"value": value}} for name, value in values.items()}
        payload = {"type": "view_submission", "team": {"id": self._bot["team_id"]}, "user": {"id": self.id_of(who)}}
        shown_view = {**view, "type": "modal", "id": "V1", "state": {"values": state}}
        self._form({**payload, "view": shown_view})

    def id_of(self, who: str) -> str:
        """A person's id."""
        return str(self._people[who].auth_test()["user_id"])

    def thread(self, thread: str) -> list[Message]:
        """The bot's messages in a thread."""
        found = self._reader.conversations_replies(channel=self.channel, ts=thread)["messages"]
        return [one for one in found if one["user"] == self._bot["user_id"]]

    def replies(self, thread: str) -> list[Message]:
        """The same without the card and files."""
        return [one for one in self.thread(thread) if not is_card(one) and not one.get("files")]

    def wait(self, ready: Callable[[], Any]) -> Any:
        """What `ready` gives, as soon as it is true."""
        ends = time.monotonic() + SECONDS
        while not (found := ready()):
            if time.monotonic() > ends:
                raise TimeoutError("waited in vain")
            time.sleep(0.05)
        return found

    def wait_for_replies(self, thread: str, count: int) -> list[Message]:
        """The replies, as soon as there are so many."""
        found: list[Message] = self.wait(lambda: len(all_ := self.replies(thread)) >= count and all_)
        return found

    def inspected(self, tab: str) -> str:
        """A page of the emulator's inspector."""
        with urllib.request.urlopen(f"{self.url}/?tab={tab}", timeout=SECONDS) as answer:
            return str(answer.read().decode())

    def address(self, thread: str) -> str:
        """The address of a thread."""
        return address_of(self._bot["team_id"], self.channel, thread)

    def download(self, file: Message) -> bytes:
        """The bytes of a file, as a person of the workspace gets them."""
        request = urllib.request.Request(file["url_private"], headers={"Authorization": f"Bearer {PEOPLE['ana']}"})
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return bytes(answer.read())

    def _form(self, payload: Message) -> None:
        body = urllib.parse.urlencode({"payload": json.dumps(payload)})
        self._send(body, "application/x-www-form-urlencoded")

    def _send(self, body: str, kind: str = "application/json") -> None:
        now = str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body) or ""
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}
        with urllib.request.urlopen(urllib.request.Request(self.bot_url, body.encode(), headers), timeout=SECONDS):
            pass


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[Emulated]:
    """The running emulator."""
    program = shutil.which("emulate")
    if program is None:
        pytest.skip("emulate of npm emulate@0.11.2 is not on the path")
    seed, port = tmp_path / "seed.yaml", free_port()
    seed.write_text(yaml.safe_dump(workspace()))
    command = [program, "start", "-s", "slack", "-p", str(port), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url)
        yield Emulated(url)
        process.terminate()


def workspace() -> dict[str, Any]:
    """A workspace with two people and the bot, whose token has the scopes of our manifest and no others."""
    manifest = yaml.safe_load((files("ui") / "slack" / "manifest.yaml").read_text(encoding="utf-8"))
    tokens: list[dict[str, Any]] = [{"token": token, "user": name, "type": "user"} for name, token in PEOPLE.items()]
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    tokens.append({"token": BOT_TOKEN, "user": "consult", "type": "bot", "scopes": scopes})
    users = [{"name": "ana", "real_name": "Ana"}, {"name": "ben", "real_name": "Ben"}, {"name": "consult"}]
    channels = [{"name": "general"}]
    return {"slack": {"strict_scopes": True, "users": users, "channels": channels, "tokens": tokens}}


@pytest.fixture
def thread(emulated: Emulated, consultant: Consultant) -> Iterator[str]:
    """A consultation that was begun by a mention."""
    settings = SlackSettings(
        bot_token=SecretStr(BOT_TOKEN), signing_secret=SecretStr(SECRET), api_url=f"{emulated.url}/api/"
    )
    bot = Bot(settings, load_settings(), "http", consultant)
    bot.start()
    with served(bot) as url:
        emulated.bot_url = url
        begun = emulated.say("ana", "A bot gap=knowledge update_frequency=weekly")
        emulated.wait_for_replies(begun, 1)
        yield begun
    bot.close()


def facts(consultant: Consultant) -> dict[str, Any]:
    """The facts of the session."""
    return consultant.ledger(consultant.sessions()[0].id).facts_document()


def test_a_consultation_by_text_with_two_people_ends_with_three_files(
    emulated: Emulated, thread: str, consultant: Consultant
) -> None:
    emulated.say("ben", "update_frequency=daily queries_per_day=2000", thread)
    question = emulated.wait_for_replies(thread, 2)[-1]
    assert all(word in shown(question) for word in ("ana", "update_frequency=weekly", "ben", "update_frequency=daily"))
    emulated.click("ana", question, labels(question)[0])
    emulated.wait_for_replies(thread, 3)
    emulated.say("ana", "memo", thread)
    (shared,) = emulated.wait(lambda: [one for one in emulated.thread(thread) if one.get("files")])
    beginnings = [emulated.download(file)[:4] for file in shared["files"]]
    assert [beginnings[0][:2], *beginnings[1:]] == [b"# ", b"%PDF", b"PK\x03\x04"]
    assert facts(consultant)["queries_per_day"] == facts(consultant)["queries_per_day"] | {"value": 2000, "by": "ben"}
    cards = [one for one in emulated.thread(thread) if is_card(one)]
    assert len(cards) == 1 and cards[0]["edited"]


def test_the_form_is_opened_and_taken(emulated: Emulated, thread: str, consultant: Consultant) -> None:
    emulated.click("ben", next(one for one in emulated.thread(thread) if is_card(one)), "All questions")
    emulated.wait(lambda: "Fill in what you know" in emulated.inspected("views"))
    view = {"private_metadata": json.dumps({"address": emulated.address(thread)}), "callback_id": CALLBACK}
    emulated.submit("ben", view, {"queries_per_day": "2k", "labeled_examples": "500 to 1k"})
    emulated.wait_for_replies(thread, 2)
    given = {name: facts(consultant)[name]["value"] for name in ("queries_per_day", "labeled_examples")}
    assert given == {"queries_per_day": 2_000, "labeled_examples": {"low": 500, "high": 1_000}}
    assert facts(consultant)["queries_per_day"]["by"] == "ben"


def test_a_token_without_a_scope_of_our_manifest_would_be_refused(emulated: Emulated) -> None:
    bot = WebClient(BOT_TOKEN, base_url=f"{emulated.url}/api/")
    with pytest.raises(SlackApiError, match="missing_scope"):
        bot.conversations_list()
