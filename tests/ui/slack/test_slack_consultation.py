"""Whole consultations in a thread: by text, by buttons, by form, with two people, over both transports."""

import json
import re
from pathlib import Path
from typing import Any

from agent.consultation import Consultant
from agent.settings import load_settings
from knowledge.facts import fact_specs
from knowledge.search import Searcher
from tests.agent.language.model.scripted import helpful
from tests.peers.model import ModelPeer
from tests.peers.slack import SlackPeer
from tests.peers.slack_messages import is_card, labels, shown
from tests.peers.slack_workspace import BOT
from tests.ui.slack.conftest import http_bot
from ui.slack.bot import Bot

HERE = f"<@{BOT}> "


def facts_of(consultant: Consultant, place: int = 0) -> dict[str, dict[str, Any]]:
    """The facts of a session, the latest first."""
    return consultant.ledger(consultant.sessions()[place].id).facts_document()


def test_a_consultation_by_text_ends_with_the_memo_in_three_formats(either_bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot for our manuals gap=knowledge update_frequency=weekly")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "needs_citations=true queries_per_day=2000", thread=thread)
    slack.wait_for_replies(thread, 2)
    slack.say("U1", "memo", thread=thread)
    uploaded = slack.wait(lambda: [one for one in slack.thread(thread) if one.get("files")])
    names = [file["name"].rpartition(".")[2] for file in uploaded[0]["files"]]
    assert names == ["md", "pdf", "docx"] and uploaded[0]["thread_ts"] == thread
    markdown = next(file for file in slack.files.values() if file["name"].endswith(".md"))
    assert markdown["content"].startswith(b"# ")


def test_a_consultation_by_buttons_alone_reaches_the_end(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge queries_per_day=500 knowledge_tokens=100000")
    count = 1
    while "Why?" in labels(latest := slack.wait_for_replies(thread, count)[-1]):
        choices = labels(latest)
        slack.click("U1", latest, choices[0])
        count += 1
    assert consultant.resume(consultant.sessions()[0].id).done


def test_a_form_takes_all_open_facts_at_once(either_bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    card = next(one for one in slack.thread(thread) if is_card(one))
    slack.click("U1", card, "All questions")
    view = slack.wait(lambda: slack.views and slack.views[-1])
    filled = {"update_frequency": "weekly", "needs_citations": "true", "queries_per_day": "2k", "labeled_examples": "0"}
    slack.submit("U1", view, filled)
    slack.wait_for_replies(thread, 2)
    facts = facts_of(consultant)
    assert {name: facts[name]["value"] for name in filled} == {
        "update_frequency": "weekly", "needs_citations": True, "queries_per_day": 2000, "labeled_examples": 0,
    }  # fmt: skip


def test_a_form_says_at_the_field_what_is_wrong(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.click("U1", next(one for one in slack.thread(thread) if is_card(one)), "All questions")
    view = slack.wait(lambda: slack.views and slack.views[-1])
    ack = slack.submit("U1", view, {"queries_per_day": "-5", "latency_budget_ms": "10.000"})
    assert ack.body["response_action"] == "errors"
    assert ack.body["errors"].keys() == {"queries_per_day", "latency_budget_ms"}
    assert "queries_per_day" not in facts_of(consultant)


def test_facts_remember_who_said_them(either_bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.say("U2", "queries_per_day=2000", thread=thread)
    slack.wait_for_replies(thread, 2)
    facts = facts_of(consultant)
    assert facts["gap"]["by"] == "Ana" and facts["queries_per_day"]["by"] == "Ben"


def test_two_people_who_contradict_each_other_are_quoted_and_asked(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    thread = slack.say("U1", HERE + "A bot update_frequency=weekly")
    slack.wait_for_replies(thread, 1)
    slack.say("U2", "update_frequency=daily", thread=thread)
    question = slack.wait_for_replies(thread, 2)[-1]
    assert all(word in shown(question) for word in ("Ana", "update_frequency=weekly", "Ben", "update_frequency=daily"))
    assert labels(question)[:2] == ["every week", "every day"]
    slack.click("U1", question, "every day")
    slack.wait_for_replies(thread, 3)
    assert facts_of(consultant)["update_frequency"]["value"] == "daily"


def test_a_form_that_contradicts_someone_else_is_quoted_and_not_applied(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.click("U2", next(one for one in slack.thread(thread) if is_card(one)), "All questions")
    view = slack.wait(lambda: slack.views and slack.views[-1])
    slack.say("U1", "update_frequency=weekly", thread=thread)
    slack.wait_for_replies(thread, 2)
    slack.submit("U2", view, {"update_frequency": "daily"})
    told = slack.wait_for_replies(thread, 3)[-1]
    assert "Ana said" in shown(told) and "Ben chose" in shown(told)
    assert facts_of(consultant)["update_frequency"]["value"] == "weekly"


def test_the_decision_card_is_posted_once_and_updated_in_place(either_bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "gap=behavior strict_output=true labeled_examples=5000", thread=thread)
    slack.wait_for_replies(thread, 2)
    card = slack.wait(lambda: [one for one in slack.thread(thread) if is_card(one) and one.get("edits")])
    assert len([one for one in slack.thread(thread) if is_card(one)]) == 1 and "ine-tuning" in shown(card[0])


def test_the_costs_come_as_a_table(bot: Bot, slack: SlackPeer) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    slack.wait_for_replies(thread, 1)
    slack.click("U1", next(one for one in slack.thread(thread) if is_card(one)), "Costs")
    table = shown(slack.wait_for_replies(thread, 2)[-1])
    assert table.count("\n") >= 6 and "Retrieval" in table


def test_what_a_language_model_took_stands_on_the_card_and_below_the_costs(
    slack: SlackPeer, home: Path, index: Searcher
) -> None:
    with ModelPeer(helpful()) as model:
        settings = load_settings(language_model="gpt-4o-mini", OPENAI_BASE_URL=model.base_url)
        with http_bot(slack, Consultant(settings, searcher=index)):
            thread = slack.say("U1", HERE + "We want an assistant over our manuals, which our model has never seen.")
            slack.wait_for_replies(thread, 1)
            slack.say("U1", "About 2,000 questions a day; the pumps come back in the summer.", thread=thread)
            slack.wait_for_replies(thread, 2)
            card = slack.wait(lambda: [one for one in slack.thread(thread) if is_card(one) and one.get("edits")])[0]
            slack.click("U1", card, "Costs")
            costs = slack.wait_for_replies(thread, 3)[-1]
    notes = [block["elements"][0]["text"] for one in (card, costs) for block in one["blocks"] if "elements" in block][
        :1
    ]
    notes.append(costs["blocks"][-1]["elements"][0]["text"])
    assert all(re.search(r"language model: [\d,]+ tokens so far, \$\d", note) for note in notes)


def test_numbers_that_many_would_answer_can_be_clicked(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    asked = consultant.resume(consultant.sessions()[0].id).asks
    assert asked and fact_specs()[asked].numeric and len(labels(question)) > 4
    slack.click("U1", question, labels(question)[0])
    slack.wait_for_replies(thread, 2)
    assert facts_of(consultant)[asked]["value"] == fact_specs()[asked].likely[0]


def test_why_and_dont_know_are_answered(bot: Bot, slack: SlackPeer, consultant: Consultant) -> None:
    thread = slack.say("U1", HERE + "A bot gap=knowledge")
    question = slack.wait_for_replies(thread, 1)[-1]
    slack.click("U1", question, "Why?")
    why = slack.wait_for_replies(thread, 2)[-1]
    assert "Why I ask" in shown(why)
    slack.click("U1", why, "I don't know")
    slack.wait_for_replies(thread, 3)
    assert [fact for fact, heard in facts_of(consultant).items() if heard.get("state") == "unknown"]


def test_what_if_by_plain_message_is_answered_and_not_recorded(
    bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    thread = slack.say("U1", HERE + "A bot gap=behavior")
    slack.wait_for_replies(thread, 1)
    slack.say("U1", "what if labeled_examples=5000", thread=thread)
    assert "not recorded" in shown(slack.wait_for_replies(thread, 2)[-1])
    assert "labeled_examples" not in facts_of(consultant)


def test_a_direct_message_and_a_slash_command_begin_threads_of_their_own(
    either_bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    direct = slack.say("U1", "A bot gap=knowledge", channel="D1")
    slack.wait_for_replies(direct, 1, "D1")
    assert slack.command("U2", "A classifier gap=behavior").status == 200
    opened = slack.wait(lambda: [one for one in slack.messages if one["user"] == BOT and not one["thread_ts"]])[0]
    slack.wait_for_replies(opened["ts"], 1)
    slack.say("U1", "labeled_examples=900", thread=opened["ts"])
    slack.wait_for_replies(opened["ts"], 2)
    assert facts_of(consultant)["labeled_examples"]["by"] == "Ana" and len(consultant.sessions()) == 2


def test_the_same_messages_give_the_same_decision_as_in_the_terminal(
    bot: Bot, slack: SlackPeer, consultant: Consultant
) -> None:
    from agent.protocol import Said
    from tools.advice import advise

    said = ["A bot gap=knowledge update_frequency=weekly", "queries_per_day=2000", "needs_citations=true"]
    other = consultant.start().session
    for text in said:
        consultant.send(other, Said(text))
    thread = slack.say("U1", HERE + said[0])
    slack.wait_for_replies(thread, 1)
    for count, text in enumerate(said[1:], 2):
        slack.say("U1", text, thread=thread)
        slack.wait_for_replies(thread, count)
    mine = next(card.id for card in consultant.sessions() if card.id != other)
    day = load_settings().date()
    records = [json.dumps(advise(consultant.ledger(one).profile, day).record()) for one in (mine, other)]
    assert records[0] == records[1]
