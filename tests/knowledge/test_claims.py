"""The sources, claims and conflicts: what loads, what is refused, and that nothing is missing."""

import shutil
from pathlib import Path

import pytest

from knowledge.claims import load_claims, topics
from knowledge.errors import KnowledgeError
from knowledge.options import OPTIONS

SOURCE = """\
id: paperwork
kind: article
title: On paperwork
publisher: A press
date: 2024-05-06
url: null
good_for: Trying things out.
claims:
  - id: paperwork:facts-are-looked-up
    section: One
    topic: diagnosis
    options: [rag, fine_tuning]
    text: Facts are looked up.
    verdict: sound
  - id: paperwork:enough-examples
    section: Two
    topic: training_examples
    options: [fine_tuning]
    text: A few hundred examples are enough.
    low: 100
    high: 900
    unit: examples
    verdict: loose
    verdict_reason: Depends on the task.
"""

CONFLICTS = """\
- id: examples
  topic: how many examples are needed
  topics: [training_examples]
  options: [fine_tuning]
  sides:
    - claims: [paperwork:enough-examples]
      says: hundreds
    - claims: [paperwork:facts-are-looked-up]
      says: none
  explained_by: null
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "paperwork.yaml").write_text(SOURCE)
    (tmp_path / "conflicts.yaml").write_text(CONFLICTS)
    return tmp_path


def break_source(folder: Path, old: str, new: str) -> None:
    assert old in SOURCE
    (folder / "sources" / "paperwork.yaml").write_text(SOURCE.replace(old, new, 1))


def break_conflicts(folder: Path, old: str, new: str) -> None:
    assert old in CONFLICTS
    (folder / "conflicts.yaml").write_text(CONFLICTS.replace(old, new, 1))


def test_a_claim_is_found_by_its_id(folder: Path) -> None:
    claim = load_claims(folder)["paperwork:enough-examples"]
    assert (claim.low, claim.high, claim.unit, claim.source) == (100, 900, "examples", "paperwork")


def test_claims_are_found_by_option_and_topic(folder: Path) -> None:
    claims = load_claims(folder)
    assert [claim.id for claim in claims.about(option="rag")] == ["paperwork:facts-are-looked-up"]
    assert [claim.id for claim in claims.about(topic="training_examples")] == ["paperwork:enough-examples"]
    assert len(claims.about(option="fine_tuning")) == len(claims.about()) == len(claims) == 2


def test_conflicts_are_found_by_topic(folder: Path) -> None:
    claims = load_claims(folder)
    assert [conflict.id for conflict in claims.conflicts_on(["training_examples", "tone"])] == ["examples"]
    assert claims.conflicts_on(["tone"]) == ()


def test_a_date_is_kept_as_text(folder: Path) -> None:
    assert load_claims(folder).sources["paperwork"].date == "2024-05-06"


def test_an_unknown_claim_id_is_named(folder: Path) -> None:
    with pytest.raises(KnowledgeError, match="paperwork:nothing"):
        load_claims(folder)["paperwork:nothing"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("[rag, fine_tuning]", "[rag, magic]", 12, "fine_tuning"),
        ("topic: diagnosis", "topic: astrology", 11, "'astrology' is not a topic"),
        ("    verdict_reason: Depends on the task.\n", "", 15, "without a verdict_reason"),
        ("verdict: sound", "verdict: maybe", 14, "'sound', 'loose' or 'wrong'"),
        ("    unit: examples\n", "", 15, "a number without a unit"),
        ("high: 900", "high: 9", 15, "low \\(100\\) above its high \\(9\\)"),
        ("id: paperwork:enough-examples", "id: other:enough-examples", 15, "must start with 'paperwork:'"),
        ("id: paperwork:enough-examples", "id: paperwork:facts-are-looked-up", 15, "used already in paperwork.yaml"),
        ("id: paperwork:enough-examples", "id: paperwork:Enough Examples", 15, "pattern"),
        ("id: paperwork\n", "id: homework\n", 1, "must stand in a file named homework.yaml"),
        ("    section: Two\n", "", 15, "Field required"),
        ("section: Two", "section: Two\n    colour: red", 17, "Extra inputs"),
        ("kind: article", "kind: rumour", 2, "'article', 'paper', 'vendor' or 'house'"),
        ("title: On paperwork", "title: [On paperwork", 4, "not valid YAML"),
    ],
)
def test_a_broken_source_is_refused_with_file_line_and_reason(
    folder: Path, old: str, new: str, line: int, reason: str
) -> None:
    break_source(folder, old, new)
    with pytest.raises(KnowledgeError, match=f"paperwork.yaml, line {line}: .*{reason}"):
        load_claims(folder)


def test_one_claim_id_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "sources" / "paperwork.yaml", folder / "sources" / "reprint.yaml")
    with pytest.raises(KnowledgeError, match=r"reprint.yaml, line 1: .*'paperwork'"):
        load_claims(folder)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("[paperwork:enough-examples]", "[paperwork:gone]", 6, "'paperwork:gone'"),
        ("[training_examples]", "[astrology]", 3, "'astrology' is not a topic"),
        ("  explained_by: null\n", "", 1, "Field required"),
        ("    - claims: [paperwork:facts-are-looked-up]\n      says: none\n", "", 6, "at least 2"),
    ],
)
def test_a_broken_conflict_is_refused_with_file_line_and_reason(
    folder: Path, old: str, new: str, line: int, reason: str
) -> None:
    break_conflicts(folder, old, new)
    with pytest.raises(KnowledgeError, match=f"conflicts.yaml, line {line}: .*{reason}"):
        load_claims(folder)


def test_a_conflict_listed_twice_is_refused(folder: Path) -> None:
    (folder / "conflicts.yaml").write_text(CONFLICTS + CONFLICTS)
    with pytest.raises(KnowledgeError, match=r"conflicts.yaml, line 11: .*'examples' stands further up"):
        load_claims(folder)


# --- What the product ships ----------------------------------------------------------------------

NUMBERED = {
    "premai": ("S0", 110),
    "dashboardhub": ("S1", 37),
    "netvionix": ("S2", 37),
    "productstudio": ("S3", 7),
    "ninjastudio": ("S4", 11),
}
"""How many number-bearing statements each article makes, and the prefix they are counted under."""


@pytest.mark.parametrize("source", NUMBERED)
def test_every_number_of_an_article_is_covered_by_one_of_its_claims(source: str) -> None:
    prefix, count = NUMBERED[source]
    covered = {number for claim in load_claims().sources[source].claims for number in claim.csv}
    assert covered == {f"{prefix}-{number:03}" for number in range(1, count + 1)}


@pytest.mark.parametrize("source", NUMBERED)
def test_each_article_has_more_claims_than_those_with_numbers(source: str) -> None:
    claims = load_claims().sources[source].claims
    assert sum(not claim.csv for claim in claims) >= 15


def test_every_number_has_a_unit_and_every_doubt_a_reason() -> None:
    for claim in load_claims():
        assert claim.unit or (claim.low is None and claim.high is None), claim.id
        assert (claim.verdict == "sound") == (claim.verdict_reason is None), claim.id


def test_a_claim_is_short_enough_to_be_read_at_a_glance() -> None:
    assert [claim.id for claim in load_claims() if len(claim.text.split()) > 60] == []


def test_no_two_claims_say_the_same_in_the_same_words() -> None:
    texts = [claim.text for claim in load_claims()]
    assert len(texts) == len(set(texts))


def test_every_topic_has_a_claim() -> None:
    assert set(topics()) == {claim.topic for claim in load_claims()}


def test_every_option_is_argued_by_several_sources() -> None:
    for option in OPTIONS:
        assert len({claim.source for claim in load_claims().about(option=option)}) >= 4, option


def test_our_own_judgement_says_that_it_is_not_evidence() -> None:
    own = [source for source in load_claims().sources.values() if source.kind == "house"]
    assert "house" in {source.id for source in own}
    assert all(source.title.startswith("Our own") and "not evidence" in source.good_for for source in own)


def test_a_dated_source_can_be_looked_up() -> None:
    for source in load_claims().sources.values():
        if source.kind in ("paper", "vendor"):
            assert source.date and source.url and source.url.startswith("https://"), source.id


def test_a_conflict_sets_different_claims_against_each_other() -> None:
    for conflict in load_claims().conflicts:
        assert len(set(conflict.claims)) == len(conflict.claims) >= 2, conflict.id
        assert len({side.says for side in conflict.sides}) == len(conflict.sides), conflict.id


def test_a_conflict_bears_on_options_that_its_claims_bear_on() -> None:
    claims = load_claims()
    for conflict in claims.conflicts:
        argued = {option for claim in conflict.claims for option in claims[claim].options}
        assert argued.intersection(conflict.options), conflict.id


DISPUTED = """upfront_cost training_run_cost monthly_run_cost cost_per_query build_effort time_to_production
    training_examples lora staleness query_volume retrieved_context vector_db_cost hybrid_approach budget"""


@pytest.mark.parametrize("topic", DISPUTED.split())
def test_the_known_disagreements_are_listed(topic: str) -> None:
    assert load_claims().conflicts_on([topic])
