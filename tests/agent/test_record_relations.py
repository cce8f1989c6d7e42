"""The same facts come to the same decision record, however a consultation comes by them."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.consultation import Consultant
from agent.interview import next_question
from agent.language.embedded.understand import EmbeddedLanguage
from agent.ledger import Entry, Ledger
from agent.protocol import Answered, Message, Said
from agent.settings import load_settings
from knowledge.errors import InputError
from knowledge.search import Searcher
from tests.decide_profiles import AS_OF, partial_profiles, steadily
from tests.scripted_language import ScriptedLanguage
from tools.advice import advise
from tools.decide.decide import decide
from tools.profile import Known, Profile

ATTACKS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent.parent / "cases" / "attacks.yaml").read_text())
USABLE = sorted({attack for family in ATTACKS.values() for attack in family if attack.strip() and len(attack) < 1_000})
few = settings(steadily, max_examples=20)
fewer = settings(steadily, max_examples=4)
"""For whole consultations."""

facts = partial_profiles(least=2, most=5).map(Profile.document)


@pytest.fixture(scope="module")
def consultant(tmp_path_factory: pytest.TempPathFactory, searcher: Searcher) -> Iterator[Consultant]:
    chosen = load_settings(home=tmp_path_factory.mktemp("home"), messages_per_hour=0)
    with closing(Consultant(chosen, ScriptedLanguage(), searcher)) as consultant:
        yield consultant


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory, searcher: Searcher) -> Iterator[Consultant]:
    """A consultant that reads as the product does."""
    chosen = load_settings(home=tmp_path_factory.mktemp("home"), messages_per_hour=0)
    with closing(Consultant(chosen, searcher=searcher)) as consultant:
        yield consultant


def profile_after(consultant: Consultant, *messages: Message) -> Profile:
    session = consultant.start().session
    for message in messages:
        consultant.send(session, message)
    return consultant.ledger(session).profile


def record_after(consultant: Consultant, *messages: Message) -> dict[str, Any]:
    return advise(profile_after(consultant, *messages), AS_OF).record()


def one_by_one(document: dict[str, Any]) -> list[Message]:
    return [Answered({fact: value}) for fact, value in document.items()]


@pytest.mark.relation("any-order")
@fewer
@given(facts, st.randoms(use_true_random=False))
def test_any_order_of_answers_gives_the_same_record(
    consultant: Consultant, document: dict[str, Any], chance: random.Random
) -> None:
    shuffled = one_by_one(document)
    chance.shuffle(shuffled)
    assert record_after(consultant, *shuffled) == record_after(consultant, *one_by_one(document))


@pytest.mark.relation("one-message-or-many")
@fewer
@given(facts)
def test_one_answer_or_many_give_the_same_record(consultant: Consultant, document: dict[str, Any]) -> None:
    assert record_after(consultant, Answered(document)) == record_after(consultant, *one_by_one(document))


@pytest.mark.relation("one-message-or-many")
@fewer
@given(facts)
def test_one_sentence_or_many_give_the_same_record(consultant: Consultant, document: dict[str, Any]) -> None:
    plain = {fact: value for fact, value in document.items() if not isinstance(value, dict)} or {"regulated": True}
    said = [f"{fact}={str(value).lower() if isinstance(value, bool) else value}" for fact, value in plain.items()]
    together, apart = profile_after(consultant, Said(" ".join(said))), profile_after(consultant, *map(Said, said))
    assert set(plain) <= set(together.facts)
    assert advise(together, AS_OF).record() == advise(apart, AS_OF).record()


@pytest.mark.relation("there-and-back")
@fewer
@given(facts, facts)
def test_answers_changed_and_changed_back_leave_no_trace(
    consultant: Consultant, document: dict[str, Any], detour: dict[str, Any]
) -> None:
    wandering = {fact: value for fact, value in detour.items() if fact in document} or detour
    back = {**dict.fromkeys(wandering), **document}
    there = [Answered(document), Answered(wandering), Answered(back)]
    never_gone = [Answered({**dict.fromkeys(wandering), **document})]
    assert record_after(consultant, *there) == record_after(consultant, *never_gone)


@pytest.mark.relation("restart")
@fewer
@given(facts, st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_restart_between_any_two_messages_changes_nothing(
    consultant: Consultant, searcher: Searcher, document: dict[str, Any], restarts: list[bool]
) -> None:
    messages = one_by_one(document)
    session = consultant.start().session
    chosen = load_settings(home=consultant._settings.home, messages_per_hour=0)
    for message, restarting in zip(messages, restarts, strict=False):
        if restarting:
            with closing(Consultant(chosen, ScriptedLanguage(), searcher)) as another:
                last = another.send(session, message)
        else:
            last = consultant.send(session, message)
    unbroken = consultant.start().session
    for message in messages:
        there = consultant.send(unbroken, message)
    assert (last.recommendation, last.open, last.asks) == (there.recommendation, there.open, there.asks)
    profiles = [consultant.ledger(each).profile for each in (session, unbroken)]
    assert advise(profiles[0], AS_OF).record() == advise(profiles[1], AS_OF).record()


@pytest.mark.relation("attack-text")
@fewer
@given(facts, st.sampled_from(USABLE), st.sampled_from(USABLE), st.sampled_from(USABLE))
def test_attacks_in_the_description_the_messages_and_the_name_change_nothing(
    listening: Consultant, document: dict[str, Any], described: str, said: str, name: str
) -> None:
    plain = profile_after(listening, Answered(document))
    session = listening.start().session
    for message in (Answered({**document, "use_case": described}, name), Said(said, name)):
        try:
            listening.send(session, message)
        except InputError:
            listening.send(session, Answered(document))  # a text that cannot be kept is refused whole
    attacked = listening.ledger(session).profile
    assert advise(attacked, AS_OF).record() == advise(plain, AS_OF).record()


@pytest.mark.relation("attack-text")
@few
@given(partial_profiles(), st.sampled_from(USABLE), st.sampled_from(["use_case", "steps"]))
def test_attacks_in_a_field_of_text_move_no_part_of_the_decision(profile: Profile, attack: str, field: str) -> None:
    attacked = profile.replace(**{field: Known(attack)})
    before, after = decide(profile, AS_OF), decide(attacked, AS_OF)
    assert (after.recommendation, after.diagnosis, after.unknown) == (
        before.recommendation,
        before.diagnosis,
        before.unknown,
    )


SAID = {"day": 1, "week": 7, "month": 365 / 12, "quarter": 365 / 4, "year": 365}


@pytest.mark.relation("same-volume")
@fewer
@given(partial_profiles(most=5, without=("queries_per_day",)), st.integers(1, 80_000).map(lambda dozens: 12 * dozens))
def test_the_same_volume_said_for_any_period_gives_the_same_record(profile: Profile, per_day: int) -> None:
    messages = [f"{round(per_day * days):,} requests a {period}" for period, days in SAID.items()]
    read = [EmbeddedLanguage().understand(message, None, Profile({})).statements for message in messages]
    volumes = [{one.fact: one.value for one in statements} for statements in read]
    assert [set(volume) for volume in volumes] == [{"queries_per_day"}] * len(SAID)
    assert all(volume == volumes[0] for volume in volumes)
    daily, monthly = (advise(profile.replace(**volumes[place]), AS_OF).record() for place in (0, 2))
    assert daily == monthly


@pytest.mark.relation("agreement-is-said")
@few
@given(partial_profiles())
def test_there_is_a_question_exactly_where_the_advice_is_not_settled(profile: Profile) -> None:
    known = {fact: value for fact, value in profile.facts.items() if isinstance(value, Known)}
    ledger = Ledger((Entry("stated", 0, "use_case", Known("a bot")),)).appended(
        Entry("stated", 1, fact, value) for fact, value in known.items()
    )
    decision = decide(ledger.profile, AS_OF)
    open_ = [fact for fact in decision.unknown if fact.fact not in known]
    question = next_question(ledger, decision, 2)
    assert (question is not None) == (decision.certificate.certainty == "open" and bool(open_))
