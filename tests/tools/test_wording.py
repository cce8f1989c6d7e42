"""Values of facts are written as people write them."""

import pytest

from knowledge.facts import Scalar
from tools.wording import fact_value_text


@pytest.mark.parametrize(
    ("fact", "value", "text"),
    [
        ("queries_per_day", 10_000, "10,000 queries a day"),
        ("queries_per_day", 5479.45, "5,479.45 queries a day"),
        ("latency_budget_ms", 250, "250 ms"),
        ("latency_budget_ms", 1_500, "1.5 s"),
        ("latency_budget_ms", 180_000, "3 minutes"),
        ("latency_budget_ms", 86_400_000, "24 hours"),
        ("prompting_success", 0.8, "80 %"),
        ("needs_citations", True, "yes"),
        ("update_frequency", "weekly", "weekly"),
        ("knowledge_tokens", 2_000_000, "2,000,000 tokens"),
    ],
)
def test_a_value_is_written_with_its_unit(fact: str, value: Scalar, text: str) -> None:
    assert fact_value_text(fact, value) == text
