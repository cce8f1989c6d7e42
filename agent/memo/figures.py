"""Costs and waits: sentences, the chart of cumulative cost, and the tables in full."""

from collections.abc import Mapping
from typing import Any

from agent.memo.break_even import break_even, paid_back
from agent.memo.case import Case
from agent.memo.outline import Block, Chart, Line, Mark, Paragraph, Section, Sentence, Table
from knowledge.options import OPTIONS, Option
from tools.cost.horizon import LONGEST, YEAR
from tools.latency.floor import WHOLE_ANSWER_TASKS

MONTHS = (0, YEAR, LONGEST)
AMOUNTS = ("upfront_usd", *(f"tco_{months}_months_usd" for months in (YEAR, LONGEST)))
"""What has been spent by each of these months."""

SPANS = ("p10", "p50", "p90")
TRAINED: tuple[Option, ...] = ("fine_tuning", "hybrid")
"""The options whose reader needs to know whether tuning is still offered."""


def costs(case: Case) -> Section:
    """What the advised option costs, with the break-even, what moves it most, and the chart of all options."""
    w = case.writer
    if not is_priced(case, case.option):
        return Section("costs", w.heading("costs"), (Paragraph((w.say("costs.none"),)),))
    blocks: list[Block] = [
        Paragraph((_summary(case), *_volume(case), *_ceilings(case), *break_even(case), *_swing(case)))
    ]
    warnings = [
        w.say("costs.warning", warning=w.show(f"record/warnings/{place}", "sentence"))
        for place, said in enumerate(case.record.get("warnings", ()))
        if case.option in TRAINED or said != case.record.get("tuning", {}).get("text")
    ]
    if warnings:
        blocks.append(Paragraph(tuple(warnings)))
    return Section("costs", w.heading("costs"), (*blocks, chart(case)))


def is_priced(case: Case, option: Option) -> bool:
    """Whether the cost tool could compute what an option costs."""
    paths = (f"record/costs/{option}/{amount}/{span}" for amount in AMOUNTS for span in SPANS)
    return all(case.writer.grounds.has(path) for path in paths)


def _summary(case: Case) -> Sentence:
    w, path = case.writer, f"costs/{case.option}"
    return w.say(
        "costs.summary",
        option=case.label(case.option),
        low_build=case.money(f"{path}/upfront_usd/p10"),
        high_build=case.money(f"{path}/upfront_usd/p90"),
        low_run=case.money(f"{path}/monthly_usd/p10"),
        high_run=case.money(f"{path}/monthly_usd/p90"),
    )


def _volume(case: Case) -> list[Sentence]:
    """On which volumes the figures rest where none was given."""
    w, assumptions = case.writer, case.record.get("assumptions", [])
    place = next((place for place, each in enumerate(assumptions) if each["name"] == "queries_per_day"), None)
    spoken_of = case.profile.get("queries_per_day")
    if place is None or not (spoken_of is None or (isinstance(spoken_of, Mapping) and "state" in spoken_of)):
        return []
    ends = {end: w.show(f"record/assumptions/{place}/{at}", "about") for end, at in (("low", "p10"), ("high", "p90"))}
    return [w.say("costs.volume_assumed", **ends)]


CEILINGS = (("monthly_budget_usd", "monthly_cash_usd", "run"), ("upfront_budget_usd", "upfront_usd", "build"))
"""Each ceiling with the amount it is held against; running cost is meant without one's own people."""


def _ceilings(case: Case) -> list[Sentence]:
    """The middle estimates against the ceilings that were set."""
    w, said = case.writer, []
    for fact, amount, name in CEILINGS:
        path = f"costs/{case.option}/{amount}/p50"
        ceiling = case.settled.get(fact)
        if ceiling is None or not w.grounds.has(f"record/{path}"):
            continue
        slots = {"ceiling": w.show(_value_path(case, fact), "money")}
        if name == "run":
            slots["amount"] = case.money(path)
        over = w.grounds.at(f"record/{path}") > ceiling
        said.append(w.say(f"costs.{'over' if over else 'within'}_{name}", **slots))
    return said


