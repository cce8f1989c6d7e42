"""The diagnosis in words: which gap, why, on which claims, and what to label next."""

from collections import Counter
from collections.abc import Mapping

from knowledge.audits import KINDS, Kind, audit_parameters, audit_wording
from tools.evidence import Evidence
from tools.failure_audit.diagnosis import Gap, Share, confidence, needed_failures, shares, supported_gap
from tools.failure_audit.result import Basis, Diagnosis
from tools.wording import filled


def diagnose(labelled: Counter[Kind], suggested: Counter[Kind], rows: int, passed: int) -> tuple[Diagnosis, Basis]:
    """The diagnosis, from given labels where they support one, else together with the suggested ones."""
    together = labelled + suggested
    if rows and passed == rows:
        words = (_say("no_failures", passed=f"{passed:,}"), *_few_queries(rows))
        return Diagnosis("no_failures", None, None, words, _claims("method"), None), "labelled"
    if (gap := supported_gap(labelled)) is not None:
        words = (*_leading(gap, shares(labelled), "labelled"), *_few_queries(rows))
        return Diagnosis("supported", gap, confidence(labelled), words, _claims(gap, "method"), 0), "labelled"
    needed = needed_failures(together)
    more = None if needed is None else max(needed - labelled.total(), 1)
    basis: Basis = "labelled_or_suggested" if suggested else "labelled"
    if (gap := supported_gap(together)) is not None:
        sure = confidence(together) * audit_parameters().failure_audit.suggested_discount.value
        words = (*_leading(gap, shares(together), basis), _say("confirm", more=f"{more or 0:,}"), *_few_queries(rows))
        return Diagnosis("provisional", gap, sure, words, _claims(gap, "method"), more), basis
    words = (*_undecided(together, basis, more), *_few_queries(rows))
    return Diagnosis("undecided", None, None, words, _claims("method"), more), basis


def evidence_for(diagnosis: Diagnosis, found: Mapping[Kind, Share], basis: Basis) -> Evidence | None:
    """What the ledger may take as evidence for the fact `gap`; None where no gap is supported."""
    if diagnosis.gap is None or diagnosis.confidence is None:
        return None
    total = sum(share.count for share in found.values())
    if diagnosis.gap == "both":
        parts = {kind: f"{found[kind].share:.0%}" for kind in ("knowledge", "behavior")}
        words = _say("evidence_words_both", total=f"{total:,}", basis=_say(basis), **parts)
    else:
        words = _say("evidence_words", **_slots(_kind_of(diagnosis.gap), found, basis))
    unsure = diagnosis.status != "supported"
    return Evidence("gap", diagnosis.gap, diagnosis.confidence, unsure, words)


def _leading(gap: Gap, found: Mapping[Kind, Share], basis: Basis) -> tuple[str, ...]:
    """The shares that decide, the advice that follows, and a second kind worth watching."""
    leading: tuple[Kind, ...] = ("knowledge", "behavior") if gap == "both" else (_kind_of(gap),)
    words = [_say("share", **_slots(kind, found, basis)) for kind in leading]
    words.append(audit_wording().gaps[gap])
    rest = max((kind for kind in KINDS if kind not in leading), key=lambda kind: found[kind].share)
    if found[rest].share >= audit_parameters().failure_audit.both_at_least.value:
        words.append(_say("also", kind=audit_wording().kinds[rest], share=f"{found[rest].share:.0%}"))
    return tuple(words)


def _undecided(counts: Counter[Kind], basis: Basis, more: int | None) -> tuple[str, ...]:
    total = counts.total()
    least = int(audit_parameters().failure_audit.least_labelled)
    next_step = _say("split_task") if more is None else _say("label_more", more=f"{more:,}")
    if total < least:
        return _say("too_few", total=f"{total:,}", least=least), next_step
    found = shares(counts)
    seen = sorted((kind for kind in KINDS if counts[kind]), key=lambda kind: -counts[kind])
    return (*(_say("share", **_slots(kind, found, basis)) for kind in seen), _say("none_leads"), next_step)


def _slots(kind: Kind, found: Mapping[Kind, Share], basis: Basis) -> dict[str, str]:
    share = found[kind]
    return {
        "count": f"{share.count:,}",
        "total": f"{sum(each.count for each in found.values()):,}",
        "basis": _say(basis),
        "share": f"{share.share:.0%}",
        "low": f"{share.low:.0%}",
        "high": f"{share.high:.0%}",
        "kind": audit_wording().kinds[kind],
    }


def _few_queries(rows: int) -> tuple[str, ...]:
    advised = int(audit_parameters().failure_audit.advised_queries)
    return () if rows >= advised else (_say("few_queries", rows=f"{rows:,}", advised=advised),)


def _kind_of(gap: Gap) -> Kind:
    return next(kind for kind, meant in audit_parameters().failure_audit.gap_of.items() if meant == gap)


def _claims(*topics: str) -> tuple[str, ...]:
    claims = audit_parameters().failure_audit.claims
    return tuple(claim for topic in topics for claim in claims[topic])


def _say(sentence: str, **slots: object) -> str:
    return filled(audit_wording().failures[sentence], slots)
