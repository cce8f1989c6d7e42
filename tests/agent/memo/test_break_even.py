"""What a memo says of other volumes agrees with the costs that the same memo shows for today's."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent.memo.compose import compose, write_memo
from agent.memo.outline import Memo, Sentence, Traced
from agent.memo.verify import verify_memo
from tests.agent.memo.situations import random_profile
from tools.advice import advise
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
CITED_ANSWERS = {"gap": "knowledge", "update_frequency": "daily", "queries_per_day": 650, "needs_citations": True}


def memo_of(profile: dict[str, Any]) -> Memo:
    return write_memo(advise(parse_profile(profile), AS_OF), {})


def told_stretches(memo: Memo) -> dict[str, list[tuple[float, float]]]:
    """The volumes as they read, by the place of the pair in the record."""
    found: dict[str, list[tuple[float, float]]] = {}
    for _, sentence in memo.sentences():
        if sentence.template.startswith("costs.cheaper_"):
            ends = {value.path[-1]: value for value in sentence.values if "second_is_cheaper" in value.path}
            row = next(iter(ends.values())).path.split("/")[2]
            low, high = (number(ends.get(end), missing) for end, missing in (("0", 0.0), ("1", math.inf)))
            found.setdefault(row, []).append((low, high))
    return found


def number(value: Traced | None, missing: float) -> float:
    return missing if value is None else float(value.text.replace(",", ""))


@pytest.mark.parametrize("profile", [CITED_ANSWERS, {}, *(random_profile(seed) for seed in range(12))])
def test_the_option_told_to_be_cheaper_at_todays_volume_is_the_cheaper_one_in_the_table(
    profile: dict[str, Any],
) -> None:
    memo = memo_of(profile)
    record = memo.grounds["record"]
    volume = next(each for each in record["assumptions"] if each["name"] == "queries_per_day")
    today = volume["value"] if "value" in volume else volume["p50"]

    for place, stretches in told_stretches(memo).items():
        pair = record["break_even"][int(place)]["between"]
        first, second = (record["costs"][option]["tco_24_months_usd"]["p50"] for option in pair)
        assert (second < first) == any(low <= today < high for low, high in stretches)
    assert verify_memo(memo).passed


def spoiled(memo: Memo, intervals: list[list[float | None]]) -> Memo:
    """The memo of a record whose break-evens of the advised option were changed."""
    record = memo.grounds["record"]
    rows = [{**row, "second_is_cheaper": intervals} if row["queries_per_day"] else row for row in record["break_even"]]
    return replace(memo, grounds={**memo.grounds, "record": {**record, "break_even": rows}})


def test_a_break_even_that_the_table_contradicts_does_not_pass_verification() -> None:
    memo = memo_of(CITED_ANSWERS)
    assert told_stretches(memo)
    problems = [finding.problem for finding in verify_memo(spoiled(memo, [[76.0, None]])).findings]
    assert any("does not bear it out" in problem for problem in problems)


def test_every_stretch_of_volumes_is_told_where_there_are_several() -> None:
    memo = memo_of(CITED_ANSWERS)
    changed = spoiled(memo, [[20_000.0, 90_000.0], [400_000.0, None]])
    rows = [
        {**row, "queries_per_day": 20_000.0, "crossings_per_day": [20_000.0, 90_000.0, 400_000.0]}
        if row["queries_per_day"]
        else row
        for row in changed.grounds["record"]["break_even"]
    ]
    again = compose({**memo.grounds, "record": {**changed.grounds["record"], "break_even": rows}}, None, "british")
    said = [sentence.text for _, sentence in again.sentences() if is_told(sentence)]
    assert any("between about 20,000 and 90,000 queries" in text for text in said)
    assert "It does so again from about 400,000 queries a day." in said


def is_told(sentence: Sentence) -> bool:
    return sentence.template.startswith("costs.cheaper_")
