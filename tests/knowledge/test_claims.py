"""The sources, claims and conflicts: what loads, what is refused, and that nothing is missing."""

import shutil
from pathlib import Path

import pytest

from knowledge.claims import load_claims
from knowledge.errors import KnowledgeError

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
