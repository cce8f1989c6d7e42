"""A consultation over the one API: facts add up, questions end, nothing is lost or counted twice."""

import itertools
import random
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.consultation import Consultant
from agent.language.port import Understanding
from agent.protocol import Answered, Commanded, Message, Said, Turn
from agent.settings import load_settings
from agent.wording import dollars
from knowledge.errors import InputError
from knowledge.search import Searcher
from tests.scripted_language import ScriptedLanguage
from tools.cost.report import estimate_costs

FACTS: dict[str, Any] = {
    "gap": "knowledge",
    "update_frequency": "weekly",
    "queries_per_day": 10_000,
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
}


def play(consultant: Consultant, *messages: Message) -> Turn:
    turn = consultant.start()
    for message in messages:
        turn = consultant.send(turn.session, message)
    return turn


def record_of(turn: Turn) -> dict[str, Any]:
    return {"recommendation": turn.recommendation, "open": turn.open}


def test_the_first_message_in_own_words_becomes_the_use_case(consultant: Consultant) -> None:
    turn = play(consultant, Said("A bot for our manuals gap=knowledge"))
    assert turn.facts["use_case"]["value"] == "A bot for our manuals gap=knowledge"
    assert turn.facts["gap"] == {"value": "knowledge", "quote": "gap=knowledge", "origin": "user"}


def test_any_order_of_answers_gives_the_same_decision(consultant: Consultant) -> None:
    orders = random.Random(1).sample(list(itertools.permutations(FACTS.items())), 4)  # noqa: S311
    turns = [play(consultant, *(Answered({fact: value}) for fact, value in order)) for order in orders]
    assert all(record_of(turn) == record_of(turns[0]) for turn in turns)


def test_one_message_or_many_give_the_same_decision(consultant: Consultant) -> None:
    many = play(consultant, *(Answered({fact: value}) for fact, value in FACTS.items()))
    assert record_of(play(consultant, Answered(FACTS))) == record_of(many)


def test_changing_an_answer_and_changing_it_back_leaves_no_trace_in_the_decision(consultant: Consultant) -> None:
    there_and_back = [Answered({"gap": gap}) for gap in ("knowledge", "behavior", "knowledge")]
    assert record_of(play(consultant, *there_and_back)) == record_of(play(consultant, there_and_back[0]))


def test_no_question_is_asked_twice_when_nothing_is_known(consultant: Consultant) -> None:
    turn = consultant.start()
    asked = []
    while turn.asks:
        asked.append(turn.asks)
        turn = consultant.send(turn.session, Answered({turn.asks: None}))
    assert turn.done and len(asked) == len(set(asked))


def test_what_was_said_is_never_asked(consultant: Consultant) -> None:
    turn = play(consultant, Answered(FACTS))
    asked = []
    while turn.asks:
        asked.append(turn.asks)
        turn = consultant.send(turn.session, Answered({turn.asks: None}))
    assert not set(asked) & set(FACTS)


def test_dont_know_is_an_answer_of_its_own(consultant: Consultant) -> None:
    turn = play(consultant, Answered({"gap": None}))
    assert turn.facts["gap"]["value"] is None and turn.facts["gap"]["state"] == "unknown"


def test_skip_leaves_a_question_for_later(consultant: Consultant) -> None:
    asked = play(consultant, Answered({"gap": "knowledge"}))
    turn = consultant.send(asked.session, Commanded("skip"))
    assert asked.asks and turn.facts[asked.asks]["state"] == "later" and turn.asks != asked.asks


def test_back_withdraws_the_last_answer_and_asks_again(consultant: Consultant) -> None:
    asked = play(consultant, Answered({"gap": "knowledge"}))
    assert asked.asks
    answered = consultant.send(asked.session, Answered({asked.asks: None}))
    turn = consultant.send(answered.session, Commanded("back"))
    assert turn.asks == asked.asks and asked.asks not in turn.facts


