"""Every message counts once and every reply is delivered once, whatever is repeated, refused, late or killed."""

import json
import threading
from collections import deque
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from agent.consultation import Consultant
from agent.language.port import Understanding
from agent.settings import load_settings
from knowledge.search import Searcher
from tests.peers.slack import SlackPeer
from tests.peers.slack_messages import is_card, labels, shown
from tests.peers.slack_workspace import BOT, TEAM, Fault
from tests.scripted_language import ScriptedLanguage
from tests.ui.slack.bot_and_die import STEPS, doomed_bot
from tests.ui.slack.conftest import Connect, MovedClock, environment, http_bot, socket_bot
from ui.slack.bot import Bot
from ui.slack.settings import Transport

HERE = f"<@{BOT}> "


def counted(consultant: Consultant) -> list[str]:
    """What was said in the latest session, in order."""
    messages = consultant.export(consultant.sessions()[0].id)["messages"]
    return [one["message"]["message"] for one in messages if "message" in one["message"]]


def settle(slack: SlackPeer, thread: str, replies: int) -> None:
    """One more exchange, after which everything before it has been dealt with: there are exactly so many replies."""
    slack.say("U1", "thanks", thread=thread)
    assert len(slack.wait_for_replies(thread, replies + 1)) == replies + 1


MINUTES = (0, 1, 5)


def test_a_wrong_signature_is_refused(bot: Bot, slack: SlackPeer) -> None:
    assert slack.post(a_mention(slack), {"X-Slack-Signature": "v0=" + "0" * 64}).status == 401
    assert slack.post(a_mention(slack), {"X-Slack-Signature": ""}).status == 401
    assert slack.messages == []


def test_a_request_is_refused_once_its_timestamp_is_more_than_five_minutes_old(
    bot: Bot, slack: SlackPeer, clock: MovedClock
) -> None:
    body = a_mention(slack)
    headers = slack.signed(body)
    clock.forward(301)
    assert slack.post(body, headers).status == 401
    clock.forward(-602)
    assert slack.post(body, headers).status == 401
    assert slack.messages == []


def a_mention(slack: SlackPeer) -> str:
    """The body of a request that mentions the bot."""
    return json.dumps(slack.envelope({"type": "app_mention", "user": "U1", "text": "x", "channel": "C1", "ts": "1.0"}))


def test_the_same_signed_request_sent_again_counts_once_and_is_refused_when_it_is_stale(
    bot: Bot, slack: SlackPeer, consultant: Consultant, clock: MovedClock
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
    body = json.dumps(slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)[1])
    headers = slack.signed(body)
    statuses = []
    for seconds in (0, 0, 60, 240, 1):
        clock.forward(seconds)
        statuses.append(slack.post(body, headers).status)
    assert statuses == [200, 200, 200, 200, 401]
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert counted(consultant) == ["A bot gap=knowledge", "thanks"]


def test_an_event_delivered_again_after_0_1_and_5_minutes_counts_once(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant, clock: MovedClock
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
    events = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)
    assert [slack.deliver(event).status for event in events] == [200, 200]
    for attempt, minutes in enumerate(MINUTES, 1):
        clock.forward(60 * minutes)
        assert [slack.deliver(event, headers={"X-Slack-Retry-Num": str(attempt)}).status for event in events] == [
            200,
            200,
        ]
        slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert counted(consultant) == ["A bot gap=knowledge", "thanks"]


def test_an_event_delivered_again_to_another_process_counts_once(
    connected: Connect, slack: SlackPeer, home: Path, index: Searcher, clock: MovedClock
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
    events = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)
    for attempt, minutes in enumerate(MINUTES):
        clock.forward(60 * minutes)
        with connected(slack, Consultant(load_settings(), ScriptedLanguage(), index)):
            for event in events:
                slack.deliver(event, headers={"X-Slack-Retry-Num": str(attempt)})
            slack.wait_for_replies(thread, 1)
    consultant = Consultant(load_settings(), ScriptedLanguage(), index)
    with connected(slack, consultant):
        settle(slack, thread, 1)
        assert counted(consultant) == ["A bot gap=knowledge", "thanks"]