def _swing(case: Case) -> list[Sentence]:
    w = case.writer
    own = [place for place, row in enumerate(case.record.get("tornado", [])) if row["option"] == case.option]
    if not own:
        return []
    rows = case.record["tornado"]
    place = max(own, key=lambda place: abs(rows[place]["high_usd"] - rows[place]["low_usd"]))
    ends = sorted(("low_usd", "high_usd"), key=lambda end: rows[place][end])
    low, high = (case.money(f"tornado/{place}/{end}") for end in ends)
    driver = w.show(f"record/tornado/{place}/input", "words")
    return [w.say("costs.swing", input=driver, low=low, high=high)]


def chart(case: Case) -> Chart:
    """The cumulative cost of every option with a computed cost, the advised one with its band."""
    w = case.writer
    priced = [option for option in OPTIONS if is_priced(case, option)]
    lines = tuple(_line(case, option) for option in priced)
    words = (_line_words(case, case.option), w.say("costs.chart_note"))
    return Chart(w.say("costs.chart"), w.say("costs.bars"), MONTHS, lines, _marks(case), words)


def _marks(case: Case) -> tuple[Mark, ...]:
    """The month in which the larger build is repaid, where there is one within the chart."""
    marks = []
    for place in paid_back(case)[:1]:
        path = f"record/payback/{place}"
        months = case.writer.show(f"{path}/months", "count")
        option = case.writer.show(f"{path}/option", "option")
        at = float(case.record["payback"][place]["months"])
        marks.append(Mark(at, case.writer.say("costs.mark", option=option, months=months)))
    return tuple(marks)


def _line(case: Case, option: Option) -> Line:
    cost = case.record["costs"][option]
    low, middle, high = (tuple(float(cost[amount][span]) for amount in AMOUNTS) for span in SPANS)
    amount = case.money(f"costs/{option}/{AMOUNTS[-1]}/p50")
    return Line(case.label(option), amount, option == case.option, middle, low, high)


def _line_words(case: Case, option: Option) -> Sentence:
    start, year, two_years = (case.money(f"costs/{option}/{amount}/p50") for amount in AMOUNTS)
    return case.writer.say("costs.chart_words", option=case.label(option), start=start, year=year, two_years=two_years)


def latency(case: Case) -> Section:
    """How long users wait for the advised option, against the budget."""
    w, path = case.writer, f"record/latency/{case.option}"
    if not w.grounds.has(f"{path}/ttft_ms/p95"):
        return Section("latency", w.heading("latency"), (Paragraph((w.say("latency.none"),)),))
    waits = {
        "ttft": w.show(f"{path}/ttft_ms/p95", "milliseconds"),
        "total": w.show(f"{path}/total_ms/p95", "milliseconds"),
    }
    said = [w.say("latency.within", option=case.label(case.option), **waits), _against_budget(case)]
    stages = case.record["latency"][case.option].get("stages", [])
    if stages:
        slowest = max(range(len(stages)), key=lambda place: stages[place]["p50"])
        said.append(w.say("latency.slowest", stage=w.show(f"{path}/stages/{slowest}/name", "words")))
    return Section("latency", w.heading("latency"), (Paragraph(tuple(said)),))


def _against_budget(case: Case) -> Sentence:
    w, budget = case.writer, case.settled.get("latency_budget_ms")
    if budget is None:
        return w.say("latency.budget_unknown")
    found = case.record["latency"][case.option]
    first, whole = found["ttft_ms"]["p95"], found["total_ms"]["p95"]
    shown = w.show(_value_path(case, "latency_budget_ms"), "milliseconds")
    if whole <= budget:
        return w.say("latency.budget_kept", budget=shown)
    prose = case.settled.get("task") not in WHOLE_ANSWER_TASKS  # a wait counts to the first words for prose
    name = "latency.budget_tight" if first <= budget and prose else "latency.budget_broken"
    return w.say(name, budget=shown)


