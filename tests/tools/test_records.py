"""Rows out of CSV, JSON lines and XLSX: what is usable, what is reported, what is refused."""

import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from knowledge.errors import InputError
from tests.tools.workbooks import workbook
from tools.records import BadRow, Row, inert, json_rows, open_table

NAMES = {"query": ["query", "question"], "expected": ["expected", "ideal"], "label": ["label"]}
REQUIRED = ("query", "expected")


def read(path: Path) -> list[Row | BadRow]:
    return list(open_table(path, NAMES, REQUIRED).rows())


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def usable(path: Path) -> list[Row]:
    """The rows of a file in which none is bad."""
    rows = [row for row in read(path) if isinstance(row, Row)]
    assert len(rows) == len(read(path))
    return rows


def test_column_names_are_found_in_any_case_and_by_synonym(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Ideal,QUESTION,Label\nyes,why,x\n")
    assert read(path) == [Row(2, {"query": "why", "expected": "yes", "label": "x"})]


def test_a_byte_order_mark_and_a_semicolon_are_what_a_spreadsheet_exports(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "\ufeffquery;expected\nwhy;because, of this\n")
    assert read(path) == [Row(2, {"query": "why", "expected": "because, of this"})]


def test_a_quoted_cell_may_span_lines_and_the_row_keeps_its_first_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'query,expected\n"two\nlines",x\nnext,y\n')
    assert [(row.line, row.values["query"]) for row in usable(path)] == [(2, "two\nlines"), (4, "next")]


def test_a_quote_left_open_costs_one_row_and_not_the_rest_of_the_file(tmp_path: Path) -> None:
    good = "".join(f'q{n},"e, {n}"\n' for n in range(500))
    rows = read(written(tmp_path, "a.csv", f'query,expected\n"open,x\n{good}'))
    assert isinstance(rows[0], BadRow)
    assert rows[0].line == 2
    assert [row.line for row in rows[1:]] == list(range(3, 503))
    assert all(isinstance(row, Row) for row in rows[1:])


def test_a_quote_left_open_on_the_last_line_is_reported(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "a.csv", 'query,expected\na,b\n"open,x\n'))
    assert [type(row) for row in rows] == [Row, BadRow]


@pytest.mark.parametrize(("line", "kind"), [("only", "too_few_cells"), ("a,b,c,d", "too_many_cells")])
def test_a_row_with_the_wrong_number_of_cells_is_reported_with_its_line(tmp_path: Path, line: str, kind: str) -> None:
    rows = read(written(tmp_path, "a.csv", f"query,expected,label\n{line}\nq,e,l\n"))
    assert isinstance(rows[0], BadRow)
    assert (rows[0].line, rows[0].kind) == (2, kind)
    assert isinstance(rows[1], Row)


@pytest.mark.parametrize(
    ("line", "kind"),
    [("{broken", "not_json"), ("[1]", "not_object"), ('{"query": NaN}', "not_json"), ("[" * 100_000, "not_json")],
)
def test_a_broken_json_line_is_reported_with_its_line(tmp_path: Path, line: str, kind: str) -> None:
    rows = list(json_rows(written(tmp_path, "a.jsonl", f'{{"a": 1}}\n{line}\n{{"a": 2}}\n')))
    assert [type(row) for row in rows] == [Row, BadRow, Row]
    assert isinstance(rows[1], BadRow) and (rows[1].line, rows[1].kind) == (2, kind)


def test_a_json_line_without_a_wanted_field_is_reported_and_the_others_are_used(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "a.jsonl", '{"query": "a"}\n{"question": "b", "ideal": {"x": 1}}\n'))
    assert isinstance(rows[0], BadRow)
    assert rows[1] == Row(2, {"query": "b", "expected": '{"x": 1}'})


def test_a_huge_line_is_reported_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"a": "')
        for _ in range(60):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"a": 1}\n')
    tracemalloc.start()
    rows = list(json_rows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(row) for row in rows] == [BadRow, Row]
    assert rows[1].line == 2
    assert peak < 12_000_000


def test_a_spreadsheet_formula_stays_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["query", "expected"], ["=1+1", "=cmd|'/c calc'!A1"], [3.0, None]])
    assert [row.values for row in usable(path)] == [
        {"query": "=1+1", "expected": "=cmd|'/c calc'!A1"},
        {"query": "3", "expected": ""},
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_a_formula_is_made_inert_for_export(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_ordinary_text_is_exported_as_it_is() -> None:
    assert inert("a = b") == "a = b"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", "query,expected\nna\u00efve,x\n".encode("latin-1"), "0xef on line 2"),
        ("a.csv", "query,expected\n".encode("utf-16"), "UTF-16"),
        ("a.csv", b"query,expected\na\0b,c\n", "NUL byte on line 2"),
        ("a.csv", b"foo,bar\n1,2\n", "no column for query and expected; found: foo, bar"),
        ("a.csv", b"PK\x03\x04rest", "spreadsheet or archive"),
        ("a.csv", b"\n\n", "no first row"),
        ("a.jsonl", b'{"foo": 1}\n', "no usable row"),
        ("a.docx", b"hello", "of a kind that cannot be read"),
        ("a.xlsx", b"query,expected\n", "not an XLSX workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted"),
    ],
)
def test_an_unusable_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(written(tmp_path, name, content))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="a folder"):
        read(tmp_path / "folder.csv")


def test_a_workbook_that_expands_too_far_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/big.bin", "w") as member,
    ):
        for _ in range(401):
            member.write(bytes(1_000_000))
    with pytest.raises(InputError, match="expands past 250 MB"):
        read(path)


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
    with pytest.raises(InputError, match="external content"):
        read(path)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_progress_grows_to_the_size_of_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = [["query", "expected"], *([f"q{n}", "e" * 500] for n in range(3000))]
    if name.endswith("xlsx"):
        workbook(path, rows)
    elif name.endswith("csv"):
        path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    else:
        path.write_text(
            "\n".join(json.dumps(dict(zip(rows[0], row, strict=True))) for row in rows[1:]), encoding="utf-8"
        )
    seen: list[tuple[int, int]] = []
    list(open_table(path, NAMES, REQUIRED).rows(lambda done, total: seen.append((done, total))))
    size = path.stat().st_size
    assert len(seen) > 1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (size, size)
