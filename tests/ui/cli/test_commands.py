"""The commands as a user or a script calls them: results on stdout, one sentence on stderr, exit codes."""

import io
import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from knowledge.facts import fact_specs
from tools.profile import parse_profile
from ui.cli.app import run
from ui.cli.profiles import with_changes

PROFILE = {"gap": "knowledge", "knowledge_tokens": 2_000_000, "update_frequency": "weekly", "queries_per_day": 10_000}


class Given(io.StringIO):
    """Standard input that holds a text."""

    @property
    def buffer(self) -> io.BytesIO:
        return io.BytesIO(self.getvalue().encode("utf-8", errors="surrogateescape"))


@pytest.fixture
def call(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Calls a command with a text on stdin; gives exit code, stdout and stderr."""

    def command(*arguments: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", Given(given))
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def test_a_profile_is_decided_with_reasons_and_citations_that_resolve(call: Any) -> None:
    code, out, _ = call("decide", "-", "--json", given=json.dumps(PROFILE))
    document = json.loads(out)
    cited = {claim for reason in document["reasons"] for claim in reason["citations"]}
    assert code == 0 and document["recommendation"]["option"] == "rag" and cited <= document["citations"].keys()


def test_a_what_if_is_answered_with_the_difference(call: Any) -> None:
    _, out, _ = call("decide", "-", "--json", "--set", "gap=behavior", given=json.dumps(PROFILE))
    difference = json.loads(out)["difference"]
    assert difference["facts"] == ["gap"] and difference["from"] == "rag" and difference["to"] != "rag"


@pytest.mark.parametrize("command", ["decide", "cost"])
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ('{"queries_per_day": -5}', "queries_per_day"),
        ('{"queries_per_day": NaN}', "NaN"),
        ('{"queries_per_day": 1e999}', "queries_per_day"),
        ('{"nonsense": 1}', "nonsense"),
        ('{"gap": "bogus"}', "gap"),
        ("[1, 2]", "list"),
        ('{"queries_per_day": 5, "queries_per_day": 6}', "'queries_per_day' is given more than once"),
        ("", "empty"),
        ("not json", "JSON"),
        ("[" * 100_000, "nested"),
    ],
)
def test_an_unusable_profile_is_refused_in_one_sentence_that_names_it(
    call: Any, command: str, given: str, named: str
) -> None:
    code, out, err = call(command, "-", "--json", given=given)
    assert code == 2 and out == "" and named in err and len(err.splitlines()) == 1


def test_an_unusable_line_is_answered_in_its_place(call: Any) -> None:
    _, out, _ = call("decide", "--jsonl", given='{"gap": "knowledge"}\nnot json\n{"gap": "behavior"}\n')
    lines = [json.loads(line) for line in out.splitlines()]
    assert [("error" in line) for line in lines] == [False, True, False]


def test_a_file_that_does_not_exist_is_named(call: Any) -> None:
    code, _, err = call("decide", "no-such-file.json")
    assert code == 2 and "no-such-file.json" in err


def test_a_search_that_nothing_answers_is_an_empty_list(call: Any) -> None:
    code, out, _ = call("search", "zebra stripes and volcano lava", "--json")
    assert code == 0 and json.loads(out) == []


def test_a_memo_is_the_same_bytes_twice(call: Any) -> None:
    first, second = (call("memo", "-", given=json.dumps(PROFILE))[1] for _ in range(2))
    assert first == second and first.startswith("# ")


def test_a_memo_reopens_as_a_session_with_the_same_facts(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "memo.md"
    call("memo", "-", "-o", str(path), given=json.dumps(PROFILE))
    _, out, _ = call("reopen", str(path), "--json")
    assert {fact: entry["value"] for fact, entry in json.loads(out)["facts"].items()} == PROFILE


def test_a_memo_in_an_unknown_format_is_refused_with_those_there_are(call: Any) -> None:
    code, _, err = call("memo", "-", "-o", "memo.xyz", given=json.dumps(PROFILE))
    assert code == 2 and ".docx" in err


def chat(call: Any, *lines: Any, session: str | None = None) -> list[dict[str, Any]]:
    given = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    chosen = ("--session", session) if session else ()
    return [json.loads(line) for line in call("chat", "--json", *chosen, given=given)[1].splitlines()]


def test_the_chat_greets_and_answers_one_line_for_each_line(call: Any) -> None:
    lines = chat(call, {"message": "A support bot"}, {"answers": {"gap": "knowledge"}}, {"command": "why"})
    assert len(lines) == 4
    assert all(
        list(line)
        == ["session", "reply", "asks", "choices", "facts", "recommendation", "open", "changed", "done", "memo"]
        for line in lines
    )


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "null",
        "{}",
        '{"message": 5}',
        '{"message": ""}',
        '{"message": "a", "command": "why"}',
        '{"command": "dance"}',
        '{"command": ["why"]}',
        '{"answers": {"gap": "bogus"}}',
        '{"answers": []}',
        '{"answers": {"queries_per_day": -1}}',
        '{"message": "a", "by": 7}',
        '{"message": "a", "id": {}}',
        '{"message": "a", "surprise": 1}',
        '{"message": "' + "x" * 100_000 + '"}',
    ],
)
def test_a_malformed_line_is_answered_with_an_error_and_changes_nothing(call: Any, bad: str) -> None:
    greeting, known, error, after = chat(call, {"answers": {"gap": "knowledge"}}, bad, {"command": "why"})
    assert error.keys() == {"error"} and after["facts"] == known["facts"] and greeting["facts"] == {}


def test_the_chat_goes_on_where_it_stood(call: Any) -> None:
    greeting, turn = chat(call, {"answers": {"gap": "knowledge"}})
    (resumed,) = chat(call, session=greeting["session"])
    assert (resumed["asks"], resumed["facts"]) == (turn["asks"], turn["facts"])


def test_the_memo_command_gives_the_memo(call: Any) -> None:
    *_, last = chat(call, {"answers": PROFILE}, {"command": "memo"})
    assert last["memo"].startswith("# ")


def test_a_session_is_listed_exported_and_erased(call: Any) -> None:
    (greeting,) = chat(call)
    session = greeting["session"]
    assert session in call("sessions")[1]
    assert json.loads(call("sessions", "export", session)[1])["session"] == session
    assert call("sessions", "erase", session)[0] == 0
    assert call("chat", "--json", "--session", session)[0] == 2


def test_a_misspelt_setting_is_told_with_the_nearest_name(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSULT_HOEM", "/somewhere")
    assert "CONSULT_HOME" in call("sessions")[2]


@pytest.mark.parametrize(
    ("setting", "value", "taken"),
    [
        ("CONSULT_AS_OF", "yesterday", "a date such as 2026-11-20"),
        ("CONSULT_AS_OF", "2026-13-40", "a date such as 2026-11-20"),
        ("CONSULT_RETENTION_DAYS", "-3", "a whole number, at least 0, at most 36,500"),
        ("CONSULT_MODEL_TIMEOUT_S", "soon", "a number, more than 0, at most 600"),
        ("CONSULT_LOG_FORMAT", "xml", "text or json"),
        ("CONSULT_SIGN_IN_HEADER", "two words", "text such as X-Forwarded-Email"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_told_with_what_it_takes_and_where_to_change_it(
    call: Any, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, taken: str
) -> None:
    monkeypatch.setenv(setting, value)
    told = f"The setting {setting} cannot be '{value}': it takes {taken}. Change it or take it out, in the "
    assert call("decide", "-", given="{}") == (2, "", f"{told}environment or in .env.\n")


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ("queries_per_day=10_000", 10_000),
        ('queries_per_day={"low": 10_000, "high": 20_000}', {"low": 10_000, "high": 20_000}),
        ('labeled_examples={"state": "not_applicable"}', {"state": "not_applicable"}),
        ('update_frequency={"state": "not_applicable"}', {"state": "not_applicable"}),
    ],
)
def test_a_change_takes_any_form_of_a_value(assignment: str, value: Any) -> None:
    changed = with_changes(parse_profile({}), [assignment]).document()
    assert changed == {assignment.partition("=")[0]: value}


def test_a_fact_that_nobody_knows_leads_to_a_list_of_those_there_are(call: Any) -> None:
    code, _, err = call("decide", "-", "--set", "zzz=1", given="{}")
    assert code == 2 and "`consult decide --help` lists the facts" in err
    assert set(fact_specs()) <= set(re.findall(r"\w+", call("decide", "--help")[1]))


def test_the_version_is_shown(call: Any) -> None:
    assert call("--version") == (0, f"consult {version('llm-architecture-consultant')}\n", "")


def test_an_empty_list_of_sessions_says_how_to_begin_one(call: Any) -> None:
    code, out, err = call("sessions", "list")
    assert (code, out) == (0, "") and "`consult`" in err and "`consult ui`" in err
    assert call("sessions", "list", "--json")[1] == "[]\n"


def test_costs_are_shown_with_the_digits_that_their_ranges_support(call: Any) -> None:
    _, out, _ = call("cost", "-", given=json.dumps(PROFILE))
    amounts = re.findall(r"\$([\d,.]+)", out)
    assert len(amounts) == 4 * 5 * 3 and "| Long context with caching | – |" in out
    assert all(len(amount.replace(",", "").replace(".", "").strip("0")) <= 2 for amount in amounts)


def test_a_key_is_never_shown(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-123")
    outputs = [call("doctor"), call("doctor", "--json"), call("decide", "-", given="{}")]
    assert not any("canary" in text for _, out, err in outputs for text in (out, err))


def test_every_command_has_help(call: Any) -> None:
    code, out, _ = call("--help")
    commands = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    names = [name for name in commands if name.isalpha() and name.islower()]
    assert code == 0 and len(names) > 10 and all(call(name, "--help")[0] == 0 for name in names if name != "chat")


def test_cases_are_evaluated_from_profiles(call: Any, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    rows = [
        {"id": "a", "profile": PROFILE, "expected": "rag"},
        {"id": "b", "profile": PROFILE, "expected": "prompting", "acceptable": ["rag"]},
        {"id": "c", "profile": PROFILE, "expected": "prompting"},
    ]
    cases.write_text("\n".join(json.dumps(row) for row in rows))
    report = json.loads(call("eval", str(cases), "--json")[1])
    assert (report["cases"], round(report["agreement"], 3), round(report["exact"], 3)) == (3, 0.667, 0.333)


def test_a_case_with_an_unknown_label_is_named_by_its_line(call: Any, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "a", "profile": {}, "expected": "magic"}')
    code, _, err = call("eval", str(cases))
    assert code == 2 and "Line 1" in err and "magic" in err


def test_a_file_without_cases_is_refused_rather_than_measured(call: Any, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n")
    code, out, err = call("eval", str(cases))
    assert code == 2 and out == "" and "holds no cases" in err


def test_facts_are_read_to_people_with_their_units(call: Any) -> None:
    _, out, _ = call("read", "between 10 and 20k questions a day")
    assert out == "Volume: 10,000 to 20,000 queries a day (“between 10 and 20k questions a day”)\n"


def test_a_text_without_facts_is_said_to_hold_none(call: Any) -> None:
    code, out, err = call("read", "notes.txt")
    assert code == 0 and out == "" and "No fact was found" in err
