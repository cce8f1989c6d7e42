"""The failure audit: what is counted, what the shares support, what is suggested, what goes to the ledger."""

import csv
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from knowledge.audits import KINDS, Kind, audit_parameters, audit_wording
from knowledge.claims import load_claims
from knowledge.errors import InputError, StoreError
from tests.tools.workbooks import workbook
from tools.failure_audit import audit_failures, export_suggestions
from tools.failure_audit.diagnosis import Counts, needed_failures, shares, supported_gap, wilson
from tools.failure_audit.signs import Failure, Surroundings, suggest

HEADER = ["query", "expected", "actual", "label"]


def audit_file(folder: Path, rows: Iterable[Iterable[str]], name: str = "audit.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def labelled(**counts: int) -> list[list[str]]:
    return [[f"q {kind} {n}", "right", "wrong", kind] for kind, count in counts.items() for n in range(count)]


def kind_of(query: str, expected: str, actual: str, around: Surroundings | None = None) -> str | None:
    found = suggest(Failure(query, expected, actual), around or Surroundings())
    return found.kind if found else None


def test_labels_are_counted_under_any_of_their_names(tmp_path: Path) -> None:
    names = ["Missing Knowledge", "hallucination", "Format/behaviour", "tone", "logic", "flaky", "OK"]
    audit = audit_failures(audit_file(tmp_path, [[f"q{n}", "e", "a", name] for n, name in enumerate(names)]))
    assert {kind: audit.shares[kind].count for kind in KINDS} == {
        "knowledge": 2,
        "behavior": 2,
        "reasoning": 1,
        "random": 1,
    }
    assert (audit.passed, audit.failures) == (1, 6)


@pytest.mark.parametrize(
    ("counts", "gap"),
    [
        ({"knowledge": 45, "format": 8, "reasoning": 5, "random": 2}, "knowledge"),
        ({"knowledge": 6, "format": 50, "reasoning": 5, "random": 4}, "behavior"),
        ({"knowledge": 40, "format": 40, "reasoning": 3, "random": 2}, "both"),
        ({"knowledge": 6, "format": 5, "reasoning": 50, "random": 4}, "reasoning"),
        ({"knowledge": 6, "format": 5, "reasoning": 4, "random": 50}, "none"),
    ],
)
def test_clear_labels_support_a_gap_with_claims_and_evidence(tmp_path: Path, counts: dict[str, int], gap: str) -> None:
    audit = audit_failures(audit_file(tmp_path, labelled(**counts)))
    assert (audit.diagnosis.status, audit.diagnosis.gap) == ("supported", gap)
    assert set(audit.diagnosis.citations) <= {claim.id for claim in load_claims()}
    assert audit.evidence is not None
    assert (audit.evidence.fact, audit.evidence.value, audit.evidence.unsure) == ("gap", gap, False)
    assert 0.9 < audit.evidence.confidence < 1


def test_mixed_failures_support_nothing_and_say_how_many_more_to_label(tmp_path: Path) -> None:
    audit = audit_failures(audit_file(tmp_path, labelled(knowledge=9, format=6, reasoning=3, random=2)))
    assert (audit.diagnosis.status, audit.diagnosis.gap, audit.evidence) == ("undecided", None, None)
    assert audit.diagnosis.more_to_label is not None
    assert f"{audit.diagnosis.more_to_label:,}" in " ".join(audit.diagnosis.because)


def test_the_number_still_to_label_is_the_smallest_that_decides() -> None:
    counts: Counts = {"knowledge": 9, "behavior": 6, "reasoning": 3, "random": 2}
    needed = needed_failures(counts)
    assert needed is not None

    def scaled(total: int) -> Counts:
        return {kind: count / 20 * total for kind, count in counts.items()}

    assert supported_gap(scaled(needed)) is not None
    assert supported_gap(scaled(needed - 1)) is None


def test_even_shares_are_never_settled_by_more_labels(tmp_path: Path) -> None:
    audit = audit_failures(audit_file(tmp_path, labelled(knowledge=2, format=8, reasoning=8, random=2)))
    assert audit.diagnosis.more_to_label is None
    assert "task" in audit.diagnosis.because[-2]


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_are_wilson_intervals(count: int, more: int, level: float) -> None:
    expected = binomtest(count, count + more).proportion_ci(level, method="wilson")
    assert wilson(count, count + more, level) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 200), min_size=1))
def test_more_of_the_leading_kind_never_unseats_a_supported_gap(counts: dict[Kind, int]) -> None:
    gap = supported_gap(counts)
    if gap in ("knowledge", "behavior", "reasoning"):
        assert supported_gap({**counts, gap: counts.get(gap, 0) + 50}) == gap


