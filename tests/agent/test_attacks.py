"""Attack text moves nothing: the decision record is the same, byte for byte, with and without it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from agent.consultation import Consultant
from agent.ledger import Entry, Ledger
from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.protocol import Answered, Said
from agent.settings import load_settings
from knowledge.errors import InputError
from knowledge.ingest.run import ingest, list_documents
from knowledge.library import open_searcher
from knowledge.search import Searcher
from tests.agent.language.model.scripted import claim, passages, templates
from tests.peers.model import ModelPeer, Reply, Request, asked_for, calls, structured, text
from tools.advice import advise
from tools.decide.decide import decide
from tools.decide.record import decision_document
from tools.profile import parse_profile

ATTACKS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent.parent / "cases" / "attacks.yaml").read_text())
EVERY = [attack for attacks in ATTACKS.values() for attack in attacks]
SPREAD = [attack for attacks in ATTACKS.values() for attack in attacks[::6]]
"""Some of every family, for what takes long."""
ASKED_IN_A_SESSION = 8
"""So few that the limit on what a session may spend on the model is not reached."""

FACTS: dict[str, Any] = {
    "gap": "knowledge",
    "update_frequency": "weekly",
    "needs_citations": True,
    "labeled_examples": 0,
    "knowledge_tokens": 2_000_000,
    "queries_per_day": 1_000,
    "ml_expertise": False,
    "regulated": True,
}


@pytest.fixture(scope="module")
def consultant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consultant]:
    searcher = open_searcher(tmp_path_factory.mktemp("index"))
    settings = load_settings(home=tmp_path_factory.mktemp("home"), messages_per_hour=0)
    with closing(Consultant(settings, searcher=searcher)) as consultant:
        yield consultant


@cache
def clean_record() -> bytes:
    return record_of(json.dumps(parse_profile(FACTS).document()))


@cache
def record_of(profile: str) -> bytes:
    """The decision record on a profile, as bytes; the description is no part of it."""
    document = decision_document(decide(parse_profile(json.loads(profile)), load_settings().date()))
    document["profile"].pop("use_case", None)
    return json.dumps(document, sort_keys=True).encode()


def record(ledger: Ledger) -> bytes:
    return record_of(json.dumps(dict(sorted(ledger.profile.document().items()))))


def test_the_list_is_long_and_names_its_families() -> None:
    assert len(set(EVERY)) >= 300 and len(ATTACKS) >= 15


@pytest.mark.relation("attack-text")
@pytest.mark.parametrize("family", ATTACKS)
def test_attacks_in_messages_and_names_move_nothing(consultant: Consultant, family: str) -> None:
    session = consultant.start().session
    consultant.send(session, Answered(FACTS))
    for attack in ATTACKS[family]:
        try:
            consultant.send(session, Said(attack, by=attack))
        except InputError:
            assert not attack.strip() or len(attack) > 1_000, attack
        ledger = consultant.ledger(session)
        moved = {fact for fact in ledger.profile.facts if fact not in (*FACTS, "use_case")}
        assert moved == set() and record(ledger) == clean_record(), attack


@pytest.mark.parametrize("family", ATTACKS)
def test_attacks_in_descriptions_move_nothing(consultant: Consultant, family: str) -> None:
    for attack in ATTACKS[family][::8]:
        turn = consultant.start()
        try:
            consultant.send(turn.session, Answered({**FACTS, "use_case": attack}, by=attack))
        except InputError:
            continue
        ledger = consultant.ledger(turn.session)
        assert record(ledger) == clean_record(), attack


def hostile(attacks: Iterator[str]) -> Callable[[Request], Reply]:
    """A model whose every answer is an attack, in whichever form it was asked for."""
    turn = count()

    def reply(request: Request) -> Reply:
        attack = next(attacks)
        match asked_for(request):
            case "stated_facts":
                facts = [claim("labeled_examples", 50_000, attack), claim("gap", "behavior", attack[:40])]
                return structured(request, {"facts": facts, "question": attack})
            case "worded":
                items = [{"name": name, "text": attack} for name in templates(request)]
                return structured(request, {"items": items})
            case "explain" if next(turn) % 2 and request["messages"][-1]["role"] != "tool":
                return calls(("decide", json.dumps({"profile": {"gap": attack}})), ("cost", attack))
            case "explain":
                return text(f"[{passages(request)[0]['id']}] {attack}")
        return text(attack)

    return reply


@pytest.mark.relation("attack-text")
def test_attacks_in_the_replies_of_a_model_move_nothing_and_are_not_stored(
    tmp_path: Path, consultant: Consultant
) -> None:
    answered: list[str] = []

    def taking() -> Iterator[str]:
        for attack in cycle(SPREAD):
            answered.append(attack)
            yield attack

    with ModelPeer(hostile(iter(taking()))) as peer:
        settings = load_settings(
            home=tmp_path / "home",
            language_model="gpt-4o-mini",
            OPENAI_BASE_URL=peer.base_url,
            OPENAI_API_KEY="sk-none",
            messages_per_hour=0,
            model_retries=0,
        )
        with closing(Consultant(settings, searcher=consultant.searcher)) as attacked:
            for _ in range(len(SPREAD) // ASKED_IN_A_SESSION):
                session = attacked.start().session
                attacked.send(session, Answered(FACTS))
                for _ in range(ASKED_IN_A_SESSION):
                    attacked.send(session, Said("What does reranking do for retrieval?"))
                    ledger = attacked.ledger(session)
                    moved = {fact for fact in ledger.profile.facts if fact not in (*FACTS, "use_case")}
                    assert moved == set() and record(ledger) == clean_record(), answered[-6:]
                stored = json.dumps(attacked.export(session))
                assert not [one for one in answered if len(one) > 30 and json.dumps(one)[1:-1] in stored]
    assert set(answered) == set(SPREAD)


@cache
def harmless_memo() -> str:
    return memo_with("A bot for the support desk.")


def memo_with(attack: str) -> str:
    """The memo of the case with the attack as its description, and as the name of who gave every fact."""
    profile = parse_profile({**FACTS, "use_case": attack})
    heard = {name: Entry("stated", 1, name, value, attack[:200], attack[:100]) for name, value in profile.facts.items()}
    return render_markdown(write_memo(advise(profile, load_settings().date()), heard))


def markup_of(text: str) -> Counter[str]:
    """What a reader of Markdown that lets everything through would draw of a text: elements, links, images."""
    inline = [
        part for token in MarkdownIt("commonmark", {"html": True}).parse(text) for part in (token.children or [token])
    ]
    drawn = ("html_block", "html_inline", "link_open", "image", "heading_open", "fence", "code_block", "hr")
    return Counter(token.type for token in inline if token.type in drawn)


@pytest.mark.parametrize("family", ATTACKS)
def test_a_memo_with_attacks_has_the_markup_of_one_without(family: str) -> None:
    usable = [one for one in ATTACKS[family] if one.strip() and len(one) < 1_000]
    text = memo_with("\n".join(usable)[:7_000])
    assert markup_of(text) == markup_of(harmless_memo())
    assert [sign for sign in ("\x1b", "\x00", "\x9b", "\u202e", "\r") if sign in text] == []


@pytest.mark.relation("attack-text")
def test_attacks_in_documents_and_file_names_move_nothing(tmp_path: Path, consultant: Consultant) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for place, attack in enumerate(EVERY[::9]):
        safe = "".join(one for one in attack if one not in "/\x00" and not "\ud800" <= one <= "\udfff")[:60]
        (folder / f"{safe or 'empty'} {place}.md").write_text(f"# {attack}\n\nA paragraph. {attack}\n")
    results = ingest([folder], tmp_path / "home")
    assert {one.status for one in results} <= {"added", "refused"} and list_documents(tmp_path / "home")
    searcher: Searcher = open_searcher(tmp_path / "home")
    with closing(Consultant(load_settings(home=tmp_path / "home"), searcher=searcher)) as reading:
        session = reading.start().session
        turn = reading.send(session, Answered(FACTS))
        assert record(reading.ledger(session)) == clean_record()
    undisturbed = consultant.send(consultant.start().session, Answered(FACTS))
    assert (turn.recommendation, turn.asks, turn.open) == (
        undisturbed.recommendation,
        undisturbed.asks,
        undisturbed.open,
    )
    assert {path.name for path in tmp_path.iterdir()} == {"papers", "home"}
