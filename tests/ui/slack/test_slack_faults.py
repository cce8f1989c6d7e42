"""Every message counts once and every reply is delivered once, whatever is repeated, refused, late or killed."""

import json
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from urllib.error import URLError

import pytest

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.peers.slack import BOT, Fault, SlackPeer, is_card, labels
from tests.scripted_language import ScriptedLanguage
from tests.ui.slack.conftest import environment, http_bot
from ui.slack.bot import Bot

HERE = f"<@{BOT}> "
ROOT = Path(__file__).parent.parent.parent.parent
CHILD = Path(__file__).parent / "bot_and_die.py"


def counted(consultant: Consultant) -> list[str]:
    """What was said in the latest session, in order."""
    messages = consultant.export(consultant.sessions()[0].id)["messages"]
    return [one["message"]["message"] for one in messages if "message" in one["message"]]


def settle(slack: SlackPeer, thread: str, replies: int) -> None:
    """One more exchange, after which everything before it has been dealt with: there are exactly so many replies."""
    slack.say("U1", "thanks", thread=thread)
    assert len(slack.wait_for_replies(thread, replies + 1)) == replies + 1


def test_a_wrong_signature_and_a_stale_timestamp_are_refused(bot: Bot, slack: SlackPeer) -> None:
    body = json.dumps(slack.envelope({"type": "app_mention", "user": "U1", "text": "x", "channel": "C1", "ts": "1.0"}))
    assert slack.post(body, X_Slack_Signature="v0=" + "0" * 64).status == 401
    assert slack.post(body, X_Slack_Request_Timestamp=str(int(time.time()) - 301)).status == 401
    assert slack.messages == []


def test_a_replayed_request_counts_once(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
    mention = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)[1]
    assert [slack.deliver(mention).status for _ in range(3)] == [200, 200, 200]
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert counted(consultant) == ["A bot gap=knowledge", "thanks"]


def test_an_event_delivered_again_to_another_process_counts_once(slack: SlackPeer, home: Path, index: Searcher) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
    events = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)
    for attempt, _ in enumerate(("at once", "after a minute", "after five")):
        consultant = Consultant(load_settings(), ScriptedLanguage(), index)
        with http_bot(slack, consultant):
            for event in events:
                slack.deliver(event, X_Slack_Retry_Num=str(attempt))
            slack.wait_for_replies(thread, 1)
    consultant = Consultant(load_settings(), ScriptedLanguage(), index)
    with http_bot(slack, consultant):
        settle(slack, thread, 1)
        assert counted(consultant) == ["A bot gap=knowledge", "thanks"]


def test_replies_that_overtake_each_other_and_the_mention_are_all_counted(
    bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    texts = [HERE + "A bot gap=knowledge", "queries_per_day=500", "needs_citations=true"]
    thread = slack.say("U1", texts[0], send=False)
    stamps = [thread, *(slack.say("U1", text, thread=thread, send=False) for text in texts[1:])]
    for text, ts in reversed(list(zip(texts, stamps, strict=True))):
        for event in slack.events("U1", text, "C1", ts, None if ts == thread else thread):
            slack.deliver(event)
    slack.wait_for_replies(thread, 3)
    settle(slack, thread, 3)
    assert counted(consultant) == ["A bot gap=knowledge", *texts[1:], "thanks"]


def test_a_second_click_on_an_answered_question_is_told_so_and_not_counted(
    bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    first, second = labels(question)[:2]
    slack.click("U1", question, first)
    slack.wait_for_replies(thread, 2)
    slack.click("U2", question, second)
    slack.wait(lambda: slack.whispers)
    assert slack.whispers[0]["user"] == "U2" and second in slack.whispers[0]["text"]
    settle(slack, thread, 2)


def test_a_click_delivered_twice_counts_once(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    payload = slack.click_payload("U1", question, labels(question)[0])
    for _ in range(2):
        assert slack.deliver(payload, form=True).status == 200
    slack.wait_for_replies(thread, 2)
    settle(slack, thread, 2)
    assert slack.whispers == []


def test_a_click_on_a_question_that_was_answered_in_another_door_is_stale(
    bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    from agent.protocol import Answered

    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    session = consultant.sessions()[0].id
    asked = consultant.resume(session).asks
    assert asked
    consultant.send(session, Answered({asked: None}))
    slack.click("U1", question, labels(question)[0])
    slack.wait(lambda: slack.whispers)
    assert consultant.ledger(session).heard[asked].by is None


def test_slack_asking_to_wait_delays_a_reply_and_loses_none(bot: Bot, slack: SlackPeer) -> None:
    slack.faults["chat.postMessage"] = deque([Fault(429, {"Retry-After": "1"}) for _ in range(2)])
    slack.faults["users.info"] = deque([Fault(429, {"Retry-After": "0"})])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert len([one for one in slack.thread(thread) if is_card(one)]) == 1


def test_slack_asking_to_wait_in_the_middle_of_an_upload_ends_in_one_upload(bot: Bot, slack: SlackPeer) -> None:
    slack.faults["files.getUploadURLExternal"] = deque([None, Fault(429, {"Retry-After": "0"})])
    slack.faults["upload"] = deque([None, Fault(429, {"Retry-After": "0"})])
    slack.faults["files.completeUploadExternal"] = deque([Fault(500, error="internal_error", after_effect=True)])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "memo", thread=thread)
    slack.wait(lambda: [one for one in slack.thread(thread) if one.get("files")])
    settle(slack, thread, 2)
    uploads = [one for one in slack.thread(thread) if one.get("files")]
    assert len(uploads) == 1 and len(uploads[0]["files"]) == 3


def test_a_reply_that_arrived_although_slack_failed_is_not_sent_again(bot: Bot, slack: SlackPeer) -> None:
    fault = Fault(503, error="service_unavailable", after_effect=True)
    slack.faults["chat.postMessage"] = deque([fault, None, fault])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert len([one for one in slack.thread(thread) if is_card(one)]) == 1


@pytest.mark.parametrize("step", ["taken in", "acknowledged", "answered", "sent"])
def test_a_kill_between_acknowledgement_and_reply_loses_nothing_and_repeats_nothing(
    slack: SlackPeer, home: Path, index: Searcher, step: str
) -> None:
    command = [sys.executable, "-m", "tests.ui.slack.bot_and_die", step]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(slack)) as child:
        assert child.stdout
        slack.bot_url = child.stdout.readline().strip()
        thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
        mention = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)[1]
        try:
            acknowledged = slack.deliver(mention).status == 200
        except (URLError, OSError):
            acknowledged = False
        assert child.wait(timeout=60) == -signal.SIGKILL
    consultant = Consultant(load_settings(), ScriptedLanguage(), index)
    with http_bot(slack, consultant):
        if not acknowledged:
            slack.deliver(mention, X_Slack_Retry_Num="1")
        slack.wait_for_replies(thread, 1)
        settle(slack, thread, 1)
        assert counted(consultant) == ["A bot gap=knowledge", "thanks"]
        assert len([one for one in slack.thread(thread) if is_card(one)]) == 1
