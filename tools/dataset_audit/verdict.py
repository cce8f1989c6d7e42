"""Whether to train on the data: the verdict, and the next steps in the order of what they spoil."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.audits import Band, audit_parameters, audit_wording
from tools.dataset_audit.labels import LabelBalance
from tools.dataset_audit.personal_data import PersonalData
from tools.dataset_audit.result import Leakage, Lengths, Repeats, Verdict
from tools.evidence import Evidence
from tools.records import RowErrors
from tools.wording import filled


@dataclass(frozen=True)
class Findings:
    """What was counted, before anything is made of it."""

    lines: int
    examples: int
    distinct: int
    repeats: Repeats
    leakage: Leakage | None
    lengths: Lengths | None
    labels: LabelBalance | None
    personal_data: PersonalData
    errors: RowErrors


def band_of(distinct: int) -> tuple[Band, str]:
    """The band that a number of distinct examples falls into, and what that means."""
    band = max((band for band in _bands() if band.at_least <= distinct), key=lambda band: band.at_least)
    return band, audit_wording().bands[band.name]


def judge(found: Findings) -> tuple[Verdict, str, tuple[str, ...]]:
    """Verdict, its one-sentence summary, and the next steps."""
    reasons = list(_reasons(found))
    steps = tuple(_steps(found))
    if reasons:
        return "not_ready", _say("not_ready", reason="; ".join(reasons)), steps
    reliable = next(band.at_least for band in _bands() if band.name == "reliable")
    if found.distinct < reliable:
        return "pilot", _say("pilot", distinct=f"{found.distinct:,}"), steps
    if _spoiled(found):
        return "pilot", _say("pilot_spoiled", distinct=f"{found.distinct:,}"), steps
    return "ready", _say("ready", distinct=f"{found.distinct:,}"), (*steps, _say("step_go"))


def evidence_for(found: Findings, name: str) -> tuple[Evidence, ...]:
    """What the ledger may take from the file: examples in hand and, where found, that they hold personal data."""
    words = _say("evidence_examples", file=name, distinct=f"{found.distinct:,}")
    evidence = [Evidence("labeled_examples", found.distinct, 1.0, False, words)]
    if found.personal_data.found:
        total = found.personal_data.found.total()
        words = _say("evidence_personal_data", file=name, count=f"{total:,}")
        sure = audit_parameters().dataset_audit.personal_data_confidence.value
        evidence.append(Evidence("contains_pii", True, sure, True, words))
    return tuple(evidence)


def _reasons(found: Findings) -> Iterator[str]:
    parameters = audit_parameters().dataset_audit
    least = next(band.at_least for band in _bands() if band.at_least > 0)
    if not found.examples:
        yield _say("reason_nothing")
        return
    if found.distinct < least:
        yield _say("reason_too_few", distinct=f"{found.distinct:,}", least=least)
    if found.errors.total > found.lines * parameters.largest_error_share.value:
        yield _say("reason_errors", share=_percent(found.errors.total, found.lines))
    if found.leakage and found.leakage.leaked:
        yield _say("reason_leakage", count=f"{found.leakage.leaked:,}")


def _spoiled(found: Findings) -> bool:
    """Whether something that can be mended would harm the result."""
    most = found.examples * audit_parameters().dataset_audit.largest_duplicate_share.value
    repeated = found.repeats.exact + found.repeats.near + found.repeats.contradicting > most
    return repeated or bool(found.personal_data.found) or bool(found.lengths and found.lengths.too_long)


def _steps(found: Findings) -> Iterator[str]:
    if found.errors.total:
        first = found.errors.first[0]
        yield _say("step_errors", count=f"{found.errors.total:,}", line=first.line, reason=first.reason)
    if found.leakage is None:
        yield _say("step_no_held_out")
    elif found.leakage.leaked:
        yield _say("step_leakage", count=f"{found.leakage.leaked:,}")
    if found.personal_data.found:
        names = audit_wording().personal_data
        kinds = ", ".join(f"{count:,} {names[kind]}" for kind, count in sorted(found.personal_data.found.items()))
        yield _say("step_personal_data", kinds=kinds)
    yield from _content_steps(found)
    yield from _collect(found.distinct)


def _content_steps(found: Findings) -> Iterator[str]:
    repeats = found.repeats
    if repeats.contradicting:
        yield _say("step_contradictions", count=f"{repeats.contradicting:,}")
    if repeats.exact or repeats.near:
        yield _say("step_duplicates", exact=f"{repeats.exact:,}", near=f"{repeats.near:,}")
    if repeats.compared < found.examples:
        yield _say("compared_first", count=f"{repeats.compared:,}")
    if found.lengths and found.lengths.too_long:
        limit = int(audit_parameters().dataset_audit.longest_example_tokens)
        yield _say("step_long", count=f"{found.lengths.too_long:,}", limit=f"{limit:,}")
    if found.labels and not found.labels.balanced:
        counts = found.labels.counts
        rarest = list(counts)[-1]
        yield _say("step_balance", label=rarest, count=f"{counts[rarest]:,}", most=f"{max(counts.values()):,}")


def _collect(distinct: int) -> Iterator[str]:
    """How many are missing to the next band, up to what is usual."""
    ahead = [band for band in _bands() if band.at_least > distinct and band.name != "above_usual"]
    if ahead:
        target = ahead[0].at_least
        meaning = audit_wording().bands[ahead[0].name]
        yield _say("step_collect", more=f"{target - distinct:,}", target=f"{target:,}", meaning=meaning)


def _bands() -> list[Band]:
    return audit_parameters().dataset_audit.bands


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if part * 100 >= whole else "under 1%"


def _say(sentence: str, **slots: object) -> str:
    return filled(audit_wording().dataset[sentence], slots)
