"""The training-data audit: one pass over the file, one over the held-out part, then the verdict."""

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from knowledge.audits import audit_parameters
from knowledge.errors import InputError
from knowledge.figures import cost_figures
from tools.dataset_audit.labels import Labels
from tools.dataset_audit.likeness import (
    Numbers,
    Places,
    Sketches,
    contradicting,
    first_places,
    nearest_earlier,
    nearest_in,
)
from tools.dataset_audit.personal_data import PersonalData
from tools.dataset_audit.result import DatasetAudit, Leakage, Lengths, Repeats, TrainingCost
from tools.dataset_audit.schema import Example, read_example
from tools.dataset_audit.tokens import message_tokens
from tools.dataset_audit.verdict import Findings, band_of, evidence_for, judge
from tools.records import BadRow, Progress, RowErrors, json_rows

_CONTEXT_ROLES = ("system", "developer")


def audit_dataset(
    path: Path | str,
    held_out: Path | str | None = None,
    prices: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> DatasetAudit:
    """Whether a file of chat examples (JSON lines) is fit to train on, and what to do before it is.

    `held_out` is the part kept for testing, checked for leakage. `prices` maps a way to train to its
    `price_train_usd_per_mtok`. `progress(done, total)` counts the bytes of both files. Raises InputError for
    a file that cannot be used.
    """
    train, other = Path(path), Path(held_out) if held_out is not None else None
    sizes = [_checked(each) for each in (train, other) if each is not None]
    tally = _read(train, _part(progress, 0, sum(sizes)))
    held = _read(other, _part(progress, sizes[0], sum(sizes))) if other is not None else None
    leakage = _leakage(other.name, held, tally.sketches) if other is not None and held is not None else None
    return _result(train.name, tally, leakage, prices or {})


class _Tally:
    """What one pass keeps of a file: counts, digests and sketches, never the texts."""

    def __init__(self) -> None:
        self.lines = 0
        self.errors = RowErrors(int(audit_parameters().files.most_errors_listed))
        self.sketches = Sketches()
        self.tokens = array("Q")
        self.messages = self.answer_tokens = 0
        self.labels = Labels()
        self.personal_data = PersonalData()

    def add(self, example: Example) -> None:
        context = "\n".join(turn.text for turn in example.messages if turn.role in _CONTEXT_ROLES)
        turns = [turn for turn in example.messages[:-1] if turn.role not in _CONTEXT_ROLES]
        prompt = "\n".join(f"{turn.role}: {turn.text}" for turn in turns)
        self.sketches.add(example.line, prompt, example.answer, context)
        tokens = message_tokens(example)
        self.tokens.append(sum(tokens))
        self.messages += len(example.messages)
        spoken = zip(example.messages, tokens, strict=True)
        self.answer_tokens += sum(count for turn, count in spoken if turn.role == "assistant")
        self.labels.add(example.answer)
        self.personal_data.add(example.line, "\n".join(turn.text for turn in example.messages))


def _checked(path: Path) -> int:
    """The file's size; raises InputError where its ending says that it is no JSON lines file."""
    endings = audit_parameters().files.kinds["jsonl"]
    if path.suffix.lower() not in endings:
        raise InputError(
            f"{path.name} is of a kind that cannot be read here; chat examples stand in {endings[0]} files."
        )
    return path.stat().st_size if path.is_file() else 0


def _read(path: Path, progress: Progress | None) -> _Tally:
    tally = _Tally()
    for item in _examples(path, progress):
        tally.lines += 1
        if isinstance(item, BadRow):
            tally.errors.add(item)
        else:
            tally.add(item)
    return tally


def _examples(path: Path, progress: Progress | None) -> Iterator[Example | BadRow]:
    for row in json_rows(path, progress):
        yield row if isinstance(row, BadRow) else read_example(row)


def _part(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of one file as a part of both."""
    return None if progress is None else lambda done, _: progress(before + done, total)


def _result(name: str, tally: _Tally, leakage: Leakage | None, prices: Mapping[str, float]) -> DatasetAudit:
    repeats = _repeats(tally.sketches)
    distinct = len(tally.tokens) - repeats.exact
    findings = Findings(
        lines=tally.lines,
        examples=len(tally.tokens),
        distinct=distinct,
        repeats=repeats,
        leakage=leakage,
        lengths=_lengths(tally),
        labels=tally.labels.balance(),
        personal_data=tally.personal_data,
        errors=tally.errors,
    )
    verdict, summary, steps = judge(findings)
    band, meaning = band_of(distinct)
    return DatasetAudit(
        file=name,
        **vars(findings),
        band=band,
        band_meaning=meaning,
        training_costs=_costs(sum(tally.tokens), prices),
        verdict=verdict,
        summary=summary,
        next_steps=steps,
        citations=tuple(band.claims),
        evidence=evidence_for(findings, name),
    )


def _repeats(sketches: Sketches) -> Repeats:
    lines = np.array(sketches.lines, dtype=np.int64)
    first = first_places(sketches.whole)
    repeated = np.flatnonzero(first != np.arange(len(first)))
    against = contradicting(sketches.prompts, sketches.answers)
    own = np.flatnonzero((first == np.arange(len(first))) & sketches.sketched & ~against)
    earlier = nearest_earlier(sketches.bins[own])
    near = np.flatnonzero(earlier >= 0)
    most = int(audit_parameters().files.most_errors_listed)
    return Repeats(
        exact=len(repeated),
        near=len(near),
        contradicting=int(against.sum()),
        first_exact=tuple((int(lines[at]), int(lines[first[at]])) for at in repeated[:most]),
        first_near=tuple((int(lines[own[at]]), int(lines[own[earlier[at]]])) for at in near[:most]),
        first_contradicting=tuple(int(line) for line in lines[against][:most]),
        compared=len(lines),
    )


def _leakage(name: str, held: _Tally, train: Sketches) -> Leakage:
    """Held-out examples with the same text, the same prompt, or a text much like one in the training file."""
    other = held.sketches
    whole = np.isin(other.whole, train.whole)
    prompt = np.isin(other.prompts, train.prompts) & ~whole
    near = np.zeros(len(whole), dtype=np.bool_)
    place = _place_in(other.prompts, train.prompts)
    mine, theirs = np.flatnonzero(other.sketched), np.flatnonzero(train.sketched)
    found = nearest_in(other.bins[mine], train.bins[theirs])
    near[mine[found >= 0]] = True
    unplaced = mine[(found >= 0) & (place[mine] < 0)]
    place[unplaced] = theirs[found[np.searchsorted(mine, unplaced)]]
    near &= ~whole & ~prompt
    leaked = np.flatnonzero(whole | prompt | near)
    most = int(audit_parameters().files.most_errors_listed)
    return Leakage(
        file=name,
        held_out=len(held.tokens),
        leaked=len(leaked),
        exact=int(whole.sum()),
        same_prompt=int(prompt.sum()),
        near=int(near.sum()),
        first=tuple((other.lines[at], train.lines[place[at]]) for at in leaked[:most]),
        errors=held.errors,
    )


def _place_in(wanted: Numbers, values: Numbers) -> Places:
    """Where each wanted digest first stands among the values, or -1."""
    if not len(values):
        return np.full(len(wanted), -1, dtype=np.intp)
    order = np.argsort(values, kind="stable")
    at = np.clip(np.searchsorted(values[order], wanted), 0, len(order) - 1)
    return np.where(values[order][at] == wanted, order[at], -1)


def _lengths(tally: _Tally) -> Lengths | None:
    if not tally.tokens:
        return None
    tokens = np.array(tally.tokens, dtype=np.int64)
    p5, p50, p95 = (int(each) for each in np.percentile(tokens, [5, 50, 95], method="nearest"))
    total = int(tokens.sum())
    return Lengths(
        total_tokens=total,
        mean_tokens=total / len(tokens),
        least_tokens=int(tokens.min()),
        p5_tokens=p5,
        p50_tokens=p50,
        p95_tokens=p95,
        most_tokens=int(tokens.max()),
        too_long=int((tokens > audit_parameters().dataset_audit.longest_example_tokens.value).sum()),
        messages_per_example=tally.messages / len(tokens),
        answer_share=tally.answer_tokens / total,
    )


def _costs(total_tokens: int, prices: Mapping[str, float]) -> tuple[TrainingCost, ...]:
    """E · tokens per example is the total, times epochs, trials and price per token, as the cost tool takes them."""
    epochs, trials = cost_figures()["epochs"], cost_figures()["trials"]
    passes = (epochs.low * trials.low, epochs.mode * trials.mode, epochs.high * trials.high)
    costs = []
    for way, price in prices.items():
        if not 0 <= price < float("inf"):
            raise InputError(f"The training price of {way} is {price}; it must be USD per million tokens, 0 or more.")
        once = total_tokens * price / 1e6
        costs.append(TrainingCost(way, price, *(once * times for times in passes)))
    return tuple(costs)
