"""What the bot may be told by whom, what it shows, and how it refuses to start."""

from pathlib import Path

import pytest
import yaml

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.errors import ConsultError, InputError, UnavailableError
from tests.peers.slack import SlackPeer
from tests.peers.slack_messages import is_card, labels, shown
from tests.peers.slack_workspace import BOT
from tests.ui.slack.conftest import http_bot, settings_for
from ui.cli.app import run
from ui.slack.bot import Bot
from ui.slack.settings import SlackSettings
from ui.slack.text import heard, mrkdwn

HERE = f"<@{BOT}> "
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["", "hunter2"])
def test_a_missing_or_malformed_secret_refuses_the_start_by_its_name_and_never_its_value(
    name: str, value: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = ("xoxb-12345678-abc", "xapp-1-12345678", "0123456789abcdef" * 2)
    for secret, good in zip(SECRETS, right, strict=True):
        monkeypatch.setenv(secret, value if secret == name else good)
    transport = "http" if name == "SLACK_SIGNING_SECRET" else "socket"
    assert run(["slack", "--transport", transport]) == 2
    said = capsys.readouterr().err
    assert name in said and "hunter2" not in said and "Traceback" not in said


def test_a_token_that_slack_refuses_is_told_by_the_name_of_its_setting(
    slack: SlackPeer, consultant: Consultant
) -> None:
    slack.token = "another"  # noqa: S105
    with pytest.raises(UnavailableError, match=r"SLACK_BOT_TOKEN \(invalid_auth\)") as error:
        Bot(settings_for(slack), load_settings(), "http", consultant)
    assert "xoxb" not in str(error.value)


def test_a_slack_that_cannot_be_reached_is_told(slack: SlackPeer, consultant: Consultant) -> None:
    settings = settings_for(slack).model_copy(update={"api_url": "http://127.0.0.1:9/api/"})
    with pytest.raises(UnavailableError, match="cannot be reached"):
        Bot(settings, load_settings(), "http", consultant)


def test_an_address_of_the_browser_app_that_is_none_is_refused(slack: SlackPeer) -> None:
    with pytest.raises(InputError, match="SLACK_BROWSER_URL"):
        settings_for(slack, browser_url="javascript:alert(1)").check("http")


@pytest.mark.parametrize(
    "limits", [{"allowed_users": "U2,U3"}, {"allowed_channels": "C9"}, {"allowed_teams": "T9"}], ids=str
)
def test_who_is_not_allowed_is_told_so_and_nothing_is_kept(
    slack: SlackPeer, consultant: Consultant, limits: dict[str, str]
) -> None:
    with http_bot(slack, consultant, **limits):
        thread = slack.say("U1", HERE + "A bot gap=knowledge")
        slack.wait(lambda: slack.whispers)
        slack.command("U1", "A bot")
        assert slack.thread(thread) == [] and consultant.sessions() == []


@pytest.mark.parametrize("name", ["SLACK_ALLOWED_TEAMS", "SLACK_ALLOWED_CHANNELS", "SLACK_ALLOWED_USERS"])
def test_a_list_of_names_in_place_of_ids_refuses_the_start(
    name: str, slack: SlackPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "#general, C0123")
    with pytest.raises(InputError, match=name) as error:
        settings_for(slack).check("http")
    assert "general" not in str(error.value)


def test_a_list_under_a_misspelt_name_refuses_the_start(slack: SlackPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_ALLOWED_CHANNEL", "C0123")
    with pytest.raises(InputError, match="did you mean SLACK_ALLOWED_CHANNELS"):
        settings_for(slack).check("http")


def test_who_is_not_allowed_cannot_click_or_open_the_form_either(slack: SlackPeer, consultant: Consultant) -> None:
    with http_bot(slack, consultant, allowed_users="U1"):
        thread = slack.say("U1", HERE + "A bot gap=knowledge")
        question = slack.wait_for_replies(thread, 1)[-1]
        slack.click("U2", question, labels(question)[0])
        slack.click("U2", next(one for one in slack.thread(thread) if is_card(one)), "All questions")
        slack.say("U2", "queries_per_day=5", thread=thread)
        slack.wait(lambda: len(slack.whispers) == 2)
        assert {one["user"] for one in slack.whispers} == {"U2"} and slack.views == []
        assert consultant.ledger(consultant.sessions()[0].id).heard.keys() == {"gap", "use_case"}


def test_of_slack_nothing_but_the_thread_is_read(bot: Bot, slack: SlackPeer) -> None:
    slack.say("U1", "between us")
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    read = {
        (method, given.get("ts")) for method, given in slack.calls if method.startswith(("conv", "search", "files"))
    }
    assert read == {("conversations.replies", thread)}


def test_messages_that_are_not_for_the_bot_are_not_kept(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    slack.say("U1", "queries_per_day=99 between us")
    edited = {"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": "1.0"}
    assert slack.deliver(slack.envelope(edited)).status == 200
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    assert len(consultant.sessions()) == 1
    assert "conversations.history" not in [method for method, _ in slack.calls]


def test_what_people_write_cannot_call_everyone_or_make_links(bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot update_frequency=weekly")
    slack.wait_for_replies(thread, 1)
    attack = (
        "&lt;!channel&gt; @here &lt;http://evil.example|click&gt; use_case=&lt;!everyone&gt; update_frequency=daily"
    )
    slack.say("U2", attack, thread=thread)
    slack.wait_for_replies(thread, 2)
    posted = [one for one in slack.messages if one["user"] == BOT]
    assert all("<!" not in str(one) and "<http" not in str(one) for one in posted)
    sections = [block for one in posted for block in one["blocks"] if block["type"] == "section"]
    assert all(block["text"]["verbatim"] is True for block in sections)


def test_the_card_links_to_the_same_session_in_the_browser(slack: SlackPeer, consultant: Consultant) -> None:
    with http_bot(slack, consultant, browser_url="https://consult.example/"):
        thread = slack.say("U1", HERE + "A bot gap=knowledge")
        slack.wait_for_replies(thread, 1)
        card = next(one for one in slack.thread(thread) if is_card(one))
    buttons = card["blocks"][-1]["elements"]
    assert buttons[-1]["url"] == f"https://consult.example/?session={consultant.sessions()[0].id}"


def test_a_mention_without_words_is_greeted(bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE)
    assert "Describe your situation" in shown(slack.wait_for_replies(thread, 1)[0])


def test_a_message_that_is_too_long_is_refused_in_the_thread_and_the_session_goes_on(
    bot: Bot, slack: SlackPeer
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "x" * 8_001, thread=thread)
    assert "8,000" in shown(slack.wait_for_replies(thread, 2)[-1])
    slack.say("U1", "queries_per_day=7", thread=thread)
    slack.wait_for_replies(thread, 3)


def test_a_command_without_words_says_how_it_is_used(bot: Bot, slack: SlackPeer) -> None:
    assert "/consult" in str(slack.command("U1", "").body)


def test_a_command_in_a_channel_without_the_bot_is_told_there(bot: Bot, slack: SlackPeer) -> None:
    slack.command("U1", "A bot gap=knowledge", channel="C0CLOSED")
    slack.wait(lambda: slack.responses)
    assert "/invite" in slack.responses[0]["text"]


def test_the_assistant_pane_offers_situations_to_start_with(bot: Bot, slack: SlackPeer) -> None:
    opened = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "messages", "event_ts": "1.0"}
    older = {"channel_id": "D1", "thread_ts": "5.0", "user_id": "U1", "context": {}}
    slack.deliver(slack.envelope(opened))
    slack.deliver(slack.envelope({"type": "assistant_thread_started", "assistant_thread": older, "event_ts": "1.0"}))
    slack.wait(lambda: len(slack.prompts) == 2)
    by_thread = {one.get("thread_ts"): one for one in slack.prompts}
    assert by_thread.keys() == {None, "5.0"} and all(0 < len(one["prompts"]) <= 4 for one in slack.prompts)


def test_the_manifest_asks_for_what_the_bot_uses_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slack", "--manifest"]) == 0
    manifest = yaml.safe_load(capsys.readouterr().out)
    assert "agent_view" in manifest["features"] and "assistant_view" not in manifest["features"]
    assert not {"users:read.email", "channels:read", "files:read"} & set(manifest["oauth_config"]["scopes"]["bot"])
    assert manifest["features"]["slash_commands"][0]["command"] == "/consult"
    assert len(manifest["features"]["agent_view"]["agent_description"]) <= 300


def test_people_are_read_without_markup_and_shown_without_effect() -> None:
    assert heard(f"<@{BOT}> see <https://a.example|the docs> &amp; <#C1|general>", BOT) == "see the docs & general"
    assert mrkdwn("**Bold** <!channel> & [a](https://b.example)\n- one\n> two") == (
        "*Bold* &lt;!channel&gt; &amp; <https://b.example|a>\n• one\n> two"
    )


def test_settings_never_show_their_secrets(slack: SlackPeer) -> None:
    assert "xoxb" not in repr(settings_for(slack)) and "xapp" not in str(settings_for(slack))
    assert issubclass(UnavailableError, ConsultError) and SlackSettings.model_config["env_prefix"] == "SLACK_"
