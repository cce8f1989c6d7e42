"""The training-data audit: schema, counts, repeats, leakage, lengths, labels, personal data, cost, verdict."""

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.audits import audit_parameters, audit_wording
from knowledge.errors import InputError
from knowledge.figures import cost_figures
from tools.dataset_audit import audit_dataset
from tools.dataset_audit.likeness import nearest_earlier, sketch
from tools.dataset_audit.personal_data import PersonalData, iban_holds, luhn_holds
from tools.dataset_audit.tokens import estimated_tokens

WORDS = [
    f"{start}{end}"
    for start in ("ba", "do", "ki", "lu", "me", "no", "pa", "ri")
    for end in ("ran", "tel", "sum", "vor")
]


def words(number: int, count: int = 30) -> str:
    """A text that is the number's own: nothing like another number's."""
    return " ".join(random.Random(number).choices(WORDS, k=count))  # noqa: S311


def chat(prompt: str, answer: str, system: str | None = None) -> dict[str, Any]:
    first = [{"role": "system", "content": system}] if system else []
    return {"messages": [*first, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


def examples(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [chat(words(n), words(n + 1_000_000)) for n in range(start, start + count)]


def dataset(folder: Path, lines: Iterable[Any], name: str = "train.jsonl") -> Path:
    path = folder / name
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def message_list(*roles: str) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": "some text"} for role in roles]}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("{oops", "not_json"),
        ("[]", "not_object"),
        ({"prompt": "a", "completion": "b"}, "no_messages"),
        ({"messages": []}, "empty_messages"),
        ({"messages": ["hello"]}, "message_not_object"),
        ({"messages": [{"content": "x"}]}, "missing_role"),
        (message_list("user", "bot"), "unknown_role"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "unknown_role"),
        ({"messages": [{"role": "user"}]}, "missing_content"),
        ({"messages": [{"role": "user", "content": 7}]}, "content_not_text"),
        ({"messages": [{"role": "assistant", "content": " "}]}, "empty_answer"),
        ({"messages": [{"role": "user", "content": "x", "colour": 1}]}, "unknown_key"),
        ({"messages": [{"role": "assistant", "content": "x", "weight": 0.5}]}, "bad_weight"),
        (message_list("system", "user"), "no_assistant"),
        (message_list("system", "assistant"), "no_user"),
        (message_list("user", "assistant", "user"), "last_not_assistant"),
    ],
)
def test_a_schema_error_is_reported_with_its_line_and_the_rest_is_used(tmp_path: Path, line: Any, kind: str) -> None:
    audit = audit_dataset(dataset(tmp_path, [chat("a", "b"), line, chat("c", "d")]))
    assert [(row.line, row.kind) for row in audit.errors.first] == [(2, kind)]
    assert (audit.lines, audit.examples) == (3, 2)


def test_tool_calls_and_text_parts_are_good_examples(tmp_path: Path) -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}
    parts = {"role": "user", "content": [{"type": "text", "text": "hello"}]}
    audit = audit_dataset(dataset(tmp_path, [{"messages": [parts, call]}]))
    assert (audit.examples, audit.errors.total) == (1, 0)


def test_errors_beyond_the_listed_ones_are_counted(tmp_path: Path) -> None:
    most = int(audit_parameters().files.most_errors_listed)
    audit = audit_dataset(dataset(tmp_path, ["{"] * (most + 3)))
    assert (audit.errors.total, len(audit.errors.first), audit.verdict) == (most + 3, most, "not_ready")


@pytest.mark.parametrize(
    ("count", "band", "verdict"),
    [
        (49, "too_few", "not_ready"),
        (50, "first_effect", "pilot"),
        (499, "first_effect", "pilot"),
        (500, "reliable", "ready"),
        (2000, "usual", "ready"),
    ],
)
def test_the_count_is_held_against_the_sources(tmp_path: Path, count: int, band: str, verdict: str) -> None:
    audit = audit_dataset(dataset(tmp_path, examples(count)))
    assert (audit.band.name, audit.verdict) == (band, verdict)
    assert audit.citations


def test_copies_do_not_count_twice(tmp_path: Path) -> None:
    lines = examples(40)
    audit = audit_dataset(dataset(tmp_path, [*lines, *lines[:15]]))
    assert (audit.examples, audit.distinct, audit.repeats.exact, audit.band.name) == (55, 40, 15, "too_few")
    assert audit.repeats.first_exact[0] == (41, 1)


def test_case_and_spaces_do_not_hide_a_copy(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, [chat("What is it?", "A lamp"), chat("what  is it?", "a lamp ")]))
    assert audit.repeats.exact == 1


