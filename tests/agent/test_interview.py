"""Which question comes next and when it is enough, on decisions taken from real profiles."""

from datetime import date
from typing import Any

from agent.interview import chance_of_use, next_question, patience, set_aside
from agent.ledger import Entry, Ledger, parse_entry
from knowledge.facts import fact_specs
from tools.decide.decide import decide
from tools.decide.decision import Decision
from tools.profile import Known, Open, Profile, Range, parse_profile

DAY = date(2026, 11, 20)


def ledger_of(*entries: Entry) -> Ledger:
    return Ledger(tuple(entries))


def stated(fact: str, value: Any, turn: int = 1) -> Entry:
    return Entry("stated", turn, fact, value if isinstance(value, Open | Range) else Known(value))


def decided(ledger: Ledger) -> Decision:
    return decide(ledger.profile, DAY)


def test_the_first_question_asks_for_the_use_case() -> None:
    ledger = ledger_of()
    question = next_question(ledger, decided(ledger), 0)
    assert question and question.fact == "use_case"


def test_the_question_is_the_first_open_fact_that_was_not_spoken_of() -> None:
    ledger = ledger_of(stated("gap", "knowledge"))
    decision = decided(ledger)
    first, second = (fact.fact for fact in decision.unknown[:2])
    question = next_question(ledger.appended([stated(first, Open("later"))]), decision, 2)
    assert question and question.fact == second


def test_an_unclear_statement_is_settled_first() -> None:
    unclear = Entry("clarify", 2, "queries_per_day", None, "Ten thousand, or ten?", readings=(Known(10_000), Known(10)))
    ledger = ledger_of(stated("gap", "knowledge"), unclear)
    question = next_question(ledger, decided(ledger), 2)
    assert question and question.fact == "queries_per_day" and question.choices == [10_000, 10]


def test_a_question_that_went_unanswered_is_left_after_its_last_showing() -> None:
    ledger = ledger_of(stated("gap", "knowledge"))
    decision = decided(ledger)
    first = decision.unknown[0].fact
    shown = ledger.appended(Entry("asked", turn, first) for turn in range(patience().most_showings))
    question = next_question(shown, decision, 5)
    assert question and question.fact != first
    assert first in [fact.fact for fact in set_aside(shown, decision)]


def test_each_unknown_in_a_row_makes_asking_less_useful_and_a_known_answer_restores_it() -> None:
    ledger = ledger_of(stated("gap", "knowledge"))
    decision = decided(ledger)
    once = ledger.appended([stated("labeled_examples", Open("unknown"))])
    twice = once.appended([stated("queries_per_day", Open("later"))])
    known = twice.appended([stated("regulated", True)])
    chances = [chance_of_use(one, decision) for one in (ledger, once, twice, known)]
    assert chances[0] > chances[1] > chances[2] and chances[3] == chances[0]


def test_does_not_apply_is_an_answer_and_no_sign_of_fatigue() -> None:
    assert ledger_of(stated("needs_citations", Open("not_applicable"))).unknown_in_a_row == 0


def test_someone_who_knows_every_answer_is_asked_until_the_advice_is_certain() -> None:
    known = parse_profile({"gap": "knowledge", "update_frequency": "daily", "knowledge_tokens": 50_000_000})
    ledger = Ledger(tuple(Entry("stated", 1, fact, value) for fact, value in known.facts.items()))
    turn = 2
    while question := next_question(ledger, decided(ledger), turn):
        spec = fact_specs()[question.fact]
        answer = False if spec.kind == "flag" else spec.codes[0] if spec.categorical else spec.likely[-1]
        ledger = ledger.appended([question.entry(turn), stated(question.fact, answer, turn)])
        turn += 1
    assert decided(ledger).certificate.certainty in ("proven", "probable")


def test_an_entry_survives_the_way_through_json() -> None:
    entries = [
        stated("queries_per_day", Range(10.0, 50.0)),
        Entry("stated", 3, "labeled_examples", Known(500, unsure=True), "500 or so", "Ana", "derived", True),
        Entry("clarify", 1, "queries_per_day", None, "Which?", readings=(Known(1), Range(2.0, 3.0))),
        Entry("withdrawn", 2, "gap"),
        Entry("parked", 1, "task", Known("search"), "find things"),
        Entry("restarted", 4),
    ]
    assert [parse_entry(entry.document()) for entry in entries] == entries


def test_a_fact_that_was_taken_back_is_unknown_again() -> None:
    ledger = ledger_of(stated("gap", "knowledge"), Entry("withdrawn", 2, "gap"))
    assert ledger.profile == Profile({}) and ledger.times_asked("gap") == 0


def test_a_fresh_start_forgets_without_deleting() -> None:
    ledger = ledger_of(stated("gap", "knowledge"), Entry("restarted", 2), stated("task", "search", 3))
    assert list(ledger.heard) == ["task"] and len(ledger.entries) == 3
