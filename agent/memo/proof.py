"""Proving a memo that was received: the advice is computed again from its profile and compared, sentence by sentence.

`agent.memo.verify` checks a memo against what is stored with it; here that itself is checked.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from agent.memo.compose import compose
from agent.memo.document import BROKEN, read_document, read_memo, render_json, what_is_broken
from agent.memo.grounds import gather, plain_data
from agent.memo.markdown import render_markdown
from agent.memo.outline import Memo
from agent.memo.verify import Finding, VerificationReport, verify_memo
from agent.settings import Settings
from knowledge.errors import InputError
from tools.advice import advise
from tools.profile import Profile, parse_profile

Advise = Callable[[Profile, date], Any]
"""Takes the advice for a profile at a day."""
FENCED = re.compile(r"^```json\n(?P<json>.*?)^```\s*\Z", re.DOTALL | re.MULTILINE)
LONGEST_SHOWN = 160
MAY_BE_HONEST = (
    "What could not be proven may be due to that alone; whoever has the versions it was written with can tell."
)


def at_prices_of(settings: Settings) -> Advise:
    """Takes advice as the memos of these settings are written: with the user's own prices, where there are any."""
    return lambda profile, day: advise(profile, day, settings.price_table(day))


def prove(text: str, advise: Advise = advise) -> VerificationReport:
    """Checks a memo as it was received, JSON or Markdown; raises InputError for anything that is no memo."""
    try:
        return _prove_json(text, advise) if text.lstrip().startswith("{") else _prove_markdown(text, advise)
    except BROKEN as error:
        raise InputError(f"The memo is broken and cannot be checked: {what_is_broken(error)}") from error


def reproduction_of(text: str) -> dict[str, Any]:
    """What a memo, JSON or Markdown, was computed from; raises InputError."""
    if text.lstrip().startswith("{"):
        return read_document(text)
    found = FENCED.search(text)
    if found is None:
        raise InputError(
            "This memo has no reproduction block at its end, so nothing in it can be checked. Ask the sender for the "
            "JSON memo."
        )
    return read_document(found["json"])


def computed_again(block: Mapping[str, Any], advise: Advise = advise) -> Memo:
    """The memo that the profile, words and date of a reproduction block give today; raises InputError."""
    try:
        day, heard = date.fromisoformat(block["as_of"]), dict(block["heard"])
        title, spelling, worded = block["title"], block["spelling"], dict(block.get("worded", {}))
    except BROKEN as error:
        raise InputError(f"The reproduction block of the memo is broken: {what_is_broken(error)}") from error
    if spelling not in ("british", "american"):
        raise InputError(f"The spelling {spelling!r} is not known; it is british or american.")
    return compose(_as_json(gather(advise(parse_profile(block["profile"]), day), heard)), title, spelling, worded)


def _as_json(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, as it is after a memo was written to JSON and read again."""
    again: dict[str, Any] = json.loads(json.dumps(plain_data(stored)))
    return again


def _prove_json(text: str, advise: Advise) -> VerificationReport:
    memo = read_memo(text)
    report = verify_memo(memo)
    block = read_document(text)
    if block["versions"] != block["record"].get("versions"):
        finding = Finding("reproduction", "versions", "they are not those of the record")
        report = replace(report, findings=(*report.findings, finding))
    again = computed_again(block, advise)
    if moved := _other_versions(block, again):
        return replace(report, notes=(moved,) if report.passed else (moved, MAY_BE_HONEST))
    wanted, found = (json.loads(each, parse_float=str) for each in (render_json(again), text))  # to the last digit
    findings = [*report.findings, *_differences(wanted, found)]
    return replace(report, findings=tuple(findings))


def _other_versions(block: Mapping[str, Any], again: Memo) -> str | None:
    """A sentence where the memo was written with other rules, knowledge or prices than those at hand."""
    then, now = block["versions"], again.grounds["record"]["versions"]
    if then == now:
        return None
    moved = [
        f"{name} {then.get(name)} (here {now.get(name)})"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    return (
        f"The memo was written with other versions: {', '.join(moved)}. Its sentences were checked against the record "
        "it carries; that record could not be computed again. consult refresh tells whether the advice still stands."
    )


def _differences(wanted: Any, found: Any, where: str = "") -> list[Finding]:
    """Where two JSON documents differ, each place once."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = [*wanted, *(key for key in found if key not in wanted)]
        return [each for key in keys for each in _differences(wanted.get(key), found.get(key), f"{where}/{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [each for place, (a, b) in pairs for each in _differences(a, b, f"{where}/{place}")]
    if wanted == found and type(wanted) is type(found):
        return []
    return [Finding(where.strip("/"), _short(found), f"computed again it is {_short(wanted)}")]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _prove_markdown(text: str, advise: Advise) -> VerificationReport:
    block = reproduction_of(text)
    again = computed_again(block, advise)
    report = verify_memo(again)
    if moved := _other_versions(block, again):
        problem = (
            "Markdown carries no record, so its numbers cannot be checked with other versions; ask for the JSON memo"
        )
        return replace(report, findings=(Finding("reproduction", moved, problem),), notes=(moved,))
    wanted, found = (each.splitlines() for each in (render_markdown(again), text.replace("\r\n", "\n")))
    return replace(report, findings=(*report.findings, *_changed_lines(wanted, found)))


def _changed_lines(wanted: list[str], found: list[str]) -> list[Finding]:
    """The lines that are not what was computed, with the section they stand in."""
    findings = []
    for what, i, j, k, end in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        section = next((line.lstrip("# ") for line in reversed(found[: k + 1]) if line.startswith("#")), "title")
        pairs = max(j - i, end - k)
        for place in range(pairs):
            said = found[k + place] if k + place < end else ""
            computed = wanted[i + place] if i + place < j else ""
            findings.append(Finding(section, _short(_apart(said, computed)), _reason(said, computed)))
    return findings


def _apart(said: str, computed: str) -> str:
    """The part of a line from where it departs from the computed one."""
    start = next(
        (i for i, (a, b) in enumerate(zip(said, computed, strict=False)) if a != b), min(len(said), len(computed))
    )
    return said[max(0, start - 30) :] if said else computed


def _reason(said: str, computed: str) -> str:
    if not computed:
        return "this line traces to nothing that was computed"
    if not said:
        return "this line was computed and is missing"
    return f"computed again it reads: {_short(_apart(computed, said))}"
