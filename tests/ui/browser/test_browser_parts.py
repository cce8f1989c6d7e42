"""What the browser app shows, without a browser: safe text, amounts, controls, rules in words, kinds of files."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.wording import add_on_in_words, variant_in_words
from knowledge.errors import InputError
from knowledge.facts import fact_specs
from knowledge.rulebook import load_rulebook
from ui.browser.controls import log_stops, nearest
from ui.browser.rule_words import Rule, rule_text
from ui.browser.safe_text import inert, plain
from ui.browser.scenarios import Scenario, scenario_advice
from ui.browser.shown import choice_text, duration, price
from ui.browser.tables import table_html
from ui.browser.uploads import kind_of

SAVED = {"gap": "knowledge", "knowledge_tokens": 2_000_000, "queries_per_day": 10_000, "model": "gpt-6-luna"}


@given(st.text(alphabet=string.printable + "“”é", max_size=80))
def test_plain_text_reads_back_as_it_was_typed(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse("x " + plain(text))
    shown = "".join(child.content for token in tokens for child in token.children or [])
    assert " ".join(shown.replace("\u2060", "").split()) == " ".join(("x " + _visible(text)).split())


def _visible(text: str) -> str:
    return "".join(one for one in " ".join(text.split()) if one >= " ")


@given(st.text(alphabet=string.printable, max_size=80))
def test_inert_markdown_has_no_links_images_or_html(text: str) -> None:
    html = MarkdownIt("commonmark").enable("linkify", True).render(inert(text))
    assert not any(tag in html for tag in ("<a ", "<img", "<script", "<b>"))


def test_emphasis_of_a_reply_survives_and_quoted_words_are_literal() -> None:
    html = MarkdownIt("commonmark").render(inert("**Noted:** volume (from “**10k** $a$”)"))
    assert "<strong>Noted:</strong>" in html
    assert "**10k**" in html


@pytest.mark.parametrize(
    ("usd", "shown"),
    [(0, "$0"), (0.075, "$0.075"), (0.1, "$0.10"), (4, "$4.00"), (12.345, "$12.345"), (None, "–")],
)
def test_a_price_is_shown_to_its_last_digit(usd: float | None, shown: str) -> None:
    assert price(usd) == shown


def test_waits_are_shown_in_the_unit_one_would_say() -> None:
    assert [duration(ms) for ms in (250, 3_000, 600_000)] == ["250 ms", "3 s", "10 min"]


@pytest.mark.parametrize("name", [name for name, spec in fact_specs().items() if spec.kind in ("number", "integer")])
def test_slider_stops_rise_within_the_limits(name: str) -> None:
    spec = fact_specs()[name]
    stops = log_stops(spec)
    assert stops == sorted(set(stops))
    assert spec.low is not None and spec.high is not None
    assert spec.low <= stops[0] < stops[-1] <= spec.high
    assert nearest(stops, stops[3]) == stops[3]


@pytest.mark.parametrize("rule", list(load_rulebook().grounded()), ids=lambda rule: rule.id)
def test_every_rule_can_be_said_in_words(rule: Rule) -> None:
    text = rule_text(rule)
    assert text.startswith("If ")
    assert "_" not in text


def test_every_variant_and_add_on_has_a_name() -> None:
    book = load_rulebook()
    assert not [rule for rule in book.variants if variant_in_words(rule.variant) == rule.variant]
    assert not [rule for rule in book.add_ons if add_on_in_words(rule.add_on) == rule.add_on]


def test_choices_read_as_answers() -> None:
    assert choice_text("needs_citations", True) == "Yes"
    assert choice_text("queries_per_day", 10_000) == "10,000 queries a day"
    assert choice_text("queries_per_day", "100 to 200") == "100 to 200"


def test_a_scenario_without_changes_is_the_saved_advice() -> None:
    assert scenario_advice(SAVED, Scenario("A")) == scenario_advice(SAVED, Scenario("B"))


def test_dearer_input_raises_the_running_cost_of_a_scenario() -> None:
    before = scenario_advice(SAVED, Scenario("A"))["costs"]["rag"]["monthly_usd"]["p50"]
    after = scenario_advice(SAVED, Scenario("A", input_usd_per_mtok=500.0))["costs"]["rag"]["monthly_usd"]["p50"]
    assert after > before


def test_table_cells_are_escaped() -> None:
    assert "<script>" not in table_html(["<script>", "b"], [["<script>", "a\n<script>"]], '"><script>')


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.PDF", b"%PDF", "document"),
        ("a.text", b"words", "document"),
        ("a.csv", b"query,expected,actual", "failure"),
        ("a.tsv", b"query\texpected\tactual", "failure"),
        ("a.jsonl", b'{"query": "q", "expected": "e", "actual": "a"}\n', "failure"),
        ("a.jsonl", b'{"messages": []}\n', "dataset"),
    ],
)
def test_a_file_is_read_for_what_it_is(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("a.exe", b"MZ", "kind"), ("a.json", b"[]", "kind"), ("a.md", b"", "empty"), ("a.md", b"x" * 20_000_001, "limit")],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        kind_of(name, content)