def test_a_changed_word_makes_a_near_duplicate_and_other_texts_do_not(tmp_path: Path) -> None:
    lines = examples(300)
    changed = [chat(words(n), words(n + 1_000_000).replace(" ", " new ", 1)) for n in (3, 70, 200)]
    renamed = [chat(words(n) + " extra", words(n + 1_000_000)) for n in (5, 9)]
    audit = audit_dataset(dataset(tmp_path, [*lines, *renamed]))
    assert (audit.repeats.exact, audit.repeats.near) == (0, 2)
    assert set(audit.repeats.first_near) == {(301, 6), (302, 10)}
    assert audit_dataset(dataset(tmp_path, [*lines, *changed])).repeats.contradicting == 6


def test_a_shared_system_message_makes_nothing_alike(tmp_path: Path) -> None:
    lines = [chat(words(n), words(n + 500), system=words(1, 2000)) for n in range(50)]
    assert audit_dataset(dataset(tmp_path, lines)).repeats.near == 0


@given(st.text(min_size=1, max_size=300))
def test_the_same_text_has_the_same_sketch_whatever_it_is(text: str) -> None:
    assert sketch(text) == sketch(text)


def test_the_share_of_equal_bins_estimates_the_share_of_common_pieces() -> None:
    for seed in range(5):
        text = words(seed, 400)
        other = text[:1500] + words(seed + 99, 400)[1500:]
        pieces, others = ({each[at : at + 8] for at in range(len(each) - 7)} for each in (text, other))
        jaccard = len(pieces & others) / len(pieces | others)
        left, right = sketch(text), sketch(other)
        assert left is not None
        assert right is not None
        assert sum(a == b for a, b in zip(left, right, strict=True)) / 128 == pytest.approx(jaccard, abs=0.15)


def test_pairs_well_above_the_threshold_are_found_and_pairs_well_below_are_not() -> None:
    source = random.Random(3)  # noqa: S311
    found: dict[str, list[bool]] = {"above": [], "below": []}
    for seed in range(600):
        first = words(seed, 80).split()
        second = list(first)
        for _ in range(source.randint(0, 12)):
            second[source.randrange(80)] = source.choice(["zuxa", "wyqo", "jefi", "hixu"])
        text, other = " ".join(first), " ".join(second)
        pieces, others = ({each[at : at + 8] for at in range(len(each) - 7)} for each in (text, other))
        jaccard = len(pieces & others) / len(pieces | others)
        sketches = np.frombuffer((sketch(text) or b"") + (sketch(other) or b""), dtype=np.uint8).reshape(2, -1)
        side = "above" if jaccard >= 0.88 else "below" if jaccard <= 0.68 else ""
        if side:
            found[side].append(bool(nearest_earlier(sketches)[1] == 0))
    assert min(len(each) for each in found.values()) >= 50
    assert sum(found["above"]) >= 0.97 * len(found["above"])
    assert sum(found["below"]) <= 0.03 * len(found["below"])


def test_leakage_is_found_as_copy_as_same_prompt_and_as_near_copy(tmp_path: Path) -> None:
    train = dataset(tmp_path, examples(200))
    held = dataset(
        tmp_path,
        [
            *examples(1, start=7),
            chat(words(8), "another answer"),
            chat(words(9) + " extra", words(1_000_009)),
            *examples(20, start=5000),
        ],
        "test.jsonl",
    )
    audit = audit_dataset(train, held)
    assert audit.leakage is not None
    assert (audit.leakage.exact, audit.leakage.same_prompt, audit.leakage.near) == (1, 1, 1)
    assert audit.leakage.first == ((1, 8), (2, 9), (3, 10))
    assert audit.verdict == "not_ready"


