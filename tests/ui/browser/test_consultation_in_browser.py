"""Consultations in a real Chromium: typed, clicked, corrected, interrupted, resumed."""

import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.browser.served import (
    ANSWER,
    START,
    Served,
    begin,
    messages,
    opened,
    replied_to,
    say,
    settled,
    visitor,
)

pytestmark = pytest.mark.browser

SUPPORT = "A support bot over 300 pages of product docs, updated weekly; the model does not know our product."
VAGUE = "We want to use a language model for our internal wiki of 400 pages."


def test_a_consultation_by_typing_reaches_a_memo(page: Page, app: Served) -> None:
    begin(page, app, SUPPORT)
    say(page, "2,000 questions a day, and every answer must cite its page")
    page.locator(".st-key-write-memo").get_by_role("button").click()
    expect(page.get_by_role("heading", name=re.compile("Decision memo"))).to_be_visible()
    assert "/memo?session=" in page.url


def test_a_consultation_by_clicking_only_settles(page: Page, app: Served) -> None:
    opened(page, app)
    page.get_by_role("button", name="Start with this one").nth(1).click()
    page.locator(".st-key-lead").wait_for()
    settled(page)
    said = len(messages(page))
    for answered in range(1, 13):
        question = page.locator(".st-key-question")
        if question.count() == 0:
            break
        question.locator(".st-key-choices button").first.click()
        expect(page.get_by_test_id("stChatMessageAvatarUser")).to_have_count(said + answered)
        settled(page)
    expect(page.locator(".st-key-lead")).to_contain_text("Recommended")


def test_a_fact_is_corrected_in_its_panel(page: Page, app: Served) -> None:
    begin(page, app, SUPPORT)
    page.get_by_role("tab", name="Facts").click()
    row = page.locator(".st-key-fact-update_frequency")
    row.get_by_role("button", name="Change").click()
    page.get_by_role("combobox", name="How often the knowledge changes").click()
    page.get_by_role("option", name="Once a year").click()
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("once a year")
    expect(page.locator(".st-key-changed")).to_contain_text("how often the knowledge changes")


def test_the_costs_follow_a_message_while_their_tab_is_open(page: Page, app: Served) -> None:
    begin(page, app, SUPPORT)
    page.get_by_role("tab", name="Costs and wait").click()
    table = page.get_by_role("region", name="Costs and wait")
    expect(table).to_contain_text("Retrieval (RAG)")
    before = table.inner_text()
    say(page, "90,000 questions a day")
    expect(table).not_to_have_text(before)
    expect(page.get_by_role("tab", name="Costs and wait")).to_have_attribute("aria-selected", "true")


def test_reloading_shows_the_same_conversation(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    say(page, "about 500 requests a day")
    before = messages(page)
    page.reload()
    page.locator(".st-key-lead").wait_for()
    settled(page)
    assert messages(page) == before


def test_reloading_in_the_middle_of_an_answer_loses_and_doubles_nothing(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    page.get_by_role("textbox", name=ANSWER).fill("about 700 requests a day")
    page.keyboard.press("Enter")
    page.get_by_test_id("stChatMessage").filter(has_text="700 requests").wait_for()
    page.reload()
    replied_to(page, "700 requests")
    assert [text for text in messages(page) if "700" in text] == ["about 700 requests a day"]


def test_a_second_message_during_the_first_is_answered_after_it(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    box = page.get_by_role("textbox", name=ANSWER)
    for text in ("900 requests a day", "it changes every month"):
        box.fill(text)
        box.press("Enter")
    replied_to(page, "it changes every month")
    page.reload()
    replied_to(page, "it changes every month")
    assert messages(page)[1:] == ["900 requests a day", "it changes every month"]


def test_two_messages_that_a_busy_server_takes_up_at_once_are_both_answered(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    box = page.get_by_role("textbox", name=ANSWER)
    with app.held():
        for text in ("800 requests a day", "it changes every week"):
            box.fill(text)
            box.press("Enter")
            expect(box).to_have_value("")
    replied_to(page, "it changes every week")
    page.reload()
    replied_to(page, "it changes every week")
    assert messages(page)[1:] == ["800 requests a day", "it changes every week"]


def test_a_double_click_on_an_answer_counts_once(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    page.locator(".st-key-choices button").first.dblclick()
    expect(page.get_by_test_id("stChatMessageAvatarUser")).to_have_count(2)
    settled(page)
    page.reload()
    page.locator(".st-key-lead").wait_for()
    settled(page)
    assert len(messages(page)) == 2


def test_what_one_tab_says_appears_in_the_other(page: Page, app: Served, browser: Browser) -> None:
    session = begin(page, app, VAGUE)
    with visitor(browser, app) as other:
        opened(other, app, f"/?session={session}")
        say(page, "it has 1,200 requests a day")
        replied_to(other, "1,200 requests")
        say(other, "nothing may leave our own servers")
        replied_to(page, "own servers")
        assert messages(page) == messages(other)


def test_back_and_forward_walk_between_pages_of_one_session(page: Page, app: Served) -> None:
    session = begin(page, app, VAGUE)
    page.get_by_role("link", name="Knowledge", exact=True).click()
    page.get_by_role("tab", name="Rules").wait_for()
    page.go_back()
    page.locator(".st-key-lead").wait_for()
    assert session in page.url
    page.go_forward()
    page.get_by_role("tab", name="Rules").wait_for()


def test_a_killed_and_restarted_server_continues_the_session(page: Page, app: Served) -> None:
    begin(page, app, VAGUE)
    page.get_by_role("textbox", name=ANSWER).fill("half typed")
    app.stop(signal.SIGKILL)
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    app.start()
    expect(page.get_by_text("The connection is lost.")).to_be_hidden()
    assert page.get_by_role("textbox", name=ANSWER).input_value() == "half typed"
    page.reload()
    page.locator(".st-key-lead").wait_for()
    settled(page)
    say(page, "we have 40 labelled examples")
    assert messages(page) == [VAGUE, "we have 40 labelled examples"]


def test_a_message_that_is_too_long_is_refused_with_the_limit_and_given_back(page: Page, app: Served) -> None:
    opened(page, app)
    text = ("We want a bot. " * 600).strip()
    page.get_by_role("textbox", name=START).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("8,000")
    expect(page.get_by_role("textbox", name=ANSWER)).to_have_value(text)
    page.get_by_role("textbox", name=ANSWER).fill(SUPPORT)
    page.keyboard.press("Enter")
    page.locator(".st-key-lead").wait_for()
    settled(page)
    assert messages(page) == [SUPPORT]


def test_a_missing_session_is_told_in_a_sentence(page: Page, app: Served) -> None:
    opened(page, app, "/?session=there-is-no-such-session")
    expect(page.get_by_role("alert").first).to_contain_text("no such session")
    assert page.get_by_test_id("stException").count() == 0
