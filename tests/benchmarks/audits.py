"""Rows a second and peak memory of both audits on generated files: `python tests/benchmarks/audits.py`.

Each measurement runs in a process of its own, so that its peak memory is its own.
"""

import csv
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tools.dataset_audit import audit_dataset
from tools.failure_audit import audit_failures

AUDIT_ROWS = 100_000
DATASET_BYTES = 200_000_000
HEADER = ["query", "expected", "actual", "label"]
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u") for c in ("n", "r", "lt", "st", "mp")]


def words(source: random.Random, count: int) -> str:
    return " ".join(source.choices(WORDS, k=count))


def audit_rows() -> Iterator[list[str]]:
    source = random.Random(1)  # noqa: S311
    actuals = ["I don't have information about that.", "a thing", "", "It is {0}.", "{0} and so on, {0}, {0}, {0}"]
    for number in range(AUDIT_ROWS):
        expected = f"{words(source, 25)} {number % 97}"
        label = ["", "", "", "knowledge", "format"][number % 5]
        yield [words(source, 12), expected, actuals[number % 5].format(expected), label]


def write_csv(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *audit_rows()])


def write_jsonl(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in audit_rows())


def write_xlsx(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for row in audit_rows():
        sheet.append(row)
    book.save(path)


def write_dataset(path: Path) -> None:
    source = random.Random(2)  # noqa: S311
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < DATASET_BYTES:
            texts = [words(source, 60), words(source, 100) + f" call 555-{source.randrange(10**4):04}"]
            roles = zip(("user", "assistant"), texts, strict=True)
            messages = [{"role": role, "content": text} for role, text in roles]
            file.write(json.dumps({"messages": messages}) + "\n")


def measure(run: Callable[[Path, Callable[[int, int], None]], Any], path: Path) -> tuple[int, int, float, float]:
    """Rows, progress reports, seconds and peak memory in MB (the interpreter and libraries included)."""
    reports: list[int] = []
    start = time.perf_counter()
    result = run(path, lambda done, total: reports.append(done))
    seconds = time.perf_counter() - start
    rows = result.rows if hasattr(result, "rows") else result.lines
    return rows, len(reports), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_dataset(path: Path, progress: Callable[[int, int], None]) -> Any:
    return audit_dataset(path, progress=progress)


def main() -> int:
    context = multiprocessing.get_context("spawn")
    print(f"{'file':<24}{'MB':>8}{'rows':>10}{'seconds':>10}{'rows/s':>10}{'peak MB':>10}{'reports':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, write, run in (
            ("failures.csv", write_csv, audit_failures),
            ("failures.jsonl", write_jsonl, audit_failures),
            ("failures.xlsx", write_xlsx, audit_failures),
            ("dataset.jsonl", write_dataset, run_dataset),
        ):
            path = Path(folder) / name
            write(path)
            with context.Pool(1) as pool:
                rows, reports, seconds, peak = pool.apply(measure, (run, path))
            size = path.stat().st_size / 1e6
            print(f"{name:<24}{size:>8.0f}{rows:>10,}{seconds:>10.1f}{rows / seconds:>10,.0f}{peak:>10.0f}{reports:>9}")
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
