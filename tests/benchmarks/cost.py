"""How fast costs are estimated: `python tests/benchmarks/cost.py` prints a table.

Time is that of the processor, so that a busy machine does not blur it; a cold start compiles nothing (run it twice).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from statistics import median

import numpy as np

from knowledge.facts import fact_specs
from tools.cost.bounds import Array, Columns, fits_window_tokens, optimistic_costs
from tools.cost.horizon import Totals, calendar, totals
from tools.cost.inputs import Input, drawn, inputs_of
from tools.cost.options import fine_tuning, hybrid, long_context, prompting, rag
from tools.cost.rates import Rates, rates_for
from tools.cost.report import estimate_costs
from tools.latency.floor import optimistic_latency_ms
from tools.latency.report import estimate_latency
from tools.profile import parse_profile

AS_OF = date(2026, 11, 20)
DRAWS, PROFILES = 10_000, 100_000
FACTS = {"queries_per_day": 10_000, "knowledge_tokens": 300_000, "update_frequency": "weekly", "gap": "knowledge"}
COLD = (
    "from datetime import date; from tools.cost.report import estimate_costs; from tools.profile import parse_profile;"
    f" estimate_costs(parse_profile({FACTS!r}), date(2026, 11, 20)).document()"
)


def main() -> None:
    profile, rates = parse_profile(FACTS), rates_for(None, AS_OF)
    inputs = inputs_of(profile, rates)
    uncertain = sum(each.uncertain for each in inputs.values())
    columns = random_columns()
    rows = [
        (f"{DRAWS:,} draws, all options, {uncertain} uncertain inputs", 150, timed(lambda: simulate(inputs, rates))),
        ("whole cost report with drivers and break-even", None, timed(lambda: estimate_costs(profile, AS_OF))),
        ("the report as a document", None, timed(lambda: estimate_costs(profile, AS_OF).document())),
        ("latency of all options", None, timed(lambda: estimate_latency(profile, AS_OF))),
        (f"bounds of {PROFILES:,} profiles", 300, timed(lambda: bounds(columns, rates))),
        ("cost report from a cold start", 1000, timed(cold, runs=5)),
    ]
    print(f"{'what':60} {'ms':>8} {'limit':>8}")
    for name, limit, ms in rows:
        print(f"{name:60} {ms:8.0f} {limit if limit is not None else '':>8}")


def timed(work: Callable[[], object], runs: int = 9) -> float:
    """The median of several runs, in ms, after one to warm up."""
    work()
    taken = []
    for _ in range(runs):
        start = time.process_time() + children_time()
        work()
        taken.append(time.process_time() + children_time() - start)
    return 1000 * median(taken)


def children_time() -> float:
    """Processor time of the processes that were started, in seconds."""
    used = os.times()
    return used.children_user + used.children_system


def simulate(inputs: Mapping[str, Input], rates: Rates) -> list[Totals]:
    values = drawn(inputs, DRAWS, 1)
    months = calendar(values)
    models = [prompting(values, rates), long_context(values, rates), rag(values, rates)]
    models += [fine_tuning(values, rates, "managed"), fine_tuning(values, rates, "lora")]
    models += [hybrid(values, rates, "lora"), hybrid(values, rates, "lora", retrieval_aware=True)]
    return [totals(model, months) for model in models]


def random_columns() -> dict[str, Array]:
    generator = np.random.default_rng(1)
    columns = {}
    for spec in fact_specs().values():
        if spec.kind == "text":
            continue
        top = 5_000 if spec.numeric else max(2, len(spec.codes))
        columns[spec.name] = np.floor(generator.uniform(0, top, PROFILES))
    return columns


def bounds(columns: Columns, rates: Rates) -> None:
    optimistic_costs(columns, rates)
    optimistic_latency_ms(columns, rates)
    fits_window_tokens(rates, columns["prompt_tokens"], columns["output_tokens"])


def cold() -> None:
    subprocess.run([sys.executable, "-c", COLD], check=True)


if __name__ == "__main__":
    main()