def test_why_keeps_the_question_open_and_changes_nothing(consultant: Consultant) -> None:
    asked = play(consultant, Answered({"gap": "knowledge"}))
    turn = consultant.send(asked.session, Commanded("why"))
    assert turn.asks == asked.asks and turn.facts == asked.facts and turn.changed is None


def test_a_supposition_is_answered_and_not_recorded(consultant: Consultant) -> None:
    asked = play(consultant, Answered({"gap": "behavior"}))
    turn = consultant.send(asked.session, Said("what if labeled_examples=5000"))
    assert "labeled_examples" not in turn.facts and "not recorded" in turn.reply


def test_restart_forgets_what_was_said_and_keeps_the_record(consultant: Consultant) -> None:
    turn = play(consultant, Answered(FACTS), Commanded("restart"))
    assert turn.facts == {} and turn.asks == "use_case"
    assert any(entry["fact"] == "gap" for entry in consultant.export(turn.session)["ledger"])


def test_a_later_statement_takes_the_place_of_an_earlier_one_and_says_so(consultant: Consultant) -> None:
    turn = play(consultant, Said("update_frequency=weekly"), Said("update_frequency=hourly"))
    assert turn.facts["update_frequency"]["value"] == "hourly"
    assert "earlier you said “update_frequency=weekly”" in turn.reply


def test_a_correction_names_both_values_and_quotes_nobody(consultant: Consultant) -> None:
    turn = play(consultant, Answered({"update_frequency": "weekly"}), Said("sorry update_frequency=hourly"))
    assert "How often the knowledge changes: changed from every week to every hour or so." in turn.reply


def test_two_statements_that_cannot_both_hold_are_quoted_back(consultant: Consultant) -> None:
    turn = play(consultant, Said("update_frequency=static update_frequency=hourly"))
    assert "update_frequency" not in turn.facts and turn.asks == "update_frequency"
    assert "update_frequency=static" in turn.reply and turn.choices == ["static", "hourly"]


def test_two_people_who_contradict_each_other_are_both_quoted(consultant: Consultant) -> None:
    turn = play(consultant, Said("update_frequency=weekly", "Ana"), Said("update_frequency=daily", "Ben"))
    assert "Ana" in turn.reply and "Ben" in turn.reply and turn.asks == "update_frequency"
    assert turn.facts["update_frequency"]["by"] == "Ana"


def test_a_message_delivered_twice_counts_once(consultant: Consultant) -> None:
    session = consultant.start().session
    first = consultant.send(session, Answered({"gap": "knowledge"}), "event-1")
    again = consultant.send(session, Answered({"gap": "behavior"}), "event-1")
    assert again == first and len(consultant.transcript(session)) == 2


def test_an_answer_about_an_unknown_model_is_refused_and_the_session_goes_on(consultant: Consultant) -> None:
    session = consultant.start().session
    with pytest.raises(InputError, match="no-such-model"):
        consultant.send(session, Answered({"model": "no-such-model"}))
    assert consultant.send(session, Answered({"gap": "knowledge"})).facts.keys() == {"gap"}