def test_shares_of_nothing_are_zero_with_an_open_interval() -> None:
    assert {(share.share, share.low, share.high) for share in shares({}).values()} == {(0.0, 0.0, 1.0)}


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [*labelled(knowledge=20, format=5), ["q", "e f g h i", "I don't have information about that.", ""]]
    forwards = audit_failures(audit_file(tmp_path, rows)).document()
    backwards = audit_failures(audit_file(tmp_path, reversed(rows))).document()
    assert {**forwards, "suggestions": 0} == {**backwards, "suggestions": 0}


@pytest.mark.parametrize(
    ("query", "expected", "actual", "kind"),
    [
        ("What is the fee?", "The fee is 40 euros.", "I don't have information about the fee.", "knowledge"),
        ("When do you open?", "At 9 in the morning.", "We open at 11 in the morning.", "knowledge"),
        ("Who runs support?", "It is run by Maria Jensen.", "It is run by Peter Hansen.", "knowledge"),
        ("Extract", '{"name": "Anna", "age": 3}', "Name: Anna, age 3", "behavior"),
        ("Extract", '{"name": "Anna", "age": 3}', '{"name": "Anna"}', "behavior"),
        ("Extract", '{"name": "Anna", "age": 3}', '{"name": "Anna", "age": "3"}', "behavior"),
        ("Extract", '{"a": 1}', 'Sure, here it is: {"a": 1}', "behavior"),
        ("How to reset?", "- Open settings\n- Click reset", "Open settings and then click reset.", "behavior"),
        ("12 boxes of 8 and 3 broken: how many are left?", "93", "96", "reasoning"),
        ("If Tom is 17 and the limit is 18, may he join?", "No, he may not.", "Yes, he may join.", "reasoning"),
        ("Bonus after 24 months, rule says 18?", "Yes, you get it.", "No, not yet.", "reasoning"),
        ("Write in our tone: late", "Hi Sam, so sorry it is late.", "Dear Customer, we regret the delay.", "behavior"),
        ("Steps?", "First unplug it, then wait for a minute.", "First unplug it, then wait for the", "random"),
        ("Steps?", "Unplug it.", "  ", "random"),
    ],
)
def test_a_failure_gets_the_label_its_signs_speak_for(query: str, expected: str, actual: str, kind: str) -> None:
    assert kind_of(query, expected, actual) == kind


def test_a_missing_not_is_no_matter_of_form() -> None:
    wanted = "Refunds are not allowed after delivery of opened goods."
    assert kind_of("Refunds?", wanted, wanted.replace("not ", "")) == "knowledge"


def test_no_sign_means_no_suggestion() -> None:
    assert kind_of("Say hello", "Hello dear friend", "Good day friend") is None


def test_a_question_answered_rightly_elsewhere_failed_at_random(tmp_path: Path) -> None:
    rows = [["What is it?", "A lamp of brass", "a cup", ""], ["what is it?", "A lamp of brass", "a lamp of brass", ""]]
    audit = audit_failures(audit_file(tmp_path, rows))
    assert [(s.line, s.label, s.sign) for s in audit.suggestions] == [(2, "random", "answered_elsewhere")]


def test_a_lone_surrogate_is_a_broken_row_and_an_emoji_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = '{"query": "%s", "expected": "e", "actual": "a"}'
    path.write_text("\n".join([row % r"\ud83d", row % r"\ud83d\ude00"]), "utf-8")
    audit = audit_failures(path)
    assert (audit.rows, [error.line for error in audit.errors.first]) == (1, [1])


def test_a_wrong_label_of_a_classification_is_behaviour(tmp_path: Path) -> None:
    rows = [[f"t{n}", label, label, ""] for n, label in enumerate(["billing", "login", "refund"] * 4)]
    audit = audit_failures(audit_file(tmp_path, [*rows, ["t99", "billing", "refund", ""]]))
    assert [(s.label, s.sign) for s in audit.suggestions] == [("behavior", "wrong_label")]


def test_suggestions_alone_give_a_provisional_diagnosis_with_less_confidence(tmp_path: Path) -> None:
    rows = [[f"q{n}", "The answer is in the manual", "I'm not sure about that", ""] for n in range(40)]
    audit = audit_failures(audit_file(tmp_path, rows))
    assert (audit.diagnosis.status, audit.diagnosis.gap) == ("provisional", "knowledge")
    assert audit.evidence is not None
    assert audit.evidence.unsure
    assert audit.evidence.confidence < audit_parameters().failure_audit.confidence_level.value
    assert audit.diagnosis.more_to_label


