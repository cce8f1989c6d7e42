"""What a streamed file yields: usable rows and broken ones, each with its line."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[int, int], None]
"""Called now and then with the bytes done and the bytes in total."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it starts on (the first is 1) and its values by column name."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that could not be used: where it stands, what kind of fault, and the reason in words."""

    line: int
    kind: str
    reason: str


@dataclass
class RowErrors:
    """Broken rows, counted by kind; the first `limit` are kept to be shown."""

    limit: int
    first: list[BadRow] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many broken rows there were, listed or not."""
        return self.by_kind.total()

    def add(self, row: BadRow) -> None:
        """Counts the row, and keeps it while there is room."""
        self.by_kind[row.kind] += 1
        if len(self.first) < self.limit:
            self.first.append(row)

    def document(self) -> dict[str, Any]:
        """The JSON form: total, counts by kind, and the first rows with line and reason."""
        return {
            "total": self.total,
            "by_kind": dict(sorted(self.by_kind.items())),
            "first": [{"line": row.line, "kind": row.kind, "reason": row.reason} for row in self.first],
        }