def test_a_clean_split_has_no_leakage(tmp_path: Path) -> None:
    train, held = dataset(tmp_path, examples(600)), dataset(tmp_path, examples(50, start=900), "test.jsonl")
    audit = audit_dataset(train, held)
    assert audit.leakage is not None
    assert (audit.leakage.leaked, audit.verdict) == (0, "ready")


def test_tokens_are_estimated_by_the_kind_of_text() -> None:
    rates = audit_parameters().dataset_audit.characters_per_token
    assert estimated_tokens("a plain sentence " * 100) == round(1700 / rates.prose)
    assert estimated_tokens('{"key": "value"}' * 100) == round(1600 / rates.json_)
    assert estimated_tokens("\u6f22\u5b57" * 500) == round(1000 / rates.cjk)
    assert estimated_tokens("12,34,56\n" * 100) == round(900 / rates.numeric)


@given(st.text(max_size=200))
def test_an_estimate_is_never_negative(text: str) -> None:
    assert 0 <= estimated_tokens(text) <= len(text)


def test_the_distribution_holds_every_example(tmp_path: Path) -> None:
    lengths = audit_dataset(dataset(tmp_path, examples(101))).lengths
    assert lengths is not None
    assert lengths.least_tokens <= lengths.p5_tokens <= lengths.p50_tokens <= lengths.p95_tokens <= lengths.most_tokens
    assert lengths.mean_tokens * 101 == pytest.approx(lengths.total_tokens)


def test_examples_that_would_be_cut_are_counted(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, [*examples(5), chat("a " * 200_000, "b")]))
    assert audit.lengths is not None
    assert audit.lengths.too_long == 1


def labelled(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [chat(f"{words(n)} {label}", label) for label, count in counts.items() for n in range(count)]


def test_labels_are_recognised_and_a_rare_one_is_named(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, labelled({"billing": 300, "login": 250, "fraud": 4})))
    assert audit.labels is not None
    assert dict(audit.labels.counts) == {"billing": 300, "login": 250, "fraud": 4}
    assert audit.labels.rare == ("fraud",)
    assert any('"fraud" has 4' in step for step in audit.next_steps)


def test_a_label_that_is_personal_data_is_masked(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, labelled({"anna@example.org": 20, "other": 20})))
    assert audit.labels is not None
    assert "anna@example.org" not in json.dumps(audit.document(), ensure_ascii=False)


def test_free_text_answers_are_no_labels(tmp_path: Path) -> None:
    assert audit_dataset(dataset(tmp_path, examples(100))).labels is None


PRIVATE = {
    "email": "anna.berg@example.org",
    "phone": "+45 31 22 44 19",
    "card": "4111 1111 1111 1111",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "us_social_security": "536-22-8714",
    "ip_address": "192.168.14.77",
}


@pytest.mark.parametrize("kind", PRIVATE)
def test_personal_data_is_counted_under_its_kind_and_never_shown(tmp_path: Path, kind: str) -> None:
    lines = [*examples(2), chat(f"Please note {PRIVATE[kind]} for me.", "Noted.")]
    audit = audit_dataset(dataset(tmp_path, lines))
    assert dict(audit.personal_data.found) == {kind: 1}
    shown = json.dumps(audit.document(), ensure_ascii=False)
    assert PRIVATE[kind] not in shown
    assert PRIVATE[kind][1:6] not in shown
    assert audit_wording().personal_data[kind] in " ".join(audit.next_steps)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "GB82 WEST 1234 5698 7654 33",
        "order 100200300400",
        "2024-01-05 12:30",
        "v1.2.3",
        "$1,250.00",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text: str) -> None:
    found = PersonalData()
    found.add(1, f"see {text} there")
    assert not found.found


