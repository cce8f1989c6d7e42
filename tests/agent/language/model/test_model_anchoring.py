"""Which rewordings may stand: what a sentence says must be left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.model.anchoring import backbone, faults

TRUTH = "Retrieval runs at about $970 a month, which is less than the $4,100 of fine-tuning."


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        (TRUTH, True),
        ("Retrieval comes to about $970 a month; that is less than the $4,100 of fine-tuning.", True),
        ("Retrieval runs at about $4,100 a month, which is less than the $970 of fine-tuning.", False),
        ("Fine-tuning runs at about $970 a month, which is less than the $4,100 of retrieval.", False),
        ("Retrieval runs at about $970 a month, which is more than the $4,100 of fine-tuning.", False),
        ("Retrieval runs at about $970 a month, which isn't less than the $4,100 of fine-tuning.", False),
        ("Retrieval runs at about $970 a month, which is less than the $4,100 of prompting.", False),
        ("Retrieval runs at about $970 a month, which is less than the $4,100 of fine-tuning; avoid it.", False),
        ("Retrieval runs at about $970 a month,\nwhich is less than the $4,100 of fine-tuning.", False),
        ("Retrieval runs at about $970 a year in month, which is less than the $4,100 of \x1bfine-tuning.", False),
        ("", False),
    ],
)
def test_a_rewording_stands_where_it_says_the_same(text: str, stands: bool) -> None:
    assert (not faults(text, TRUTH)) is stands


@given(st.lists(st.sampled_from(TRUTH.split()), min_size=1, max_size=20).map(" ".join))
def test_whatever_stands_has_the_numbers_and_options_in_their_order(text: str) -> None:
    if not faults(text, TRUTH):
        assert backbone(text) == backbone(TRUTH)