def _value_path(case: Case, fact: str) -> str:
    return f"profile/{fact}/value" if isinstance(case.profile[fact], Mapping) else f"profile/{fact}"


def details(case: Case) -> Section:
    """Appendix: exact costs with ranges, the parts of the advised option's bill, and its waits stage by stage."""
    tables = [_all_costs(case), *_lines(case), *_waits(case), *_assumptions(case)]
    return Section("cost_details", case.writer.heading("cost_details"), tuple(tables), appendix=True)


def _all_costs(case: Case) -> Table:
    w, rows = case.writer, []
    for option in OPTIONS:
        if not is_priced(case, option):
            continue
        amounts: list[tuple[Sentence, ...]] = []
        for amount in ("upfront_usd", "monthly_usd", *AMOUNTS[1:], "per_1k_queries_usd"):
            path = f"costs/{option}/{amount}"
            middle = w.say("option.money", amount=case.money(f"{path}/p50", exact=True))
            ends = {"low": case.money(f"{path}/p10", exact=True), "high": case.money(f"{path}/p90", exact=True)}
            amounts.append((middle, w.say("option.spread", **ends)))
        rows.append(((w.say("option.name", option=case.label(option)),), *amounts))
    header = w.columns("option", "build", "run", "one_year", "two_years", "per_1k")
    return Table(header, tuple(rows), (3, 4, 4, 4, 4, 4), right=(1, 2, 3, 4, 5))


def _lines(case: Case) -> list[Block]:
    """The parts of the advised option's monthly bill, and that they need not add up to its middle estimate."""
    w, rows = case.writer, []
    lines: list[Mapping[str, Any]] = case.record.get("costs", {}).get(case.option, {}).get("lines", [])
    for place in range(len(lines)):
        path = f"costs/{case.option}/lines/{place}"
        name = w.say("lines.name", name=w.show(f"record/{path}/name", "words"))
        amount = w.say("lines.amount", amount=case.money(f"{path}/monthly_usd", exact=True))
        formula = w.say("lines.formula", formula=w.show(f"record/{path}/formula", "text"))
        rows.append(((name,), (amount,), (formula,)))
    if not rows:
        return []
    table = Table(w.columns("line", "run", "formula"), tuple(rows), (3, 2, 6), right=(1,))
    return [table, Paragraph((w.say("lines.apart"),))]


def _waits(case: Case) -> list[Table]:
    w, rows = case.writer, []
    stages = case.record.get("latency", {}).get(case.option, {}).get("stages", [])
    for place, stage in enumerate(stages):
        path = f"record/latency/{case.option}/stages/{place}"
        cells: list[tuple[Sentence, ...]] = [(w.say("stages.name", name=w.show(f"{path}/name", "words")),)]
        for span in ("p50", "p95"):
            known = stage.get(span) is not None
            shown = w.say("option.wait", wait=w.show(f"{path}/{span}", "milliseconds")) if known else None
            cells.append((shown,) if shown else ())
        rows.append(tuple(cells))
    return [Table(w.columns("stage", "p50", "p95"), tuple(rows), (6, 2, 2), right=(1, 2))] if rows else []


def _assumptions(case: Case) -> list[Table]:
    """What the figures of the advised option rest on beyond what was said."""
    w, rows = case.writer, []
    cost = case.record.get("costs", {}).get(case.option, {})
    used = {
        each["name"] for line in (*cost.get("lines", ()), *cost.get("upfront_lines", ())) for each in line["inputs"]
    }
    for place, assumed in enumerate(case.record.get("assumptions", [])):
        if assumed["name"] not in used or assumed["name"] in case.settled:
            continue
        path = f"record/assumptions/{place}"
        value = w.say("assumption.value", value=w.show(path, "assumed"))
        label = w.say("assumption.label", label=w.show(f"{path}/label"))
        rows.append(((label,), (value,), (w.say("assumption.source", source=w.show(f"{path}/source", "origin")),)))
    return [Table(w.columns("input", "value", "source"), tuple(rows), (4, 4, 5))] if rows else []
