"""A memo says what applies to its case: nothing of providers to own machines, and one thing of what is open."""

from datetime import date
from typing import Any

import pytest

from agent.memo.compose import write_memo
from agent.memo.markdown import render_markdown
from agent.memo.outline import Memo, Table
from tests.agent.memo.situations import random_profile
from tools.advice import advise
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
OWN_MACHINES = {
    "gap": "reasoning",
    "update_frequency": "yearly",
    "queries_per_day": 900,
    "contains_pii": True,
    "self_hosting_required": True,
    "ml_expertise": True,
}


def memo_of(profile: dict[str, Any]) -> Memo:
    return write_memo(advise(parse_profile(profile), AS_OF), {})


def test_a_memo_on_own_machines_speaks_of_no_provider_and_no_stand_in() -> None:
    hosted = render_markdown(memo_of({**OWN_MACHINES, "self_hosting_required": False}))
    own = render_markdown(memo_of(OWN_MACHINES))
    for said in ("No model is named", "when its provider changes"):
        assert said in hosted
        assert said not in own


@pytest.mark.parametrize("seed", range(8))
def test_the_appendix_holds_every_reason_of_the_summary(seed: int) -> None:
    memo = memo_of(random_profile(seed))
    summary, full = (reasons(memo, section) for section in ("options", "details"))
    assert summary
    assert summary <= full


def reasons(memo: Memo, section: str) -> set[str]:
    """What stands for and against the options in the last table of a section."""
    blocks = next(each for each in memo.sections if each.id == section).blocks
    table = [block for block in blocks if isinstance(block, Table)][-1]
    return {sentence.text for row in table.rows for cell in row[1:] for sentence in cell}


@pytest.mark.parametrize("seed", range(8))
def test_the_decision_and_the_open_facts_agree_on_whether_a_question_is_worth_asking(seed: int) -> None:
    said = {sentence.template for _, sentence in memo_of(random_profile(seed)).sentences()}
    assert not {"outcome.open", "open.worthless"} <= said
    assert not {"outcome.open_together", "open.intro"} <= said