def test_a_given_label_outweighs_what_the_text_suggests(tmp_path: Path) -> None:
    rows = [["q", "It is in the manual", "I don't know", "reasoning"]]
    audit = audit_failures(audit_file(tmp_path, rows))
    assert (audit.labelled, audit.suggested, audit.shares["reasoning"].count) == (1, 0, 1)


def test_an_unknown_label_is_reported_and_the_row_still_counts(tmp_path: Path) -> None:
    audit = audit_failures(audit_file(tmp_path, [["q", "It is here", "I don't know that", "weird"]]))
    assert (audit.rows, audit.suggested) == (1, 1)
    assert [(row.line, row.kind) for row in audit.errors.first] == [(2, "unknown_label")]


def test_broken_rows_are_counted_beyond_those_that_are_listed(tmp_path: Path) -> None:
    most = int(audit_parameters().files.most_errors_listed)
    path = tmp_path / "a.jsonl"
    path.write_text("{broken\n" * (most + 7) + json.dumps(dict(zip(HEADER, "qeak", strict=True))), encoding="utf-8")
    audit = audit_failures(path)
    assert (audit.errors.total, len(audit.errors.first), audit.rows) == (most + 7, most, 1)
    assert audit.errors.first[0].line == 1


def test_everything_right_is_no_failure(tmp_path: Path) -> None:
    audit = audit_failures(audit_file(tmp_path, [[f"q{n}", "Yes.", "yes", ""] for n in range(60)]))
    assert (audit.diagnosis.status, audit.failures, audit.evidence) == ("no_failures", 0, None)


def test_the_three_formats_give_the_same_audit(tmp_path: Path) -> None:
    rows = [*labelled(knowledge=12, format=3), ["why", "the fee is 40", "no information available", ""]]
    first = audit_file(tmp_path, rows)
    second = tmp_path / "audit.jsonl"
    lines = ["", *(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows)]
    second.write_text("\n".join(lines), encoding="utf-8")
    third = workbook(tmp_path / "audit.xlsx", [HEADER, *rows])
    documents = [audit_failures(path).document() | {"file": ""} for path in (first, second, third)]
    assert documents[0] == documents[1] == documents[2]
    json.dumps(documents[0], allow_nan=False)


def test_the_export_holds_every_failure_and_runs_nothing(tmp_path: Path) -> None:
    rows = [["=cmd|' /c calc'!A1", "yes it does so", "I don't know that", ""], ["q", "e", "e", ""]]
    target = tmp_path / "out.csv"
    assert export_suggestions(audit_file(tmp_path, rows), target) == 1
    with target.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found[0]["query"] == "'=cmd|' /c calc'!A1"
    assert found[0]["suggested_label"] == "knowledge"


def test_an_exported_file_is_read_again_with_its_labels(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    export_suggestions(audit_file(tmp_path, labelled(knowledge=3)), target)
    assert audit_failures(target).labelled == 3


def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    audit_failures(audit_file(tmp_path, labelled(knowledge=1), "warm-up.csv"))
    path = audit_file(tmp_path, ([f"q{n} {'why ' * 5000}", f"e{n}", f"a{n}", ""] for n in range(300)))
    tracemalloc.start()
    audit_failures(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 6_000_000
    assert peak < 2_000_000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["csv", "jsonl", "xlsx"]))
def test_any_bytes_are_counted_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a.{ending}"
    path.write_bytes(b"query,expected,actual\n" * (ending == "csv") + content)
    try:
        audit = audit_failures(path)
    except InputError as refused:
        assert "\n" not in str(refused)
    else:
        assert audit.passed + audit.failures == audit.rows


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("one,two\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="query, expected and actual"):
        audit_failures(path)


def test_every_claim_of_the_parameters_exists() -> None:
    parameters = audit_parameters()
    named = {claim for claims in parameters.failure_audit.claims.values() for claim in claims}
    named |= {claim for band in parameters.dataset_audit.bands for claim in band.claims}
    assert named <= {claim.id for claim in load_claims()}


def test_every_kind_of_personal_data_has_a_name() -> None:
    assert set(audit_wording().personal_data) == set(audit_parameters().dataset_audit.personal_data)


def test_suggestions_never_overwrite_the_failures(tmp_path: Path) -> None:
    failures = audit_file(tmp_path, labelled(knowledge=3))
    before = failures.read_bytes()
    with pytest.raises(InputError, match="another file"):
        export_suggestions(failures, failures)
    assert failures.read_bytes() == before


def test_suggestions_that_cannot_be_written_say_where(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        export_suggestions(audit_file(tmp_path, labelled(knowledge=3)), tmp_path / "nowhere" / "s.csv")
