"""Amounts of text: how many times how long, what goes with one request, and what is neither."""

from typing import Any

import pytest

from agent.language.embedded.clean import clean_message
from agent.language.embedded.figures import Reading, read_figures
from agent.language.embedded.reader import read_text
from agent.language.embedded.scope import read_scope
from agent.language.embedded.sizes import read_sizes
from agent.language.embedded.spelling import spelling
from tools.profile import Known


def sizes_in(message: str, asked: str | None = None) -> list[tuple[str, Any]]:
    text = read_text(clean_message(message).text, spelling().correct)
    reading = Reading(text, read_scope(text), asked, read_figures(text))
    return [(one.fact, one.value.value if isinstance(one.value, Known) else one.value) for one in read_sizes(reading)]


@pytest.mark.parametrize(
    ("message", "pages"),
    [
        ("85 rulebooks, avg 24 pages.", 85 * 24),
        ("Water softener firm, 410 articles à 1.5 pages.", 615),
        ("manuals = 31 PDFs of about 40 pages", 1_240),
        ("Approx 14,000 parts documents, 2 pages each.", 28_000),
        ("26 canteens. It should reply to what guests ask. Just menus, 6 pages per canteen.", 156),
        ("Which of our 60 summer camps suits a kid. Camp descriptions half a page each.", 30),
        ("Source is about 95 one-page plans.", 95),
        ("3,300 circulars, a page each, new ones drop most days.", 3_300),
        ("17,000 borehole logs, each a page and a half.", 25_500),
        ("Our circulars, some 2,000 of them at a page each, are nowhere in its head.", 2_000),
        ("Treaties are forty pages each and we have 3,300 contracts in force.", 132_000),
        ("Script per room: 8 pages, 5 rooms.", 40),
        ("Brochures we also have: 85, ten pages each.", 850),
        ("Contracts: 200 × 60 pages.", 12_000),
        ("It types the step. 240 PDFs of 85 pages each.", 20_400),
        ("2,000 manuals of 40 pages and 300 guides of 10 pages.", 83_000),
        ("A shared drive of tasting notes, couple of hundred pages or so.", 200),
    ],
)
def test_knowledge_is_as_much_as_its_documents_times_the_length_of_each(message: str, pages: float) -> None:
    assert sizes_in(message) == [("knowledge_tokens", pages * 650)]


def test_pages_have_as_many_words_as_is_said() -> None:
    assert sizes_in("Our wiki has 22,000 pages, call it 250 words each.") == [("knowledge_tokens", 7_150_000)]


@pytest.mark.parametrize(
    ("message", "tokens"),
    [
        ("We paste in four chunks of 350 tokens.", 1_400),
        ("It is fed by a retriever: 8 snippets of 300 tokens each.", 2_400),
        ("For each case it gets six passages of the law, about 400 words each.", 3_120),
        ("It gets six retrieved clauses at about 250 tokens each.", 1_500),
        ("The top-8 chunks, 400 tokens each.", 3_200),
        ("The machine is handed ten sections at 200 words each with every question.", 2_600),
        ("We hand over 3 passages, together some 1,200 tokens.", 1_200),
        ("About six snippets, 4,000 tokens together.", 4_000),
    ],
)
def test_passages_of_one_request_are_context(message: str, tokens: float) -> None:
    assert sizes_in(message) == [("context_tokens", tokens)]


@pytest.mark.parametrize(
    ("message", "sizes"),
    [
        ("260 tokens out, 4,000 in with instructions.", {"output_tokens": 260, "prompt_tokens": 4_000}),
        ("Each request: 900 in, 15 out.", {"prompt_tokens": 900, "output_tokens": 15}),
        ("1,100 tokens in (system + user), 40 out", {"prompt_tokens": 1_100, "output_tokens": 40}),
        ("Prompts are 2,000 tokens, outputs roughly 350.", {"prompt_tokens": 2_000, "output_tokens": 350}),
        ("One prompt, 350 tokens, question another fifty.", {"prompt_tokens": 400}),
        ("System text 350 words, user text 50 words.", {"prompt_tokens": 520}),
        ("1,100 tokens of rules plus roughly 100 for the user.", {"prompt_tokens": 1_200}),
        ("750 tokens of instruction and question together.", {"prompt_tokens": 750}),
        ("The answer is one page.", {"output_tokens": 650}),
    ],
)
def test_the_parts_of_a_request_are_told_apart_and_added(message: str, sizes: dict[str, float]) -> None:
    assert dict(sizes_in(message)) == sizes


@pytest.mark.parametrize(
    "message",
    [
        "Houseplants: it should write the blurbs, 120 words a pop.",
        "We have 95 volunteers, and each gets 12 days off.",
        "They write stories from a few keywords, about 300 words each.",
        "Four hundred items each week, 70 words.",
        "We have 2,000 requests of 300 words each.",
        "We are 40 people in 12 offices.",
        "There is a link on a page of our site.",
        "The spring issue: 3 in the morning, 4 out of office.",
        "In 2024 we moved to version 3.",
        "Answers 90% right, questions 40 a day.",
    ],
)
def test_what_is_no_amount_of_knowledge_or_of_a_request_stays_unread(message: str) -> None:
    assert [one for one in sizes_in(message) if one[0] != "output_tokens"] == []


@pytest.mark.parametrize(
    ("message", "pages"),
    [
        ("What we know of 400 cheeses is in a catalogue of 75 pages.", 75),
        ("95 volunteers on the phones, behind them a guidance file of 140 pages.", 140),
        ("One binder of 64 pages.", 64),
    ],
)
def test_the_length_of_one_document_is_not_multiplied_by_a_number_of_something_else(message: str, pages: int) -> None:
    assert sizes_in(message) == [("knowledge_tokens", pages * 650)]
