"""The memo that leaves the room: what it says, where it has it from, and that nobody can spoil it unseen."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.memo.compose import compose, write_memo
from agent.memo.document import read_memo, render_json
from agent.memo.grounds import Grounds, gather
from agent.memo.markdown import render_markdown
from agent.memo.outline import Bullets, Memo, Paragraph, Section, Sentence, Traced
from agent.memo.verify import check_sentence, repaired, verify_memo
from agent.memo.wording import wording
from knowledge.blueprints import load_blueprints
from knowledge.claims import load_claims
from tests.agent.memo.made_advice import MadeAdvice, made
from tests.agent.memo.mutations import spoiled_sentences, swapped_citations
from tests.agent.memo.situations import article_cases
from tests.decide_profiles import engine
from tools.decide.plan import plan_of
from tools.profile import parse_profile

SUPPORT_BOT = {
    "use_case": "A support bot that answers from 300 pages which change every week.",
    "task": "question_answering",
    "gap": "knowledge",
    "knowledge_tokens": 195_000,
    "update_frequency": "weekly",
    "queries_per_day": 10_000,
    "latency_budget_ms": 2_000,
    "needs_citations": True,
    "labeled_examples": 0,
}
CLASSIFIER = {
    "task": "classification",
    "gap": "behavior",
    "task_stable": True,
    "queries_per_day": 60_000,
    "labeled_examples": 6_000,
    "knowledge_tokens": 0,
    "accuracy_target": 0.95,
}
BOTH = {
    "task": "assistant",
    "gap": "both",
    "knowledge_tokens": {"value": 4_000_000, "unsure": True},
    "update_frequency": "daily",
    "labeled_examples": {"low": 500, "high": 900},
    "contains_pii": True,
    "prompting_success": 0.4,
}
PROFILES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "support bot": SUPPORT_BOT,
    "classifier": CLASSIFIER,
    "both": BOTH,
}
HEARD = {"queries_per_day": (10_000, "10k a day", "Ana", 3, "user")}

Advised = Callable[[str], MadeAdvice]


@pytest.fixture(scope="module")
def advised() -> Advised:
    found: dict[str, MadeAdvice] = {}
    return lambda name: found.setdefault(name, made(PROFILES[name])) if name not in found else found[name]


@pytest.fixture(scope="module", params=PROFILES)
def memo(request: pytest.FixtureRequest, advised: Advised) -> Memo:
    return write_memo(advised(request.param), HEARD if request.param == "support bot" else {})


def section(memo: Memo, name: str) -> Section:
    return next(section for section in memo.sections if section.id == name)


def paragraph(section: Section) -> Paragraph:
    """What a section begins with."""
    first = section.blocks[0]
    assert isinstance(first, Paragraph)
    return first


def texts(memo: Memo, name: str) -> str:
    return " ".join(sentence.text for where, sentence in memo.sentences() if where == name)


def test_every_number_and_citation_of_a_memo_is_proven(memo: Memo) -> None:
    report = verify_memo(memo)
    assert report.findings == ()
    assert report.values > 200
    assert not memo.replaced


def test_every_changed_number_is_noticed(memo: Memo) -> None:
    grounds, claims, chance = Grounds(memo.grounds), load_claims(), random.Random(1)  # noqa: S311
    for _, sentence in memo.sentences():
        for spoiled in spoiled_sentences(sentence, chance):
            assert check_sentence(spoiled, grounds, claims), spoiled.text


def test_nearly_every_swapped_citation_is_noticed(memo: Memo) -> None:
    grounds, claims, chance = Grounds(memo.grounds), load_claims(), random.Random(1)  # noqa: S311
    spoiled = [
        bool(check_sentence(other, grounds, claims))
        for _, sentence in memo.sentences()
        for other in swapped_citations(sentence, claims, chance)
    ]
    assert len(spoiled) > 10
    assert sum(spoiled) / len(spoiled) >= 0.995


def test_the_decision_stands_first_in_two_sentences(memo: Memo) -> None:
    first = memo.sections[0]
    assert first.id == "outcome"
    assert len(paragraph(first).sentences) == 2


def test_the_common_sections_of_decision_records_are_there(memo: Memo) -> None:
    headings = " ".join(section.heading.text for section in memo.sections)
    for name in ("Context and problem statement", "Decision drivers", "Considered options", "Decision outcome"):
        assert name in headings
    for name in ("Consequences", "Confirmation", "pros and cons"):
        assert name in headings


def test_an_unknown_situation_gives_a_conditional_memo_that_says_what_to_find_out(advised: Advised) -> None:
    memo = write_memo(advised("nothing"), {})
    assert "Too little is known" in texts(memo, "outcome")
    assert "today's model" in texts(memo, "outcome")
    assert "Nothing has been said" in texts(memo, "context")


def test_the_users_words_stand_beside_the_facts(advised: Advised) -> None:
    memo = write_memo(advised("support bot"), HEARD)
    assert "“10k a day”" in texts(memo, "context")
    assert "(Ana)" in texts(memo, "context")


def test_money_has_two_digits_in_sentences_and_cents_in_tables(advised: Advised) -> None:
    memo = write_memo(advised("support bot"), {})
    summary = texts(memo, "outcome")
    assert re.search(r"\$37,000", summary)
    assert "$37,235.25" in texts(memo, "cost_details")


def test_a_stated_target_sets_the_sample_size(advised: Advised) -> None:
    said = texts(write_memo(advised("classifier"), {}), "confirmation")
    assert "95 %, as you asked" in said
    assert "at least 73 real cases" in said


def test_without_a_target_the_usual_one_is_cited(advised: Advised) -> None:
    memo = write_memo(advised("support bot"), {})
    said = texts(memo, "confirmation")
    assert "at least 246 real cases" in said
    assert "premai:prompting-80-percent-ships" in memo.cited


def test_each_rejected_option_gets_a_verdict_and_what_it_would_take(memo: Memo) -> None:
    listed = section(memo, "rejected").blocks[1]
    assert isinstance(listed, Bullets) and len(listed.items) == 4
    assert all(len(item) == 3 for item in listed.items)


def test_no_smallest_change_is_told_twice(memo: Memo) -> None:
    flip = re.compile(r"decision/flips/(\d+)/shown/")
    told = {
        name: {found[1] for where, each in memo.sentences() if where == name for found in _paths(flip, each)}
        for name in ("rejected", "flips")
    }
    assert not told["rejected"] & told["flips"]


def _paths(pattern: re.Pattern[str], sentence: Sentence) -> list[re.Match[str]]:
    return [found for value in sentence.values if (found := pattern.match(value.path))]


def test_no_sentence_of_the_main_part_is_said_twice(memo: Memo) -> None:
    main = [section.id for section in memo.sections if not section.appendix]
    long = [sentence.text.strip() for where, sentence in memo.sentences() if where in main and len(sentence.text) > 60]
    assert [text for text in set(long) if long.count(text) > 1 and long.count(text) != _options_of(memo, text)] == []


def _options_of(memo: Memo, text: str) -> int:
    """How many options one reason speaks for or against, which stand side by side."""
    return sum(reason["text"] == text for reason in memo.grounds["decision"]["reasons"])


def test_the_build_is_watched_for_sixty_days(memo: Memo) -> None:
    assert "60 days" in texts(memo, "plan")


@pytest.mark.parametrize(
    ("deadline", "said"), [(26, "keeps your deadline"), (4, "only where"), (1, "Even at their shortest")]
)
def test_the_plan_is_held_against_the_deadline(deadline: float, said: str) -> None:
    profile = {"gap": "behavior", "task": "generation", "labeled_examples": 9000, "weeks_to_production": deadline}
    advice = made(profile)
    if deadline < 3:
        fine_tuning = plan_of(engine(), parse_profile(profile), "fine_tuning")
        advice = replace(advice, decision=replace(advice.decision, plan=fine_tuning))
    assert said in texts(write_memo(advice, {}), "plan")


def test_what_runs_already_is_kept_and_not_put_first() -> None:
    said = texts(write_memo(made({**BOTH, "rag_in_production": True, "labeled_examples": 5000}), {}), "outcome")
    assert "Keep the retrieval that is live" in said and "retrieval first" not in said


def test_the_gap_is_spoken_of_as_surely_as_it_is_known() -> None:
    sure, doubted, unknown = (
        texts(write_memo(made({"task": "assistant", **gap}), {}), "diagnosis")
        for gap in ({"gap": "knowledge"}, {"gap": {"value": "knowledge", "unsure": True}}, {})
    )
    assert "as you told us" in sure and "as far as you could say" in doubted and "was not named" in unknown
    outright = engine().book.scale.gaps["knowledge"]
    memo = render_markdown(write_memo(made({"task": "assistant"}), {})).split("## Appendix")[0]
    assert outright not in memo and outright[1:] not in memo


def test_a_doubted_fact_is_no_ground_for_a_risk() -> None:
    sure = {"gap": "knowledge", "documents_unreliable": True}
    doubted = {**sure, "documents_unreliable": {"value": True, "unsure": True}}
    said = [texts(write_memo(made(profile), {}), "consequences") for profile in (sure, doubted)]
    assert "The documents themselves are at fault" in said[0] and "at fault" not in said[1]


def test_a_volume_that_nobody_gave_is_said_to_be_assumed() -> None:
    assumed = [{"name": "queries_per_day", "label": "volume", "unit": None, "source": "s", "p10": 50.0, "p90": 5e4}]
    advice = made({"gap": "knowledge"})
    stored = {**gather(advice, {}), "record": {**advice.document(), "assumptions": assumed}}
    assert "allow for 50 to 50,000 queries a day" in texts(compose(stored, None, "british"), "costs")
    known = {**stored, "profile": {**stored["profile"], "queries_per_day": 100}}
    assert "allow for" not in texts(compose(known, None, "british"), "costs")


def test_a_conflict_the_advice_rests_on_is_always_shown(advised: Advised) -> None:
    advice = advised("support bot")
    memo = write_memo(advice, {})
    assert advice.decision.conflicts
    for conflict in advice.decision.conflicts:
        assert all(claim in memo.cited for claim in conflict.claims)


def test_the_memo_shows_the_decisions_own_list_of_conflicts_with_every_one_on_what_it_cites(memo: Memo) -> None:
    claims = load_claims()
    of_conflicts = ("conflicts", "more_conflicts")
    said = [(section, sentence) for section, sentence in memo.sentences() if section not in of_conflicts]
    topics = {claims[citation.claim].topic for _, sentence in said for citation in sentence.citations}
    option = memo.grounds["decision"]["recommendation"]["option"]
    bearing = {conflict.id for conflict in claims.conflicts_on(topics) if option in conflict.options}
    paths = [value.path for section, each in memo.sentences() if section in of_conflicts for value in each.values]
    shown = {path.split("/")[1] for path in paths}
    assert shown == {conflict["id"] for conflict in memo.grounds["decision"]["conflicts"]} >= bearing


def test_american_spelling_leaves_the_users_words_alone(advised: Advised) -> None:
    profile = {**SUPPORT_BOT, "use_case": "The colour of our behaviour"}
    memo = write_memo(made(profile), {}, spelling="american")
    words = render_markdown(memo)
    assert "The colour of our behaviour" in words
    assert "behavior" in words
    assert not re.search(r"\bLabelled\b", words)
    assert verify_memo(memo).passed


def test_a_title_of_ones_own_is_shown(advised: Advised) -> None:
    assert write_memo(advised("support bot"), {}, title="Help desk").title.text == "Decision memo: Help desk"


def test_a_failing_sentence_is_dropped_and_noted(advised: Advised) -> None:
    memo = write_memo(advised("support bot"), {})
    outcome = memo.sections[0]
    opening = paragraph(outcome)
    first = opening.sentences[1]
    wrong = replace(first, parts=(Traced("Nobody knows.", "decision/reasons/0/text", "sentence"),))
    spoiled = replace(outcome, blocks=(replace(opening, sentences=(wrong,)), *outcome.blocks[1:]))
    kept, noted = repaired((spoiled,), Grounds(memo.grounds))
    assert paragraph(kept[0]).sentences == ()
    assert noted[0].said == "Nobody knows."


def test_a_memo_survives_being_written_as_json_and_read(memo: Memo) -> None:
    again = read_memo(render_json(memo))
    assert again.sections == memo.sections
    assert again.cited == memo.cited
    assert render_markdown(again) == render_markdown(memo)


def test_the_main_part_is_read_in_some_minutes(memo: Memo) -> None:
    main = render_markdown(memo).split("## Appendix")[0]
    assert len(re.findall(r"[A-Za-z][\w'’-]*", main)) < 1_650


def test_no_template_holds_a_number_of_its_own() -> None:
    from agent.memo.numerals import numerals
    from agent.memo.wording import SLOT

    every = {**wording().sentences, **wording().columns, **wording().headings}
    every |= {f"{o} {v}": text for o, variants in wording().choices.items() for v, text in variants.items()}
    assert {name: found for name, text in every.items() if (found := numerals(SLOT.sub(" ", text)))} == {}


def test_every_practice_of_the_blueprints_is_about_an_option_its_claims_speak_of() -> None:
    from agent.memo.verify import bears_on

    claims = load_claims()
    book = load_blueprints()
    for step in book.steps:
        for entry in step.entries:
            for option in set(step.options) & set(entry.options):
                assert all(bears_on(claims[claim], option) for claim in entry.claims), (step.title, entry.claims)


def test_every_article_case_gives_a_memo_that_passes() -> None:
    for name, profile in list(article_cases().items())[::16]:
        memo = write_memo(made(profile), {})
        assert verify_memo(memo).passed, name
        assert not memo.replaced, name
