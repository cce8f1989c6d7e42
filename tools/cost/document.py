"""A cost report and its JSON document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge.options import Option
from tools.cost.comparison import BreakEven, Swing
from tools.cost.horizon import LONGEST, YEAR, Totals
from tools.cost.inputs import Input
from tools.cost.lines import Line, UpfrontLine
from tools.cost.rates import Rates
from tools.cost.sampling import Array, deciles
from tools.units import DAYS_PER_MONTH

AMOUNTS: dict[str, Callable[[Totals], Array]] = {
    "upfront_usd": lambda t: t.upfront,
    "monthly_usd": lambda t: t.monthly,
    "monthly_cash_usd": lambda t: t.monthly_cash,
    "per_1k_queries_usd": lambda t: t.per_1k,
    "marginal_per_1k_queries_usd": lambda t: t.marginal_per_1k,
    "tco_12_months_usd": lambda t: t.tco[YEAR],
    "tco_24_months_usd": lambda t: t.tco[LONGEST],
}


@dataclass(frozen=True)
class CostReport:
    """What each option costs, in the form that is advised and in all `variants`; `central` is at the medians."""

    rates: Rates
    inputs: Mapping[str, Input]
    totals: Mapping[Option, Totals]
    variants: Mapping[Option, tuple[Totals, ...]]
    central: Mapping[Option, Totals]
    chances: Mapping[tuple[Option, Option], float]
    swings: tuple[Swing, ...]
    payback: tuple[dict[str, Any], ...]
    break_even: tuple[BreakEven, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The report as JSON: `costs`, `tornado` and `break_even` as decisions state them, and what they rest on."""
        return _document(self)


def _document(report: CostReport) -> dict[str, Any]:
    """The document: `costs`, `tornado`, `break_even` in the public form, then what they rest on."""
    return {
        "as_of": report.rates.as_of.isoformat(),
        "price_snapshot": report.rates.snapshot,
        "model": report.rates.model,
        "model_named": report.rates.named,
        "costs": {option: _option(report, option) for option in report.totals},
        "tornado": [
            {"input": s.label, "name": s.name, "option": s.option, "low_usd": s.low_usd, "high_usd": s.high_usd}
            for s in report.swings
        ],
        "break_even": [each.document() for each in report.break_even],
        "payback": list(report.payback),
        "cheaper": [{"option": a, "than": b, "probability": p} for (a, b), p in report.chances.items()],
        "assumptions": [each.document() for each in report.inputs.values()],
        "prices": price_notes(report.rates),
        "warnings": list(report.warnings),
        "tuning": {"state": report.rates.availability.state, "text": report.rates.availability.text},
    }


def _option(report: CostReport, option: Option) -> dict[str, Any]:
    chosen, central = report.totals[option], report.central[option]
    first = central.model
    volume = report.inputs["queries_per_day"].at(np.array([0.5])) * DAYS_PER_MONTH
    fits = float(np.mean(chosen.fits))
    document = {
        "variant": first.variant,
        "feasible": fits > 0,
        "fits_share": fits,
        "because": None if fits > 0 else _does_not_fit(report, option),
        **amounts(chosen),
        "lines": [_line(report, line, volume) for line in first.lines],
        "upfront_lines": [_upfront_line(report, line) for line in first.upfront],
    }
    if option in report.variants:
        document["variants"] = {str(each.model.variant): amounts(each) for each in report.variants[option]}
    return document


def amounts(found: Totals) -> dict[str, Any]:
    """The amounts of an option as P10, P50 and P90."""
    return {name: deciles(pick(found), found.fits) for name, pick in AMOUNTS.items()}


def _does_not_fit(report: CostReport, option: Option) -> str:
    window = f"{report.rates.window_tokens:,.0f}"
    if option == "long_context":
        return f"The knowledge does not fit into the window of {report.rates.model} ({window} tokens)."
    return f"A request does not fit into the window of {report.rates.model} ({window} tokens)."


def _line(report: CostReport, line: Line, volume: Array) -> dict[str, Any]:
    return {
        "name": line.name,
        "monthly_usd": float(line.monthly_usd(volume).reshape(-1)[0]),
        "formula": line.formula,
        "inputs": _inputs(report, line.inputs),
        "prices": list(line.prices),
    }


def _upfront_line(report: CostReport, line: UpfrontLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "usd": float(np.asarray(line.usd).reshape(-1)[0]),
        "formula": line.formula,
        "inputs": _inputs(report, line.inputs),
        "prices": list(line.prices),
    }


def _inputs(report: CostReport, names: tuple[str, ...]) -> list[dict[str, Any]]:
    middle = np.array([0.5])
    found = [report.inputs[name] for name in dict.fromkeys(names)]
    return [{"name": i.name, "value": float(i.at(middle)[0]), "unit": i.unit, "source": i.source} for i in found]


def price_notes(rates: Rates) -> dict[str, Any]:
    """The prices that lines name, each with its source."""
    tier, managed, store = rates.tiers[0], rates.managed, rates.store
    notes: dict[str, Any] = {
        "model": {
            "name": rates.model,
            "input_usd_per_mtok": tier.input,
            "output_usd_per_mtok": tier.output,
            "cache_read_usd_per_mtok": tier.cache_read,
            "cache_write_usd_per_mtok": tier.cache_write,
            "dearer_above_tokens": [each.above_tokens for each in rates.tiers[1:]],
            "window_tokens": rates.window_tokens,
            "source": rates.sources["model"],
        },
        "embedding": {"usd_per_mtok": rates.embedding_usd_per_mtok, "source": rates.sources["embedding"]},
        "rerank": {"usd_per_1k_searches": rates.rerank_usd_per_1k, "source": rates.sources["rerank"]},
        "store": {
            "name": store.name,
            "minimum_usd_per_month": store.minimum_usd,
            "usd_per_gb_month": store.usd_per_gb,
            "usd_per_m_read_units": store.usd_per_m_read_units,
            "source": store.source,
        },
        "gpu": {"usd_per_hour": rates.gpu_usd_per_hour.mode, "source": rates.sources["gpu"]},
    }
    if managed is not None:
        notes["tuned"] = {
            "name": f"{managed.service} {managed.model}",
            "training_usd_per_mtok": managed.training,
            "input_usd_per_mtok": managed.input,
            "output_usd_per_mtok": managed.output,
            "hosting_usd_per_hour": managed.hosting_usd_per_hour,
            "source": managed.source,
        }
    return notes
