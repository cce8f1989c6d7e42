"""Whether the answers are labels of a classification, and how evenly they are spread."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.audits import audit_parameters
from tools.dataset_audit.personal_data import hidden

_LONGEST_LABEL_CHARACTERS = 80


@dataclass(frozen=True)
class LabelBalance:
    """How often each label stands, commonest first; `rare` have too few to be trained and tested."""

    counts: Mapping[str, int]
    rare: tuple[str, ...]
    ratio: float
    balanced: bool


class Labels:
    """Counts answers for as long as they look like labels."""

    def __init__(self) -> None:
        self._rules = audit_parameters().dataset_audit.labels
        self._counts: Counter[str] = Counter()
        self._seen = 0

    def add(self, answer: str) -> None:
        """Counts one answer; a long one only as not being a label."""
        self._seen += 1
        bare = answer.strip()
        short = len(bare) <= _LONGEST_LABEL_CHARACTERS and len(bare.split()) <= int(self._rules.longest_words)
        if short and (bare in self._counts or len(self._counts) <= int(self._rules.most_distinct)):
            self._counts[bare] += 1

    def balance(self) -> LabelBalance | None:
        """The balance, or None where the answers are no labels."""
        counted, distinct = self._counts.total(), len(self._counts)
        if not distinct or distinct > int(self._rules.most_distinct):
            return None
        if counted < self._seen * self._rules.least_share.value:
            return None
        if distinct < 2 or counted / distinct < self._rules.seen_on_average.value:
            return None
        shown: Counter[str] = Counter()
        for name, count in self._counts.items():
            shown[hidden(name)] += count
        ordered = sorted(shown.items(), key=lambda item: (-item[1], item[0]))
        rare = tuple(name for name, count in ordered if count < int(self._rules.fewest_per_label))
        ratio = ordered[0][1] / ordered[-1][1]
        balanced = not rare and ratio <= self._rules.largest_ratio.value
        return LabelBalance(dict(ordered), rare, ratio, balanced)
