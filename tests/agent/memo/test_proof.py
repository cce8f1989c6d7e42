"""A memo that someone received: proven or refused, reopened, compared, refreshed."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from agent.memo.compose import write_memo
from agent.memo.document import render_json
from agent.memo.markdown import render_markdown
from agent.memo.proof import prove
from agent.memo.reopen import diff, refresh, reopen
from knowledge.errors import InputError
from tests.agent.memo.made_advice import AS_OF, MadeAdvice, made
from tools.profile import Profile

PROFILE = {
    "use_case": "Answers for field engineers.",
    "gap": "knowledge",
    "knowledge_tokens": 3_000_000,
    "update_frequency": "daily",
    "needs_citations": True,
}
HEARD = {"update_frequency": {"value": "daily", "quote": "every night", "by": "user", "turn": 2, "origin": "user"}}


@cache
def _made(document: str) -> MadeAdvice:
    return made(json.loads(document))


def again(profile: Profile, as_of: date) -> MadeAdvice:
    """Computes the same advice again, as the real tool would."""
    advice = _made(json.dumps(profile.document()))
    return MadeAdvice(profile, as_of, advice.decision)


@dataclass(frozen=True)
class Dearer(MadeAdvice):
    """The same advice at other prices."""

    def document(self) -> dict[str, Any]:
        record = super().document()
        record["versions"] = {**record["versions"], "prices": "2027-03-01"}
        record["costs"]["rag"]["monthly_usd"]["p50"] *= 2
        return record


def later(profile: Profile, as_of: date) -> MadeAdvice:
    return Dearer(profile, as_of, again(profile, as_of).decision)


@pytest.fixture(scope="module")
def received() -> dict[str, str]:
    memo = write_memo(_made(json.dumps(PROFILE)), HEARD)
    return {"json": render_json(memo), "md": render_markdown(memo)}


@pytest.mark.parametrize("kind", ["json", "md"])
def test_an_untouched_memo_is_proven(received: dict[str, str], kind: str) -> None:
    report = prove(received[kind], again)
    assert report.passed
    assert report.sentences > 300


@pytest.mark.parametrize("kind", ["json", "md"])
def test_a_changed_price_is_found_with_what_it_should_be(received: dict[str, str], kind: str) -> None:
    assert "$37,000" in received[kind]
    report = prove(received[kind].replace("$37,000", "$39,000", 1), again)
    assert not report.passed
    assert any("$37,000" in finding.problem for finding in report.findings)


def test_a_changed_profile_no_longer_fits_the_text(received: dict[str, str]) -> None:
    assert not prove(received["md"].replace('"knowledge_tokens": 3000000', '"knowledge_tokens": 9000'), again).passed


def test_a_line_added_to_the_text_traces_to_nothing(received: dict[str, str]) -> None:
    spoiled = received["md"].replace("## Plan", "It will save $5,000,000 a year.\n\n## Plan")
    report = prove(spoiled, again)
    assert [finding.problem for finding in report.findings if "traces to nothing" in finding.problem]


def test_a_line_taken_away_is_missed(received: dict[str, str]) -> None:
    lines = received["md"].splitlines(keepends=True)
    left = [line for line in lines if not line.startswith("- **Roll-back.**")]
    assert len(left) == len(lines) - 1
    assert any("missing" in finding.problem for finding in prove("".join(left), again).findings)


def test_a_claim_swapped_for_another_is_found(received: dict[str, str]) -> None:
    document = json.loads(received["json"])
    text = json.dumps(document).replace("house:abstain-instruction", "house:distillation")
    assert not prove(text, again).passed


def test_a_memo_of_other_versions_is_checked_against_the_record_it_carries(received: dict[str, str]) -> None:
    report = prove(received["json"], later)
    assert report.passed
    assert "other versions" in report.notes[0]


def test_what_fails_in_a_memo_of_other_versions_is_not_called_false(received: dict[str, str]) -> None:
    document = json.loads(received["json"])
    text = json.dumps(document).replace("Anyone can check each number", "Everyone can check each number")
    report = prove(text, later)
    assert not report.passed
    assert "may be due to that alone" in report.notes[-1]


def test_markdown_of_other_versions_cannot_be_proven(received: dict[str, str]) -> None:
    assert not prove(received["md"], later).passed


@pytest.mark.parametrize("text", ["", "# A page\n\nWith text.", "{}", "{", '{"format": "consult-memo/9"}', "[1]"])
def test_what_is_no_memo_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError) as refused:
        prove(text, again)
    assert str(refused.value).endswith((".", "md", "json", "consult."))


def test_a_memo_with_a_broken_tree_is_refused(received: dict[str, str]) -> None:
    document = json.loads(received["json"])
    del document["memo"]["sections"]
    with pytest.raises(InputError, match="not a complete memo"):
        prove(json.dumps(document), again)


@pytest.mark.parametrize("kind", ["json", "md"])
def test_a_memo_is_reopened_with_its_facts_and_words(received: dict[str, str], kind: str) -> None:
    found = reopen(received[kind])
    assert found.profile.document() == PROFILE
    assert found.heard["update_frequency"]["quote"] == "every night"
    assert found.as_of == AS_OF


def test_a_reopened_memo_gives_the_same_memo(received: dict[str, str]) -> None:
    found = reopen(received["md"])
    assert render_markdown(write_memo(again(found.profile, found.as_of), found.heard)) == received["md"]


def test_two_memos_are_compared_by_facts_advice_and_rules(received: dict[str, str]) -> None:
    other = render_json(write_memo(made({**PROFILE, "gap": "behavior", "task": "classification"}), {}))
    found = diff(received["json"], other, again)
    assert {change.what for change in found.facts} == {"gap", "task"}
    assert any(change.what == "option" for change in found.advice)
    assert found.rules
    assert "→" in found.advice[0].text


def test_a_memo_does_not_differ_from_itself(received: dict[str, str]) -> None:
    found = diff(received["json"], received["md"], again)
    assert found.document() == {"advice": [], "facts": [], "costs": [], "rules": [], "versions": []}


def test_refreshing_tells_whether_the_advice_still_stands(received: dict[str, str]) -> None:
    found = refresh(received["json"], date(2027, 3, 1), later)
    assert found.stands
    assert [change.what for change in found.difference.costs] == ["rag monthly_usd"]
    assert {change.what for change in found.difference.versions} == {"prices", "date"}


def test_what_changed_is_told_in_the_words_of_the_memo(received: dict[str, str]) -> None:
    renewed = refresh(received["json"], date(2027, 3, 1), later).difference
    assert [change.text for change in renewed.costs] == ["Retrieval (RAG), a month: $973 → $1,950"]
    other = render_json(write_memo(made({**PROFILE, "gap": "behavior", "task": "classification"}), {}))
    told = [change.text for kind in vars(diff(received["json"], other, again)).values() for change in kind]
    rules = [reason["rule"] for reason in json.loads(other)["decision"]["reasons"]]
    codes = [*rules, "fine_tuning", "long_context", "_usd", "knowledge_tokens", "100 %"]
    assert told and not [text for text in told if any(code in text for code in codes)]


@pytest.mark.parametrize(
    ("use", "part"),
    [
        *(
            ("prove", part)
            for part in ("profile", "heard", "as_of", "spelling", "versions", "decision", "record", "memo")
        ),
        *(("reopen", part) for part in ("profile", "heard", "as_of", "versions", "title")),
        *(("refresh", part) for part in ("profile", "spelling", "decision")),
        *(("diff", part) for part in ("profile", "decision", "as_of")),
    ],
)
def test_a_missing_part_is_named_in_words_with_what_to_do(received: dict[str, str], use: str, part: str) -> None:
    document = json.loads(received["json"])
    del document[part]
    text = json.dumps(document)
    uses: dict[str, Callable[[], object]] = {
        "prove": lambda: prove(text, again),
        "reopen": lambda: reopen(text),
        "refresh": lambda: refresh(text, AS_OF, again),
        "diff": lambda: diff(text, received["json"], again),
    }
    with pytest.raises(InputError, match=r"it lacks (the|its) .*\. Ask the sender .* `consult memo`\.$") as refused:
        uses[use]()
    assert "Error" not in str(refused.value)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, entry in entries for place in _places(entry, (*path, key)))]


OTHERS: tuple[Any, ...] = (None, 7, "x", [], {}, True)


@pytest.mark.parametrize("seed", range(24))
def test_a_memo_with_any_part_broken_is_refused_or_not_proven(received: dict[str, str], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    document = json.loads(received["json"])
    place = chance.choice([place for place in _places(document) if place])
    parent = document
    for key in place[:-1]:
        parent = parent[key]
    before = parent[place[-1]]
    parent[place[-1]] = chance.choice([other for other in OTHERS if other != before])
    try:
        assert not prove(json.dumps(document), again).passed
    except InputError as refused:
        assert "Traceback" not in str(refused)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InputError):
        prove('{"format": ' + "[" * 100_000, again)
