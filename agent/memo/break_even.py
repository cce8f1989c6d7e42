"""Which volumes make another option cheaper, told only where the memo's own table of costs agrees."""

import math
from collections.abc import Mapping
from typing import Any

from agent.memo.agreement import agrees, middle
from agent.memo.case import Case
from agent.memo.outline import Sentence
from knowledge.options import Option
from tools.cost.horizon import LONGEST

SHOWN_PAIRS = 2


def break_even(case: Case) -> list[Sentence]:
    """Where volume changes which is cheaper, and after how many months the larger build is repaid."""
    told = [[sentence] for sentence in _payback(case)] + _volumes(case)
    if told:
        return [sentence for sentences in told[:SHOWN_PAIRS] for sentence in sentences]
    uncertain = any(not agrees(case.record, row) for row in _rows(case).values())
    return [case.writer.say("costs.break_even_uncertain" if uncertain else "costs.no_break_even")]


def _rows(case: Case) -> dict[int, Mapping[str, Any]]:
    """The break-evens of the advised option and another that is open, by their places."""
    return {
        place: row
        for place, row in enumerate(case.record.get("break_even", []))
        if case.option in row["between"]
        and row["months"] == LONGEST
        and row["queries_per_day"]
        and all(_is_open(case, option) for option in row["between"])
    }


def _is_open(case: Case, option: Option) -> bool:
    row = case.decision["recommendation"]["ranking"][case.rank(option)]
    return bool(row["feasible"]) and middle(case.record, option) is not None


def _volumes(case: Case) -> list[list[Sentence]]:
    """For each pair every stretch of volumes on which the cheaper one changes, the nearest pair first."""
    today = case.settled.get("queries_per_day") or 1.0
    found = [
        (abs(math.log10(row["queries_per_day"] / today)), _stretches(case, place, row))
        for place, row in _rows(case).items()
        if agrees(case.record, row)
    ]
    return [sentences for _, sentences in sorted(found, key=lambda each: each[0])]


def _stretches(case: Case, place: int, row: Mapping[str, Any]) -> list[Sentence]:
    w, path, said = case.writer, f"record/break_even/{place}", list[Sentence]()
    names = {
        "earlier": w.show(f"{path}/between/0", "option_inside"),
        "later": w.show(f"{path}/between/1", "option_inside"),
        "months": w.show(f"{path}/months", "count"),
    }
    for number, (low, high) in enumerate(row["second_is_cheaper"]):
        at = f"{path}/second_is_cheaper/{number}"
        ends = {}
        if low >= row["queries_per_day"]:
            ends["low"] = w.show(f"{at}/0", "about")
        if high is not None:
            ends["high"] = w.show(f"{at}/1", "about")
        kind = {("low",): "above", ("high",): "below", ("low", "high"): "between"}[tuple(ends)]
        again = "again_" if said else ""
        said.append(w.say(f"costs.cheaper_{again}{kind}", **(ends if said else {**names, **ends})))
    return said


def paid_back(case: Case) -> list[int]:
    """The places of the paybacks that involve the advised option and that the table bears out within its horizon."""
    return [
        place
        for place, row in enumerate(case.record.get("payback", []))
        if row["months"]
        and case.option in (row["option"], row["instead_of"])
        and _is_open(case, row["option"])
        and _is_open(case, row["instead_of"])
        and _repaid(case, row)
    ]


def _repaid(case: Case, row: Mapping[str, Any]) -> bool:
    larger, smaller = (middle(case.record, row[end]) for end in ("option", "instead_of"))
    return larger is not None and smaller is not None and larger <= smaller


def _payback(case: Case) -> list[Sentence]:
    w = case.writer
    for place in paid_back(case)[:1]:
        path = f"record/payback/{place}"
        option, other = (w.show(f"{path}/{end}", "option_inside") for end in ("option", "instead_of"))
        return [w.say("costs.payback", option=option, other=other, months=w.show(f"{path}/months", "months"))]
    return []
