"""Block Kit within its limits, whatever is put in: long texts are split over blocks and messages, nothing is lost."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.language.model.usage import Spent
from agent.ledger import Entry
from agent.protocol import Turn
from knowledge.facts import fact_specs
from tests.decide_profiles import as_profile, profiles
from tests.peers.block_kit import check_blocks, check_view
from tools.cost.report import estimate_costs
from tools.decide.boxes import decision_facts
from tools.decide.decide import decide
from tools.decide.record import recommendation_document
from tools.profile import Known, parse_profile
from ui.render import blocks as kit
from ui.slack import replies
from ui.slack.form import answers_of, open_facts_form
from ui.slack.text import escaped, mrkdwn, visible

DAY = dt.date(2026, 11, 20)
HOSTILE = st.text(st.sampled_from("a *_`~<>&|!@#\n\t\"'\\…ﷺ😀\u202e\u200d-"), min_size=1, max_size=60)
LONG = st.builds(lambda text, times: text * times, HOSTILE, st.integers(1, 300))
"""Texts of up to 18,000 characters that markup, entities and broken pairs of signs run through."""


def turn(reply: str, **more: Any) -> Turn:
    """An answer of a consultation."""
    decision = decide(more.pop("profile", None) or parse_profile({}), DAY)
    recommendation = recommendation_document(decision.recommendation)
    empty: dict[str, Any] = {"asks": None, "choices": None, "changed": None, "done": False, "memo": None}
    open_facts = [{"fact": one.fact, "value_of_information": one.value_of_information} for one in decision.unknown]
    return Turn("s", reply, facts={}, recommendation=recommendation, open=open_facts, **{**empty, **more})


def letters(text: str) -> str:
    """A text without its spaces, which splitting may move."""
    return "".join(text.split())


def text_of(bodies: list[dict[str, Any]]) -> str:
    """The text of the sections of some messages."""
    return "".join(one["text"]["text"] for body in bodies for one in body["blocks"] if one["type"] == "section")


@settings(max_examples=40, deadline=None)
@given(LONG)
def test_any_reply_fits_into_messages_and_keeps_every_character(text: str) -> None:
    bodies = replies.reply(turn(text), None)
    assert [check_blocks(body["blocks"]) for body in bodies] == [None] * len(bodies)
    assert letters(text_of(bodies)) == letters(mrkdwn(text))
    assert all(0 < len(body["text"]) <= replies.LONGEST_NOTICE for body in bodies)


def test_a_reply_that_does_not_fit_into_one_message_goes_on_in_the_next_and_the_buttons_come_last() -> None:
    asked = Entry("asked", 3, "needs_citations")
    text = " ".join(str(number) for number in range(4_000))
    bodies = replies.reply(turn(text, asks="needs_citations", choices=[True, False]), asked)
    assert len(bodies) == 2 and letters(text_of(bodies)) == letters(text)
    assert [[block["type"] for block in body["blocks"]].count("actions") for body in bodies] == [0, 1]


def test_text_is_never_split_within_a_link_or_a_character_written_as_a_name() -> None:
    for length in range(2_960, 3_001):
        for tail in ("<https://a.example/long-address|a source of some name>", "&lt;!channel&gt; &amp;"):
            pieces = [block["text"]["text"] for block in kit.sections("x" * length + tail)]
            assert letters("".join(pieces)) == letters("x" * length + tail)
            assert all(piece.count("<") == piece.count(">") for piece in pieces)
            assert all(piece.count("&") == piece.count(";") for piece in pieces)


@settings(max_examples=20, deadline=None)
@given(st.lists(LONG, min_size=1, max_size=6, unique=True), st.integers(0, 10**6))
def test_choices_of_any_length_can_be_clicked_and_read_in_full(choices: list[str], number: int) -> None:
    asked = Entry("clarify", number, "use_case", readings=tuple(Known(one) for one in choices))
    bodies = replies.reply(turn("Which holds?", asks="use_case", choices=choices), asked)
    assert [check_blocks(body["blocks"]) for body in bodies] == [None] * len(bodies)
    elements = [one for body in bodies for block in body["blocks"] for one in block.get("elements", [])]
    menu = [option for one in elements for option in one.get("options", [])]
    offered = [one for one in [*elements, *menu] if "value" in one and json.loads(one["value"])["kind"] == "clicked"]
    assert len(offered) == len(choices) + 1
    shown = letters(text_of(bodies)) + "".join(letters(one["text"]["text"]) for one in offered)
    assert all(letters(escaped(one)) in shown or letters(visible(one)) in shown for one in choices)


@settings(max_examples=12, deadline=None)
@given(profiles(), st.sets(st.sampled_from(sorted(decision_facts()))), st.booleans())
def test_the_card_and_the_costs_of_any_decision_keep_the_limits(
    codes: dict[str, float], unknown: set[str], done: bool
) -> None:
    profile = as_profile(codes, *unknown)
    spent = Spent(3, 123_456, 7_890, 1.5 if done else None)
    shown = [replies.card(turn("x", profile=profile, done=done), "https://consult.example", spent)]
    shown.append(replies.costs(estimate_costs(profile, DAY).document(), spent))
    assert [check_blocks(body["blocks"]) for body in shown] == [None, None]


@pytest.mark.parametrize("fact", fact_specs())
def test_the_question_for_every_fact_keeps_the_limits(fact: str) -> None:
    spec = fact_specs()[fact]
    choices: Any = [True, False] if spec.kind == "flag" else list(spec.codes) if spec.categorical else None
    (body,) = replies.reply(turn(spec.question, asks=fact, choices=choices), Entry("asked", 99, fact))
    assert check_blocks(body["blocks"]) is None


def test_the_form_with_every_fact_keeps_the_limits() -> None:
    assert check_view(open_facts_form(list(fact_specs()), "{}")) is None


BUTTON = kit.button("x", "x")
TOO_MUCH: list[tuple[Any, dict[str, Any]]] = [
    (kit.section, {"text": "x" * 3_001}),
    (kit.section, {"text": ""}),
    (kit.context, {"text": "x" * 2_001}),
    (kit.button, {"label": "x" * 76, "action": "a"}),
    (kit.button, {"label": "x", "action": "a", "value": "x" * 2_001}),
    (kit.button, {"label": "x", "action": "a", "url": "x" * 3_001}),
    (kit.select, {"action": "a", "placeholder": "x" * 151, "options": [("a", "a")]}),
    (kit.select, {"action": "a", "placeholder": "x", "options": [("x" * 76, "a")]}),
    (kit.select, {"action": "a", "placeholder": "x", "options": [("a", "x" * 151)]}),
    (kit.select, {"action": "a", "placeholder": "x", "options": [("a", "a")] * 101}),
    (kit.select, {"action": "a", "placeholder": "x", "options": []}),
    (kit.text_input, {"block": "b", "label": "x" * 2_001, "hint": "x"}),
    (kit.text_input, {"block": "b", "label": "x", "hint": "x" * 2_001}),
]
FORM = {"title": "x", "submit": "x", "close": "x", "callback": "x", "remembered": "", "blocks": [kit.section("x")]}
TOO_MUCH += [(kit.form, FORM | {part: "x" * 25}) for part in ("title", "submit", "close")]
TOO_MUCH += [(kit.form, FORM | {"blocks": [kit.section("x")] * 101}), (kit.form, FORM | {"remembered": "x" * 3_001})]
TOO_MUCH += [(kit.form, FORM | {"blocks": [kit.section("ﷺ" * 3_000)] * 90})]


@pytest.mark.parametrize(("make", "given"), TOO_MUCH)
def test_what_is_too_long_for_its_place_is_refused_and_never_cut(make: Any, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        make(**given)


def test_many_buttons_and_many_blocks_are_spread_over_rows_and_messages() -> None:
    rows = kit.actions([numbered(place) for place in range(60)])
    assert [len(row["elements"]) for row in rows] == [25, 25, 10]
    assert [len(one) for one in kit.messages([kit.section("x")] * 120)] == [50, 50, 20]


def numbered(place: int) -> dict[str, Any]:
    """A button with an id of its own."""
    return {**BUTTON, "action_id": f"a-{place}"}


def test_the_limits_that_are_checked_are_those_of_slack() -> None:
    long = {"type": "mrkdwn", "text": "x" * 2_001}
    broken: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "section", "text": kit.section("x")["text"], "fields": [long]},
        {"type": "section", "text": kit.section("x")["text"], "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
        {"type": "actions", "elements": [numbered(place) for place in range(26)]},
        {"type": "actions", "elements": [BUTTON, BUTTON]},
        {"type": "nonsense"},
    ]
    assert all(check_blocks([one]) for one in broken) and check_blocks([kit.section("x")] * 51)
    assert check_blocks([kit.section("x" * 3_000)] * 5) == "msg_blocks_too_long: 15395 characters"


def submitted(**values: str) -> dict[str, Any]:
    """A form as it comes back."""
    return {"state": {"values": {name: {"given": {"value": text}} for name, text in values.items()}}}


def test_numbers_are_read_as_people_write_them() -> None:
    typed = {"queries_per_day": "10k", "knowledge_tokens": "2,000,000", "labeled_examples": "500 to 1k"}
    answers, errors = answers_of(submitted(**typed, monthly_budget_usd="$1.5k"))
    expected = {
        "queries_per_day": 10_000,
        "knowledge_tokens": 2_000_000,
        "labeled_examples": {"low": 500, "high": 1_000},
    }
    expected |= {"monthly_budget_usd": 1_500}
    assert errors == {} and answers == expected


def test_a_number_that_can_be_read_in_two_ways_is_asked_for_again() -> None:
    _, errors = answers_of(submitted(queries_per_day="10.000", labeled_examples="many"))
    assert "two ways" in errors["queries_per_day"] and "number" in errors["labeled_examples"]


def test_empty_fields_are_left_out() -> None:
    assert answers_of(submitted(queries_per_day="  ")) == ({}, {})