@pytest.mark.parametrize(
    "message",
    [
        Said(""),
        Said("   \n"),
        Said("x" * 100_000),
        Answered({"queries_per_day": -5}),
        Answered({"queries_per_day": float("nan")}),
        Answered({"queries_per_day": 2**70}),
        Answered({"queries_per_day": 1e400}),
        Answered({"nonsense": 1}),
        Answered({"gap": "bogus"}),
        Answered({}),
        Commanded("dance"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(consultant: Consultant, message: Message) -> None:
    before = play(consultant, Answered({"gap": "knowledge"}))
    with pytest.raises(InputError):
        consultant.send(before.session, message)
    assert consultant.resume(before.session).facts == before.facts


@pytest.mark.parametrize(
    "text", ["🙂🙂", "\x00", "\ud800", "\u202eabc", "\x1b[31mred", "a" * 8_000, "<script>alert(1)</script>"]
)
def test_odd_text_leaves_the_session_usable(consultant: Consultant, text: str) -> None:
    turn = play(consultant, Answered({"gap": "knowledge"}), Said(text), Answered({"needs_citations": True}))
    assert turn.facts["needs_citations"]["value"] is True


def test_a_session_goes_on_in_another_process_where_it_stood(consultant: Consultant) -> None:
    before = play(consultant, Answered({"gap": "knowledge"}))
    resumed = Consultant(load_settings(), ScriptedLanguage()).resume(before.session)
    assert (resumed.asks, resumed.choices, resumed.facts) == (before.asks, before.choices, before.facts)


def test_checkpoints_may_be_deleted_at_any_time(consultant: Consultant, home: Path) -> None:
    before = play(consultant, Answered({"gap": "knowledge"}))
    consultant.close()
    for path in home.glob("checkpoints.db*"):
        path.unlink()
    turn = Consultant(load_settings(), ScriptedLanguage()).send(before.session, Answered({"needs_citations": True}))
    assert turn.facts.keys() == {"gap", "needs_citations"}


def test_a_damaged_checkpoint_file_is_replaced(consultant: Consultant, home: Path) -> None:
    before = play(consultant, Answered({"gap": "knowledge"}))
    consultant.close()
    for path in home.glob("checkpoints.db*"):
        path.write_bytes(b"not a database at all" * 500)
    turn = Consultant(load_settings(), ScriptedLanguage()).send(before.session, Answered({"needs_citations": True}))
    assert turn.facts.keys() == {"gap", "needs_citations"}


def test_the_end_is_told_once_and_not_after_every_question_to_it(consultant: Consultant) -> None:
    turn = consultant.start()
    while not turn.done:
        turn = consultant.send(turn.session, Answered({turn.asks or "use_case": None}))
    after = consultant.send(turn.session, Said("thanks"))
    assert "On what is known" in turn.reply and "On what is known" not in after.reply and after.done


def test_a_message_over_which_the_program_fails_is_set_aside_and_blocks_nothing(
    tmp_path: Path, searcher: Searcher
) -> None:
    class Failing(ScriptedLanguage):
        def understand(self, message: str, *others: Any) -> Understanding:
            if message == "boom":
                raise KeyError(message)
            return super().understand(message, *others)

    with closing(Consultant(load_settings(home=tmp_path), Failing(), searcher)) as consultant:
        session = consultant.start().session
        with pytest.raises(KeyError):
            consultant.send(session, Said("boom"))
        turn = consultant.send(session, Said("gap=knowledge"))
        assert turn.facts["gap"]["value"] == "knowledge"
        _, (_, set_aside), _ = consultant.transcript(session)
        assert set_aside is not None and "left out" in set_aside.reply


def test_what_it_costs_is_answered_with_the_figure_of_the_estimate_and_leaves_the_question_open(
    consultant: Consultant,
) -> None:
    turn = consultant.start()
    for fact, value in FACTS.items():
        turn = consultant.send(turn.session, Said(f"{fact}={value}"))
    asked = consultant.send(turn.session, Said("cost"))
    profile = consultant.ledger(turn.session).profile
    costs = estimate_costs(profile, load_settings().date()).document()["costs"]
    monthly = costs[asked.recommendation["option"]]["monthly_usd"]["p50"]
    assert f"about {dollars(monthly)} a month" in asked.reply
    assert asked.asks == turn.asks


def test_what_was_worked_out_is_marked_with_the_words_it_comes_from(tmp_path: Path, searcher: Searcher) -> None:
    with closing(Consultant(load_settings(home=tmp_path), searcher=searcher)) as own_words:
        session = own_words.start().session
        reply = own_words.send(session, Said("300 pages, and answers must cite their source.")).reply
    assert "**Noted:** Answers must name their source: yes" in reply
    assert "**Worked out from your words:** Size of the knowledge: 195,000 tokens (from “300 pages”)" in reply