@given(st.integers(0, 10**15 - 1), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_card_checksum(number: int, change: int) -> None:
    digits = f"{number:015d}"
    check = next(last for last in "0123456789" if luhn_holds(f"{digits}{last}") or set(digits + last) == {"0"})
    wrong = f"{digits}{(int(check) + change) % 10}"
    assert not luhn_holds(wrong)


def test_an_iban_checksum_is_checked() -> None:
    assert iban_holds("DE89370400440532013000")
    assert not iban_holds("DE89370400440532013001")


def test_the_ledger_learns_how_many_examples_there_are_and_that_they_are_private(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, [*examples(3), *examples(1), chat("Mail anna@example.org", "Done.")]))
    told = {each.fact: (each.value, each.unsure) for each in audit.evidence}
    assert told == {"labeled_examples": (4, False), "contains_pii": (True, True)}


def test_training_cost_is_tokens_times_epochs_times_trials_times_price(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, examples(60)), prices={"managed": 3.0, "lora": 0.46})
    assert audit.lengths is not None
    epochs, trials = cost_figures()["epochs"], cost_figures()["trials"]
    for cost in audit.training_costs:
        once = audit.lengths.total_tokens * {"managed": 3.0, "lora": 0.46}[cost.way] / 1e6
        assert cost.mode_usd == pytest.approx(once * epochs.mode * trials.mode)
        assert cost.low_usd < cost.mode_usd < cost.high_usd


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_an_impossible_price_is_refused(tmp_path: Path, price: float) -> None:
    with pytest.raises(InputError, match="training price of managed"):
        audit_dataset(dataset(tmp_path, examples(2)), prices={"managed": price})


def test_the_next_steps_name_the_first_broken_line_and_what_is_missing(tmp_path: Path) -> None:
    audit = audit_dataset(dataset(tmp_path, [*examples(60), "{"]))
    text = " ".join(audit.next_steps)
    assert "line 61" in text
    assert "440" in text


def test_the_document_is_json_and_the_same_each_time(tmp_path: Path) -> None:
    path = dataset(tmp_path, labelled({"a": 40, "b": 30}))
    held = dataset(tmp_path, labelled({"a": 3}), "test.jsonl")
    first, second = (json.dumps(audit_dataset(path, held, {"x": 1.0}).document(), allow_nan=False) for _ in range(2))
    assert first == second


def test_progress_counts_both_files(tmp_path: Path) -> None:
    train, held = dataset(tmp_path, examples(3000)), dataset(tmp_path, examples(3), "test.jsonl")
    seen: list[tuple[int, int]] = []
    audit_dataset(train, held, progress=lambda done, total: seen.append((done, total)))
    size = train.stat().st_size + held.stat().st_size
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (size, size)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"x", "of a kind"),
        ("a.jsonl", b"", "empty"),
        ("a.jsonl", b"\xff\xfe{\0", "UTF-16"),
        ("b.jsonl", None, "no file"),
    ],
)
def test_an_unusable_file_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        audit_dataset(tmp_path / name)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content"]), inner),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(JSON_VALUES | st.fixed_dictionaries({"messages": JSON_VALUES}), min_size=1, max_size=5))
def test_every_line_is_an_example_or_an_error(tmp_path_factory: pytest.TempPathFactory, lines: list[Any]) -> None:
    audit = audit_dataset(dataset(tmp_path_factory.mktemp("any"), [json.dumps(line) for line in lines]))
    assert audit.examples + audit.errors.total == audit.lines == len(lines)


def test_the_order_of_the_lines_changes_no_count(tmp_path: Path) -> None:
    lines: Sequence[Any] = [*examples(80), *examples(5), chat(words(3) + " extra", words(1_000_003)), "{"]
    shuffled = random.Random(4).sample(lines, len(lines))  # noqa: S311
    first, second = (audit_dataset(dataset(tmp_path, each)) for each in (lines, shuffled))
    for audit in (first, second):
        assert (audit.distinct, audit.repeats.exact, audit.repeats.near, audit.errors.total) == (81, 5, 1, 1)