def test_the_ids_of_messages_are_forgotten_after_seven_days(
    bot: Bot, slack: SlackPeer, consultant: Consultant, clock: MovedClock
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    letter = f"slack:{TEAM}:C1:{thread}"
    for days, known in ((6.9, True), (0.2, False)):
        clock.forward(days * 86_400)
        bot._mailbox.tidy()
        assert bot._mailbox.take_in(letter, letter, thread, {}) is not known


def test_replies_that_overtake_each_other_and_the_mention_are_all_counted(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
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
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
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


def test_a_click_delivered_again_after_0_1_and_5_minutes_counts_once(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant, clock: MovedClock
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    payload = slack.click_payload("U1", question, labels(question)[0])
    for minutes in (0, *MINUTES):
        clock.forward(60 * minutes)
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


def test_slack_asking_to_wait_delays_a_reply_and_loses_none(either_bot: Bot, slack: SlackPeer) -> None:
    slack.faults["chat.postMessage"] = deque([Fault(429, {"Retry-After": "1"}), Fault(429, {"Retry-After": "0"})])
    slack.faults["users.info"] = deque([Fault(429, {"Retry-After": "0"})])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert len([one for one in slack.thread(thread) if is_card(one)]) == 1 and slack.too_early == []


def test_a_channel_in_which_slack_asks_to_wait_is_left_alone_by_its_other_threads(bot: Bot, slack: SlackPeer) -> None:
    slack.faults["chat.postMessage"] = deque([Fault(429, {"Retry-After": "1"})])
    first = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait(lambda: not slack.faults["chat.postMessage"])
    second = slack.say("U2", HERE + "Another bot gap=behavior")
    for thread in (first, second):
        slack.wait_for_replies(thread, 1)
    assert slack.too_early == []


@pytest.mark.parametrize(
    ("run", "step"),
    [
        (http_bot, "files.getUploadURLExternal"),
        (socket_bot, "upload"),
        (http_bot, "files.completeUploadExternal"),
    ],
)
def test_slack_asking_to_wait_in_the_middle_of_an_upload_ends_in_one_upload(
    slack: SlackPeer, consultant: Consultant, run: Connect, step: str
) -> None:
    middle = [] if step.endswith("completeUploadExternal") else [None]
    slack.faults[step] = deque([*middle, Fault(429, {"Retry-After": "1"})])
    with run(slack, consultant):
        thread = slack.say("U1", HERE + "A bot gap=knowledge")
        slack.wait_for_replies(thread, 1)
        slack.say("U1", "memo", thread=thread)
        slack.wait(lambda: [one for one in slack.thread(thread) if one.get("files")])
        settle(slack, thread, 2)
    uploads = [one for one in slack.thread(thread) if one.get("files")]
    assert len(uploads) == 1 and len(uploads[0]["files"]) == 3 and slack.too_early == []


def test_an_upload_that_arrived_although_slack_failed_is_not_repeated(bot: Bot, slack: SlackPeer) -> None:
    slack.faults["files.completeUploadExternal"] = deque([Fault(500, error="internal_error", after_effect=True)])
    slack.faults["conversations.replies"] = deque([None, Fault(429, {"Retry-After": "0"})])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "memo", thread=thread)
    slack.wait(lambda: [one for one in slack.thread(thread) if one.get("files")])
    settle(slack, thread, 2)
    assert len([one for one in slack.thread(thread) if one.get("files")]) == 1


def test_a_card_that_someone_removed_is_posted_anew(bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.remove(next(one for one in slack.thread(thread) if is_card(one)))
    slack.say("U1", "queries_per_day=500", thread=thread)
    slack.wait(lambda: [one for one in slack.thread(thread) if is_card(one)])
    settle(slack, thread, 2)


def test_a_reply_that_arrived_although_slack_failed_is_not_sent_again(either_bot: Bot, slack: SlackPeer) -> None:
    fault = Fault(503, error="service_unavailable", after_effect=True)
    slack.faults["chat.postMessage"] = deque([fault, None, fault])
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
    assert len([one for one in slack.thread(thread) if is_card(one)]) == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("transport", ["http", "socket"])
def test_a_kill_between_acknowledgement_and_reply_loses_nothing_and_repeats_nothing(
    slack: SlackPeer, home: Path, index: Searcher, index_folder: Path, transport: Transport, step: str
) -> None:
    with doomed_bot(step, transport, environment(slack), index_folder) as doomed:
        slack.bot_url = doomed.url
        thread = slack.say("U1", HERE + "A bot gap=knowledge", send=False)
        mention = slack.events("U1", HERE + "A bot gap=knowledge", "C1", thread, None)[1]
        try:
            acknowledged = slack.deliver(mention).status == 200
        except (URLError, OSError):
            acknowledged = False
        assert doomed.died()
    consultant = Consultant(load_settings(), ScriptedLanguage(), index)
    with (http_bot if transport == "http" else socket_bot)(slack, consultant):
        if not acknowledged:
            slack.deliver(mention, headers={"X-Slack-Retry-Num": "1"})
        slack.wait_for_replies(thread, 1)
        settle(slack, thread, 1)
        assert counted(consultant) == ["A bot gap=knowledge", "thanks"]
        assert len([one for one in slack.thread(thread) if is_card(one)]) == 1


class Slow(ScriptedLanguage):
    """A language that takes as long as it is let."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()

    def understand(self, *given: Any, **more: Any) -> Understanding:
        self.may_go_on.wait(30)
        return super().understand(*given, **more)


def test_work_that_takes_long_is_announced_once_and_then_delivered(
    connected: Connect, slack: SlackPeer, home: Path, index: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.slack.workers.ANNOUNCE_AFTER_S", 0.0)
    language = Slow()
    with connected(slack, Consultant(load_settings(), language, index)):
        thread = slack.say("U1", HERE + "A bot gap=knowledge")
        announced = slack.wait_for_replies(thread, 1)
        assert "takes a little longer" in shown(announced[0])
        language.may_go_on.set()
        assert "takes a little longer" not in shown(slack.wait_for_replies(thread, 2)[1])


def test_an_answer_that_is_quick_is_not_announced(bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    settle(slack, thread, 1)
